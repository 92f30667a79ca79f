/** Catching up with the vendors: their event feeds on a schedule, through the same door as everything else. */
import { asFailure, type Failure } from '../domain/failure.ts';
import { feedFailed, startBackfill } from './backfill.ts';
import type { Context, Line } from './context.ts';

/** The cursor of a connection's event feed. */
export const EVENTS = 'events';

/**
 * Reads what changed since the last time. The cursor moves only after a page is durable. A feed that no longer
 * reaches back far enough leads to a full backfill, by itself.
 */
export async function catchUp(context: Context, line: Line): Promise<{ arrived: number }> {
  const { health, store } = context;
  if (health.blocked(line.id)) return { arrived: 0 };
  try {
    const arrived = await readFeed(context, line, store.cursor(line.id, EVENTS)?.value ?? null);
    health.fine(line.id);
    return { arrived };
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code === 'cursor_expired') return startOver(context, line, failure);
    feedFailed(context, line, failure);
    return { arrived: 0 };
  }
}

async function readFeed(context: Context, line: Line, cursor: string | null): Promise<number> {
  let arrived = 0;
  for await (const page of line.session.changes(cursor)) {
    const results = await context.intake.put(page.items);
    arrived += results.filter((result) => !result.duplicate).length;
    context.store.saveCursor(line.id, EVENTS, page.cursor, context.clock.now());
    if (context.stopping.aborted) break;
  }
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
    startBackfill(context, line.id);
  } catch (error) {
    feedFailed(context, line, asFailure(error));
  }
  return { arrived: 0 };
}
