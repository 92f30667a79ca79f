/** Mishaps on demand: what can go wrong with answers of the API and with messages on their way. */
import { Mishaps } from '../kit/mishaps.ts';

/** What may befall a request. `after`: the change is made, only the answer is lost. Strikes `times` times (once if absent). */
export interface Fault {
  kind:
    | 'unavailable'
    | 'server_error'
    | 'too_many'
    | 'limit_exceeded'
    | 'timeout'
    | 'session_expired'
    | 'forbidden';
  match?: { method?: string; path?: string };
  times?: number;
  after?: boolean;
  /** How long a timeout lasts, in milliseconds, before the connection is cut. */
  ms?: number;
}

/** The mishaps that are still to happen. */
export class Faults extends Mishaps<Fault> {
  take(method: string, path: string): Fault | undefined {
    return this.strike(
      ({ match }) => (match?.method ?? method) === method && path.includes(match?.path ?? '/'),
    );
  }
}
