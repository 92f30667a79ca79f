/** Claimed lanes → work with changes. What needs no call to Odoo, or cannot be read, is settled here. */
import pLimit from 'p-limit';
import { asFailure } from '../../domain/failure.ts';
import type { Reference } from '../../domain/reference.ts';
import { digestOf } from '../../rules/index.ts';
import type { LaneBatch } from '../../store/store.ts';
import { type Context, type Line } from '../context.ts';
import { bear } from './birth.ts';
import { failed, finished, giveBack, settleAll, type Ack } from './outcome.ts';
import { fold, stateOf, type Work } from './read.ts';
import { linkFinder, timedRead, understand, vendorFailed } from './understand.ts';
import { about, tellClaim, tellPlan } from '../tell.ts';

/**
 * Reads, translates and plans; resolves with the works that have changes for Odoo. Never throws for a record. `alone`: these
 * show whether the vendor is well again; otherwise they go back as soon as that is in doubt.
 */
export async function prepare(
  context: Context,
  line: Line,
  batches: readonly LaneBatch[],
  alone: boolean,
): Promise<Work[]> {
  const links = context.store.linksOf(batches.map((batch) => batch.ref));
  const limit = pLimit(line.session.atOnce ?? context.settings.readConcurrency);
  const acks: Ack[] = [];
  const works: Work[] = [];
  await Promise.all(
    batches.map(async (batch, index) => {
      const work = fold(batch, links[index]);
      if (!work) return void context.store.ackAll([{ batch, upTo: 0 }]);
      tellClaim(context, work);
      const understood = await context.tracer.span('work', about(work), () =>
        work.delivery.form === 'hint'
          ? limit(() => read(context, line, work, alone))
          : take(context, line, work),
      );
      if (!understood) return;
      if (work.changes.length > 0) works.push(work);
      else acks.push(nothingToDo(context, work));
    }),
  );
  settleAll(context, acks);
  return works;
}

/** Reads over the network, unless the connection just began to rest: then the lane goes back untouched. */
async function read(context: Context, line: Line, work: Work, alone: boolean): Promise<boolean> {
  const { health, stopping } = context;
  const may = alone ? !health.stopped(line.id) : health.admission(line.id) === 'all';
  if (!may || stopping.aborted) {
    giveBack(context, work.batch);
    return false;
  }
  if (work.wish.born) return bear(context, line, work, work.wish.born);
  try {
    work.snapshot = await timedRead(context, line, work, work.delivery);
    health.fine(line.id);
  } catch (error) {
    vendorFailed(context, line, work, error);
    return false;
  }
  return take(context, line, work);
}

/**
 * Translates and plans what was read; a contradiction in the object becomes an exception of this record alone.
 * Returns false if the lane has been settled that way.
 */
function take(context: Context, line: Line, work: Work): boolean {
  try {
    work.snapshot ??= stateOf(work.delivery);
    work.sourceDigest = digestOf(work.snapshot.body);
    if (!work.force && work.link?.sourceDigest === work.sourceDigest) return true;
    understand(context, line, work, work.snapshot);
    if (!work.force && isKnown(context, work)) work.changes = [];
    tellPlan(context, work);
    return true;
  } catch (error) {
    failed(context, work, asFailure(error));
    return false;
  }
}

/** True if every change is what the link already holds. */
function isKnown(context: Context, work: Work): boolean {
  const find = linkFinder(context, work);
  return work.changes.every((change) => {
    const ref = { connection: work.batch.ref.connection, ...refOf(change.key) };
    return find(ref)?.digest === change.digest;
  });
}

const refOf = (key: { kind: Reference['kind']; external_id: string }) => ({
  kind: key.kind,
  externalId: key.external_id,
});

/** Settled without Odoo: equal to the last time, or no rule wants anything of it. */
function nothingToDo(context: Context, work: Work): Ack {
  const because =
    work.plans.length === 0
      ? 'the object is exactly as last time'
      : work.plans.every((plan) => plan.changes.length === 0)
        ? work.plans.map((plan) => plan.because).join('; ')
        : 'Odoo already holds exactly this';
  const planned = work.plans.some((plan) => plan.changes.length === 0);
  return finished(context, work, planned ? 'planned' : 'unchanged', because);
}
