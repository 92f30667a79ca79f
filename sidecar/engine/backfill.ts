/** The full listing: every stream of a connection, page by page, resumable after a stop, skipping what is known. */
import type { Page, Snapshot } from '../domain/connector.ts';
import type { NewDelivery } from '../domain/delivery.ts';
import { asFailure, type Failure } from '../domain/failure.ts';
import { digestOf } from '../rules/index.ts';
import type { Context, Line } from './context.ts';

/** How a listing stands, as kept in the store. */
export interface Progress {
  startedAt: number;
  /** null while it runs. */
  endedAt: number | null;
  streams: Record<string, { listed: number; put: number; done: boolean }>;
}

const settingOf = (connection: string): string => `backfill:${connection}`;
const cursorOf = (stream: string): string => `backfill:${stream}`;

export function progressOf(context: Pick<Context, 'store'>, connection: string): Progress | undefined {
  const text = context.store.setting(settingOf(connection));
  return text === undefined ? undefined : (JSON.parse(text) as Progress);
}

/** True while a listing is due or under way. */
export function isListing(context: Pick<Context, 'store'>, connection: string): boolean {
  return progressOf(context, connection)?.endedAt === null;
}

/** Notes that a listing is due; the next round of the schedule carries it out, also after a restart. */
export function startBackfill(context: Context, connection: string, streams?: readonly string[]): void {
  const line = context.lines.get(connection);
  const chosen = streams ?? line?.session.streams ?? [];
  const progress: Progress = {
    startedAt: context.clock.now(),
    endedAt: null,
    streams: Object.fromEntries(chosen.map((name) => [name, { listed: 0, put: 0, done: false }])),
  };
  for (const name of chosen) context.store.saveCursor(connection, cursorOf(name), '', context.clock.now());
  save(context, connection, progress);
}

/** Carries on with the listing that is due, if any; `told` hears every page. Never throws. */
export async function backfill(
  context: Context,
  line: Line,
  told: (progress: Progress) => void = () => {},
): Promise<void> {
  const progress = progressOf(context, line.id);
  if (!progress || progress.endedAt !== null || context.health.blocked(line.id)) return;
  try {
    for (const name of Object.keys(progress.streams)) {
      await listStream(context, line, name, progress, told);
      if (context.stopping.aborted) return;
    }
    progress.endedAt = context.clock.now();
    save(context, line.id, progress);
    context.logger.info('Listing complete', { connection: line.id, streams: progress.streams });
  } catch (error) {
    feedFailed(context, line, asFailure(error));
  }
}

async function listStream(
  context: Context,
  line: Line,
  name: string,
  progress: Progress,
  told: (progress: Progress) => void,
): Promise<void> {
  const stream = progress.streams[name]!;
  if (stream.done) return;
  const cursor = context.store.cursor(line.id, cursorOf(name))?.value;
  for await (const page of line.session.list(name, cursor || null)) {
    await roomInQueue(context);
    stream.put += await putNews(context, line, name, progress, page);
    stream.listed += page.items.length;
    context.store.saveCursor(line.id, cursorOf(name), page.cursor, context.clock.now());
    save(context, line.id, progress);
    told(progress);
    if (context.stopping.aborted) return;
  }
  stream.done = true;
  save(context, line.id, progress);
  told(progress);
}

/** Back-pressure: a listing is quicker than any Odoo, so it pauses while much is pending. */
async function roomInQueue(context: Context): Promise<void> {
  const { store, settings, clock, stopping } = context;
  while (store.depth().pending > settings.backlogLimit && !stopping.aborted) await clock.sleep(500, stopping);
}

async function putNews(
  context: Context,
  line: Line,
  stream: string,
  progress: Progress,
  page: Page<Snapshot>,
): Promise<number> {
  const fresh = unknownOf(context, line.id, page.items);
  const run = progress.startedAt.toString(36);
  await context.intake.put(fresh.map((snapshot) => delivered(line.id, stream, run, snapshot)));
  return fresh.length;
}

/**
 * The snapshots that may be news: those whose digest is not the link's, or whose lane is busy. This is what makes
 * listing a million unchanged records cheap.
 */
export function unknownOf(
  context: Pick<Context, 'store'>,
  connection: string,
  snapshots: readonly Snapshot[],
): Snapshot[] {
  const refs = snapshots.map(({ kind, externalId }) => ({ connection, kind, externalId }));
  const links = context.store.linksOf(refs);
  const same = snapshots.map((snapshot, index) => {
    const known = links[index]?.sourceDigest;
    return known !== undefined && known !== null && known === digestOf(snapshot.body);
  });
  const unchanged = refs.filter((_, index) => same[index]);
  const busy = context.store.lanesOf(unchanged).map((lane) => (lane?.pending ?? 0) > 0);
  let at = 0;
  return snapshots.filter((_, index) => !same[index] || busy[at++]);
}

function delivered(connection: string, stream: string, run: string, snapshot: Snapshot): NewDelivery {
  return {
    id: `backfill:${run}:${snapshot.kind}:${snapshot.externalId}`,
    connection,
    kind: snapshot.kind,
    externalId: snapshot.externalId,
    origin: 'backfill',
    form: 'state',
    reason: `listed in ${stream}`,
    occurredAt: null,
    receivedAt: snapshot.readAt,
    body: Buffer.from(JSON.stringify(snapshot.body)),
  };
}

function save(context: Context, connection: string, progress: Progress): void {
  context.store.saveSetting(settingOf(connection), JSON.stringify(progress));
}

/** What a failed poll or listing means for its connection. */
export function feedFailed(context: Context, line: Line, failure: Failure): void {
  context.meter.failure(line.id, failure.class);
  const fields = { connection: line.id, code: failure.code };
  if (failure.class === 'connection') context.health.broke(line.id, failure);
  else context.health.trouble(line.id, failure);
  context.logger.warn(`Reading from ${line.connector.title} failed: ${failure.message}`, fields);
}
