/** Many histories, in processes of their own: on every core, and what one of them leaves in memory ends with it. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../test/simulation/run.ts';
import type { WorldName } from '../../test/simulation/worlds.ts';

/** So many histories are run by one process. */
const SLICE = 50;

export interface Totals {
  histories: number;
  steps: number;
  facts: number;
  writes: number;
  /** How often each kind of fault struck. */
  struck: Record<string, number>;
  failed: Outcome[];
}

/** Runs the seeds `from`, `from + 1` … and hears how it goes after every slice. Rejects when a process of it dies. */
export async function many(
  world: WorldName,
  from: number,
  count: number,
  told: (totals: Totals) => void,
): Promise<Totals> {
  const totals: Totals = { histories: 0, steps: 0, facts: 0, writes: 0, struck: {}, failed: [] };
  let next = from;
  const worker = async () => {
    while (next < from + count) {
      const begin = next;
      next = Math.min(from + count, next + SLICE);
      for (const outcome of await slice(world, begin, next - begin)) add(totals, outcome);
      told(totals);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return totals;
}

function slice(world: WorldName, from: number, count: number): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('slice.ts', import.meta.url)), [
      world,
      String(from),
      String(count),
    ]);
    let outcomes: Outcome[] | undefined;
    child.on('message', (message) => {
      outcomes = message as Outcome[];
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      outcomes
        ? resolve(outcomes)
        : reject(new Error(`The process of seeds ${from} to ${from + count - 1} ended with code ${code}`)),
    );
  });
}

function add(totals: Totals, outcome: Outcome): void {
  totals.histories += 1;
  totals.steps += outcome.steps;
  totals.facts += outcome.facts;
  totals.writes += outcome.writes;
  for (const [fault, times] of Object.entries(outcome.struck))
    totals.struck[fault] = (totals.struck[fault] ?? 0) + times;
  if (outcome.violations.length > 0) totals.failed.push(outcome);
}
