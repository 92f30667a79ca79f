/**
 * `npm run bench`: the figures of docs/benchmarks.md, each with its floor measured in the same run. `-- --only NAME`
 * for one, `-- --quick` to see that everything works, `-- --json FILE` to keep the figures.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { SetupError } from '../odoo/index.ts';
import { FULL, QUICK, type Benchmark, type Figure, type Sizes } from './benchmark.ts';
import { claim } from './claim.ts';
import { contacts } from './contacts.ts';
import { customers } from './customers.ts';
import { editToVendor } from './edit_to_vendor.ts';
import { openHome, removeHome } from './home.ts';
import { firstContact } from './first_contact.ts';
import { ingest } from './ingest.ts';
import { invoices } from './invoices.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { closeWorld } from './odoo/world.ts';
import { restart } from './restart.ts';
import { tableOf } from './table.ts';
import { unchanged } from './unchanged.ts';
import { versusRpc } from './versus_rpc.ts';

const ALL: readonly Benchmark[] = [
  ingest,
  unchanged,
  claim,
  restart,
  memory,
  firstContact,
  customers,
  invoices,
  versusRpc,
  latency,
  contacts,
  editToVendor,
];

const names = ALL.map(({ name }) => name).join(', ');
const options = new Command('bench')
  .option('--only <names>', `some of ${names}; separated by commas`)
  .option('--quick', 'small sizes: shows that it works, says nothing about speed')
  .option('--customers <n>', 'customers in a round', Number)
  .option('--invoices <n>', 'invoices in a round', Number)
  .option('--rounds <n>', 'rounds of what is repeated', Number)
  .option('--json <file>', 'write the figures as JSON')
  .parse()
  .opts<{ only?: string; quick?: boolean; json?: string } & Partial<Sizes>>();

function chosen(): readonly Benchmark[] {
  const wanted = options.only?.split(',');
  const unknown = wanted?.filter((name) => !ALL.some((each) => each.name === name)) ?? [];
  if (unknown.length > 0)
    throw new SetupError(`There is no benchmark ${unknown.join(', ')}; there are ${names}.`);
  return wanted ? ALL.filter(({ name }) => wanted.includes(name)) : ALL;
}

function sizesOf(): Sizes {
  const base = options.quick ? QUICK : FULL;
  return {
    ...base,
    customers: options.customers ?? base.customers,
    invoices: options.invoices ?? base.invoices,
    rounds: options.rounds ?? base.rounds,
  };
}

async function main(): Promise<number> {
  const sizes = sizesOf();
  const figures: Figure[] = [];
  let broken = 0;
  openHome();
  try {
    for (const benchmark of chosen()) {
      console.log(`\n${benchmark.name}  (${benchmark.goal})`);
      try {
        figures.push(...(await benchmark.run(sizes, (text) => console.log(`  ${text}`))));
      } catch (error) {
        broken += 1;
        console.error(error instanceof SetupError ? error.message : error);
      }
    }
  } finally {
    await closeWorld();
    removeHome();
  }
  console.log(`\n${tableOf(figures)}\n`);
  if (options.quick) console.log('Quick sizes: these numbers say nothing about speed.');
  if (options.json) {
    mkdirSync(dirname(options.json), { recursive: true });
    writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  return broken > 0 ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  return 1;
});
