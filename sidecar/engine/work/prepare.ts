/** Claimed lanes → work with changes. What needs no call to Odoo, or cannot be read, is settled here. */
import pLimit from 'p-limit';
import type { Link } from '../../domain/change.ts';
import type { Snapshot } from '../../domain/connector.ts';
import { asFailure, reactionTo } from '../../domain/failure.ts';
import type { Reference } from '../../domain/reference.ts';
import { digestOf } from '../../rules/index.ts';
import type { LaneBatch } from '../../store/store.ts';
import { type Context, type Line } from '../context.ts';
import { correct } from './correction.ts';
import { decideSnapshot } from './decide.ts';
import { failed, finished, giveBack, settleAll, type Ack } from './outcome.ts';
import { fold, snapshotOf, stateOf, type Work } from './read.ts';
import { about, tellClaim, tellPlan, tellRead } from '../tell.ts';

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
  const limit = pLimit(context.settings.readConcurrency);
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
  if (!may || stopping.aborted) return untouched(context, work);
  try {
    work.snapshot = await timedRead(context, line, work);
    health.fine(line.id);
  } catch (error) {
    return readFailed(context, line, work, error);
  }
  return take(context, line, work);
}

async function timedRead(context: Context, line: Line, work: Work): Promise<Snapshot> {
  const begun = context.clock.now();
  try {
    const snapshot = await context.tracer.span('read', about(work), () =>
      snapshotOf(work.delivery, line.session, work.batch.priority),
    );
    return { ...snapshot, readAt: context.versions.after(snapshot.readAt, work.link?.version ?? 0) };
  } finally {
    tellRead(context, work, context.clock.now() - begun);
  }
}

function readFailed(context: Context, line: Line, work: Work, error: unknown): false {
  const failure = asFailure(error);
  const passing = ['transient', 'rate_limited', 'unknown_outcome'].includes(failure.class);
  if (passing && context.health.trouble(line.id, failure)) {
    context.logger.debug(`${line.connector.title} rests: ${failure.message}`, {
      ...about(work),
      code: failure.code,
    });
    return untouched(context, work);
  }
  // It answered, and what it said is about this record.
  if (reactionTo(failure.class) === 'park') context.health.fine(line.id);
  failed(context, work, failure);
  return false;
}

function untouched(context: Context, work: Work): false {
  giveBack(context, work.batch);
  return false;
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
    const { snapshot } = work;
    const decided = context.tracer.span('plan', about(work), () =>
      decideSnapshot(snapshot, line, context.rules, linkFinder(context, work), {
        force: work.force,
        reason: work.delivery.reason,
      }),
    );
    work.plans = decided.plans;
    work.follow = decided.follow;
    work.changes = correct(context, work, decided.changes);
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

function linkFinder(context: Context, work: Work) {
  const own = work.batch.ref;
  return (ref: Reference): Link | undefined =>
    ref.kind === own.kind && ref.externalId === own.externalId ? work.link : context.store.link(ref);
}

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
