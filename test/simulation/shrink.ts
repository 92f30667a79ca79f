/** Makes a failing plan as small as it gets: what can be left out while it still fails is left out. */
import type { Entry } from './plan.ts';
import { run, type Outcome } from './run.ts';
import type { Bug } from './world.ts';

export interface Shrunk {
  plan: readonly Entry[];
  outcome: Outcome;
  /** How many plans were tried. */
  tries: number;
}

/** Drops halves, then quarters, down to single entries, as long as the same check still fails. */
export async function shrink(
  seed: number,
  plan: readonly Entry[],
  first: Outcome,
  bug?: Bug,
): Promise<Shrunk> {
  const check = first.violations[0]?.check;
  let best: Shrunk = { plan, outcome: first, tries: 0 };
  for (let size = Math.ceil(plan.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.plan.length;) {
      const fewer = best.plan.filter((_, index) => index < from || index >= from + size);
      const outcome = await run(seed, { plan: fewer, ...(bug ? { bug } : {}) });
      const fails = outcome.violations.some((violation) => violation.check === check);
      best = fails ? { plan: fewer, outcome, tries: best.tries + 1 } : { ...best, tries: best.tries + 1 };
      if (!fails) from += size;
    }
  }
  return best;
}
