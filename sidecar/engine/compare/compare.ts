/**
 * Does Odoo still hold what the sidecar believes? Both sides sum up their links by month, day, hour and slot, until only
 * what differs is left; that is read again. So an Odoo restored from a backup heals, and so does a link somebody deleted.
 */
import {
  BucketSums,
  bucketOf,
  differing,
  LEVELS,
  type Bucket,
  type ComparedLink,
  type Level,
} from '../../domain/comparison.ts';
import { asFailure, CONSEQUENCES, Transient } from '../../domain/failure.ts';
import { roomInQueue } from '../pace/back-pressure.ts';
import type { Context, Line } from '../context.ts';
import { lookAtStrays, mendLinks } from './mend.ts';

/** Links read from the store at once; webhooks get their turn in between. */
const PAGE = 2_000;
/** Links that one answer of Odoo's may hold. */
const ROWS_AT_ONCE = 5_000;

/** What a comparison found: links forgotten because Odoo has them otherwise, learnt, and records edited or deleted there. */
interface Found {
  forgotten: number;
  learnt: number;
  strayed: number;
}

/**
 * Compares and puts what differs into the queue. False if Odoo could not be asked just now: it is to be tried again.
 * An Odoo that refuses to answer at all is passed over; the nightly listing does not depend on it.
 */
export async function compareWithOdoo(context: Context, line: Line, run: number): Promise<boolean> {
  const { logger, gate } = context;
  if (gate.shut) return false;
  try {
    const found = await compare(context, line, run);
    if (found.forgotten + found.learnt + found.strayed === 0)
      logger.info('Odoo holds exactly what was agreed', { connection: line.id });
    else
      logger.warn('Odoo differs from what was agreed; what differs is read again', {
        connection: line.id,
        ...found,
      });
    return true;
  } catch (error) {
    if (context.stopping.aborted) return false;
    const failure = asFailure(error);
    logger.warn(`Comparing with Odoo failed: ${failure.message}`, {
      connection: line.id,
      code: failure.code,
      hint: failure.hint,
    });
    return CONSEQUENCES[failure.class].do !== 'retry' || failure.class === 'bug';
  }
}

async function compare(context: Context, line: Line, run: number): Promise<Found> {
  const found: Found = { forgotten: 0, learnt: 0, strayed: 0 };
  for (const slots of await differingSlots(context, line.id)) {
    await roomInQueue(context, line.id);
    const mended = await mendLinks(context, line.id, await linksIn(context, line.id, slots), slots, run);
    found.forgotten += mended.forgotten;
    found.learnt += mended.learnt;
  }
  found.strayed = await lookAtStrays(context, line.id, run);
  context.work.ring();
  return found;
}

/** The slots that differ, in portions that one answer can hold. */
async function differingSlots(context: Context, connection: string): Promise<string[][]> {
  let within: string[] | undefined;
  let theirs: Bucket[] = [];
  for (const level of LEVELS) {
    theirs = await context.odoo.compareBuckets(connection, level, within);
    within = differing(await sumsOf(context, connection, level, within), theirs);
    if (within.length === 0) return [];
  }
  return portions(within ?? [], new Map(theirs.map(({ bucket, count }) => [bucket, count])));
}

function portions(slots: readonly string[], counts: ReadonlyMap<string, number>): string[][] {
  const all: string[][] = [];
  let rows = Infinity;
  for (const slot of slots) {
    rows += counts.get(slot) ?? 0;
    if (rows > ROWS_AT_ONCE) {
      all.push([]);
      rows = counts.get(slot) ?? 0;
    }
    all.at(-1)!.push(slot);
  }
  return all;
}

async function sumsOf(
  context: Context,
  connection: string,
  level: Level,
  within: readonly string[] | undefined,
): Promise<Bucket[]> {
  const above = LEVELS[LEVELS.indexOf(level) - 1];
  const wanted = new Set(within);
  const sums = new BucketSums();
  await eachLink(context, connection, (link) => {
    if (!above || wanted.has(bucketOf(above, link))) sums.add(bucketOf(level, link), link);
  });
  return sums.buckets();
}

async function linksIn(
  context: Context,
  connection: string,
  slots: readonly string[],
): Promise<ComparedLink[]> {
  const wanted = new Set(slots);
  const links: ComparedLink[] = [];
  await eachLink(context, connection, (link) => {
    if (wanted.has(bucketOf('slot', link))) links.push(link);
  });
  return links;
}

async function eachLink(
  { store, clock, stopping }: Context,
  connection: string,
  visit: (link: ComparedLink) => void,
): Promise<void> {
  for (let last: ComparedLink | undefined; ;) {
    // Half a sum would differ from Odoo's.
    if (stopping.aborted) throw new Transient('stopping', 'The sidecar stops');
    const page = store.linksAfter(connection, last ?? null, PAGE);
    page.forEach(visit);
    if (page.length < PAGE) return;
    last = page.at(-1);
    await clock.sleep(1, stopping);
  }
}
