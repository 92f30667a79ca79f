/** What a person corrects of one record: offered with its exception, kept, applied to what is planned, ended by news. */
import type { Change, Correction, KeptCorrection, Scalar } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import { maskPayload, maskText } from '../../domain/pii.ts';
import { laneOf, type Reference } from '../../domain/reference.ts';
import { canonical, digestOf } from '../../rules/index.ts';
import type { Correctable, JournalLine } from '../../store/store.ts';
import type { Context } from '../context.ts';
import type { Work } from './read.ts';
import type { OutboxRow } from '../types.ts';

/** Documents: dates and texts only. Amounts, lines, currency and customer are the vendor's to say. */
const OF_DOCUMENTS: Partial<Record<Change['op'], readonly string[]>> = {
  move: ['invoice_date', 'invoice_date_due', 'payment_reference', 'narration'],
  payment: ['date'],
};
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Fields of the record's own change that a person may correct; the one that failed comes first. */
export function correctableOf(
  work: Work,
  failure: Failure,
  personal: ReadonlySet<string>,
): readonly Correctable[] {
  const change = ownChange(work.changes, work.batch.ref);
  if (!change || change.op === 'link' || change.op === 'merge') return [];
  const values: Record<string, unknown> = change.values;
  const names = OF_DOCUMENTS[change.op] ?? Object.keys(values);
  const suspects = suspectsOf(failure, values);
  return names
    .filter((field) => values[field] === null || ['string', 'number'].includes(typeof values[field]))
    .map((field) => ({
      field,
      model: change.model,
      type: typeOf(values[field]),
      value: shown(field, values[field], personal),
    }))
    .sort((a, b) => Number(suspects.has(b.field)) - Number(suspects.has(a.field)));
}

/** The fields a failure names, else those whose value its message quotes. */
function suspectsOf(failure: Failure, values: Record<string, unknown>): ReadonlySet<string> {
  const { field, fields } = failure.args;
  const named = [field, ...(Array.isArray(fields) ? fields : [])].filter((name) => typeof name === 'string');
  if (named.length > 0) return new Set(named);
  const quoted = Object.entries(values).filter(
    ([, value]) => typeof value === 'string' && value.length > 2 && failure.message.includes(value),
  );
  return new Set(quoted.map(([name]) => name));
}

function typeOf(value: unknown): Correctable['type'] {
  if (typeof value === 'number') return 'number';
  return typeof value === 'string' && DATE.test(value) ? 'date' : 'text';
}

function shown(field: string, value: unknown, personal: ReadonlySet<string>): string | null {
  if (typeof value !== 'string') return typeof value === 'number' ? `${value}` : null;
  return personal.has(field) ? maskText(value) : maskedByName(value, field);
}

function maskedByName(value: string, field: string): string {
  const masked = maskPayload(value, field);
  return typeof masked === 'string' ? masked : '•••';
}

/**
 * Keeps what somebody asked for with the command `correct` (args `{values, note}`). Throws InvalidData, in words for the
 * exceptions desk, when there is nothing to correct any more or the values will not do. Asking twice is asking once.
 */
export function saveCorrection(context: Context, ref: Reference, row: OutboxRow): void {
  const { store, clock } = context;
  const values = valuesIn(row);
  const author = row.user ?? 'somebody';
  const note = typeof row.args?.['note'] === 'string' ? row.args['note'] : '';
  const known = store.correction(ref);
  if (known && canonical({ ...known.values, ...values }) === canonical(known.values)) return;
  const [parked] = store.parked({ lane: laneOf(ref) });
  if (!parked?.sourceDigest)
    throw new Failure('invalid_data', 'nothing_to_correct', 'Nothing stands still here any more.', {
      hint: 'Reload the exception: it may have been resolved meanwhile.',
    });
  const { sourceDigest } = parked;
  for (const [field, value] of Object.entries(values)) check(field, value, parked.correctable ?? []);
  const before = known?.sourceDigest === sourceDigest ? known.values : {};
  store.saveCorrection(
    ref,
    { sourceDigest, values: { ...before, ...values }, note, author, at: clock.now() },
    lineOf(context, ref, parked.delivery, `${author} corrected ${Object.keys(values).join(', ')}: ${note}`),
  );
}

/** Learnt from Odoo again after the store was lost, as long as this store knows no other. */
export function restoreCorrection(context: Context, connection: string, kept: KeptCorrection): void {
  const { kind, externalId, correction } = kept;
  const ref = { connection, kind, externalId };
  if (context.store.correction(ref)) return;
  const fields = Object.keys(correction.values).join(', ');
  context.store.saveCorrection(
    ref,
    correction,
    lineOf(context, ref, '', `learnt from Odoo: ${correction.author} corrected ${fields}`),
  );
}

function valuesIn(row: OutboxRow): Record<string, Scalar> {
  const values = row.args?.['values'];
  if (values !== null && typeof values === 'object' && Object.keys(values).length > 0)
    return values as Record<string, Scalar>;
  throw new Failure('invalid_data', 'nothing_to_correct', 'The correction names no value.', {
    hint: 'Write {"values": {"vat": "DE129273398"}, "note": "why"}.',
  });
}

function check(field: string, value: unknown, correctable: readonly Correctable[]): void {
  const allowed = correctable.find((each) => each.field === field);
  if (!allowed)
    throw new Failure('invalid_data', 'not_correctable', `${field} cannot be corrected here.`, {
      hint: `These can: ${correctable.map((each) => each.field).join(', ') || 'none'}. Correct the rest at its source.`,
    });
  if (value === null || fits(value, allowed.type)) return;
  throw new Failure('invalid_data', 'wrong_type', `${field} must be a ${allowed.type}.`, {
    hint: 'Dates are written like 2026-12-31.',
  });
}

function fits(value: unknown, type: Correctable['type']): boolean {
  if (type === 'number') return typeof value === 'number';
  return typeof value === 'string' && (type !== 'date' || DATE.test(value));
}

/** The changes with what a person corrected; a correction of an older state of the record is dropped, and that is said. */
export function correct(context: Context, work: Work, changes: Change[]): Change[] {
  const { ref } = work.batch;
  const correction = context.store.correction(ref);
  if (!correction) return changes;
  if (correction.sourceDigest === work.sourceDigest) return withCorrection(correction, ref, changes);
  const fields = Object.keys(correction.values).join(', ');
  context.store.dropCorrection(
    ref,
    lineOf(
      context,
      ref,
      work.delivery.id,
      `the correction of ${fields} ends: the record changed at its source`,
    ),
  );
  return changes;
}

/** The changes of a record with a correction that holds. */
export function withCorrection(correction: Correction, ref: Reference, changes: Change[]): Change[] {
  const own = ownChange(changes, ref);
  return changes.map((change) => (change === own ? corrected(change, correction) : change));
}

/** A person's word goes before every owner; the digest tells the corrected wish from the vendor's own. */
function corrected(change: Change, { values }: Correction): Change {
  const names = Object.keys(values);
  const digest = digestOf({ wish: change.digest, values });
  const next = { ...change, digest, values: { ...('values' in change ? change.values : {}), ...values } };
  if (change.op !== 'upsert') return next as Change;
  return {
    ...next,
    create_only: change.create_only.filter((name) => !names.includes(name)),
    overwrite: [...new Set([...change.overwrite, ...names])],
  } as Change;
}

const ownChange = (changes: readonly Change[], { kind, externalId }: Reference): Change | undefined =>
  changes.find(({ key }) => key.kind === kind && key.external_id === externalId);

function lineOf(context: Context, ref: Reference, delivery: string, detail: string): JournalLine {
  return { at: context.clock.now(), delivery, lane: laneOf(ref), step: 'corrected', detail };
}
