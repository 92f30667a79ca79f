/** What the engine is given to work with; everything that differs between a test and the real thing is here. */
import type { ApplyResult, Change, KeptCorrection, Link, Plan } from '../domain/change.ts';
import type { Agreement, Divergence, OdooRecord, Telling, Watch } from '../domain/agreement.ts';
import type { Connection } from '../domain/connection.ts';
import type { Connector, Session, SessionDeps } from '../domain/connector.ts';
import type { Origin } from '../domain/delivery.ts';
import type { Bucket, ComparedLink, Level, Stray } from '../domain/comparison.ts';
import type { Event } from '../domain/event.ts';
import type { ContactPort } from '../domain/first-contact.ts';
import type { OpenException } from '../domain/exception.ts';
import type { Failure, FailureClass, Reaction } from '../domain/failure.ts';
import type { Kind } from '../domain/reference.ts';
import type { Store } from '../store/store.ts';
import type { Report } from './report-types.ts';

export type * from './report-types.ts';

/** Where the engine says what it does. Fields never hold secrets; payloads are masked by the implementation. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** `refused`: it waits for a person; `failed`: it is told again later. */
export type PushOutcome = 'told' | 'refused' | 'failed';

/** Counts and times, for whoever draws them. Nothing told here may name a record: every value becomes a label. */
export interface Meter {
  /** What came in through the one door, repeats included. */
  received(connection: string, origin: Origin, stored: number, duplicates: number): void;
  /** One read of an object at a vendor, failed ones included, in ms. */
  read(connection: string, ms: number): void;
  /** One telling of a record to a vendor, in ms. */
  pushed(connection: string, kind: Kind, outcome: PushOutcome, ms: number): void;
  effect(connection: string, kind: Kind, status: string): void;
  /** A record failed, and what was decided about it. */
  failure(connection: string, failure: Pick<Failure, 'class' | 'code'>, decision: Reaction): void;
  /** One `apply` call: how many changes, how long in ms. */
  apply(laneClass: 'master' | 'document', changes: number, ms: number): void;
  /** A call to Odoo failed for a reason that concerns all records alike. */
  odooFailure(failureClass: FailureClass): void;
}

/** The steps of a delivery's way that are traced. */
export type SpanName = 'hook' | 'work' | 'read' | 'plan' | 'apply' | 'push';

/** What a span is about: ids and counts, never data. */
export interface SpanAbout {
  connection: string;
  /** The span belongs to the way of this delivery, and the next one about it goes on from here. */
  delivery?: string;
  lane?: string;
  batch?: string;
  changes?: number;
  /** Other deliveries whose ways meet here. */
  deliveries?: readonly string[];
}

/** Draws the ways of deliveries, for a site that collects traces. */
export interface Tracer {
  /** Does `work` within a span that ends with it; what it throws marks the span as failed. */
  span<T>(name: SpanName, about: SpanAbout, work: () => T): T;
  /** These deliveries came in by the span that is open now. */
  began(connection: string, deliveries: readonly string[]): void;
}

/** One row of Odoo's outbox: something a person asked for. */
export interface OutboxRow {
  id: number;
  command: string;
  connection: string;
  kind: string | null;
  external_id: string | null;
  args?: Record<string, unknown> | null;
  user?: string | null;
  at?: string | null;
}

/** One page of links as Odoo keeps them; `next` is null on the last page. */
export interface LinksPage {
  links: Link[];
  corrections?: KeptCorrection[];
  next: number | null;
  /** On the first page: how many links there are in all. */
  total?: number | undefined;
  /** On the first page: what is open on Odoo's desk. */
  exceptions?: OpenException[] | undefined;
}

/** The methods of `saas.sync.api` the engine needs (docs/protocol.md). Throw Failures only. */
export interface OdooPort extends ContactPort {
  /** Who answers: `uuid` tells one Odoo database from another. */
  hello(): Promise<{ uuid?: string | undefined }>;
  apply(request: { batch: string; connection: string; changes: Change[] }): Promise<ApplyResult[]>;
  links(connection: string, after: number, limit: number): Promise<LinksPage>;
  /** Counts and hashes of Odoo's links, of the buckets `within` (of the level above) if given. */
  compareBuckets(connection: string, level: Level, within?: readonly string[]): Promise<Bucket[]>;
  /** The links in these slots. */
  compareRows(connection: string, slots: readonly string[]): Promise<ComparedLink[]>;
  /** Links whose records were deleted or edited in Odoo, page by page; `next` is null on the last page. */
  compareRecords(connection: string, after: number): Promise<{ rows: Stray[]; next: number | null }>;
  /** Records as they are, each field in the notation of `Change.values`; what was deleted is left out. */
  values(
    connection: string,
    model: string,
    ids: readonly number[],
    fields: Record<string, { lookup?: [model: string, field: string] }>,
  ): Promise<OdooRecord[]>;
  outbox(limit: number): Promise<OutboxRow[]>;
  outboxDone(rows: { id: number; ok: boolean; message?: string }[]): Promise<void>;
  report(report: Report): Promise<void>;
}

/** The decisions, handed in so that the engine knows no rule files. Both are pure. */
export interface RulesPort {
  /** `system`: of the connection that the event comes from. */
  plan(event: Event, link: Link | undefined, options: { force: boolean; system: string }): Plan;
  merge(divergence: Divergence): Agreement;
  /** What Odoo has to watch for a connection of this system, by kind. */
  watch(system: string): Partial<Record<Kind, Watch>>;
  /** A record born in Odoo as the vendor shall hold it; undefined: the rules make none there. */
  birth(kind: Kind, system: string, record: OdooRecord): Telling | undefined;
  /** Fields of the written record that hold personal data, by the rule of this kind; none are known if it is absent. */
  personal?(kind: Kind): ReadonlySet<string>;
}

/** A connection with its connector; `name` and `title` are what people read. */
export interface Member {
  connection: Connection;
  connector: Connector;
}

/** A clock that can be turned by hand in tests. */
export interface Clock {
  /** UTC ms. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface EngineSettings {
  /** Masters in one apply call; Odoo takes at most 200. */
  mastersPerCall: number;
  /** Documents in one apply call; Odoo takes at most 50. */
  documentsPerCall: number;
  /** Vendor reads at the same time, per connection. */
  readConcurrency: number;
  /** Deliveries of one lane handled at once. */
  perLane: number;
  leaseMs: number;
  /** What one apply call should take; calls are made as large as fits, within the limits above. */
  applyTargetMs: number;
  /** What reading the lanes of one claim should take: who comes later and goes first waits no longer than that. */
  readTargetMs: number;
  /** Longest sleep of a record that waits for another. */
  waitMs: number;
  /** Catch-up with the vendors' event feeds. */
  pollMs: number;
  outboxMs: number;
  reportMs: number;
  /** While more deliveries of a connection are pending than this its listings pause, and its feed is read less often. */
  backlogLimit: number;
  /** How long a stop waits for work in flight. */
  stopMs: number;
  /** How long done deliveries and their journal are kept. */
  keepMs: number;
}

export const DEFAULT_SETTINGS: EngineSettings = {
  mastersPerCall: 150,
  documentsPerCall: 50,
  readConcurrency: 8,
  perLane: 200,
  leaseMs: 300_000,
  applyTargetMs: 4_000,
  readTargetMs: 2_000,
  waitMs: 900_000,
  pollMs: 30_000,
  outboxMs: 1_000,
  reportMs: 5_000,
  backlogLimit: 20_000,
  stopMs: 20_000,
  keepMs: 90 * 86_400_000,
};

export interface EngineDeps {
  store: Store;
  odoo: OdooPort;
  rules: RulesPort;
  members: readonly Member[];
  /** Opens a line to a vendor; by default `connector.open`. */
  open?: (member: Member, deps: SessionDeps & { signal: AbortSignal }) => Session;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  meter?: Meter;
  tracer?: Tracer;
  settings?: Partial<EngineSettings>;
  /** What is running short (disk, memory), as told to those who bring more; undefined = nothing is. */
  pressure?: () => Failure | undefined;
  version: string;
  /** Where Odoo may ring, as soon as that is known; see `Engine.poke`. */
  poke?: () => { url: string; token: string } | null;
}
