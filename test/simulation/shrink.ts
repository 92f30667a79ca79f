/** Makes a failing plan as small as it gets: what can be left out while it still fails is left out. */
import type { Outcome } from './run.ts';

export interface Shrunk<Entry> {
  plan: readonly Entry[];
  outcome: Outcome;
  /** How many plans were tried. */
  tries: number;
}

/** Drops halves, then quarters, down to single entries, as long as the same check still fails. `again` runs the history of a plan. */
export async function shrink<Entry>(
  plan: readonly Entry[],
  first: Outcome,
  again: (plan: readonly Entry[]) => Promise<Outcome>,
): Promise<Shrunk<Entry>> {
  const check = first.violations[0]?.check;
  let best: Shrunk<Entry> = { plan, outcome: first, tries: 0 };
  for (let size = Math.ceil(plan.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.plan.length;) {
      const fewer = best.plan.filter((_, index) => index < from || index >= from + size);
      const outcome = await again(fewer);
      const fails = outcome.violations.some((violation) => violation.check === check);
      best = fails ? { plan: fewer, outcome, tries: best.tries + 1 } : { ...best, tries: best.tries + 1 };
      if (!fails) from += size;
    }
  }
  return best;
}
