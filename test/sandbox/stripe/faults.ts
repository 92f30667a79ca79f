/** Mishaps on demand: what can go wrong with deliveries of webhooks and with answers of the API. */
import { Mishaps } from '../kit/mishaps.ts';

/** What may befall a delivery. `match` narrows it by event type or object id; it strikes `times` times (once if absent). */
export type DeliveryFault = {
  kind: 'duplicate' | 'swap' | 'lose' | 'delay' | 'wrong_signature' | 'api_version' | 'account';
  match?: { type?: string; object?: string };
  times?: number;
  /** Milliseconds, for `delay`. */
  ms?: number;
  /** The other version or account, for `api_version` and `account`. */
  value?: string;
};

/** What may befall a request. `after`: the change is made, only the answer is lost. */
export type ApiFault = {
  kind: 'rate_limit' | 'lock_timeout' | 'server_error' | 'timeout' | 'forbidden';
  match?: { method?: string; path?: string };
  times?: number;
  after?: boolean;
  /** How long a timeout lasts, in milliseconds, before the connection is cut. */
  ms?: number;
};

export type Fault = DeliveryFault | ApiFault;

const OF_DELIVERIES = ['duplicate', 'swap', 'lose', 'delay', 'wrong_signature', 'api_version', 'account'];

/** The mishaps that are still to happen. */
export class Faults extends Mishaps<Fault> {
  /** The next deliveries never leave. */
  lose(times = 1, match: DeliveryFault['match'] = {}): void {
    this.add({ kind: 'lose', times, match });
  }

  forDelivery(type: string, object: string): DeliveryFault | undefined {
    return this.strike((fault): fault is DeliveryFault => {
      if (!OF_DELIVERIES.includes(fault.kind)) return false;
      const { match } = fault as DeliveryFault;
      return (match?.type ?? type) === type && (match?.object ?? object) === object;
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
