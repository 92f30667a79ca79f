/**
 * `npm run simulate -- --seeds 5000 [--from 1]`: many histories of the simulated world, with what was injected and checked.
 * `npm run simulate -- --seed 42`: one of them, told step by step; if it fails, its plan is made as small as it gets.
 */
import { parseArgs } from 'node:util';
import { planOf, wordsOf } from '../../test/simulation/plan.ts';
import { run, type Outcome } from '../../test/simulation/run.ts';
import { many } from './many.ts';
import { shrink } from '../../test/simulation/shrink.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});

process.exitCode =
  values.seed === undefined
    ? await all(Number(values.from), Number(values.seeds))
    : await one(Number(values.seed), values.quiet);
// Whatever a simulated process still waits for will never come.
process.exit();

async function all(from: number, count: number): Promise<number> {
  const begun = Date.now();
  let said = 0;
  const totals = await many(from, count, ({ histories, failed }) => {
    for (const outcome of failed.slice(said))
      console.log(`seed ${outcome.seed}: ${first(outcome)}\n  npm run simulate -- --seed ${outcome.seed}`);
    said = failed.length;
    if (process.stdout.isTTY) process.stdout.write(`\r${histories} of ${count}, ${said} failed `);
    else if (histories % 500 === 0) console.log(`${histories} of ${count}, ${said} failed`);
  });
  const seconds = (Date.now() - begun) / 1000;
  console.log(
    `\n${count} histories in ${seconds.toFixed(0)} s: ${totals.steps} steps, ${totals.writes} effects in Odoo,`,
  );
  console.log(`${totals.facts} facts checked, ${totals.failed.length} histories with violations.`);
  const faults = Object.entries(totals.struck).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(`Faults that struck: ${faults.map(([name, times]) => `${name} ${times}`).join(', ')}.`);
  return totals.failed.length === 0 ? 0 : 1;
}

async function one(seed: number, quiet: boolean): Promise<number> {
  const plan = planOf(seed);
  const outcome = await run(seed, quiet ? {} : { told: (line) => console.log(line) });
  console.log(
    `\nseed ${seed}: ${outcome.steps} steps, ${outcome.facts} facts checked, history ${outcome.hash.toString(16)}`,
  );
  if (outcome.violations.length === 0) return 0;
  for (const { check, detail } of outcome.violations) console.log(`violated: ${check}: ${detail}`);
  console.log('\nMaking it smaller…');
  const small = await shrink(seed, plan, outcome);
  console.log(`${plan.length} entries became ${small.plan.length} in ${small.tries} tries:`);
  for (const entry of small.plan) console.log(`  ${wordsOf(entry)}`);
  console.log(`still violated: ${first(small.outcome)}`);
  return 1;
}

function first({ violations }: Outcome): string {
  return `${violations[0]?.check}: ${violations[0]?.detail}`;
}
