/** Odoo's answers, one per change, become the outcome of each lane. */
import type { ApplyResult, Change, Link } from '../../domain/change.ts';
import { Failure, FAILURE_CLASSES, type FailureClass } from '../../domain/failure.ts';
import { laneOf, type Reference } from '../../domain/reference.ts';
import type { Context } from '../context.ts';
import { conflictOf, grounded, openOf, type Open } from './agree.ts';
import { failed, finished, park, type Ack } from './outcome.ts';
import { nameOf } from './park.ts';
import type { Work } from './read.ts';
import { waitFor } from './waiting.ts';

/** So often both sides are brought to agree in one turn, Odoo being edited in between; then the record sleeps a little. */
const MEETINGS = 4;

export interface Settled {
  acks: Ack[];
  /** Works on which both sides have to agree first. */
  open: { work: Work; open: Open[] }[];
}

/** How work ends that cannot just end well: it failed, or waits for these. */
export type Ending = { failure: Failure } | { missing: Reference[] };

/** Settles one work by the results of its changes (same order). Good ones come back as acks, to be written together. */
export function settle(
  context: Context,
  work: Work,
  results: readonly ApplyResult[],
  settled: Settled,
): void {
  for (const result of results) {
    context.meter.effect(work.batch.ref.connection, result.key.kind, result.status);
    const link = linkOf(result, work);
    if (link) work.made = [...work.made.filter((known) => !isLinkOf(known, link)), link];
  }
  if (comparedWithOld(work, results)) return failed(context, work, overtaken(work));
  const ending = endingOf(work, results);
  const open = openOf(context, work, results);
  if (ending) work.ending ??= ending;
  work.notes.push(...results.filter((result) => result.status !== 'diverged').map(story));
  work.touched ||= results.some(({ status }) => status !== 'unchanged' && status !== 'diverged');
  if (open.length === 0) return end(context, work, settled);
  if (work.merges < MEETINGS) {
    work.merges++;
    settled.open.push({ work, open });
    return;
  }
  const edited = open.filter(({ result }) => result.status === 'diverged');
  if (edited.length > 0) work.ending ??= { failure: editedMeanwhile(work) };
  const ground = work.merges === MEETINGS ? edited.flatMap((each) => grounded(work, each) ?? []) : [];
  if (ground.length === 0) return end(context, work, settled);
  work.merges++;
  settled.open.push({ work, open: ground });
}

/** Nothing more can be agreed: what failed or waits decides, then what only a person can decide. */
export function end(context: Context, work: Work, settled: Pick<Settled, 'acks'>): void {
  const { ending, conflict } = work;
  if (ending && 'failure' in ending) return failed(context, work, ending.failure);
  if (ending) return waitFor(context, work, ending.missing);
  if (conflict) return park(context, work, conflictOf(context, work));
  const step = work.touched ? 'applied' : 'unchanged';
  settled.acks.push(finished(context, work, step, [...new Set(work.notes.splice(0))].join('; ')));
}

function endingOf(work: Work, results: readonly ApplyResult[]): Ending | undefined {
  const error = results.find((result) => result.error)?.error;
  if (error) return { failure: failureOf(error, work) };
  const missing = results.flatMap((result) =>
    result.status === 'waiting' ? (result.waiting_for ?? []) : [],
  );
  if (missing.length > 0) return { missing: refsOf(work, missing) };
  if (!results.some((result, index) => isOvertaken(result, work.changes[index]))) return undefined;
  return { failure: overtaken(work) };
}

const overtaken = (work: Work): Failure =>
  new Failure('transient', 'overtaken', `Odoo knows later news of ${nameOf(work)}: it is read again`);

/**
 * Odoo compared with a base of ours that is out of date: it agreed on something later in a call whose answer we never had.
 * What the sync wrote then would pass for an edit in Odoo, so the base is forgotten, and Odoo's own counts the next time.
 */
function comparedWithOld(work: Work, results: readonly ApplyResult[]): boolean {
  const { link } = work;
  if (!link?.base || work.merges > 0) return false;
  const own = results.find(({ key, status }) => status === 'diverged' && isLinkOf(link, linkKey(key)));
  if (own?.version === undefined || own.version <= link.version) return false;
  work.made = [...work.made.filter((known) => !isLinkOf(known, link)), forgotten(link, own.version)];
  return true;
}

const editedMeanwhile = (work: Work): Failure =>
  new Failure('transient', 'edited_meanwhile', `${nameOf(work)} is being edited in Odoo just now`);

const linkKey = ({ kind, external_id: externalId }: ApplyResult['key']) => ({ kind, externalId });

const forgotten = ({ kind, externalId, model, resId }: Link, version: number): Link => {
  return { kind, externalId, model, resId, version, digest: '', base: null };
};

const isLinkOf = (known: Link, { kind, externalId }: Pick<Link, 'kind' | 'externalId'>): boolean =>
  known.kind === kind && known.externalId === externalId;

/** What the work waits for. One of its changes may wait for another: then what that one waits for is what counts. */
const refsOf = (work: Work, keys: { kind: Reference['kind']; external_id: string }[]): Reference[] => {
  const { connection } = work.batch.ref;
  const refs = keys.map((key) => ({ connection, kind: key.kind, externalId: key.external_id }));
  const byLane = new Map(refs.map((ref) => [laneOf(ref), ref]));
  if (byLane.size > 1) byLane.delete(work.batch.lane);
  return [...byLane.values()];
};

/**
 * Odoo did nothing because it knows later news than ours, from a call whose answer we never had or from a clock that
 * was ahead. What it knows may be unfinished, so only a later read settles the record.
 */
function isOvertaken(result: ApplyResult, change: Change | undefined): boolean {
  if (!change || result.status !== 'unchanged' || result.version === undefined) return false;
  if (result.version <= change.version) return false;
  // Odoo did not even look whether there is something to tell.
  const wasToLook = change.op === 'upsert' && change.force === true && change.outward !== undefined;
  return wasToLook || result.digest !== change.digest;
}

/**
 * The link a result speaks of. Odoo's `unchanged` may mean that our news was older: then its digest, not ours, is
 * kept, and the vendor's digest must not be.
 */
function linkOf(result: ApplyResult, work: Work): Link | undefined {
  const { kind, external_id: externalId } = result.key;
  const change = work.changes.find((each) => each.key.kind === kind && each.key.external_id === externalId);
  if (!result.model || !result.res_id || !change || result.status === 'diverged') return undefined;
  const known = work.link?.kind === kind && work.link.externalId === externalId ? work.link : undefined;
  return {
    kind,
    externalId,
    model: result.model,
    resId: result.res_id,
    version: result.version ?? change.version,
    digest: result.digest ?? change.digest,
    base: result.base ?? baseOf(result, known),
  };
}

/** What Odoo does not say stands, unless it speaks of a state that we never heard of (its answer was lost): then it is asked. */
const baseOf = (result: ApplyResult, known: Link | undefined): Link['base'] =>
  known && (result.digest ?? '') === known.digest ? known.base : null;

/** Odoo's error, as one of our failures; a class we do not know is a defect of the addon. */
function failureOf(error: NonNullable<ApplyResult['error']>, work: Work): Failure {
  const known = (FAILURE_CLASSES as readonly string[]).includes(error.class);
  return new Failure(
    known ? (error.class as FailureClass) : 'bug',
    error.code,
    error.message || nameOf(work),
    {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      args: { ...error.args, ...(error.field === undefined ? {} : { field: error.field }) },
    },
  );
}

/** "updated res.partner 42", "posted INV/2026/0001": one result in words. */
function story(result: ApplyResult): string {
  const climbed = Object.entries(result.climbed ?? {}).map(([rung, what]) => `${rung} ${what}`.trim());
  const record = result.model ? ` ${result.model} ${result.res_id ?? ''}`.trimEnd() : '';
  return [`${result.status}${record}`, ...climbed].join(', ');
}
