/** What the engine is given to work with; everything that differs between a test and the real thing is here. */
import type {
  ApplyResult,
  Change,
  FieldValue,
  KeptCorrection,
  Link,
  Plan,
  UpsertChange,
} from '../domain/change.ts';
import type { Connection } from '../domain/connection.ts';
import type { Connector, Session, SessionDeps } from '../domain/connector.ts';
import type { Origin } from '../domain/delivery.ts';
import type { Bucket, ComparedLink, Level, Stray } from '../domain/comparison.ts';
import type { Event } from '../domain/event.ts';
import type { OpenException } from '../domain/exception.ts';
import type { Concern, Failure, FailureClass, Reaction } from '../domain/failure.ts';
import type { Kind } from '../domain/reference.ts';
import type { Correctable, Store } from '../store/store.ts';

/** Where the engine says what it does. Fields never hold secrets; payloads are masked by the implementation. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Counts and times, for whoever draws them. Nothing told here may name a record: every value becomes a label. */
export interface Meter {
  /** What came in through the one door, repeats included. */
  received(connection: string, origin: Origin, stored: number, duplicates: number): void;
  /** One read of an object at a vendor, failed ones included, in ms. */
  read(connection: string, ms: number): void;
  effect(connection: string, kind: Kind, status: string): void;
  /** A record failed, and what was decided about it. */
  failure(connection: string, failureClass: FailureClass, decision: Reaction): void;
  /** One `apply` call: how many changes, how long in ms. */
  apply(laneClass: 'master' | 'document', changes: number, ms: number): void;
  /** A call to Odoo failed for a reason that concerns all records alike. */
  odooFailure(failureClass: FailureClass): void;
}

/** The steps of a delivery's way that are traced. */
export type SpanName = 'hook' | 'work' | 'read' | 'plan' | 'apply';

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
export interface OdooPort {
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
  outbox(limit: number): Promise<OutboxRow[]>;
  outboxDone(rows: { id: number; ok: boolean; message?: string }[]): Promise<void>;
  report(report: Report): Promise<void>;
}

/** The decisions, handed in so that the engine knows no rule files. Both are pure. */
export interface RulesPort {
  plan(event: Event, link: Link | undefined, options: { force: boolean }): Plan;
  merge(
    change: UpsertChange,
    current: Record<string, FieldValue>,
    base: Record<string, FieldValue> | null,
  ): { change: UpsertChange } | { conflict: string[] };
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
}

/** How a connection does, in the words of docs/protocol.md. */
export type HealthState = 'healthy' | 'degraded' | 'paused' | 'broken';

/** How far a stream is known; the event feed is the stream "events", the others are the vendor's listings. */
export interface StreamReport {
  name: string;
  /** Everything that happened before (ISO) is known; null: it was never read to its end. */
  fresh_at: string | null;
  /** How far the reading under way has come, in words; null when none is. */
  progress: string | null;
  /** When it is looked at next (ISO); null: not by the clock. */
  next_at: string | null;
  /** From then on (ISO) a complete reading is overdue; null: none is due by the clock, or there was none yet. */
  late_at: string | null;
  /** What the last finished reading of the whole found; null before the first, and for the feed. */
  last: { listed: number; put: number; unchanged: number; expected: number } | null;
}

/** More records of a kind were missing in a full sweep than the brake allows; a person decides what that means. */
export interface BrakeReport {
  stream: string;
  kind: Kind;
  absent: number;
  /** Linked records of this kind. */
  of: number;
  examples: string[];
  since: string;
}

/** The tightest limit of the vendor's API: `left` of `of` calls per `per_ms`, all of them again at `resets_at` (ISO). */
export interface BudgetReport {
  left: number;
  of: number;
  per_ms: number;
  resets_at: string | null;
}

export interface ConnectionReport {
  id: string;
  name: string;
  system: string;
  system_name: string;
  environment: 'live' | 'test';
  company: string;
  state: HealthState;
  message: string;
  hint: string;
  backlog: number;
  parked: number;
  waiting: number;
  last_event_at: string | null;
  lag_ms: number;
  counters: { received: number; applied: number; unchanged: number; failed: number };
  streams: StreamReport[];
  brakes: BrakeReport[];
  /** Until the backlog is worked off at the measured rate; null: unknown, or nothing waits. */
  eta_ms: number | null;
  /** When a resting or broken connection is tried again (ISO); null: it works, or a person paused it. */
  next_try_at: string | null;
  budget: BudgetReport | null;
}

export interface ExceptionReport {
  connection: string;
  kind: Kind;
  external_id: string;
  cause: FailureClass;
  code: string;
  message: string;
  hint: string | null;
  args: Record<string, unknown>;
  label: string;
  rule: string | null;
  delivery: string;
  reason: string;
  attempts: number;
  first_at: string;
  last_at: string;
  amount: number | null;
  currency: string | null;
  partner: string | null;
  url: string | null;
  payload: unknown;
  /** Whom it concerns: the person who can end it. */
  concerns: Concern;
  /** External id of the document it belongs to. */
  document: string | null;
  /** Fields that a person may correct with the command `correct`, the failing one first. */
  correctable: readonly Correctable[];
  /** Hash of the vendor's raw state that failed: a correction holds for this one. */
  source_digest: string | null;
}

/** What Odoo's screens show (docs/protocol.md, "report"). */
export interface Report {
  sidecar: { version: string; started_at: string };
  connections: ConnectionReport[];
  exceptions: ExceptionReport[];
  resolved: { connection: string; kind: Kind; external_id: string }[];
}
