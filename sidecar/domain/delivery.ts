/** One message as it arrived, or one object as it was listed; the only thing that enters the inbox. */
import type { Kind } from './reference.ts';

export type Origin = 'hook' | 'poll' | 'backfill' | 'replay' | 'outbox' | 'dependency';

/**
 * `hint`: something happened, re-read the object. `state`: the body is the object itself as read at `receivedAt`
 * (UTC ms) and needs no further call.
 */
export interface NewDelivery {
  /** Unique within the connection: the vendor's event id where there is one; a repeat is a duplicate. */
  id: string;
  connection: string;
  kind: Kind;
  externalId: string;
  origin: Origin;
  form: 'hint' | 'state';
  /** The vendor's event type, or our reason to look. */
  reason: string;
  /** UTC ms by the vendor's clock; a hint only, never an order. */
  occurredAt: number | null;
  receivedAt: number;
  /** Raw bytes of a hook; JSON of a listed object; empty for commands. */
  body: Buffer;
  /** Apply even if nothing seems changed (a person pressed "Sync now", or a replay). */
  force?: boolean;
  /** A person waits for it, or money is in trouble: it goes first (`domain/priority.ts`). False: nobody does, although it comes
   * from Odoo's outbox. */
  urgent?: boolean;
}

export interface Delivery extends NewDelivery {
  /** Arrival number, rising per lane. */
  seq: number;
}
