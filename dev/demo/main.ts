/**
 * `npm run demo`: a whole company on one machine. A real Odoo 19, the sidecar, a Stripe sandbox and a first story.
 * `--once` plays it, prints what is in Odoo against what is at Stripe, stops everything, and exits 0 only if all agrees.
 * `--json FILE` writes that comparison. Everything it keeps lies in var/demo; delete that folder to start afresh.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { provision, SetupError, terminalProgress } from '../odoo/index.ts';
import { VAR } from '../odoo/paths.ts';
import { booksOfOdoo, compare, type Comparison } from './books.ts';
import { openCompany, type Company } from './company.ts';
import { repair } from './repair.ts';
import { tableOf } from './table.ts';

interface Options {
  once?: boolean;
  json?: string;
}

const options = new Command('demo')
  .option('--once', 'play the story, compare, stop everything')
  .option('--json <file>', 'write the comparison as JSON')
  .parse()
  .opts<Options>();

const started = Date.now();
const HOME = join(VAR, 'demo');

async function main(): Promise<number> {
  mkdirSync(HOME, { recursive: true });
  const odoo = await provision({ progress: terminalProgress() });
  let company: Company | undefined;
  try {
    company = await openCompany(odoo, HOME, terminalProgress());
    await playStory(company);
    if (options.once) await repair(company);
    const rows = await comparison(company);
    show(rows);
    if (options.once) return rows.every((row) => row.agrees) ? 0 : 1;
    await stayUp(company, rows);
    return 0;
  } finally {
    await company?.close();
    await odoo.release();
  }
}

async function playStory(company: Company): Promise<void> {
  console.log('\nThe story, as it comes from Stripe:\n');
  await company.sandbox.play({ onChapter: (chapter) => console.log(`  • ${chapter.caption}`) });
  await terminalProgress().step('Odoo follows', () => company.sidecar.idle());
}

async function comparison(company: Company): Promise<Comparison[]> {
  const waiting = await company.admin.search<{ label: string; message: string }>(
    'saas.sync.exception',
    [['state', 'in', ['open', 'retrying']]],
    ['label', 'message'],
  );
  const note = waiting.length === 0 ? '' : `${waiting.length} in Exceptions: ${waiting[0]?.message ?? ''}`;
  const odoo = await booksOfOdoo(company.admin, company.connection);
  const notes: Record<string, string> = note === '' ? {} : { invoices: note };
  return compare('stripe', company.sandbox.books(), odoo, notes);
}

function show(rows: Comparison[]): void {
  console.log(`\n${tableOf(rows)}\n`);
  const agree = rows.filter((row) => row.agrees).length;
  console.log(
    `${agree} of ${rows.length} agree to the cent, after ${Math.round((Date.now() - started) / 1000)} s.`,
  );
  if (!options.json) return;
  mkdirSync(dirname(options.json), { recursive: true });
  writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
}

async function stayUp(company: Company, rows: Comparison[]): Promise<void> {
  const waiting = rows.some((row) => row.note !== '')
    ? 'SaaS Sync › Exceptions: a tax to choose, a customer entered twice, a closed month. Log in as the accountant.'
    : 'Nothing waits in SaaS Sync › Exceptions. `rm -r var/demo && npm run odoo -- drop demo` starts the story afresh.';
  console.log(`
  Odoo       ${company.server.url}/odoo        admin / admin
             ${company.server.url}/odoo/saas-sync   the overview
  accountant ${company.server.url}/odoo        accountant / accountant
  sidecar    ${company.sidecar.url}/metrics
  sandbox    ${company.sandbox.url}/_sandbox/books

  ${waiting}
  Ctrl-C stops everything.`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  console.log('\nStopping …');
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  return 1;
});
