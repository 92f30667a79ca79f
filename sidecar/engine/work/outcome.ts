/** How a piece of work ends: done, again later, or handed to a person; each with its line in the journal. */
import type { Link } from '../../domain/change.ts';
import { type Failure } from '../../domain/failure.ts';
import { laneClassOf, laneOf, parseLane } from '../../domain/reference.ts';
import type { Effects, JournalLine, LaneBatch } from '../../store/store.ts';
import type { Context } from '../context.ts';
import { hint } from '../intake.ts';
import { remembering } from './agree.ts';
import { parkedOf } from './park.ts';
import type { Work } from './read.ts';
import { decide } from './retry.ts';
import { tellEnd, tellFailure, told } from '../tell.ts';
import { awaitedOf } from './waiters.ts';

export interface Ack {
  batch: LaneBatch;
  upTo: number;
  effects: Effects;
}

/** The ack of work that ended well. Keeps the links, the vendor's digest and where the record leads to. */
export function finished(context: Context, work: Work, step: JournalLine['step'], detail: string): Ack {
  tellEnd(context, work, step, detail);
  return {
    batch: work.batch,
    upTo: work.upTo,
    effects: {
      links: linksOf(work, step),
      journal: [journalOf(context, work, step, detail)],
      deliveries: step === 'applied' ? [...followed(context, work), ...survivors(context, work)] : [],
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
        ...urgency(work),
      }),
    );
}

/** A record that others became one with: what they brought along is compared with what the vendor says of it. */
function survivors(context: Context, work: Work): NonNullable<Effects['deliveries']> {
  const { connection } = work.batch.ref;
  return work.changes.flatMap((change) => {
    if (change.op !== 'merge') return [];
    const ref = { connection, kind: change.into.kind, externalId: change.into.external_id };
    const id = `merged:${work.batch.lane}:${work.sourceDigest.slice(0, 16)}`;
    const about = { origin: 'dependency', reason: 'became one with another', force: true } as const;
    return [hint(ref, { ...about, id, now: context.clock.now(), ...urgency(work) })];
  });
}

/** What a record that goes first leads to goes first as well. */
export const urgency = (work: Work): { urgent?: true } => (work.batch.priority === 0 ? { urgent: true } : {});

export function journalOf(
  context: Context,
  work: Work,
  step: JournalLine['step'],
  detail: string,
): JournalLine {
  const rule = work.changes[0]?.rule;
  const said = [...new Set(work.notes), detail].join('; ');
  const folded = work.batch.deliveries.length;
  return {
    at: context.clock.now(),
    delivery: work.delivery.id,
    lane: work.batch.lane,
    step,
    ...(rule === undefined ? {} : { rule }),
    detail: folded > 1 ? `${said} (${folded} deliveries in one)` : said,
  };
}

/** Writes many acks in one transaction, then wakes what waited in vain for these records. */
export function settleAll(context: Context, acks: readonly Ack[]): void {
  if (acks.length === 0) return;
  const answers = context.store.ackAll(acks);
  const woken: string[] = [];
  acks.forEach(({ batch, effects }, index) => {
    if (answers[index] === 'lost') return lost(context, batch);
    context.drain.done(
      batch.ref.connection,
      laneClassOf(batch.ref.kind),
      countUpTo(batch, acks[index]!.upTo),
    );
    woken.push(...context.waiters.done(batch.lane, (effects.links?.length ?? 0) > 0));
  });
  if (woken.length > 0) context.store.retry({ lanes: woken });
  context.work.ring();
}

const countUpTo = (batch: LaneBatch, upTo: number): number =>
  batch.deliveries.filter(({ seq }) => seq <= upTo).length;

function lost(context: Context, batch: LaneBatch): void {
  context.logger.warn(
    'Lease lost: another worker took the record over, its effects are repeated harmlessly',
    { lane: batch.lane, connection: batch.ref.connection },
  );
}

/**
 * The lane goes back as it was, at no cost in attempts. It does not sleep: what stopped it (a resting connection, an
 * Odoo that is down) stops the claims of all lanes, and its end frees all at once.
 */
export function giveBack(context: Context, batch: LaneBatch, effects: Effects = {}): void {
  if (context.store.wait(batch, [], context.clock.now(), effects) === 'lost') lost(context, batch);
}

/**
 * What was sent may have taken effect without our hearing of it: then "exactly as last time" no longer tells what Odoo
 * holds, and the next try has to ask.
 */
export function doubted(work: Work): NonNullable<Effects['links']> {
  if (!work.link || work.sentIn === undefined) return [];
  return [{ ...bare(work.link), digest: '', connection: work.batch.ref.connection }];
}

/** A record failed: by its failure's class it sleeps, stops its connection, or goes to a person. */
export function failed(context: Context, work: Work, failure: Failure): void {
  const { store, clock, health } = context;
  const { connection } = work.batch.ref;
  const decision = decide(failure, work.batch.attempts, clock.now(), context.random);
  if (decision.do === 'park') return park(context, work, failure);
  tellFailure(context, work, failure, decision.do);
  const line = journalOf(context, work, 'retried', told(work, failure));
  const effects = { links: [...doubted(work), ...savedLinks(work)], journal: [line] };
  if (decision.do === 'pause') {
    health.broke(connection, failure, work.snapshot ? undefined : work.batch.ref);
    if (store.wait(work.batch, [], clock.now(), effects) === 'lost') lost(context, work.batch);
    return;
  }
  if (store.fail(work.batch, decision.retryAt, effects) === 'lost') lost(context, work.batch);
}

/** Hands a record to a person, and wakes the ones that wait for it so that they can say so. */
export function park(context: Context, work: Work, failure: Failure): void {
  tellFailure(context, work, failure, 'park');
  const before = work.conflict && context.store.parked({ lane: work.batch.lane })[0]?.conflict;
  if (before && work.conflict) work.conflict = remembering(work.conflict, before);
  const parked = parkedOf(work, failure, context.clock.now(), context.rules.personal?.(work.batch.ref.kind));
  const line = journalOf(context, work, 'parked', told(work, failure));
  const effects = { links: savedLinks(work), journal: [line] };
  if (context.store.park(work.batch, parked, effects) === 'lost') return lost(context, work.batch);
  const { lane, ref } = work.batch;
  context.drain.done(ref.connection, laneClassOf(ref.kind), work.batch.deliveries.length);
  const tooEarly = context.waiters.parked(lane, awaitedOf(ref.connection, failure.args));
  const lanes = [...context.waiters.waitingFor(lane), ...(tooEarly ? [lane] : [])];
  if (lanes.length > 0) context.store.retry({ lanes });
  context.work.ring();
}

/** What stands although the rest failed; without digest, so that the next try does not pass for unchanged. */
export function savedLinks(work: Work): NonNullable<Effects['links']> {
  return work.made.map((link) => ({ ...link, digest: '', connection: work.batch.ref.connection }));
}

/** A lane's name in business words: "customer cus_1". */
export function spoken(lane: string): string {
  const ref = parseLane(lane);
  return ref ? `${ref.kind.replaceAll('_', ' ')} ${ref.externalId}` : lane;
}
