/** Keeps calls to one account below its documented limits: so many at once, so many a second. */
import pLimit from 'p-limit';

export interface LimiterOptions {
  /** Calls in flight at the same time. */
  concurrency: number;
  /** Sustained calls per second. A quarter as many may come at once on top, so no second sees more than 1.25 times it. */
  perSecond: number;
  /** UTC ms. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

export interface Limiter {
  /** Runs the call when a place and a token are free. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Nobody starts within the next `ms`: the other side asked for a rest. */
  hold(ms: number): void;
}

/** A token bucket behind a cap on concurrency. */
export function limiter(options: LimiterOptions): Limiter {
  const { perSecond, now, sleep } = options;
  const places = pLimit(options.concurrency);
  const capacity = Math.max(1, perSecond / 4);
  let tokens = capacity;
  let filledAt = now();
  let heldUntil = 0;

  const refill = (at: number) => {
    tokens = Math.min(capacity, tokens + (Math.max(0, at - filledAt) * perSecond) / 1000);
    filledAt = at;
  };

  const takeToken = async () => {
    for (;;) {
      const at = now();
      refill(at);
      const rest = heldUntil - at;
      if (rest <= 0 && tokens >= 1) {
        tokens -= 1;
        return;
      }
      await sleep(Math.max(1, rest, Math.ceil(((1 - tokens) * 1000) / perSecond)));
    }
  };

  return {
    run: (call) =>
      places(async () => {
        await takeToken();
        return call();
      }),
    hold: (ms) => {
      heldUntil = Math.max(heldUntil, now() + ms);
    },
  };
}
