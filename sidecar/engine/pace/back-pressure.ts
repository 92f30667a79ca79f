/** Taking in less while much is waiting, or while disk or memory run short: what is not taken now is still there later. */
import type { Context } from '../context.ts';

/** Polling never gets rarer than this many times the usual pause. */
const RAREST = 10;
const LOOK_AGAIN_MS = 500;

type Knows = Pick<Context, 'store' | 'settings'>;

/** The pause between two looks at a feed (ms): as usual up to the limit of the backlog, then longer in proportion. */
export function stretched({ store, settings }: Knows, connection: string, usualMs: number): number {
  const fullness = backlogOf(store, connection) / Math.max(1, settings.backlogLimit);
  return usualMs * Math.min(RAREST, Math.max(1, fullness));
}

/** Resolves when a listing may bring more: it is quicker than any Odoo, so it pauses while much of its connection is pending. */
export async function roomInQueue(context: Context, connection: string): Promise<void> {
  const { store, settings, clock, stopping, pressure } = context;
  const full = () => backlogOf(store, connection) > settings.backlogLimit || pressure() !== undefined;
  while (full() && !stopping.aborted) await clock.sleep(LOOK_AGAIN_MS, stopping);
}

/** What waits for a person does not count, nor does another connection's backlog: that one may be paused for days. */
function backlogOf(store: Context['store'], connection: string): number {
  const { pending = 0, parked = 0 } = store.depth().byConnection[connection] ?? {};
  return pending - parked;
}
