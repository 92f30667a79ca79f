/** What the engine is given to work with; everything that differs between a test and the real thing is here. */
import type { ApplyResult, Change, FieldValue, Link, Plan, UpsertChange } from '../domain/change.ts';
import type { Connection } from '../domain/connection.ts';
import type { Connector, Session } from '../domain/connector.ts';
import type { Event } from '../domain/event.ts';
import type { FailureClass } from '../domain/failure.ts';
import type { Kind } from '../domain/reference.ts';
import type { Store } from '../store/store.ts';

/** Where the engine says what it does. Fields never hold secrets; payloads are masked by the implementation. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Counts and times, for whoever draws them. */
export interface Meter {
  effect(connection: string, kind: Kind, status: string): void;
  failure(connection: string, failureClass: FailureClass): void;
  /** One `apply` call: how many changes, how long in ms. */
  apply(laneClass: 'master' | 'document', changes: number, ms: number): void;
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
  next: number | null;
}

/** The methods of `saas.sync.api` the engine needs (docs/protocol.md). Throw Failures only. */
export interface OdooPort {
  /** Who answers: `uuid` tells one Odoo database from another. */
  hello(): Promise<{ uuid?: string | undefined }>;
  apply(request: { batch: string; connection: string; changes: Change[] }): Promise<ApplyResult[]>;
  links(connection: string, after: number, limit: number): Promise<LinksPage>;
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
  /** Longest sleep of a record that waits for another. */
  waitMs: number;
  /** Catch-up with the vendors' event feeds. */
  pollMs: number;
  outboxMs: number;
  reportMs: number;
  /** Listing pauses while more deliveries than this are pending. */
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
  open?: (member: Member, deps: { now: () => number; signal: AbortSignal }) => Session;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  meter?: Meter;
  settings?: Partial<EngineSettings>;
  version: string;
}

/** How a connection does, in the words of docs/protocol.md. */
export type HealthState = 'healthy' | 'degraded' | 'paused' | 'broken';

export interface StreamReport {
  name: string;
  fresh_at: string | null;
  progress: string | null;
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
}

/** What Odoo's screens show (docs/protocol.md, "report"). */
export interface Report {
  sidecar: { version: string; started_at: string };
  connections: ConnectionReport[];
  exceptions: ExceptionReport[];
  resolved: { connection: string; kind: Kind; external_id: string }[];
}
