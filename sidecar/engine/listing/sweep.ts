/** Sweeps by the clock: what was created lately, often, in windows that overlap; everything, once a night. */
import { SweepConfig } from '../../domain/connection.ts';
import type { Context, Line } from '../context.ts';
import { orderListing } from './listing.ts';
import { nextTimeOfDay } from './time-of-day.ts';

/** Each window reaches back this many intervals, so that what one sweep misses the next ones see. */
const WINDOWS = 3;
/** Nightly sweeps of several connections begin within this span. */
const SPREAD_MS = 10 * 60_000;
const UNIT_MS: Record<string, number> = { min: 60_000, h: 3_600_000, d: 86_400_000 };

/** What is due when, as kept in the store: a sweep that was missed is made up for. */
interface Plan {
  window: Turn;
  full: Turn;
  /** UTC ms at which the last window sweep was ordered; null before the first. */
  lastWindow: number | null;
}

/** `by`: the setting it was planned by; another one plans anew. `at`: UTC ms, null = never. */
interface Turn {
  by: string;
  at: number | null;
}

const settingOf = (connection: string): string => `sweep:${connection}`;

export const sweepOf = ({ connection }: Line): SweepConfig => connection.sweep ?? SweepConfig.parse({});

/** "90 min" in ms. */
export function spanMs(text: string): number {
  const [, count, unit] = /^(\d+) ?(\w+)$/.exec(text) ?? [];
  return Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
}

/** Orders the sweeps that are due. A connection that is paused or broken makes up for it when it works again. */
export function orderDueSweeps(context: Context, line: Line): void {
  const now = context.clock.now();
  const before = stored(context, line.id);
  const plan = planned(context, line, before, now);
  if (!context.health.blocked(line.id)) {
    const full = isDue(plan.full, now);
    if (full) {
      orderListing(context, line.id, { purpose: 'full' });
      plan.full.at = nextFull(context, line, now);
    }
    if (isDue(plan.window, now)) {
      // Everything includes what is new.
      if (!full)
        orderListing(context, line.id, { purpose: 'window', since: windowStart(line, plan.lastWindow, now) });
      plan.lastWindow = now;
      plan.window.at = nextWindow(context, line, now);
    }
  }
  const text = JSON.stringify(plan);
  if (text !== JSON.stringify(before)) context.store.saveSetting(settingOf(line.id), text);
}

/** When the listings of a connection are looked through next, UTC ms; null: not by the clock. */
export function nextSweepAt(context: Pick<Context, 'store'>, connection: string): number | null {
  const plan = stored(context, connection);
  const times = [plan?.window.at, plan?.full.at].filter((at) => typeof at === 'number');
  return times.length > 0 ? Math.min(...times) : null;
}

/** How often everything is read by the clock, in ms; null: never. */
export function fullEveryMs(line: Line): number | null {
  const { full } = sweepOf(line);
  if (full === 'off') return null;
  return full.includes(' ') ? 7 * UNIT_MS['d']! : UNIT_MS['d']!;
}

const isDue = ({ at }: Turn, now: number): boolean => at !== null && at <= now;

function stored({ store }: Pick<Context, 'store'>, connection: string): Plan | undefined {
  const text = store.setting(settingOf(connection));
  return text === undefined ? undefined : (JSON.parse(text) as Plan);
}

function planned(context: Context, line: Line, before: Plan | undefined, now: number): Plan {
  const { window, full } = sweepOf(line);
  const zoned = full === 'off' ? full : `${full} ${line.connection.time_zone}`;
  return {
    window:
      before?.window.by === window
        ? { ...before.window }
        : { by: window, at: nextWindow(context, line, now) },
    full: before?.full.by === zoned ? { ...before.full } : { by: zoned, at: nextFull(context, line, now) },
    lastWindow: before?.lastWindow ?? null,
  };
}

function nextFull({ random }: Context, line: Line, now: number): number | null {
  const { full } = sweepOf(line);
  if (full === 'off') return null;
  return nextTimeOfDay(full, line.connection.time_zone, now) + Math.floor(random() * SPREAD_MS);
}

function nextWindow({ random }: Context, line: Line, now: number): number | null {
  const { window } = sweepOf(line);
  return window === 'off' ? null : now + Math.floor(spanMs(window) * (0.9 + 0.2 * random()));
}

function windowStart(line: Line, last: number | null, now: number): number {
  return (last ?? now) - (WINDOWS - 1) * spanMs(sweepOf(line).window);
}
