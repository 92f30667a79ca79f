/**
 * What every connected system can do. A connector is one folder; deleting it and its line in `connectors/index.ts`
 * removes the system. Only `Session` does I/O; `receive` and `translate` are pure.
 */
import type { ZodType } from 'zod';
import type { Scalar } from './change.ts';
import type { Connection } from './connection.ts';
import type { NewDelivery } from './delivery.ts';
import type { Event } from './event.ts';
import type { Priority } from './priority.ts';
import type { Kind, Reference } from './reference.ts';

export interface RawDelivery {
  headers: Record<string, string | string[] | undefined>;
  /** The bytes as they arrived; signatures are checked on these and nothing else. */
  body: Buffer;
  /** UTC ms. */
  receivedAt: number;
}

/** What a genuine webhook told: things to re-read, or why it concerns nobody here. */
export interface Received {
  /** One message may speak of several records; ids are unique per (message, record). */
  deliveries: NewDelivery[];
  /** Set when a genuine message is none of our business, e.g. "event type product.sku is not synchronised". */
  ignored?: string;
  /** What the vendor wants to be answered, where it wants anything but our own words. */
  answer?: { contentType: string; body: string };
}

/** A vendor's record, or the few that make up one record of ours, as read at one moment. */
export interface Snapshot {
  kind: Kind;
  externalId: string;
  /** UTC ms of the read, taken before the request was sent. */
  readAt: number;
  /** The vendor's JSON; null when the vendor answers that there is no such record. */
  body: unknown;
}

export interface Translation {
  events: Event[];
  /** Records this one leads to (an invoice → its payments) that should be looked at too. */
  follow: Reference[];
}

export interface TranslationContext {
  connection: string;
  /** IANA time zone that turns instants into business dates. */
  timeZone: string;
  environment: 'live' | 'test';
  reason: string;
}

export interface Page<T> {
  items: T[];
  /** Where to go on after a stop; opaque to everybody but the connector. */
  cursor: string;
}

/** What the vendor still lets us ask for, in one of its windows. */
export interface Budget {
  /** Calls left in the present window. */
  left: number;
  /** Calls a whole window allows. */
  of: number;
  /** Length of the window. */
  perMs: number;
  /** UTC ms at which all of it is there again; null where the window slides. */
  resetsAt: number | null;
}

/** What a vendor shall hold of one record. Absolute values: told twice it changes nothing more. */
export interface Push {
  kind: Kind;
  /** Null: the record is born in Odoo and is to be made, unless one with `odooKey` is there. */
  externalId: string | null;
  /** Names the record in Odoo for good, so that a repeated creation finds what the first one made. */
  odooKey: string | null;
  /** By the canonical names in `Connector.writable`: `name`, `address.street`; null empties. */
  values: Readonly<Record<string, Scalar>>;
  /** By the vendor's own names of fields, as a rule's `to` has them. */
  custom: Readonly<Record<string, Scalar>>;
  priority: Priority;
}

export interface Pushed {
  externalId: string;
  created: boolean;
}

export interface ListOptions {
  /** Only records created at or after this moment, UTC ms by the vendor's clock. */
  createdSince?: number;
}

/** One open line to one account. Every method throws `Failure`s only. */
export interface Session {
  /** Cheap proof that credentials work: who we are there. Throws ConnectionBroken with a hint. */
  probe(): Promise<{ account: string; details: Record<string, string> }>;
  /** The record as it is now. `body: null` if the vendor has none such. A better priority passes calls that wait (1). */
  read(kind: Kind, externalId: string, priority?: Priority): Promise<Snapshot>;
  /** The tightest of the vendor's limits as last known; null = nothing is known. Makes no call. */
  budget?(): Budget | null;
  /** What changed since the cursor, oldest first; null = from now on, yields one page with the cursor to keep.
   * Throws `ConnectionBroken('cursor_expired', …)` when the vendor no longer remembers that far back. */
  changes(cursor: string | null): AsyncIterable<Page<NewDelivery>>;
  /** Names of the listings, in the order in which a first load should take them. */
  readonly streams: readonly string[];
  /** Everything in one listing, or what was created lately, resumable after each page. Runs to the end or throws:
   * a listing that ends early would make records look absent. */
  list(stream: string, cursor: string | null, options?: ListOptions): AsyncIterable<Page<Snapshot>>;
  /** Listing → kinds of which it holds every record the vendor still has. A linked record of such a kind that a whole
   * listing lacks is worth a question; for any other kind its absence says nothing. */
  readonly whole?: Readonly<Record<string, readonly Kind[]>>;
  /** How many `read` and `push` calls may be under way at once, for sessions that gather them into batches of the vendor's;
   * else the engine's own setting. */
  readonly atOnce?: number;
  /** Writes one record at the vendor. Calls made in the same moment may travel together, yet each settles by itself.
   * Throws Failures in the words of the business: `may_not_write`, `record_locked`, `duplicate_there`, … */
  push?(push: Push): Promise<Pushed>;
}

/** Carries one request to a vendor and brings its answer. Rejects with an `Error` whose `code` is that of the network's
 * error (`ECONNRESET`, …), `ECONNABORTED` once `timeoutMs` are over. */
export type Transport = (request: {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  /** Absent for GET and DELETE. */
  body?: Buffer;
  timeoutMs: number;
}) => Promise<{ status: number; headers: Record<string, string>; body: Buffer }>;

export interface SessionDeps {
  now: () => number;
  /** Aborts running requests on shutdown. */
  signal?: AbortSignal;
  /** Resolves after `ms`, or at once on shutdown; by the machine's timers unless given. */
  sleep?: (ms: number) => Promise<void>;
  /** Instead of the network, for simulations. */
  transport?: Transport;
}

export interface Connector {
  /** The value of `system` in connections.yaml, and the folder's name. */
  readonly system: string;
  /** For people: "Stripe". */
  readonly title: string;
  readonly kinds: readonly Kind[];
  /** What `push` can write of each kind, by canonical names; a rule that wants more is refused at the start. Names of the vendor's own
   * fields are taken as they are. */
  readonly writable?: Readonly<Partial<Record<Kind, readonly string[]>>>;
  /** Schema of `options` in connections.yaml. */
  readonly options: ZodType;
  /** Names of the credentials it needs, each with one line for the documentation. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Those of them that not every way to log in needs; which belong together is checked when the line is opened. */
  readonly optional?: readonly string[];
  /** Checks a webhook's authenticity in constant time and reads what it is about. Throws Refused. */
  receive(raw: RawDelivery, connection: Connection): Received;
  /** Their words → ours. Pure. Throws InvalidData with the arithmetic or the field in question. */
  translate(snapshot: Snapshot, context: TranslationContext): Translation;
  open(connection: Connection, deps: SessionDeps): Session;
}
