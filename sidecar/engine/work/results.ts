/** Odoo's answers, one per change, become the outcome of each lane. */
import type { ApplyResult, Change, Link } from '../../domain/change.ts';
import { Failure, FAILURE_CLASSES, type FailureClass } from '../../domain/failure.ts';
import { laneOf, type Reference } from '../../domain/reference.ts';
import type { Context } from '../context.ts';
import { failed, finished, park, type Ack } from './outcome.ts';
import { labelOf } from './park.ts';
import type { Work } from './read.ts';
import { waitFor } from './waiting.ts';

/** This many merges in a row met another edit; then the record sleeps a little. */
const MERGES = 2;

export interface Settled {
  acks: Ack[];
  /** Works to be sent once more, with merged values. */
  again: Work[];
}

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
    if (link) work.made.push(link);
  }
  const error = results.find((result) => result.error)?.error;
  if (error) return failed(context, work, failureOf(error, work));
  const missing = results.flatMap((result) =>
    result.status === 'waiting' ? (result.waiting_for ?? []) : [],
  );
  if (missing.length > 0) return waitFor(context, work, refsOf(work, missing));
  if (results.some((result) => result.status === 'diverged'))
    return mergeAgain(context, work, results, settled);
  if (results.some((result, index) => isOvertaken(result, work.changes[index])))
    return failed(
      context,
      work,
      new Failure('transient', 'overtaken', `Odoo knows later news of ${nameOf(work)}: it is read again`),
    );
  const told = results.every((result) => result.status === 'unchanged') ? 'unchanged' : 'applied';
  settled.acks.push(finished(context, work, told, results.map(story).join('; ')));
}

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
  return result.version > change.version && result.digest !== change.digest;
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
    base: result.base ?? known?.base ?? null,
  };
}

function mergeAgain(context: Context, work: Work, results: readonly ApplyResult[], settled: Settled): void {
  if (work.merges >= MERGES)
    return failed(
      context,
      work,
      new Failure('transient', 'edited_meanwhile', `${nameOf(work)} is being edited in Odoo just now`),
    );
  const conflicts: string[] = [];
  const next = work.changes.map((change, index) => merged(context, work, change, results[index]!, conflicts));
  if (conflicts.length > 0) return park(context, work, conflictOf(work, conflicts, results));
  // Never by digest: what matters now is the comparison with Odoo's current values.
  work.changes = next.filter((change, index) => results[index]!.status === 'diverged' && change);
  work.merges++;
  settled.again.push(work);
}

function merged(
  context: Context,
  work: Work,
  change: Change,
  result: ApplyResult,
  conflicts: string[],
): Change {
  if (result.status !== 'diverged' || change.op !== 'upsert') return change;
  const outcome = context.rules.merge(
    change,
    result.current ?? {},
    result.base ?? change.base ?? work.link?.base ?? null,
  );
  if ('change' in outcome) return outcome.change;
  conflicts.push(...outcome.conflict);
  return change;
}

function conflictOf(work: Work, fields: string[], results: readonly ApplyResult[]): Failure {
  return new Failure(
    'conflict',
    'both_sides_changed',
    `${nameOf(work)}: ${fields.join(', ')} changed both in Odoo and at the vendor`,
    {
      hint: 'Compare both values, correct one side so that they agree, then press Retry.',
      args: { fields, record: results.find((result) => result.res_id)?.res_id ?? work.link?.resId ?? null },
    },
  );
}

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

const nameOf = (work: Work): string => work.plans[0]?.event.label ?? labelOf(work);

/** "updated res.partner 42", "posted INV/2026/0001": one result in words. */
function story(result: ApplyResult): string {
  const climbed = Object.entries(result.climbed ?? {}).map(([rung, what]) => `${rung} ${what}`.trim());
  const record = result.model ? ` ${result.model} ${result.res_id ?? ''}`.trimEnd() : '';
  return [`${result.status}${record}`, ...climbed].join(', ');
}
