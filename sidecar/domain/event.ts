/** What happened to one entity, as its whole current state: any subset of events, in any order, converges. */
import * as z from 'zod';
import { Entity } from './entity/index.ts';
import { Reference } from './reference.ts';

export const Event = z.object({
  ref: Reference,
  /** Orders news about one entity: UTC milliseconds of our read, or the vendor's own version where it has one. */
  version: z.int().nonnegative(),
  /** `deleted`: the vendor says the record is gone; the entity holds what is still known of it. `merged`: it lives on in `into`. */
  action: z.enum(['observed', 'deleted', 'merged']),
  /** With `merged`: external id of the record of the same kind that took its place. */
  into: z.string().optional(),
  /** When and by whom (as the vendor names them) the record was last changed there; UTC milliseconds. */
  changedAt: z.int().nonnegative().optional(),
  changedBy: z.string().optional(),
  /** The vendor's event type ("invoice.paid") or our reason to look ("backfill"); for people only. */
  reason: z.string(),
  /** Where a person opens the record at the vendor. */
  url: z.string().optional(),
  /** A few words for lists and messages: "Invoice ACME-0001". Everybody may read it: it holds neither personal data nor amounts. */
  label: z.string(),
  entity: Entity,
  /** What only this vendor knows; reachable from rules as `extra.*`, never from our code. */
  extra: z.record(z.string(), z.unknown()).optional(),
});
export type Event = z.infer<typeof Event>;
