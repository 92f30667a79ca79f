/** What the engine tells Odoo of itself, in the words of docs/protocol.md, "report". */
import type { Watch } from '../domain/agreement.ts';
import type { FieldValue } from '../domain/change.ts';
import type { Concern, FailureClass } from '../domain/failure.ts';
import type { Kind } from '../domain/reference.ts';
import type { Correctable } from '../store/store.ts';

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
  /** What Odoo watches for us, by kind; the same all the time the sidecar runs. */
  watch: Partial<Record<Kind, Watch>>;
}

/** One record on which both sides changed the same fields, as told to Odoo. */
export interface ConflictReport {
  connection: string;
  kind: Kind;
  external_id: string;
  label: string;
  url: string | null;
  model: string;
  res_id: number;
  since: string;
  fields: {
    field: string;
    why: 'both_changed' | 'owned_elsewhere';
    base: FieldValue;
    odoo: FieldValue;
    other: FieldValue;
    odoo_by: string | null;
    odoo_at: string | null;
    other_by: string | null;
    other_at: string | null;
  }[];
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
  /** `poke`: where Odoo may ring after a commit that wrote to its outbox, and the bearer token for that; null: nowhere. */
  sidecar: { version: string; started_at: string; poke: { url: string; token: string } | null };
  connections: ConnectionReport[];
  exceptions: ExceptionReport[];
  /** Opened or refreshed; a conflict ends like an exception, in `resolved`. */
  conflicts: ConflictReport[];
  resolved: { connection: string; kind: Kind; external_id: string }[];
}
