/**
 * Keeps calls to one account below its limits: the documented ones, those that live answers tell of, and what a refusal
 * teaches. Whoever waits goes by priority, and bulk leaves a part of everything to live work.
 */
import type { Budget } from '../../domain/connector.ts';
import { Turns, type Priority } from '../../domain/priority.ts';
import { Windows } from './budget.ts';

export interface LimiterOptions {
  /** Calls in flight at the same time. */
  concurrency: number;
  /** Sustained calls per second. A quarter as many may come at once on top, so no second sees more than 1.25 times it. */
  perSecond: number;
  /** UTC ms. */
  now: () => number;
  /** Throws when nobody is to wait any longer. */
  sleep: (ms: number) => Promise<void>;
}

export interface Limiter {
  /** Runs the call when a place and a token are free. */
  run<T>(call: () => Promise<T>, priority?: Priority): Promise<T>;
  /** Nobody starts within the next `ms`: the other side asked for a rest. */
  hold(ms: number): void;
  /** We were too quick: half the pace from now on, recovering slowly. Refusals of calls that ran together count once. */
  slowDown(): void;
  /** What an answer told of the vendor's limits. */
  heard(budgets: readonly Budget[]): void;
  /** The tightest limit: a window the vendor told of, else the last minute of the documented pace. */
  budget(): Budget;
}

/** The part of places, tokens and windows that bulk never uses. */
const KEPT_FOR_LIVE = 0.2;
/** A pace that was halved is whole again after this long. */
const RECOVERY_MS = 120_000;
/** The pace never falls below this part of the documented one. */
const SLOWEST = 1 / 16;
/** Several refusals within this time are one. */
const SAME_REFUSAL_MS = 1_000;

/** Bulk that waited so long may use the places and tokens it left to live work, by its share of the turns. */
const PATIENCE_MS = 10_000;

interface Waiting {
  since: number;
  start: () => void;
  refuse: (error: unknown) => void;
}

/** A token bucket behind a cap on concurrency, with a queue per priority. */
export function limiter(options: LimiterOptions): Limiter {
  const { concurrency, now } = options;
  const pace = makePace(options);
  const windows = new Windows();
  const queues: Record<Priority, Waiting[]> = { 0: [], 1: [], 2: [], 3: [] };
  const turns = new Turns();
  let flying = 0;
  let bulkFlying = 0;
  let held = { at: 0, until: 0 };
  // A clock that was put back must not make the rest longer.
  const heldMs = (at: number): number => (at < held.at ? 0 : held.until - at);
  let wakeAt = Number.POSITIVE_INFINITY;

  const yields = (priority: Priority, at: number): boolean =>
    priority === 3 && at - (queues[3][0]?.since ?? at) < PATIENCE_MS;
  const placeFor = (priority: Priority): boolean => {
    const places = Math.max(1, Math.ceil(concurrency * pace.factor(now())));
    const bulkPlaces = Math.max(1, Math.floor(places * (1 - KEPT_FOR_LIVE)));
    return flying < places && (!yields(priority, now()) || bulkFlying < bulkPlaces);
  };
  const restFor = (priority: Priority, at: number): number =>
    Math.max(
      heldMs(at),
      pace.restMs(at, yields(priority, at)),
      windows.restMs(at, priority === 3 ? KEPT_FOR_LIVE : 0),
    );
  const pump = (): void => {
    for (;;) {
      const at = now();
      const able = (priority: Priority) => queues[priority].length > 0 && placeFor(priority);
      const next = turns.next((priority) => able(priority) && restFor(priority, at) <= 0);
      if (next === undefined) return wakeWhenAble(at, able);
      pace.take(at);
      windows.took(at);
      queues[next].shift()!.start();
    }
  };
  const wakeWhenAble = (at: number, able: (priority: Priority) => boolean): void => {
    const rests = ([0, 1, 2, 3] as const).filter(able).map((priority) => restFor(priority, at));
    const wake = at + Math.max(1, Math.min(...rests));
    // Whoever waits for a place is woken by the call that leaves it.
    if (rests.length === 0 || wake >= wakeAt) return;
    wakeAt = wake;
    void pumpIn(wake - at);
  };
  const pumpIn = async (ms: number): Promise<void> => {
    try {
      await options.sleep(ms);
    } catch (error) {
      return refuseAll(error);
    } finally {
      wakeAt = Number.POSITIVE_INFINITY;
    }
    pump();
  };
  const refuseAll = (error: unknown): void => {
    for (const queue of Object.values(queues)) for (const { refuse } of queue.splice(0)) refuse(error);
  };
  const left = (bulk: number) => {
    flying -= 1;
    bulkFlying -= bulk;
    pump();
  };

  return {
    run: (call, priority = 1) =>
      new Promise((resolve, reject) => {
        const bulk = priority === 3 ? 1 : 0;
        const start = () => {
          flying += 1;
          bulkFlying += bulk;
          void call()
            .then(resolve, reject)
            .then(() => left(bulk));
        };
        queues[priority].push({ since: now(), start, refuse: reject });
        pump();
      }),
    hold: (ms) => {
      const at = now();
      held = { at, until: at + Math.max(ms, heldMs(at)) };
    },
    slowDown: () => pace.halve(now()),
    heard: (budgets) => {
      if (budgets.length === 0) return;
      windows.heard(budgets, now(), flying);
      pump();
    },
    budget: () => {
      const at = now();
      const known = windows.tightest(at) ?? pace.lastMinute(at);
      if (heldMs(at) <= 0) return known;
      return { ...known, left: 0, resetsAt: Math.max(held.until, known.resetsAt ?? 0) };
    },
  };
}

/** The documented pace as a token bucket, slowed by refusals. */
function makePace({ perSecond, now }: LimiterOptions) {
  const capacity = Math.max(1, perSecond / 4);
  const kept = Math.min(capacity - 1, capacity * KEPT_FOR_LIVE);
  let tokens = capacity;
  let filledAt = now();
  let lowered = { at: Number.NEGATIVE_INFINITY, to: 1 };
  const minutes = new LastMinute();

  const factor = (at: number): number => Math.min(1, lowered.to + Math.max(0, at - lowered.at) / RECOVERY_MS);
  const refill = (at: number): void => {
    const perMs = (perSecond * factor(at)) / 1000;
    tokens = Math.min(capacity, tokens + Math.max(0, at - filledAt) * perMs);
    filledAt = at;
  };
  return {
    factor,
    take(at: number): void {
      refill(at);
      tokens -= 1;
      minutes.count(at);
    },
    restMs(at: number, bulk: boolean): number {
      refill(at);
      const lacking = 1 + (bulk ? kept : 0) - tokens;
      // A remainder of rounding is no reason to wait.
      return lacking < 1e-9 ? 0 : Math.max(1, Math.ceil((lacking * 1000) / (perSecond * factor(at))));
    },
    halve(at: number): void {
      if (at - lowered.at < SAME_REFUSAL_MS) return;
      refill(at);
      lowered = { at, to: Math.max(SLOWEST, factor(at) / 2) };
      tokens = Math.min(tokens, 1);
    },
    lastMinute(at: number): Budget {
      const of = Math.max(1, Math.round(perSecond * 60));
      const open = Math.round(of * factor(at)) - minutes.sum(at);
      return { left: Math.max(0, open), of, perMs: 60_000, resetsAt: null };
    },
  };
}

/** Counts of the last minute, in slices of ten seconds. */
class LastMinute {
  readonly #slices = new Map<number, number>();

  count(at: number): void {
    const slice = Math.floor(at / 10_000);
    this.#slices.set(slice, (this.#slices.get(slice) ?? 0) + 1);
    if (this.#slices.size > 12) this.#forget(slice);
  }

  sum(at: number): number {
    this.#forget(Math.floor(at / 10_000));
    return [...this.#slices.values()].reduce((total, count) => total + count, 0);
  }

  #forget(slice: number): void {
    for (const known of this.#slices.keys()) if (known <= slice - 6) this.#slices.delete(known);
  }
}
