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

/** The wall clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
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
