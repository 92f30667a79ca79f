/**
 * `npm test`: every test there is, on a real Odoo and a real browser, ending with `N passed, N failed`.
 * `npm test -- unit` (no Odoo), `-- addons` (Odoo's own runner), `-- flow` (through the whole path), `-- faults` (what is
 * killed, cut and filled up; SAAS_SYNC_FAULT_ROUNDS=10 for more of it, SAAS_SYNC_FAULT_SEED to repeat) run one part;
 * `npm test -- flow test/flow/story.test.ts` one file of it.
 */
import { spawn } from 'node:child_process';
import { provision, terminalProgress, type Odoo } from '../odoo/index.ts';
import { prepareFaults } from './fault-world.ts';
import { prepareFlow, type FlowWorld } from './flow-world.ts';

interface Count {
  passed: number;
  failed: number;
}

const PARTS = ['unit', 'addons', 'flow', 'faults'] as const;
const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const files = words.filter((word) => word.endsWith('.test.ts'));
const wanted = words.filter((word) => !files.includes(word));
const unknown = wanted.filter((word) => !PARTS.includes(word as (typeof PARTS)[number]));
if (unknown.length > 0) {
  console.error(
    `There is no part "${unknown.join(' ')}"; choose from ${PARTS.join(', ')}, or name none for all.`,
  );
  process.exit(2);
}
const runs = (part: (typeof PARTS)[number]) => wanted.length === 0 || wanted.includes(part);

const total: Count = { passed: 0, failed: 0 };
const add = (part: string, count: Count): void => {
  total.passed += count.passed;
  total.failed += count.failed;
  console.log(`\n— ${part}: ${count.passed} passed, ${count.failed} failed\n`);
};

let odoo: Odoo | undefined;
try {
  if (runs('unit'))
    add('unit and property', await mocha(['test/unit', 'test/property', 'test/simulation'], {}));
  if (runs('addons') || runs('flow') || runs('faults'))
    odoo = await provision({ progress: terminalProgress() });
  if (odoo && runs('addons')) add('addons in Odoo', await addonTests(odoo));
  if (odoo && runs('flow')) add('contract and flow', await flowTests(odoo));
  if (odoo && runs('faults')) add('faults', await faultTests(odoo));
} catch (error) {
  total.failed += 1;
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
} finally {
  await odoo?.release();
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

/** Odoo's own runner on a fresh clone: Python, HOOT and the tour. */
async function addonTests(on: Odoo): Promise<Count> {
  const database = 'test_addons';
  await on.dropDatabase(database);
  await on.createDatabase(database);
  const run = await on.test(database, { addons: ['saas_sync', 'saas_sync_billing', 'saas_sync_sales'] });
  if (!run.ok) console.log(failuresOf(run.log));
  return run.ok ? { passed: run.passed, failed: 0 } : { passed: run.passed, failed: Math.max(1, run.failed) };
}

/** The parts of Odoo's log that a person needs: errors and failures with what follows them. */
function failuresOf(log: string): string {
  const entries = log.split(/^(?=\d{4}-\d{2}-\d{2} )/m);
  return entries
    .filter((entry) => /^\S+ \S+ \d+ (ERROR|CRITICAL) /.test(entry))
    .join('')
    .slice(-20_000);
}

async function flowTests(on: Odoo): Promise<Count> {
  const world: FlowWorld = await prepareFlow(on);
  try {
    return await mocha(['test/contract', 'test/flow'], world.env);
  } finally {
    await world.stop();
  }
}

async function faultTests(on: Odoo): Promise<Count> {
  if (on.postgres) return mocha(['test/faults'], await prepareFaults(on));
  console.error('SKIPPED: faults need an Odoo and a PostgreSQL that are processes of this machine.');
  return { passed: 0, failed: 0 };
}

/** Runs mocha on folders, shows what it says, and reads its own count. */
function mocha(folders: string[], env: Record<string, string>): Promise<Count> {
  const specs = files.length > 0 ? files : folders.map((folder) => `${folder}/**/*.test.ts`);
  return new Promise((resolve, reject) => {
    const child = spawn(
      'node_modules/.bin/mocha',
      ['--exit', '--reporter', 'dot', process.stdout.isTTY ? '--color' : '--no-color', ...specs],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, ...env },
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
      const failed = count('failing');
      // A crash before the summary must not look like success.
      resolve({ passed: count('passing'), failed: code === 0 ? failed : Math.max(1, failed) });
    });
  });
}
