/** How far each stream of a connection is known, and what its last whole reading found. */
import { phaseOf } from '../contact/phase.ts';
import type { Context, Line } from '../context.ts';
import { findingsOf, progressOf, type Findings, type StreamProgress } from './progress.ts';
import { EVENTS } from './pull.ts';
import { fullEveryMs, nextSweepAt } from './sweep.ts';
import type { BrakeReport, StreamReport } from '../types.ts';

/** A feed is read every half minute; after this long without its end, what it has to tell is missing. */
const FEED_LATE_MS = 3_600_000;
/** A full sweep of a large account takes its time. */
const SWEEP_GRACE_MS = 2 * 3_600_000;

/** The event feed first, then every listing, in the order of a first load. */
export function streamsOf(context: Context, line: Line): StreamReport[] {
  const findings = findingsOf(context, line.id);
  const progress = progressOf(context, line.id);
  const listing = progress?.endedAt === null ? progress.streams : undefined;
  const running = listing ?? phaseOf(context, line.id)?.streams ?? {};
  const asleep = context.health.blocked(line.id);
  const every = fullEveryMs(line);
  const lateAfter = every === null ? null : every + SWEEP_GRACE_MS;
  const fedAt = context.store.cursor(line.id, EVENTS)?.at;
  const nextSweep = asleep ? null : isoOf(nextSweepAt(context, line.id));
  const feed: StreamReport = {
    name: EVENTS,
    fresh_at: isoOf(fedAt),
    progress: null,
    next_at: asleep ? null : isoOf(line.pollAt),
    late_at: isoOf(later(fedAt, FEED_LATE_MS)),
    last: null,
  };
  const listings = line.session.streams.map((name) => {
    const late_at = isoOf(later(findings[name]?.freshAt, lateAfter));
    return { ...one(name, findings[name], running[name]), next_at: nextSweep, late_at };
  });
  return [feed, ...listings];
}

function one(
  name: string,
  found: Findings | undefined,
  running: StreamProgress | undefined,
): Omit<StreamReport, 'next_at' | 'late_at'> {
  const { freshAt, listed = 0, put = 0, expected = 0 } = found ?? {};
  return {
    name,
    fresh_at: isoOf(freshAt),
    progress: running ? (running.done ? 'done' : `${running.listed} listed`) : null,
    last: found ? { listed, put, unchanged: listed - put, expected } : null,
  };
}

/** Records held back because too many were missing at once. */
export function brakesOf({ store }: Pick<Context, 'store'>, connection: string): BrakeReport[] {
  return store.brakes(connection).map((brake) => ({ ...brake, since: new Date(brake.since).toISOString() }));
}

const later = (at: number | undefined, ms: number | null): number | null =>
  at === undefined || ms === null ? null : at + ms;

const isoOf = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString();
