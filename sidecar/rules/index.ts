/** The pure middle: rule files in, plans out. */
export { canonical, digestOf } from './digest.ts';
export { loadRules, type CompiledRule, type Rules } from './load.ts';
export { merge, type Merged } from './merge.ts';
export { plan, type PlanOptions } from './plan.ts';
export { personalFields } from './personal.ts';
