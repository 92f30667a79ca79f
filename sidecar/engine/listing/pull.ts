/** Catching up with the vendors: their event feeds on a schedule, through the same door as everything else. */
import { asFailure, type Failure } from '../../domain/failure.ts';
import { feedFailed, orderListing } from './listing.ts';
import type { Context, Line } from '../context.ts';

/** The cursor of a connection's event feed. */
export const EVENTS = 'events';

/**
 * Reads what changed since the last time. The cursor moves only after a page is durable. A feed that no longer
 * reaches back far enough leads to a listing of everything, by itself.
 */
export async function catchUp(context: Context, line: Line): Promise<{ arrived: number }> {
  const { health, store } = context;
  const entry = context.pressure() ? undefined : health.enter(line.id);
  if (!entry) return { arrived: 0 };
  try {
    const arrived = await readFeed(context, line, store.cursor(line.id, EVENTS)?.value ?? null);
    health.fine(line.id);
    return { arrived };
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code === 'cursor_expired') return startOver(context, line, failure);
    feedFailed(context, line, failure);
    return { arrived: 0 };
  } finally {
    entry.leave();
  }
}

async function readFeed(context: Context, line: Line, cursor: string | null): Promise<number> {
  const { store, clock, intake, stopping } = context;
  const begun = clock.now();
  // Only a reading that came to its end says that everything before it is known.
  const freshAt = cursor === null ? begun : (store.cursor(line.id, EVENTS)?.at ?? begun);
  let arrived = 0;
  let last: string | null = null;
  for await (const page of line.session.changes(cursor)) {
    const results = await intake.put(page.items);
    arrived += results.filter((result) => !result.duplicate).length;
    store.saveCursor(line.id, EVENTS, page.cursor, freshAt);
    last = page.cursor;
    if (stopping.aborted) return arrived;
  }
  if (last !== null) store.saveCursor(line.id, EVENTS, last, begun);
  return arrived;
}

/** Sets the feed to "from now on" first, so that nothing falls between the feed and the listing that follows. */
export async function followFromNow(context: Context, line: Line): Promise<void> {
  await readFeed(context, line, null);
}

async function startOver(context: Context, line: Line, failure: Failure): Promise<{ arrived: number }> {
  context.logger.warn(`${failure.message}; everything is listed again`, { connection: line.id });
  try {
    await followFromNow(context, line);
    orderListing(context, line.id, { purpose: 'gap' });
  } catch (error) {
    feedFailed(context, line, asFailure(error));
  }
  return { arrived: 0 };
}
