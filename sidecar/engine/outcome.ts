/** How a piece of work ends: done, again later, or handed to a person; each with its line in the journal. */
import type { Link } from '../domain/change.ts';
import { type Failure } from '../domain/failure.ts';
import { laneOf, parseLane } from '../domain/reference.ts';
import type { Effects, JournalLine, LaneBatch } from '../store/store.ts';
import type { Context } from './context.ts';
import { hint } from './intake.ts';
import { parkedOf } from './park.ts';
import type { Work } from './read.ts';
import { decide } from './retry.ts';
import { awaitedOf } from './waiters.ts';

export interface Ack {
  batch: LaneBatch;
  upTo: number;
  effects: Effects;
}

/** The ack of work that ended well. Keeps the links, the vendor's digest and where the record leads to. */
export function finished(context: Context, work: Work, step: JournalLine['step'], detail: string): Ack {
  return {
    batch: work.batch,
    upTo: work.upTo,
    effects: {
      links: linksOf(work, step),
      journal: [journalOf(context, work, step, detail)],
      deliveries: step === 'applied' ? followed(context, work) : [],
    },
  };
}

/** The vendor's digest belongs to the lane's own link, and only when Odoo holds what it stands for. */
function linksOf(work: Work, step: JournalLine['step']): NonNullable<Effects['links']> {
  const { connection, kind, externalId } = work.batch.ref;
  const made = work.made.map((link) => ({ ...link, connection }));
  const own = made.find((link) => link.kind === kind && link.externalId === externalId);
  const wanted = work.changes.find(
    (change) => change.key.kind === kind && change.key.external_id === externalId,
  );
  if (own)
    return made.map((link) =>
      link === own && link.digest === wanted?.digest ? { ...link, sourceDigest: work.sourceDigest } : link,
    );
  if (step === 'unchanged' && work.link && work.link.sourceDigest !== work.sourceDigest)
    return [...made, { ...bare(work.link), connection, sourceDigest: work.sourceDigest }];
  return made;
}

function bare({ kind, externalId, model, resId, version, digest, base }: Link): Link {
  return { kind, externalId, model, resId, version, digest, base };
}

/** The same content leads to the same ids: two records that name each other do not chase each other for ever. */
function followed(context: Context, work: Work): NonNullable<Effects['deliveries']> {
  if (work.follow.length === 0) return [];
  const links = context.store.linksOf(work.follow);
  return work.follow
    .filter((_, index) => links[index] === undefined)
    .map((ref) =>
      hint(ref, {
        id: `follow:${laneOf(ref)}:${laneOf(work.batch.ref)}:${work.sourceDigest.slice(0, 16)}`,
        origin: 'dependency',
        reason: `named by ${work.batch.ref.kind} ${work.batch.ref.externalId}`,
        now: context.clock.now(),
      }),
    );
}

export function journalOf(
  context: Context,
  work: Work,
  step: JournalLine['step'],
  detail: string,
): JournalLine {
  const rule = work.changes[0]?.rule;
  const folded = work.batch.deliveries.length;
  return {
    at: context.clock.now(),
    delivery: work.delivery.id,
    lane: work.batch.lane,
    step,
    ...(rule === undefined ? {} : { rule }),
    detail: folded > 1 ? `${detail} (${folded} deliveries in one)` : detail,
  };
}

/** Writes many acks in one transaction, then wakes what waited in vain for these records. */
export function settleAll(context: Context, acks: readonly Ack[]): void {
  if (acks.length === 0) return;
  const answers = context.store.ackAll(acks);
  const woken: string[] = [];
  acks.forEach(({ batch, effects }, index) => {
    if (answers[index] === 'lost') return lost(context, batch);
    woken.push(...context.waiters.done(batch.lane, (effects.links?.length ?? 0) > 0));
  });
  if (woken.length > 0) context.store.retry({ lanes: woken });
  context.work.ring();
}

function lost(context: Context, batch: LaneBatch): void {
  context.logger.warn(
    'Lease lost: another worker took the record over, its effects are repeated harmlessly',
    {
      lane: batch.lane,
    },
  );
}

/**
 * The lane goes back as it was, at no cost in attempts. It does not sleep: what stopped it (a resting connection, an
 * Odoo that is down) stops the claims of all lanes, and its end frees all at once.
 */
export function giveBack(context: Context, batch: LaneBatch): void {
  if (context.store.wait(batch, [], context.clock.now()) === 'lost') lost(context, batch);
}

/** A record failed: by its failure's class it sleeps, stops its connection, or goes to a person. */
export function failed(context: Context, work: Work, failure: Failure): void {
  const { store, clock, health, logger, meter } = context;
  const { connection } = work.batch.ref;
  const decision = decide(failure, work.batch.attempts, clock.now(), context.random);
  meter.failure(connection, failure.class);
  const fields = { delivery: work.delivery.id, lane: work.batch.lane, code: failure.code };
  if (failure.class === 'bug') logger.error(failure.message, { ...fields, stack: stackOf(failure) });
  else logger.warn(`${decision.do}: ${failure.message}`, fields);
  if (decision.do === 'park') return park(context, work, failure);
  const line = journalOf(context, work, 'retried', `${failure.code}: ${failure.message}`);
  const effects = { links: savedLinks(work), journal: [line] };
  if (decision.do === 'pause') {
    health.broke(connection, failure);
    if (store.wait(work.batch, [], clock.now(), effects) === 'lost') lost(context, work.batch);
    return;
  }
  if (store.fail(work.batch, decision.retryAt, effects) === 'lost') lost(context, work.batch);
}

/** Hands a record to a person, and wakes the ones that wait for it so that they can say so. */
export function park(context: Context, work: Work, failure: Failure): void {
  const parked = parkedOf(work, failure, context.clock.now());
  const line = journalOf(context, work, 'parked', `${failure.code}: ${failure.message}`);
  const effects = { links: savedLinks(work), journal: [line] };
  if (context.store.park(work.batch, parked, effects) === 'lost') return lost(context, work.batch);
  const { lane, ref } = work.batch;
  const tooEarly = context.waiters.parked(lane, awaitedOf(ref.connection, failure.args));
  const lanes = [...context.waiters.waitingFor(lane), ...(tooEarly ? [lane] : [])];
  if (lanes.length > 0) context.store.retry({ lanes });
  context.work.ring();
}

/** What stands although the rest failed; without digest, so that the next try does not pass for unchanged. */
export function savedLinks(work: Work): NonNullable<Effects['links']> {
  return work.made.map((link) => ({ ...link, digest: '', connection: work.batch.ref.connection }));
}

function stackOf(failure: Failure): string | undefined {
  return failure.cause instanceof Error ? failure.cause.stack : failure.stack;
}

/** A lane's name in business words: "customer cus_1". */
export function spoken(lane: string): string {
  const ref = parseLane(lane);
  return ref ? `${ref.kind.replaceAll('_', ' ')} ${ref.externalId}` : lane;
}
