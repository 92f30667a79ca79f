/** What the parts of the engine share. */
import type { Session } from '../domain/connector.ts';
import type { Failure } from '../domain/failure.ts';
import type { CallSizes } from './pace/call-size.ts';
import type { Drain } from './pace/drain.ts';
import type { Gate } from './pace/gate.ts';
import type { Health } from './pace/health.ts';
import type { Intake } from './intake.ts';
import type { Clock, EngineSettings, Logger, Member, Meter, OdooPort, RulesPort, Tracer } from './types.ts';
import type { Store } from '../store/store.ts';
import type { Bell } from './wake.ts';
import type { Versions } from './work/versions.ts';
import type { Waiters } from './work/waiters.ts';

/** A member with its open line. */
export interface Line extends Member {
  id: string;
  session: Session;
  /** When the event feed is read next, UTC ms; for people. */
  pollAt?: number;
}

export interface Context {
  store: Store;
  odoo: OdooPort;
  rules: RulesPort;
  lines: ReadonlyMap<string, Line>;
  clock: Clock;
  random: () => number;
  logger: Logger;
  meter: Meter;
  tracer: Tracer;
  settings: EngineSettings;
  intake: Intake;
  health: Health;
  gate: Gate;
  sizes: CallSizes;
  drain: Drain;
  /** See EngineDeps. */
  pressure: () => Failure | undefined;
  waiters: Waiters;
  versions: Versions;
  /** Rung when lanes may have become ready. */
  work: { ring(): void };
  /** Rung when Odoo's outbox may hold something. */
  outbox: Bell;
  /** See EngineDeps. */
  poke: () => { url: string; token: string } | null;
  /** Aborted when the engine stops: nothing new is begun. */
  stopping: AbortSignal;
  version: string;
  /** UTC ms of the start. */
  startedAt: number;
}

/** Ids unique enough for batches and replays: time first, so that they sort. */
export function newId(context: { clock: Clock; random: () => number }): string {
  const noise = Math.floor(context.random() * 36 ** 8)
    .toString(36)
    .padStart(8, '0');
  return `${context.clock.now().toString(36)}-${noise}`;
}
