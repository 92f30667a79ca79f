/** How far each stream of a connection is known, and what its last whole reading found. */
import type { Context, Line } from '../context.ts';
import { findingsOf, progressOf, type Findings, type StreamProgress } from './progress.ts';
import { EVENTS } from './pull.ts';
import { nextSweepAt } from './sweep.ts';
import type { BrakeReport, StreamReport } from '../types.ts';

/** The event feed first, then every listing, in the order of a first load. */
export function streamsOf(context: Context, line: Line): StreamReport[] {
  const findings = findingsOf(context, line.id);
  const progress = progressOf(context, line.id);
  const running = progress?.endedAt === null ? progress.streams : {};
  const asleep = context.health.blocked(line.id);
  const nextSweep = asleep ? null : isoOf(nextSweepAt(context, line.id));
  const feed: StreamReport = {
    name: EVENTS,
    fresh_at: isoOf(context.store.cursor(line.id, EVENTS)?.at),
    progress: null,
    next_at: asleep ? null : isoOf(line.pollAt),
    last: null,
  };
  return [feed, ...line.session.streams.map((name) => one(name, findings[name], running[name], nextSweep))];
}

function one(
  name: string,
  found: Findings | undefined,
  running: StreamProgress | undefined,
  nextSweep: string | null,
): StreamReport {
  const { freshAt, listed = 0, put = 0, expected = 0 } = found ?? {};
  return {
    name,
    fresh_at: isoOf(freshAt),
    progress: running ? (running.done ? 'done' : `${running.listed} listed`) : null,
    next_at: nextSweep,
    last: found ? { listed, put, unchanged: listed - put, expected } : null,
  };
}

/** Records held back because too many were missing at once. */
export function brakesOf({ store }: Pick<Context, 'store'>, connection: string): BrakeReport[] {
  return store.brakes(connection).map((brake) => ({ ...brake, since: new Date(brake.since).toISOString() }));
}

const isoOf = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString();
