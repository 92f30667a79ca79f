/**
 * `npm run simulate -- --seeds 5000 [--from 1] [--world crm]`: many histories of both simulated worlds, or of one, with what was
 * injected and checked. `npm run simulate -- --world crm --seed 42`: one of them, told step by step; if it fails, its plan is made as
 * small as it gets.
 */
import { parseArgs } from 'node:util';
import type { Outcome } from '../../test/simulation/run.ts';
import { WORLDS, type WorldName } from '../../test/simulation/worlds.ts';
import { many } from './many.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    world: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});

const names = Object.keys(WORLDS) as WorldName[];
const chosen = names.filter((name) => values.world === undefined || values.world === name);
if (chosen.length === 0)
  throw new Error(`There is no world ${values.world}; there are ${names.join(' and ')}.`);
process.exitCode = 0;
for (const world of values.seed === undefined ? chosen : chosen.slice(0, 1))
  process.exitCode +=
    values.seed === undefined
      ? await all(world, Number(values.from), Number(values.seeds))
      : await one(world, Number(values.seed), values.quiet);
// Whatever a simulated process still waits for will never come.
process.exit();

async function all(world: WorldName, from: number, count: number): Promise<number> {
  const begun = Date.now();
  let said = 0;
  const totals = await many(world, from, count, ({ histories, failed }) => {
    for (const outcome of failed.slice(said))
      console.log(
        `seed ${outcome.seed}: ${first(outcome)}\n  npm run simulate -- --world ${world} --seed ${outcome.seed}`,
      );
    said = failed.length;
    if (process.stdout.isTTY) process.stdout.write(`\r${histories} of ${count}, ${said} failed `);
    else if (histories % 500 === 0) console.log(`${histories} of ${count}, ${said} failed`);
  });
  const seconds = (Date.now() - begun) / 1000;
  console.log(
    `\n${count} histories of the ${world} world in ${seconds.toFixed(0)} s: ${totals.steps} steps, ${totals.writes} effects in Odoo,`,
  );
  console.log(`${totals.facts} facts checked, ${totals.failed.length} histories with violations.`);
  const faults = Object.entries(totals.struck).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(`Faults that struck: ${faults.map(([name, times]) => `${name} ${times}`).join(', ')}.`);
  return totals.failed.length === 0 ? 0 : 1;
}

async function one(world: WorldName, seed: number, quiet: boolean): Promise<number> {
  const outcome = await WORLDS[world].run(seed, quiet ? undefined : (line) => console.log(line));
  console.log(
    `\nseed ${seed}: ${outcome.steps} steps, ${outcome.facts} facts checked, history ${outcome.hash.toString(16)}`,
  );
  if (outcome.violations.length === 0) return 0;
  for (const { check, detail } of outcome.violations) console.log(`violated: ${check}: ${detail}`);
  console.log('\nMaking it smaller…');
  const small = await WORLDS[world].smaller(seed, outcome);
  console.log(`${small.before} entries became ${small.plan.length} in ${small.tries} tries:`);
  for (const words of small.plan) console.log(`  ${words}`);
  console.log(`still violated: ${first(small.outcome)}`);
  return 1;
}

function first({ violations }: Outcome): string {
  return `${violations[0]?.check}: ${violations[0]?.detail}`;
}
