/** Odoo answered that a record must wait for others: look them up, sleep, and give up when that cannot help. */
import { Failure } from '../../domain/failure.ts';
import { laneOf, type Reference } from '../../domain/reference.ts';
import type { Context } from '../context.ts';
import { hint } from '../intake.ts';
import { journalOf, park, savedLinks, spoken, urgency } from './outcome.ts';
import { labelOf } from './park.ts';
import type { Work } from './read.ts';
import { tellEnd } from '../tell.ts';
import { WAITS_CODE } from './waiters.ts';

/** After this long a lane is looked at again even if nobody woke it. */
const LOOK_AGAIN_MS = 60_000;

/** Puts the lane to sleep until one of `missing` is done, or parks it if that would be in vain. */
export function waitFor(context: Context, work: Work, missing: readonly Reference[]): void {
  const { store, clock, waiters, settings } = context;
  const now = clock.now();
  const vain = whyInVain(context, work, missing);
  const wait = waiters.wait(work.batch.lane, missing, now);
  const circle = waiters.circle(work.batch.lane);
  if (vain ?? circle)
    return giveUp(context, work, missing, vain ?? `they wait for each other: ${path(circle)}`);
  if (now - wait.since >= settings.waitMs)
    return giveUp(
      context,
      work,
      missing,
      `it has not come within ${Math.round(settings.waitMs / 60_000)} minutes`,
    );
  const lanes = store.lanesOf(missing);
  const links = store.linksOf(missing);
  const unknown = missing.filter((_, i) => links[i] === undefined && (lanes[i]?.pending ?? 0) === 0);
  const effects = {
    links: savedLinks(work),
    journal: [journalOf(context, work, 'waiting', `waits for ${names(missing)}`)],
    deliveries: unknown.map((ref) => lookUp(work, ref, now)),
  };
  // Linked meanwhile: it came between Odoo's answer and now, so nobody would wake this lane any more.
  const came = missing.filter(
    (_, index) => links[index] !== undefined && !waiters.answeredInVain(work.batch.lane, missing[index]!),
  );
  const awaited = missing.filter((ref) => !came.includes(ref));
  const until = awaited.length === 0 ? now : Math.min(wait.since + settings.waitMs, now + LOOK_AGAIN_MS);
  for (const ref of came) waiters.answer(work.batch.lane, ref);
  store.wait(work.batch, awaited, until, effects);
  tellEnd(context, work, 'waiting', `for ${names(missing)}`);
  context.work.ring();
}

function lookUp(work: Work, ref: Reference, now: number) {
  return hint(ref, {
    id: `needed:${laneOf(ref)}:${work.batch.lane}:${work.upTo}`,
    origin: 'dependency',
    reason: `needed by ${work.batch.ref.kind} ${work.batch.ref.externalId}`,
    now,
    ...urgency(work),
  });
}

/** Why waiting cannot help, in words; undefined if it may. */
function whyInVain(context: Context, work: Work, missing: readonly Reference[]): string | undefined {
  const lanes = context.store.lanesOf(missing);
  for (const [index, ref] of missing.entries()) {
    if (lanes[index]?.state === 'parked') return `${spoken(laneOf(ref))} is in Exceptions itself`;
    const idle = (lanes[index]?.pending ?? 0) === 0;
    if (idle && context.waiters.answeredInVain(work.batch.lane, ref))
      return `${spoken(laneOf(ref))} was looked up and did not come into Odoo`;
  }
  return undefined;
}

function giveUp(context: Context, work: Work, missing: readonly Reference[], why: string): void {
  const label = work.plans[0]?.event.label ?? labelOf(work);
  park(
    context,
    work,
    new Failure('missing_mapping', WAITS_CODE, `${label} waits for ${names(missing)}: ${why}`, {
      hint: 'Solve the exception of the record named, or create it at the vendor; this one then goes on by itself.',
      args: { waiting_for: missing.map(laneOf) },
    }),
  );
}

const names = (refs: readonly Reference[]): string => refs.map((ref) => spoken(laneOf(ref))).join(', ');
const path = (circle: string[] | undefined): string => (circle ?? []).map(spoken).join(' → ');
