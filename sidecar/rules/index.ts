/** The pure middle: rule files in, plans and agreements out. */
export { canonical, digestOf } from './digest.ts';
export { loadRules, type CompiledRule, type Rules } from './load.ts';
export { merge } from './merge.ts';
export type { Policies, Policy, Systems } from './ownership.ts';
export { plan, type PlanOptions } from './plan.ts';
export { personalFields } from './personal.ts';
export { rulesPort } from './port.ts';
