/**
 * What every connected system can do. A connector is one folder; deleting it and its line in `connectors/index.ts`
 * removes the system. Only `Session` does I/O; `receive` and `translate` are pure.
 */
import type { ZodType } from 'zod';
import type { Connection } from './connection.ts';
import type { NewDelivery } from './delivery.ts';
import type { Event } from './event.ts';
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

/** One open line to one account. Every method throws `Failure`s only. */
export interface Session {
  /** Cheap proof that credentials work: who we are there. Throws ConnectionBroken with a hint. */
  probe(): Promise<{ account: string; details: Record<string, string> }>;
  /** The record as it is now. `body: null` if the vendor has none such. */
  read(kind: Kind, externalId: string): Promise<Snapshot>;
  /** What changed since the cursor, oldest first; null = from now on, yields one page with the cursor to keep.
   * Throws `ConnectionBroken('cursor_expired', …)` when the vendor no longer remembers that far back. */
  changes(cursor: string | null): AsyncIterable<Page<NewDelivery>>;
  /** Names of the listings, in the order in which a first load should take them. */
  readonly streams: readonly string[];
  /** Everything in one listing, resumable after each page. */
  list(stream: string, cursor: string | null): AsyncIterable<Page<Snapshot>>;
}

export interface SessionDeps {
  now: () => number;
  /** Aborts running requests on shutdown. */
  signal?: AbortSignal;
}

export interface Connector {
  /** The value of `system` in connections.yaml, and the folder's name. */
  readonly system: string;
  /** For people: "Stripe". */
  readonly title: string;
  readonly kinds: readonly Kind[];
  /** Schema of `options` in connections.yaml. */
  readonly options: ZodType;
  /** Names of the credentials it needs, each with one line for the documentation. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Checks a webhook's authenticity in constant time and reads what it is about. Throws Refused. */
  receive(raw: RawDelivery, connection: Connection): Received;
  /** Their words → ours. Pure. Throws InvalidData with the arithmetic or the field in question. */
  translate(snapshot: Snapshot, context: TranslationContext): Translation;
  open(connection: Connection, deps: SessionDeps): Session;
}
