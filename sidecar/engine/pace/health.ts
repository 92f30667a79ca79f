/**
 * One breaker per connection, and a person's pause. Closed: all work. Resting: after trouble nobody calls until the pause is
 * over; then ONE goes first (half open), and the rest follow when it succeeds. Broken: credentials, permissions or set-up
 * are wrong, which no waiting mends: it is probed with growing pauses, and the probe repeats what failed.
 */
import { Failure } from '../../domain/failure.ts';
import type { Kind } from '../../domain/reference.ts';
import type { Store } from '../../store/store.ts';
import { backOff } from '../work/retry.ts';
import type { HealthState } from '../types.ts';

/** This many transient failures in a row, and the whole connection rests instead of every record by itself. */
const TROUBLE = 5;
const REST_CAP_MS = 60_000;
const PROBE_CAP_MS = 300_000;
/** Broken again within this time after it seemed mended: the same break goes on, and its pauses go on growing. */
const CALM_MS = 600_000;
/** Whoever went first and never told how it went is not waited for any longer. */
const TRIAL_MS = 120_000;

/** A record whose read broke the connection: only reading it proves that it is mended. */
export interface Evidence {
  kind: Kind;
  externalId: string;
}

/** Kept in the store, so that a restart does not forget it. Times in UTC ms. */
export interface Broken {
  code: string;
  message: string;
  hint: string | undefined;
  since: number;
  tries: number;
  triedAt: number;
  probeAt: number;
  evidence?: Evidence;
  /** The vendor answered the probe, but nothing that proves it was done yet. */
  answered?: true;
}

interface Rest {
  since: number;
  until: number;
  failures: number;
  failure: Failure;
  /** False while failures are only counted. */
  open: boolean;
}

export interface Standing {
  state: HealthState;
  code: string | null;
  message: string;
  hint: string;
  /** UTC ms of the next try of a resting or broken connection; null otherwise. */
  nextTryAt: number | null;
}

/** Leave to call the vendor; `leave` is to be called when that has ended. `alone`: the breaker is half open. */
export interface Entry {
  alone: boolean;
  leave(): void;
}

/** How many may call the vendor now. */
export type Admission = 'all' | 'one' | 'none';

/** Pauses and breaks survive a restart (store settings); rests do not need to. */
export class Health {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #rests = new Map<string, Rest>();
  readonly #mended = new Map<string, { broken: Broken; at: number }>();
  /** Who went first while the breaker is half open, until when that is believed. */
  readonly #trials = new Map<string, { until: number }>();
  /** Rises with every change of any standing, so that reports know there is news. */
  changes = 0;

  constructor(store: Store, now: () => number, random: () => number) {
    this.#store = store;
    this.#now = now;
    this.#random = random;
  }

  admission(connection: string): Admission {
    if (this.stopped(connection)) return 'none';
    if (!this.#rests.get(connection)?.open && !this.broken(connection)) return 'all';
    return (this.#trials.get(connection)?.until ?? 0) > this.#now() ? 'none' : 'one';
  }

  /** True if nothing may be claimed, read or polled on this connection now. */
  blocked(connection: string): boolean {
    return this.admission(connection) === 'none';
  }

  /**
   * To be asked before calling the vendor; undefined = not now. While half open the first to ask goes alone until it
   * leaves. Whether it went well is told by `fine`, `trouble` or `broke`.
   */
  enter(connection: string): Entry | undefined {
    const admission = this.admission(connection);
    if (admission === 'none') return undefined;
    if (admission === 'all') return { alone: false, leave: () => {} };
    const trial = { until: this.#now() + TRIAL_MS };
    this.#trials.set(connection, trial);
    const leave = () => {
      if (this.#trials.get(connection) === trial) this.#trials.delete(connection);
    };
    return { alone: true, leave };
  }

  /** True for those who went first as well: paused, broken or resting, so that a call under way need not be followed. */
  stopped(connection: string): boolean {
    const broken = this.broken(connection);
    return this.paused(connection) || (broken && !broken.answered) === true || this.restUntil(connection) > 0;
  }

  paused(connection: string): boolean {
    return this.#store.setting(`paused:${connection}`) !== undefined;
  }

  pause(connection: string, by: string): void {
    this.#store.saveSetting(`paused:${connection}`, JSON.stringify({ by, since: this.#now() }));
    this.changes++;
  }

  /** Ends a pause, and forgets a break, so that the next try shows whether it is mended. */
  resume(connection: string): void {
    this.#store.saveSetting(`paused:${connection}`, null);
    this.mended(connection);
  }

  broken(connection: string): Broken | undefined {
    const text = this.#store.setting(`broken:${connection}`);
    return text === undefined ? undefined : (JSON.parse(text) as Broken);
  }

  /** The whole connection is wrong; it is probed again with growing pauses. A probe that fails for a passing reason says
   * nothing new of what is wrong. */
  broke(connection: string, failure: Failure, evidence?: Evidence): void {
    const now = this.broken(connection);
    const before = now ?? this.#lately(connection);
    const tries = (before?.tries ?? 0) + 1;
    const kept = evidence ?? before?.evidence;
    const { code, message, hint } = now && failure.class !== 'connection' ? now : failure;
    const pause = 1_000 + backOff(tries + 2, this.#random, PROBE_CAP_MS);
    this.#save(connection, {
      code,
      message,
      hint,
      since: before?.since ?? this.#now(),
      tries,
      triedAt: this.#now(),
      probeAt: this.#now() + Math.max(pause, failure.retryAfterMs ?? 0),
      ...(kept ? { evidence: kept } : {}),
    });
  }

  /** The vendor answered a probe: one may go first and show whether that was all. */
  answered(connection: string): void {
    const broken = this.broken(connection);
    if (broken) this.#save(connection, { ...broken, answered: true });
  }

  /** It is proved, or a person says so. */
  mended(connection: string): void {
    const broken = this.broken(connection);
    if (broken) this.#mended.set(connection, { broken, at: this.#now() });
    this.#store.saveSetting(`broken:${connection}`, null);
    this.#rests.delete(connection);
    this.#trials.delete(connection);
    this.changes++;
  }

  probeDue(connection: string): boolean {
    const broken = this.broken(connection);
    if (broken === undefined || broken.answered || this.paused(connection)) return false;
    return broken.probeAt <= this.#now() || this.#now() < broken.triedAt;
  }

  /** A read or poll failed in a way that passes. Returns true when the whole connection now rests. */
  trouble(connection: string, failure: Failure): boolean {
    const rest = this.#rests.get(connection) ?? { since: 0, until: 0, failures: 0, failure, open: false };
    this.#rests.set(connection, rest);
    this.changes++;
    // Calls that were in flight together fail together: that is one trouble, not eight.
    if (this.restUntil(connection) > 0) return true;
    rest.failures++;
    rest.failure = failure;
    if (!rest.open && failure.class !== 'rate_limited' && rest.failures < TROUBLE) return false;
    const pause = failure.retryAfterMs ?? backOff(rest.failures, this.#random, REST_CAP_MS);
    rest.open = true;
    rest.since = this.#now();
    rest.until = this.#now() + pause + Math.floor(1_000 * this.#random());
    this.#trials.delete(connection);
    return true;
  }

  /** The vendor answered a call as it should. What was under way when the rest began proves nothing. */
  fine(connection: string): void {
    if (this.restUntil(connection) > 0) return;
    if (this.#rests.delete(connection)) this.changes++;
    this.#trials.delete(connection);
    if (this.broken(connection)?.answered) this.mended(connection);
  }

  /** UTC ms until which the connection rests; 0 if it does not. A clock that was put back must not make that longer. */
  restUntil(connection: string): number {
    const { since, until } = this.#rests.get(connection) ?? { since: 0, until: 0 };
    const now = this.#now();
    return until > now && now >= since ? until : 0;
  }

  standing(connection: string): Standing {
    const broken = this.broken(connection);
    if (this.paused(connection))
      return {
        state: 'paused',
        code: null,
        message: 'Paused by a person',
        hint: 'Press Resume when work should go on; nothing that arrives meanwhile is lost.',
        nextTryAt: null,
      };
    if (broken) return { state: 'broken', ...told(broken), nextTryAt: broken.probeAt };
    const rest = this.#rests.get(connection);
    if (rest) return { state: 'degraded', ...told(rest.failure), nextTryAt: rest.open ? rest.until : null };
    return { state: 'healthy', code: null, message: '', hint: '', nextTryAt: null };
  }

  #lately(connection: string): Broken | undefined {
    const last = this.#mended.get(connection);
    return last && this.#now() - last.at < CALM_MS ? last.broken : undefined;
  }

  #save(connection: string, broken: Broken): void {
    this.#store.saveSetting(`broken:${connection}`, JSON.stringify(broken));
    this.#trials.delete(connection);
    this.changes++;
  }
}

const told = ({ code, message, hint }: { code: string; message: string; hint: string | undefined }) => ({
  code,
  message,
  hint: hint ?? '',
});

/** Failures of an Odoo call that say nothing about the records in it. */
export function concernsAll(failure: Failure): boolean {
  return ['transient', 'rate_limited', 'connection', 'unknown_outcome'].includes(failure.class);
}
