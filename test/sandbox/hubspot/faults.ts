/** Mishaps on demand: what can go wrong with deliveries of webhooks and with answers of the API. */
import { Mishaps } from '../kit/mishaps.ts';

/** What may befall a message. `type`: only one that holds such an event. It strikes `times` times (once if absent). */
export interface DeliveryFault {
  kind: 'duplicate' | 'swap' | 'lose' | 'delay' | 'wrong_signature' | 'other_portal';
  match?: { type?: string };
  times?: number;
  /** Milliseconds, for `delay`. */
  ms?: number;
}

/** What may befall a request. `after`: the change is made, only the answer is lost. */
export interface ApiFault {
  kind: 'rate_limit' | 'daily_limit' | 'server_error' | 'bad_gateway' | 'moving' | 'timeout' | 'forbidden';
  match?: { method?: string; path?: string };
  times?: number;
  after?: boolean;
  /** How long a timeout lasts, in ms, before the line is cut; of `rate_limit` and `moving`: what Retry-After says. */
  ms?: number;
}

export type Fault = DeliveryFault | ApiFault;

const OF_DELIVERIES: readonly string[] = [
  'duplicate',
  'swap',
  'lose',
  'delay',
  'wrong_signature',
  'other_portal',
];

/** The mishaps that are still to happen. */
export class Faults extends Mishaps<Fault> {
  forDelivery(types: readonly string[]): DeliveryFault | undefined {
    return this.strike((fault): fault is DeliveryFault => {
      if (!OF_DELIVERIES.includes(fault.kind)) return false;
      const { type } = (fault as DeliveryFault).match ?? {};
      return type === undefined || types.includes(type);
    });
  }

  forRequest(method: string, path: string): ApiFault | undefined {
    return this.strike((fault): fault is ApiFault => {
      if (OF_DELIVERIES.includes(fault.kind)) return false;
      const { match } = fault as ApiFault;
      return (match?.method ?? method).toUpperCase() === method && path.startsWith(match?.path ?? '/');
    });
  }
}
