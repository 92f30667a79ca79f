/** When a failed record is tried again, and when it becomes a person's business: pure policy, no clock of its own. */
import { type Failure, reactionTo } from '../../domain/failure.ts';

/** First pause is at most this long; it doubles with every attempt. */
const BASE_MS = 1_000;
/** No pause is longer, except where a vendor's Retry-After asks for it. */
export const CAP_MS = 15 * 60_000;
/** Our own defects get three tries: some are races, most are not. */
export const BUG_ATTEMPTS = 3;
/**
 * Troubles that pass by themselves are given about a day: with full jitter the mean pause at the cap is 7.5 minutes,
 * ten attempts lead up to the cap, and 190 more make 24 hours. Then a person should know.
 */
export const TRANSIENT_ATTEMPTS = 200;

export type Decision = { do: 'retry'; retryAt: number } | { do: 'park' } | { do: 'pause' };

/** Exponential back-off with full jitter: uniform between 0 and min(cap, base · 2^attempt), in ms. */
export function backOff(attempt: number, random: () => number, capMs = CAP_MS): number {
  return Math.floor(random() * Math.min(capMs, BASE_MS * 2 ** Math.min(attempt, 30)));
}

/** `attempt` counts the failed tries before this one; `now` is UTC ms; `random` is uniform in [0, 1). */
export function decide(failure: Failure, attempt: number, now: number, random: () => number): Decision {
  const what = reactionTo(failure.class);
  if (what !== 'retry') return { do: what };
  const limit = failure.class === 'bug' ? BUG_ATTEMPTS : TRANSIENT_ATTEMPTS;
  if (attempt + 1 >= limit) return { do: 'park' };
  return { do: 'retry', retryAt: now + Math.max(backOff(attempt, random), failure.retryAfterMs ?? 0) };
}
