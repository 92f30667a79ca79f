/**
 * The sidecar's memory behind one interface. Deliveries queue in lanes, one per business record; a lane is strictly in
 * order, lanes are independent. Rules of correctness (each has a test): a put is durable before it resolves; a fence
 * rises with every claim and guards every ack; the `pending` counter, not a sub-query, decides whether a released lane
 * is ready again; a duplicate is never counted in `pending`; back-off sleeps on the lane.
 */
import type { HeldConflict } from '../domain/agreement.ts';
import type { Correction, FieldValue, Link } from '../domain/change.ts';
import type { Delivery, NewDelivery } from '../domain/delivery.ts';
import type { FailureClass } from '../domain/failure.ts';
import type { Priority } from '../domain/priority.ts';
import type { Kind, LaneClass, Reference } from '../domain/reference.ts';
import type {
  DeliveryFilter,
  JournalFilter,
  ParkedFilter,
  RecordFilter,
  RecordPage,
  RetrySelector,
} from './filters.ts';
import type { SweepStore } from './sweeps.ts';
import type { VerdictStore } from './verdicts.ts';

export type * from './filters.ts';
export type * from './sweeps.ts';
export type * from './verdicts.ts';

export interface PutResult {
  id: string;
  duplicate: boolean;
}

/** One lane leased to a worker, with its waiting deliveries in order. */
export interface LaneBatch {
  /** `stripe-eu/invoice:in_1` */
  lane: string;
  ref: Reference;
  priority: Priority;
  fence: number;
  /** Failed tries since the last success. */
  attempts: number;
  deliveries: Delivery[];
}

export interface ClaimOptions {
  laneClass: 'master' | 'document';
  lanes: number;
  perLane: number;
  /** UTC ms. */
  now: number;
  leaseMs: number;
  /** Connections to leave alone (paused). */
  except?: readonly string[];
}

/** How a lane stands, for those who must not disturb or await it in vain. */
export interface LaneState {
  /** `waiting`: sleeping until other lanes are acked. */
  state: 'idle' | 'ready' | 'leased' | 'waiting' | 'parked';
  /** Deliveries not yet done. */
  pending: number;
}

/** Why a lane stands still, as shown to people; the payload is masked before it gets here. */
export interface Parked {
  ref: Reference;
  cause: FailureClass;
  code: string;
  message: string;
  hint: string | undefined;
  args: Record<string, unknown>;
  label: string;
  rule: string | undefined;
  reason: string;
  delivery: string;
  attempts: number;
  firstAt: number;
  lastAt: number;
  amount: number | undefined;
  currency: string | undefined;
  partner: string | undefined;
  url: string | undefined;
  payload: unknown;
  /** External id of the document it belongs to: for a payment, the invoice it pays. */
  document?: string | undefined;
  /** What of it a person may correct in Odoo; values that are personal are masked. */
  correctable?: readonly Correctable[];
  /** Hash of the vendor's raw state that failed. */
  sourceDigest?: string;
  /** The fields of a linked record that only a person may decide about; their values are for those who may see the record. */
  conflict?: HeldConflict;
}

/** One field, by its name in Odoo, that a person may correct. */
export interface Correctable {
  field: string;
  /** Odoo's model, for the field's label. */
  model: string;
  type: 'text' | 'date' | 'number';
  value: string | null;
}

/** One line of the story of a delivery. */
export interface JournalLine {
  at: number;
  delivery: string;
  lane: string;
  step:
    | 'received'
    | 'translated'
    | 'planned'
    | 'applied'
    | 'unchanged'
    | 'waiting'
    | 'retried'
    | 'parked'
    | 'ignored'
    | 'corrected'
    | 'replayed';
  /** Rule with version, e.g. "invoice@1". */
  rule?: string;
  detail: string;
}

/** What is written together with an ack, in the same transaction. */
export interface Effects {
  links?: (Link & { connection: string; sourceDigest?: string })[];
  journal?: JournalLine[];
  /** More work found on the way (followed references, missing dependencies). */
  deliveries?: NewDelivery[];
}

/** One lane that was worked on successfully, up to the delivery with this `seq`. */
export interface AckItem {
  batch: LaneBatch;
  upTo: number;
  effects?: Effects;
}

export interface Depth {
  pending: number;
  /** `pending`: deliveries, `documents` of them in lanes of documents; `parked`: open exceptions; `waiting`: lanes; `oldestAt`: UTC ms of the oldest pending. */
  byConnection: Record<
    string,
    { pending: number; documents: number; parked: number; waiting: number; oldestAt: number | null }
  >;
}

/** A link as the store keeps it; `sourceDigest` is the hash of the vendor's raw snapshot applied last. */
export type StoredLink = Link & { sourceDigest: string | null };

/** Lanes of one connection and priority that a worker may have, now or when their pause is over. */
export interface Queue {
  connection: string;
  priority: Priority;
  lanes: number;
  /** Since when the first of them could have been worked on, UTC ms; in the future if all of them sleep. */
  oldestAt: number;
}

/** Open exceptions of one connection, cause, code and currency; null where the record has no amount. */
export interface ExceptionTotal {
  connection: string;
  cause: FailureClass;
  code: string;
  currency: string | null;
  open: number;
  /** UTC ms at which the oldest of them first happened. */
  oldestAt: number;
  /** Sum in minor units of `currency`. */
  amount: number;
}

/** What has to be told to Odoo; `position` is what `dropExceptionNews` takes once that is done (0: nothing new). */
export interface ExceptionNews {
  position: number;
  /** Opened or refreshed. */
  opened: Parked[];
  resolved: Reference[];
}

/** Running totals of a connection; all but `received` follow from the journal lines of that step (`failed`: parked). */
export interface Counters {
  received: number;
  applied: number;
  unchanged: number;
  failed: number;
  /** UTC ms of the newest delivery. */
  lastEventAt: number | null;
}

/** Whatever writes throws Transient (`store_full`, `store_busy`, `store_io`) when the disk does not take it: nothing of that
 * call was written then. */
export interface Store extends SweepStore, VerdictStore {
  /**
   * Group commit; resolves when the rows are on disk (synchronous=FULL), in the order given. A bad row fails alone:
   * rejects with InvalidData `delivery_not_stored` naming it, its neighbours are stored. Rejects with Transient when
   * the disk is full or locked: nothing was taken, ask for it again.
   */
  put(deliveries: readonly NewDelivery[]): Promise<PutResult[]>;
  /**
   * Leases ready lanes, the longest ready first; connections take turns, and so do priorities by their shares
   * (`domain/priority.ts`). A lane that waits comes too once its time is over. Bodies are read here and nowhere else on
   * the way, some megabytes at most: fewer lanes or deliveries than asked for if they are large.
   */
  claim(options: ClaimOptions): LaneBatch[];
  /** Marks deliveries up to `upTo` (seq) done and releases the lane; ends its exception; wakes lanes that waited for it
   * (or for a record linked by `effects`). `lost` if the lease was taken over: then nothing was written. */
  ack(batch: LaneBatch, upTo: number, effects?: Effects): 'ok' | 'lost';
  /** Many acks in one transaction; same order. One that is lost does not harm the others. */
  ackAll(items: readonly AckItem[]): ('ok' | 'lost')[];
  /** The lane sleeps until `retryAt` (UTC ms), whatever arrives; attempts + 1. Nothing is marked done. */
  fail(batch: LaneBatch, retryAt: number, effects?: Effects): 'ok' | 'lost';
  /** The lane sleeps until one of `on` is acked, at the latest until `until` (UTC ms); not a failed try. If one of them
   * was acked since this batch was claimed, the lane is ready at once. */
  wait(batch: LaneBatch, on: readonly Reference[], until: number, effects?: Effects): 'ok' | 'lost';
  /** Hands the lane to a person; its deliveries stay pending. New deliveries still queue behind and reopen it: later
   * state may resolve it. Parking again refreshes the exception and keeps when it first happened. */
  park(batch: LaneBatch, parked: Parked, effects?: Effects): 'ok' | 'lost';
  /** A person decided that what waits in this lane is to be forgotten. A worker that has it right now loses it. False
   * if there was nothing to forget. */
  ignore(ref: Reference, journal: JournalLine): boolean;
  /** Makes parked, waiting and sleeping lanes ready now, with attempts back at 0; returns how many. */
  retry(selector: RetrySelector): number;
  /** Prolongs a lease; false if it was lost. */
  extend(batch: LaneBatch, leaseMs: number, now: number): boolean;
  /** Releases leases that ran out, as failed tries (attempts + 1); returns how many. Call it every few seconds. */
  reap(now: number): number;
  depth(): Depth;
  /** The queues behind `claim`; those with nothing in them are left out. Reads an index as long as the queues. */
  queues(): Queue[];
  /** Deliveries in lanes that wait for a person: pending, yet no backlog, as nobody works on them by himself. */
  held(connection: string): Record<LaneClass, number>;
  /** How many lanes stand, in one go and in the same order; undefined for a lane never seen. */
  lanesOf(refs: readonly Reference[]): (LaneState | undefined)[];
  /** Earliest moment (UTC ms) at which a lane that nobody has is or becomes ready; null if none. `except` as in claim:
   * a paused connection must not keep the engine awake. */
  nextReadyAt(except?: readonly string[]): number | null;

  link(ref: Reference): StoredLink | undefined;
  /** Many look-ups in one go; same order. */
  linksOf(refs: readonly Reference[]): (StoredLink | undefined)[];
  /** Overwrites: Odoo holds the truth. A link whose digest changes forgets its source digest. */
  saveLinks(connection: string, links: readonly Link[]): void;
  /** Of one kind if given. */
  countLinks(connection: string, kind?: Kind): number;
  /** Forgets the links of all connections, and verdicts: another Odoo is another truth. Deliveries stay. */
  forgetLinks(): void;

  /** How far a stream of a connection was read, and when (UTC ms). */
  cursor(connection: string, stream: string): { value: string; at: number } | undefined;
  saveCursor(connection: string, stream: string, value: string, at: number): void;

  /** What a person corrected of a record; it may be one of an older state of it. */
  correction(ref: Reference): Correction | undefined;
  /** Replaces an older one of the same record. */
  saveCorrection(ref: Reference, correction: Correction, journal: JournalLine): void;
  /** Writes the line only if there was one. */
  dropCorrection(ref: Reference, journal: JournalLine): void;

  setting(name: string): string | undefined;
  /** Null forgets it. */
  saveSetting(name: string, value: string | null): void;

  /** Remembers exceptions that Odoo shows as open; one that is known stays as it is. Moves no lane, and is no news. */
  recall(exceptions: readonly Parked[]): void;
  /** Open exceptions, newest first: of parked lanes, and of lanes being tried again. */
  parked(filter?: ParkedFilter): Parked[];
  /** All open exceptions, counted; read again only when one was opened, refreshed or ended. */
  exceptionTotals(): ExceptionTotal[];
  /** Exceptions opened, refreshed or ended that Odoo has not been told yet, oldest first; each lane once. */
  takeExceptionNews(limit: number): ExceptionNews;
  /** Odoo has been told everything up to this position. */
  dropExceptionNews(position: number): void;

  /** Oldest first. */
  journal(filter: JournalFilter): JournalLine[];
  delivery(connection: string, id: string): Delivery | undefined;
  deliveries(filter: DeliveryFilter): Delivery[];
  /** The records that anything was ever heard of, each once, in the order of their first news. */
  records(filter: RecordFilter): RecordPage;
  /** Writes lines of the journal that belong to no ack: what a person did. */
  note(lines: readonly JournalLine[]): void;
  counters(connection: string): Counters;

  /** Called after every commit that may have made a lane ready; in process. Returns the unsubscription. */
  onReady(listener: () => void): () => void;
  /** Forgets deliveries that are done and journal lines older than `before` (UTC ms), at most some thousand rows a call;
   * returns how many: call again, a little later, until it is 0. */
  prune(before: number): number;
  /** Commits what was put and closes; further calls throw. */
  close(): void;
}

export type { Correction, Delivery, FieldValue, Kind, Link, NewDelivery, Reference };
