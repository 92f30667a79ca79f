/** Which connections may work: paused by a person, broken until mended, or only resting after trouble. */
import { Failure } from '../domain/failure.ts';
import type { Store } from '../store/store.ts';
import { backOff } from './retry.ts';
import type { HealthState } from './types.ts';

/** This many transient failures in a row, and the whole connection rests instead of every record by itself. */
const TROUBLE = 5;
const REST_CAP_MS = 60_000;
const PROBE_CAP_MS = 300_000;

interface Broken {
  code: string;
  message: string;
  hint: string | undefined;
  since: number;
  tries: number;
  probeAt: number;
}

interface Rest {
  until: number;
  failures: number;
  failure: Failure | undefined;
}

export interface Standing {
  state: HealthState;
  code: string | null;
  message: string;
  hint: string;
}

/** Pauses and breaks survive a restart (store settings); rests do not need to. */
export class Health {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #rests = new Map<string, Rest>();
  /** Rises with every change of any standing, so that reports know there is news. */
  changes = 0;

  constructor(store: Store, now: () => number, random: () => number) {
    this.#store = store;
    this.#now = now;
    this.#random = random;
  }

  /** True if nothing may be claimed, read or polled on this connection now. */
  blocked(connection: string): boolean {
    return this.paused(connection) || this.broken(connection) !== undefined || this.restUntil(connection) > 0;
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

  /** The whole connection is wrong; it is probed again with growing pauses. */
  broke(connection: string, failure: Failure): void {
    const before = this.broken(connection);
    const tries = (before?.tries ?? 0) + 1;
    const broken: Broken = {
      code: failure.code,
      message: failure.message,
      hint: failure.hint,
      since: before?.since ?? this.#now(),
      tries,
      probeAt: this.#now() + 1_000 + backOff(tries + 2, this.#random, PROBE_CAP_MS),
    };
    this.#store.saveSetting(`broken:${connection}`, JSON.stringify(broken));
    this.changes++;
  }

  mended(connection: string): void {
    this.#store.saveSetting(`broken:${connection}`, null);
    this.#rests.delete(connection);
    this.changes++;
  }

  probeDue(connection: string): boolean {
    const broken = this.broken(connection);
    return broken !== undefined && !this.paused(connection) && broken.probeAt <= this.#now();
  }

  /** A read or poll failed in a way that passes. Returns true when the whole connection now rests. */
  trouble(connection: string, failure: Failure): boolean {
    const rest = this.#rests.get(connection) ?? { until: 0, failures: 0, failure: undefined };
    this.#rests.set(connection, rest);
    this.changes++;
    // Calls that were in flight together fail together: that is one trouble, not eight.
    if (rest.until > this.#now()) return true;
    rest.failures++;
    rest.failure = failure;
    if (failure.class !== 'rate_limited' && rest.failures < TROUBLE) return false;
    const pause = failure.retryAfterMs ?? backOff(rest.failures, this.#random, REST_CAP_MS);
    rest.until = this.#now() + pause + Math.floor(1_000 * this.#random());
    return true;
  }

  fine(connection: string): void {
    if (this.#rests.delete(connection)) this.changes++;
  }

  /** UTC ms until which the connection rests; 0 if it does not. */
  restUntil(connection: string): number {
    const until = this.#rests.get(connection)?.until ?? 0;
    return until > this.#now() ? until : 0;
  }

  standing(connection: string): Standing {
    const broken = this.broken(connection);
    if (this.paused(connection))
      return {
        state: 'paused',
        code: null,
        message: 'Paused by a person',
        hint: 'Press Resume when work should go on; nothing that arrives meanwhile is lost.',
      };
    if (broken)
      return { state: 'broken', code: broken.code, message: broken.message, hint: broken.hint ?? '' };
    const failure = this.#rests.get(connection)?.failure;
    if (failure)
      return { state: 'degraded', code: failure.code, message: failure.message, hint: failure.hint ?? '' };
    return { state: 'healthy', code: null, message: '', hint: '' };
  }
}

/** The way to Odoo: shut after a failure that concerns all records alike, opened by the first success. */
export class Gate {
  readonly #now: () => number;
  readonly #random: () => number;
  #failures = 0;
  failure: Failure | undefined;
  until = 0;
  /** UTC ms of the last good answer; 0 = none yet. */
  lastGoodAt = 0;

  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  get shut(): boolean {
    return this.until > this.#now();
  }

  shutAfter(failure: Failure): void {
    this.failure = failure;
    const cap = failure.class === 'connection' ? PROBE_CAP_MS : REST_CAP_MS;
    const pause = Math.max(500 + backOff(this.#failures, this.#random, cap), failure.retryAfterMs ?? 0);
    this.#failures++;
    this.until = this.#now() + pause;
  }

  /** Business data went through: all is well. */
  good(): void {
    this.#failures = 0;
    this.heard();
  }

  /** Odoo answered something small. The next pause still grows, in case only the big calls fail. */
  heard(): void {
    this.failure = undefined;
    this.until = 0;
    this.lastGoodAt = this.#now();
  }
}

/** Failures of an Odoo call that say nothing about the records in it. */
export function concernsAll(failure: Failure): boolean {
  return ['transient', 'rate_limited', 'connection', 'unknown_outcome'].includes(failure.class);
}
