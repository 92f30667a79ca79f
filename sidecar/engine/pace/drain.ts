/**
 * How fast the backlog of each connection is worked off, and how long it will take: measured, smoothed, never guessed. Masters
 * and documents are worked on side by side at rates far apart, so each has a measure of its own.
 */
import type { LaneClass } from '../../domain/reference.ts';

/** Older work counts less and less: by a half after some 40 seconds. */
const MEMORY_MS = 60_000;
/** Looks closer together than this say nothing. */
const APART_MS = 1_000;
/** Longer than this is no estimate any more. */
const MOST_MS = 7 * 86_400_000;
/** After so much measured work the rate can be told. */
const KNOWN_MS = 2_000;

interface Rate {
  /** As last told. */
  backlog: number;
  /** Where the present measurement began. */
  since: { at: number; backlog: number };
  /** Deliveries done since then. */
  fresh: number;
  /** Deliveries and time, both fading with the same memory: their quotient is the rate. */
  done: number;
  ms: number;
}

/** Told of every delivery that is done, and fed by looks at the backlog, e.g. with every report. */
export class Drain {
  readonly #rates = new Map<string, Rate>();

  /** So many deliveries left the backlog. */
  done(connection: string, laneClass: LaneClass, deliveries: number): void {
    const rate = this.#rates.get(`${connection} ${laneClass}`);
    if (rate) rate.fresh += deliveries;
  }

  /** How things stand at `at` (UTC ms). Only time that began and ended with a backlog, and in which work was possible, counts. */
  look(
    connection: string,
    laneClass: LaneClass,
    now: { at: number; backlog: number; working: boolean },
  ): void {
    const { at, backlog } = now;
    const key = `${connection} ${laneClass}`;
    const rate = this.#rates.get(key) ?? { backlog, since: { at, backlog }, fresh: 0, done: 0, ms: 0 };
    this.#rates.set(key, rate);
    rate.backlog = backlog;
    const ms = at - rate.since.at;
    if (ms >= 0 && ms < APART_MS) return;
    if (ms > 0 && now.working && rate.since.backlog > 0 && backlog > 0) {
      const fading = Math.exp(-ms / MEMORY_MS);
      rate.done = rate.done * fading + rate.fresh;
      rate.ms = rate.ms * fading + ms;
    }
    rate.since = { at, backlog };
    rate.fresh = 0;
  }

  /** Ms until the backlog is worked off; null while nothing waits or the rate of what waits is unknown. */
  etaMs(connection: string): number | null {
    const classes = (['master', 'document'] as const).map((laneClass) =>
      this.#eta(`${connection} ${laneClass}`),
    );
    if (classes.includes(null)) return null;
    const eta = Math.max(...classes.map((each) => each ?? 0));
    return eta === 0 || eta > MOST_MS ? null : eta;
  }

  #eta(key: string): number | null {
    const rate = this.#rates.get(key);
    if (!rate || rate.backlog === 0) return 0;
    if (rate.ms < KNOWN_MS || rate.done <= 0) return null;
    return Math.round((rate.backlog * rate.ms) / rate.done);
  }
}
