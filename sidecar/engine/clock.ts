/** What a clock that was set back leaves in the store: records and connections that sleep until a time of the old clock. */
import type { Context } from './context.ts';

/** Smaller steps are those of a clock that is being kept right. */
const STEP_MS = 60_000;

/**
 * At a start: if something arrived in what is now the future, the clock was ahead then. Whatever sleeps is woken, and
 * connections that broke are probed, instead of waiting for that time to come.
 */
export function setRight(context: Context): void {
  const { store, lines, health, clock, logger } = context;
  const latest = Math.max(0, ...[...lines.keys()].map((id) => store.counters(id).lastEventAt ?? 0));
  const aheadMs = latest - clock.now();
  if (aheadMs < STEP_MS) return;
  logger.warn(
    `The clock was ${Math.round(aheadMs / 1_000)} s ahead when the sidecar last ran; what sleeps is woken`,
  );
  store.retry({});
  for (const id of lines.keys()) health.mended(id);
}
