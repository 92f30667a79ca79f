/**
 * Reading the vendor's listings, page by page: the first load, what a person asks for, and sweeps are one mechanism. A
 * listing is resumable after a stop, pauses with the backlog, and puts nothing into the queue for what is known.
 */
import type { Page, Snapshot } from '../../domain/connector.ts';
import type { NewDelivery } from '../../domain/delivery.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { digestOf } from '../../rules/index.ts';
import { questionAbsent } from './absence.ts';
import { roomInQueue } from '../pace/back-pressure.ts';
import { compareWithOdoo } from '../compare/compare.ts';
import type { Context, Line } from '../context.ts';
import { newsAmong, unknownOf } from './news.ts';
import {
  isListing,
  keepFindings,
  progressOf,
  save,
  type Progress,
  type Purpose,
  type StreamProgress,
} from './progress.ts';

export interface Wish {
  purpose: Purpose;
  /** All of them unless given. */
  streams?: readonly string[] | undefined;
  since?: number | null | undefined;
}

type Told = (progress: Progress) => void;

const wishesOf = (connection: string): string => `listing-next:${connection}`;
const cursorOf = (stream: string): string => `listing:${stream}`;

/**
 * Notes that a listing is wanted; the next round of the schedule carries it out, also after a restart. A wish made while
 * another listing runs comes after it: what was listed already may have changed since. Throws InvalidData
 * `unknown_stream` for a name that is no listing of this vendor.
 */
export function orderListing(context: Context, connection: string, wish: Wish): void {
  const line = context.lines.get(connection);
  const known = line?.session.streams ?? [];
  for (const name of wish.streams ?? [])
    if (!known.includes(name))
      throw new Failure(
        'invalid_data',
        'unknown_stream',
        `${line?.connector.title} has no listing "${name}"`,
        {
          hint: `Choose one of ${known.join(', ')}.`,
        },
      );
  if (isListing(context, connection)) queue(context, connection, wish);
  else begin(context, connection, wish);
}

function begin(context: Context, connection: string, { purpose, streams, since = null }: Wish): void {
  const now = context.clock.now();
  const chosen = streams ?? context.lines.get(connection)?.session.streams ?? [];
  const whole = context.lines.get(connection)?.session.whole ?? {};
  const one = (name: string): StreamProgress => ({
    listed: 0,
    put: 0,
    done: false,
    ...(since === null && whole[name]?.length ? { sighted: true } : {}),
  });
  for (const name of chosen) context.store.saveCursor(connection, cursorOf(name), '', now);
  save(context, connection, {
    purpose,
    since,
    startedAt: now,
    endedAt: null,
    streams: Object.fromEntries(chosen.map((name) => [name, one(name)])),
  });
}

/** Wishes of one purpose become one: its streams are those of all, its window the longest. */
function queue({ store }: Context, connection: string, wish: Wish): void {
  const wishes = queued(store, connection);
  const same = wishes.find(({ purpose }) => purpose === wish.purpose);
  if (!same) wishes.push(wish);
  else {
    same.streams =
      same.streams && wish.streams ? [...new Set([...same.streams, ...wish.streams])] : undefined;
    same.since = Math.min(same.since ?? 0, wish.since ?? 0) || null;
  }
  store.saveSetting(wishesOf(connection), JSON.stringify(wishes));
}

function queued(store: Context['store'], connection: string): Wish[] {
  return JSON.parse(store.setting(wishesOf(connection)) ?? '[]') as Wish[];
}

function beginNext(context: Context, connection: string): void {
  const [next, ...rest] = queued(context.store, connection);
  if (!next) return;
  begin(context, connection, next);
  context.store.saveSetting(wishesOf(connection), rest.length > 0 ? JSON.stringify(rest) : null);
}

/** Carries on with the listing that is due, if any; `told` hears every page. Never throws. */
export async function list(context: Context, line: Line, told: Told = () => {}): Promise<void> {
  const progress = progressOf(context, line.id);
  if (!progress || progress.endedAt !== null || context.health.admission(line.id) !== 'all') return;
  try {
    for (const name of Object.keys(progress.streams)) {
      await listStream(context, line, name, progress, told);
      if (context.stopping.aborted) return;
    }
  } catch (error) {
    return feedFailed(context, line, asFailure(error));
  }
  if (progress.purpose === 'full' && !(await compareWithOdoo(context, line, progress.startedAt))) return;
  progress.endedAt = context.clock.now();
  save(context, line.id, progress);
  context.logger.info(`${TITLE[progress.purpose]} complete`, {
    connection: line.id,
    streams: progress.streams,
  });
  beginNext(context, line.id);
}

const TITLE: Record<Purpose, string> = {
  first: 'First load',
  person: 'Listing',
  gap: 'Listing after a gap in the event feed',
  window: 'Sweep of what is new',
  full: 'Full sweep',
};

async function listStream(
  context: Context,
  line: Line,
  name: string,
  progress: Progress,
  told: Told,
): Promise<void> {
  const stream = progress.streams[name]!;
  if (stream.done) return;
  const cursor = context.store.cursor(line.id, cursorOf(name))?.value;
  const options = progress.since === null ? {} : { createdSince: progress.since };
  await roomInQueue(context, line.id);
  for await (const page of line.session.list(name, cursor || null, options)) {
    stream.put += await putNews(context, line, name, progress, page);
    stream.listed += page.items.length;
    context.store.saveCursor(line.id, cursorOf(name), page.cursor, context.clock.now());
    save(context, line.id, progress);
    told(progress);
    if (context.stopping.aborted) return;
    // Between pages, not between reading and putting: what was read must not grow old on its way.
    await roomInQueue(context, line.id);
  }
  if (context.stopping.aborted) return;
  if (stream.sighted) await questionAbsent(context, line, name, progress.startedAt);
  stream.done = true;
  save(context, line.id, progress);
  if (progress.since === null) keepFindings(context, line, name, progress.startedAt, stream);
  told(progress);
}

/** Puts what may be news and notes what was seen; returns how many were put. */
async function putNews(
  context: Context,
  line: Line,
  stream: string,
  progress: Progress,
  page: Page<Snapshot>,
): Promise<number> {
  const { store, intake } = context;
  const unknown = unknownOf(context, line.id, page.items);
  const everything = progress.purpose === 'first' || progress.purpose === 'person';
  const fresh = everything ? unknown : newsAmong(context, line.id, unknown);
  const run = progress.startedAt.toString(36);
  await intake.put(fresh.map((snapshot) => delivered(line.id, stream, run, snapshot)));
  const noted = unknown.map(({ kind, externalId, body }) => ({ kind, externalId, digest: digestOf(body) }));
  const sighted = progress.streams[stream]?.sighted ? page.items : [];
  // Before the cursor: a sweep that goes on after a crash must not miss what it saw.
  if (sighted.length + noted.length > 0) store.saw(line.id, [...sighted, ...noted], progress.startedAt);
  return fresh.length;
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

/** What a failed poll or listing means for its connection; one that we stopped ourselves means nothing. */
export function feedFailed(context: Context, line: Line, failure: Failure): void {
  if (context.stopping.aborted) return;
  context.meter.failure(line.id, failure, failure.class === 'connection' ? 'pause' : 'retry');
  const fields = { connection: line.id, code: failure.code };
  if (failure.class === 'connection') context.health.broke(line.id, failure);
  else context.health.trouble(line.id, failure);
  context.logger.warn(`Reading from ${line.connector.title} failed: ${failure.message}`, fields);
}
