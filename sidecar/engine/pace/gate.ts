/**
 * The breaker towards Odoo: shut after a failure that concerns all records alike. When its pause is over a small question
 * (`hello`) goes first, then one small call with business data, and when that succeeds, everything.
 */
import { asFailure, type Failure } from '../../domain/failure.ts';
import { backOff } from '../work/retry.ts';
import type { Context } from '../context.ts';

/** No longer than this without a look at whether Odoo is back, whatever was wrong. */
const CAP_MS = 30_000;
const LEAST_MS = 500;
/** A failure so long after the last one is a new one, even if nothing was to be written in between. */
const CALM_MS = 600_000;

export class Gate {
  readonly #now: () => number;
  readonly #random: () => number;
  #failures = 0;
  #failedAt = 0;
  #trial = false;
  #asked = false;
  /** Why Odoo is not used; undefined since its last good answer. */
  failure: Failure | undefined;
  /** UTC ms before which nobody calls; 0 = open. */
  until = 0;
  /** UTC ms of the last good answer; 0 = none yet. */
  lastGoodAt = 0;

  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  /** Nobody calls at all. A clock that was put back must not make the pause longer. */
  get shut(): boolean {
    const now = this.#now();
    return this.until > now && now >= this.#failedAt;
  }

  /** Its pause is over, and Odoo has not answered since. */
  get unheard(): boolean {
    return !this.shut && this.failure !== undefined;
  }

  /** Odoo answers, but the last business data failed: one call goes first. */
  get halfOpen(): boolean {
    return this.#failures > 0;
  }

  /** Lanes may be claimed. */
  get admitsWork(): boolean {
    return !this.shut && !this.unheard && !this.#trial;
  }

  /** To be asked before an apply call; undefined = not now. The caller calls what it got when the call has ended. */
  enter(): (() => void) | undefined {
    if (!this.admitsWork) return undefined;
    if (!this.halfOpen) return () => {};
    this.#trial = true;
    return () => {
      this.#trial = false;
    };
  }

  shutAfter(failure: Failure): void {
    if (this.#now() - this.#failedAt > CALM_MS) this.#failures = 0;
    this.#failedAt = this.#now();
    this.failure = failure;
    const pause = LEAST_MS + backOff(this.#failures, this.#random, CAP_MS - LEAST_MS);
    this.#failures++;
    this.until = this.#now() + Math.max(pause, failure.retryAfterMs ?? 0);
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

  /** Asks Odoo something small when the pause is over and nobody has yet; several callers ask once. */
  async knock({ odoo, logger, meter }: Pick<Context, 'odoo' | 'logger' | 'meter'>): Promise<void> {
    if (!this.unheard || this.#asked) return;
    this.#asked = true;
    try {
      await odoo.hello();
      this.heard();
    } catch (error) {
      const failure = asFailure(error);
      this.shutAfter(failure);
      meter.odooFailure(failure.class);
      logger.warn(failure.message, { code: failure.code, hint: failure.hint });
    } finally {
      this.#asked = false;
    }
  }
}
