/** The two simulated worlds, as whoever runs many histories of them wants them. */
import * as crm from './crm/plan.ts';
import { run as runCrm } from './crm/run.ts';
import * as billing from './plan.ts';
import { run as runBilling, type Outcome } from './run.ts';
import { shrink } from './shrink.ts';

/** The smallest plan that still fails, in words. */
export interface Small {
  before: number;
  tries: number;
  plan: string[];
  outcome: Outcome;
}

export interface Simulated {
  /** One history of the seed's own plan; `told` hears every line of it. */
  run(seed: number, told?: (line: string) => void): Promise<Outcome>;
  smaller(seed: number, first: Outcome): Promise<Small>;
}

/** `billing`: Stripe's news become books in Odoo. `crm`: a CRM and Odoo edit the same records, both ways. */
export const WORLDS = {
  billing: simulated(runBilling, billing),
  crm: simulated(runCrm, crm),
};
export type WorldName = keyof typeof WORLDS;

function simulated<Entry>(
  run: (seed: number, options: { plan: readonly Entry[]; told?: (line: string) => void }) => Promise<Outcome>,
  { planOf, wordsOf }: { planOf: (seed: number) => Entry[]; wordsOf: (entry: Entry) => string },
): Simulated {
  return {
    run: (seed, told) => run(seed, { plan: planOf(seed), ...(told ? { told } : {}) }),
    async smaller(seed, first) {
      const plan = planOf(seed);
      const small = await shrink(plan, first, (fewer) => run(seed, { plan: fewer }));
      return {
        before: plan.length,
        tries: small.tries,
        plan: small.plan.map(wordsOf),
        outcome: small.outcome,
      };
    },
  };
}
