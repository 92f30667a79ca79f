/** A meter and a tracer for when nobody looks on. */
import type { Meter, Tracer } from './types.ts';

const nothing = (): void => {};

export const silentMeter: Meter = {
  received: nothing,
  read: nothing,
  pushed: nothing,
  effect: nothing,
  failure: nothing,
  apply: nothing,
  odooFailure: nothing,
};

export const silentTracer: Tracer = { span: (_name, _about, work) => work(), began: nothing };
