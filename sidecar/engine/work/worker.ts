/**
 * The work loop. Every connection has two, for masters and for documents, and none waits for another's vendor.
 * Pipelined: while one batch is being applied in Odoo the next is claimed, read, translated and planned.
 */
import { asFailure } from '../../domain/failure.ts';
import { applyAll, callSize } from './apply.ts';
import { Fit } from '../pace/call-size.ts';
import type { Context, Line } from '../context.ts';
import type { Entry } from '../pace/health.ts';
import { keepLeases } from '../pace/leases.ts';
import { awaitsContact } from '../recovery/rebuild.ts';
import { prepare } from './prepare.ts';
import type { LaneBatch } from '../../store/store.ts';

/** How long a loop sleeps when nothing wakes it. */
const IDLE_MS = 1_000;
/** After a defect of ours the lanes it hit are left alone for so long. */
const DEFECT_MS = 30_000;

const NOBODY: Entry = { alone: false, leave: () => {} };

export class Worker {
  readonly #context: Context;
  readonly #line: Line;
  readonly #laneClass: 'master' | 'document';
  /** Every other connection: this worker claims its own only. */
  readonly #others: readonly string[];
  /** How many lanes are read in the time that should take. */
  readonly #readable: Fit;
  /** Lanes that the store could not take back yet. */
  readonly #owed: { batch: LaneBatch; until: number }[] = [];

  constructor(context: Context, line: Line, laneClass: 'master' | 'document', others: readonly string[]) {
    this.#context = context;
    this.#line = line;
    this.#laneClass = laneClass;
    this.#others = others;
    const { readConcurrency: least, readTargetMs: targetMs } = context.settings;
    const most = 2 * context.sizes.most(laneClass);
    this.#readable = new Fit({ least, most, targetMs }, most / 3);
  }

  /** Works until nothing is ready for now; returns how many lanes it took. */
  async drain(): Promise<number> {
    let taken = 0;
    let applying: Promise<void> | undefined;
    try {
      for (;;) {
        const { gate, stopping } = this.#context;
        if (!stopping.aborted) await gate.knock(this.#context);
        const { batches, entry } = this.#claim();
        taken += batches.length;
        if (batches.length > 0) {
          const release = keepLeases(this.#context, batches);
          const works = await this.#preparedDuring(batches, entry, applying).catch((error: unknown) => {
            release();
            throw error;
          });
          applying = this.#applied(works).finally(release);
          // It may fail before anybody awaits it, and is awaited all the same.
          applying.catch(() => undefined);
        } else if (applying) {
          await applying;
          applying = undefined;
        } else {
          return taken;
        }
      }
    } finally {
      // After an error elsewhere: what is being applied ends first, and its own error is not one too many.
      await applying?.catch(() => undefined);
    }
  }

  /** The next works, when those before them are applied; if that failed nobody will take the next ones on. */
  async #preparedDuring(batches: readonly LaneBatch[], entry: Entry, applying: Promise<void> | undefined) {
    const [next, before] = await Promise.allSettled([this.#prepared(batches, entry), applying]);
    if (next.status === 'rejected') throw next.reason;
    if (before.status === 'fulfilled') return next.value;
    this.#giveBack(
      next.value.map((work) => work.batch),
      before.reason,
    );
    throw before.reason;
  }

  /** Drains, sleeps, and drains again until the engine stops. */
  async run(bell: { heard(ms: number, signal: AbortSignal): Promise<void> }): Promise<void> {
    const { stopping, logger } = this.#context;
    while (!stopping.aborted) {
      try {
        await this.drain();
      } catch (error) {
        const failure = asFailure(error);
        const stack = failure.class === 'bug' && error instanceof Error ? error.stack : undefined;
        logger.error(`The work loop failed and starts again: ${failure.message}`, {
          connection: this.#line.id,
          hint: failure.hint,
          stack,
        });
      }
      await bell.heard(IDLE_MS, stopping);
    }
  }

  /** As many lanes as are soon read and written: whatever is claimed waits for that. Leave to call the vendor comes along. */
  #claim(): { batches: LaneBatch[]; entry: Entry } {
    this.#settleDebts();
    const { store, clock, settings, health, gate, stopping } = this.#context;
    const may = !stopping.aborted && gate.admitsWork && !awaitsContact(this.#context, this.#line);
    const entry = may ? health.enter(this.#line.id) : undefined;
    if (!entry) return { batches: [], entry: NOBODY };
    const calls = this.#laneClass === 'document' ? 1 : 2;
    const size = Math.min(calls * callSize(this.#context, this.#laneClass), this.#readable.size);
    const batches = store.claim({
      laneClass: this.#laneClass,
      lanes: entry.alone ? 1 : size,
      perLane: settings.perLane,
      now: clock.now(),
      leaseMs: settings.leaseMs,
      except: this.#others,
    });
    if (batches.length === 0) entry.leave();
    return { batches, entry };
  }

  /** A defect in our own code must not leave lanes leased: they go back and the loop reports it. */
  async #prepared(batches: readonly LaneBatch[], entry: Entry) {
    const { clock } = this.#context;
    const begun = clock.now();
    try {
      const works = await prepare(this.#context, this.#line, batches, entry.alone);
      this.#readable.took(batches.length, clock.now() - begun);
      return works;
    } catch (error) {
      this.#giveBack(batches, error);
      throw error;
    } finally {
      entry.leave();
    }
  }

  async #applied(works: Awaited<ReturnType<typeof prepare>>): Promise<void> {
    if (works.length === 0) return;
    try {
      await applyAll(this.#context, this.#line, works);
    } catch (error) {
      this.#giveBack(
        works.map((work) => work.batch),
        error,
      );
      throw error;
    }
  }

  #giveBack(batches: readonly LaneBatch[], error: unknown): void {
    const pause = asFailure(error).class === 'bug' ? DEFECT_MS : 0;
    const until = this.#context.clock.now() + pause;
    this.#owed.push(...batches.map((batch) => ({ batch, until })));
    try {
      this.#settleDebts();
    } catch {
      // A disk that is full takes no lane back either: the next claim begins with it.
    }
  }

  #settleDebts(): void {
    for (let owed = this.#owed[0]; owed; owed = this.#owed[0]) {
      this.#context.store.fail(owed.batch, owed.until);
      this.#owed.shift();
    }
  }
}
