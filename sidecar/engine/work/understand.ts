/** One look at a record at the vendor: read, translated, planned; and what it means if that fails. */
import type { Change, Link } from '../../domain/change.ts';
import type { Push, Pushed, Snapshot } from '../../domain/connector.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { asFailure, reactionTo } from '../../domain/failure.ts';
import type { Reference } from '../../domain/reference.ts';
import { digestOf } from '../../rules/index.ts';
import { heeded } from '../contact/heed.ts';
import type { Context, Line } from '../context.ts';
import { about, tellPush, tellRead } from '../tell.ts';
import type { PushOutcome } from '../types.ts';
import { correct } from './correction.ts';
import { decideSnapshot } from './decide.ts';
import { doubted, failed, giveBack, savedLinks } from './outcome.ts';
import { snapshotOf, type Work } from './read.ts';

/** Reads the record of a work, dated so that it is later than everything Odoo knows of it. Throws Failures. */
export async function timedRead(
  context: Context,
  line: Line,
  work: Work,
  delivery: Delivery,
): Promise<Snapshot> {
  const begun = context.clock.now();
  try {
    const snapshot = await context.tracer.span('read', about(work), () =>
      snapshotOf(delivery, line.session, work.batch.priority),
    );
    work.readAt = begun;
    return { ...snapshot, readAt: context.versions.after(snapshot.readAt, work.link?.version ?? 0) };
  } finally {
    tellRead(context, work, context.clock.now() - begun);
  }
}

/** Tells the vendor; `fields` are named in the log. Throws Failures. */
export async function timedPush(
  context: Context,
  line: Line,
  work: Work,
  push: Omit<Push, 'priority'>,
  fields: string,
): Promise<Pushed> {
  const begun = context.clock.now();
  const tell = (outcome: PushOutcome) =>
    tellPush(context, work, outcome, fields, context.clock.now() - begun);
  try {
    const pushed = await context.tracer.span('push', about(work), () =>
      line.session.push!({ ...push, priority: work.batch.priority }),
    );
    tell('told');
    return pushed;
  } catch (error) {
    tell(reactionTo(asFailure(error).class) === 'park' ? 'refused' : 'failed');
    throw error;
  }
}

/** Translates and plans what was read: fills the work's plans and changes. Throws InvalidData, blaming the record. */
export function understand(context: Context, line: Line, work: Work, snapshot: Snapshot): void {
  work.snapshot = snapshot;
  work.sourceDigest = digestOf(snapshot.body);
  const decided = context.tracer.span('plan', about(work), () =>
    decideSnapshot(snapshot, line, context.rules, linkFinder(context, work), {
      force: work.force,
      reason: work.delivery.reason,
    }),
  );
  work.plans = decided.plans;
  work.follow = decided.follow;
  const changes = heeded(context, work, correct(context, work, decided.changes));
  work.changes = line.session.push ? changes : changes.map(untold);
}

/** Nobody can be told anything here, so Odoo need not ask. */
function untold(change: Change): Change {
  if (change.op !== 'upsert' || !change.outward) return change;
  const { outward: _outward, ...rest } = change;
  return rest;
}

/** Links by reference; of the work's own record the one it was claimed with. */
export function linkFinder(context: Context, work: Work) {
  const own = work.batch.ref;
  return (ref: Reference): Link | undefined =>
    ref.kind === own.kind && ref.externalId === own.externalId ? work.link : context.store.link(ref);
}

/** A call to the vendor failed: the connection rests and the lane goes back untouched, or the failure is this record's own. */
export function vendorFailed(context: Context, line: Line, work: Work, error: unknown): void {
  const failure = asFailure(error);
  const passing = ['transient', 'rate_limited', 'unknown_outcome'].includes(failure.class);
  if (passing && context.health.trouble(line.id, failure)) {
    context.logger.debug(`${line.connector.title} rests: ${failure.message}`, {
      ...about(work),
      code: failure.code,
    });
    return goBack(context, work);
  }
  // It answered, and what it said is about this record.
  if (reactionTo(failure.class) === 'park') context.health.fine(line.id);
  failed(context, work, failure);
}

/** The lane goes back at no cost; what Odoo has done for it already is kept in mind. */
export function goBack(context: Context, work: Work): void {
  giveBack(context, work.batch, { links: [...doubted(work), ...savedLinks(work)] });
}
