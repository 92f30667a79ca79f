/**
 * `npm run demo`: a whole company on one machine. A real Odoo 19, the sidecar, simulated Stripe, Salesforce and HubSpot,
 * and a story. `--once` plays it, settles what waits for a person, prints what is in Odoo against what each system holds,
 * stops everything, and exits 0 only if all agrees. `--json FILE` writes that comparison. `--name NAME` is another one
 * beside it. Everything it keeps lies in var/demo and the database demo; delete both to start afresh.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { provision, SetupError, terminalProgress } from '../odoo/index.ts';
import { VAR } from '../odoo/paths.ts';
import { booksOfOdoo, compare, type Comparison } from './books.ts';
import { openCompany, type Company } from './company.ts';
import { STRIPE } from './connections.ts';
import { compareCrms } from './crm/books.ts';
import { chapters as hubspot } from './crm/hubspot.ts';
import { chapters as salesforce } from './crm/salesforce.ts';
import { playChapters } from './crm/told.ts';
import { repair } from './repair.ts';
import { tableOf } from './table.ts';

interface Options {
  once?: boolean;
  json?: string;
  name: string;
}

const options = new Command('demo')
  .option('--once', 'play the story, compare, stop everything')
  .option('--json <file>', 'write the comparison as JSON')
  .option('--name <name>', 'of the database, and of the folder in var', 'demo')
  .parse()
  .opts<Options>();

const started = Date.now();
const HOME = join(VAR, options.name);

async function main(): Promise<number> {
  mkdirSync(HOME, { recursive: true });
  const odoo = await provision({ progress: terminalProgress() });
  let company: Company | undefined;
  try {
    company = await openCompany(odoo, { home: HOME, database: options.name }, terminalProgress());
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
  await company.systems.stripe.play({ onChapter: (chapter) => console.log(`  • ${chapter.caption}`) });
  await terminalProgress().step('Odoo follows', () => company.sidecar.idle());
  console.log('\nAt Salesforce and in Odoo:\n');
  await playChapters(company, salesforce);
  console.log('\nAt HubSpot and in Odoo:\n');
  await playChapters(company, hubspot);
}

async function comparison(company: Company): Promise<Comparison[]> {
  const waiting = await company.admin.search<{ message: string }>(
    'saas.sync.exception',
    [
      ['state', 'in', ['open', 'retrying']],
      ['connection_id.code', '=', STRIPE],
    ],
    ['message'],
  );
  const note = waiting.length === 0 ? '' : `${waiting.length} in Exceptions: ${waiting[0]?.message ?? ''}`;
  const odoo = await booksOfOdoo(company.admin, STRIPE);
  const notes: Record<string, string> = note === '' ? {} : { invoices: note };
  const { stripe } = company.systems;
  return [...compare('stripe', stripe.books(), odoo, notes), ...(await compareCrms(company))];
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
    ? `SaaS Sync › Exceptions: a tax to choose, a customer entered twice, a closed month, a price below the list.
  SaaS Sync › Conflicts: the title of Birte Hansen. Log in as the accountant.`
    : `Nothing waits. \`rm -r var/${options.name} && npm run odoo -- drop ${options.name}\` starts the story afresh.`;
  console.log(`
  Odoo       ${company.server.url}/odoo        admin / admin
             ${company.server.url}/odoo/saas-sync   the overview
  accountant ${company.server.url}/odoo        accountant / accountant
  sidecar    ${company.sidecar.url}/metrics
  Stripe     ${company.systems.stripe.url}/_sandbox/books
  Salesforce ${company.systems.salesforce.url}/_sandbox/state
  HubSpot    ${company.systems.hubspot.url}/_sandbox/state

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
