/** A bell: loops sleep on it and are woken early when there is work. */
import type { Clock } from './types.ts';

export interface Bell {
  ring(): void;
  /** Resolves at the next ring (or the last one nobody heard), after `ms`, or when the signal aborts. */
  heard(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let rung = false;
  let waiting: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      waiting?.();
    },
    async heard(ms, signal) {
      if (!rung && !signal.aborted) {
        const early = new AbortController();
        waiting = () => early.abort();
        // Not AbortSignal.any: it keeps every composite alive as long as the signal, and this one lives for weeks.
        signal.addEventListener('abort', waiting, { once: true });
        await clock.sleep(ms, early.signal);
        signal.removeEventListener('abort', waiting);
        waiting = undefined;
      }
      rung = false;
    },
  };
}

/** While the machine's clock has been set back, ours goes on at this part of its pace until the two meet. */
const SLOWED = 0.5;

/**
 * The machine's time as long as that goes forward; never back: a sleep until half past seven would otherwise last an hour
 * longer when the clock is put back by one. `wall` in UTC ms, `elapsed` in ms since any moment.
 */
export function steadyTime(wall: () => number, elapsed: () => number): () => number {
  let time = wall();
  let seen = elapsed();
  return () => {
    const at = elapsed();
    time = Math.max(wall(), time + (at - seen) * SLOWED);
    seen = at;
    return Math.floor(time);
  };
}

/** The machine's clock, made steady. */
export const systemClock: Clock = {
  now: steadyTime(
    () => Date.now(),
    () => performance.now(),
  ),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
