/** Where Odoo and the vendor differ: what the rules make of it, and what of it has to wait for a person. */
import type { Agreement, Divergence, FieldConflict, HeldConflict } from '../../domain/agreement.ts';
import type { ApplyResult, FieldValue, UpsertChange } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import { canonical } from '../../rules/index.ts';
import type { Context } from '../context.ts';
import { nameOf } from './park.ts';
import type { Work } from './read.ts';

type Values = Record<string, FieldValue>;

/** One change of a work that Odoo's answer leaves open. */
export interface Open {
  /** Both sides as they were when Odoo answered. */
  divergence: Divergence;
  agreement: Agreement;
  result: ApplyResult;
  /** The vendor took what it was told. Of it, in Odoo's words, what the vendor is never asked for. */
  told?: Values;
}

/** The changes that are not settled by Odoo's answers (same order): both sides differ, or the vendor lacks what Odoo tells. */
export function openOf(context: Context, work: Work, results: readonly ApplyResult[]): Open[] {
  return work.changes.flatMap((change, index) => {
    const result = results[index]!;
    if (change.op !== 'upsert' || !leavesOpen(result)) return [];
    return [openedBy(context, work, change, result)];
  });
}

const leavesOpen = ({ status, current }: ApplyResult): boolean =>
  status === 'diverged' || Object.keys(current ?? {}).length > 0;

function openedBy(context: Context, work: Work, sent: UpsertChange, result: ApplyResult): Open {
  const before = work.agreeing.find(({ divergence }) => isOf(divergence.change, sent.key));
  const divergence = before ? editedSince(before, sent, result) : divergenceOf(context, work, sent, result);
  const agreement = context.rules.merge(divergence);
  if (!before?.told) return { divergence, agreement, result };
  const { current } = divergence;
  const told = Object.entries(before.told).filter(
    ([name]) => !(agreement.tell && name in agreement.tell.agreed),
  );
  return {
    divergence,
    agreement,
    result,
    told: Object.fromEntries(told.filter(([name]) => name in current)),
  };
}

function divergenceOf(context: Context, work: Work, change: UpsertChange, result: ApplyResult): Divergence {
  const { connection } = work.batch.ref;
  const event = eventOf(work, change);
  return {
    change,
    system: context.lines.get(connection)!.connector.system,
    base: result.base ?? change.base ?? work.link?.base ?? null,
    current: result.current ?? {},
    linked: result.linked ?? [],
    edits: work.wish.edits,
    decisions: work.wish.decisions,
    ...(result.edited ? { edited: result.edited } : {}),
    ...(event?.changedAt === undefined ? {} : { changedAt: event.changedAt }),
    ...(event?.changedBy === undefined ? {} : { changedBy: event.changedBy }),
  };
}

/** Somebody edited the record in Odoo while both sides were being brought to agree: what was agreed then is the common ground. */
function editedSince({ divergence }: Open, sent: UpsertChange, result: ApplyResult): Divergence {
  return {
    ...divergence,
    base: { ...divergence.base, ...sent.base },
    current: { ...divergence.current, ...result.current },
    linked: result.linked ?? divergence.linked,
    ...(result.edited ? { edited: result.edited } : {}),
  };
}

const eventOf = (work: Work, { key }: UpsertChange) =>
  work.plans.find(({ changes }) => changes.some((change) => isOf(change, key)))?.event;

/** Whether a change is about this record. */
export const isOf = (change: { key: UpsertChange['key'] }, key: UpsertChange['key']): boolean =>
  change.key.kind === key.kind && change.key.external_id === key.external_id;

/** The same once more, now that the vendor took what it was told: `change` is what it holds since. What was told is the common
 * ground, so that the vendor's own spelling of it counts as its news and comes back to Odoo instead of being told for ever. */
export function agreedAfter(context: Context, open: Open, change: UpsertChange): Open {
  const { divergence, result } = open;
  const next = { ...divergence, change, base: groundOf(open) };
  const unread = toldOf(open).filter((name) => !(name in change.values));
  const settled = context.rules.merge(next);
  const told = { ...open.told, ...only(divergence.current, unread) };
  return { divergence: next, agreement: settled, result, told };
}

const toldOf = ({ divergence, agreement }: Open): string[] =>
  Object.keys(agreement.tell?.agreed ?? {}).filter((name) => name in divergence.current);

/** What both sides start from once the vendor took what it was told: of that (or of `names`), what Odoo held then. */
export function groundOf(open: Open, names: readonly string[] = toldOf(open)): Values {
  const { base, current } = open.divergence;
  return { ...base, ...only(current, names) };
}

/** What Odoo is sent to settle it; undefined: there is nothing to settle. Conflicts, and fields that the vendor refused, stay as
 * they are with what was last agreed about them. */
export function settling(
  { divergence, agreement, told }: Open,
  refused: readonly string[],
): UpsertChange | undefined {
  const left = [...agreement.conflicts.map(({ field }) => field), ...refused];
  const { outward, kept, ...change } = agreement.change;
  const values = { ...told, ...without(change.values, left) };
  const standing = only(divergence.base ?? {}, left);
  const base = { ...without(change.base ?? {}, left), ...standing };
  // Odoo has to keep it, too: it may hear of it for the first time, of a record that was just linked.
  const keeps = { ...without(kept ?? {}, left), ...standing };
  if (left.length > 0 && Object.keys(values).length === 0 && !kept && !told) return undefined;
  return {
    ...change,
    // What is left open must not pass for settled the next time.
    digest: left.length > 0 ? '' : change.digest,
    values,
    base,
    ...(outward ? { outward: without(outward, left) } : {}),
    ...(Object.keys(keeps).length > 0 ? { kept: keeps } : {}),
  };
}

/**
 * Odoo was edited once more while both sides were being brought to agree, and this turn ends: what the vendor was told and holds is
 * the common ground of the next one, or it would pass for news of the vendor's. Undefined: there is no such field.
 */
export function grounded(work: Work, open: Open): Open | undefined {
  const { key } = open.divergence.change;
  const before = work.agreeing.find(({ divergence }) => isOf(divergence.change, key));
  if (!before) return undefined;
  const { outward: _told, ...change } = before.divergence.change;
  const kept = Object.fromEntries(
    Object.entries(before.divergence.base ?? {}).filter(
      ([name, value]) => name in change.values && canonical(change.values[name]!) === canonical(value),
    ),
  );
  if (Object.keys(kept).length === 0) return undefined;
  const standing = { ...change, digest: '', values: {}, base: {}, kept };
  return { ...open, agreement: { change: standing, tell: undefined, conflicts: [], because: [] } };
}

const without = <T>(values: Record<string, T>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
const only = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));

/** Notes what a person has to decide, and why the rest was decided as it was. */
export function noteAgreement(work: Work, { agreement, divergence, result }: Open): void {
  const { conflicts, because } = agreement;
  work.notes.push(...because);
  const resId = result.res_id ?? work.link?.resId;
  if (conflicts.length === 0) delete work.conflict;
  else work.conflict = { model: divergence.change.model, resId: resId ?? 0, fields: conflicts };
}

/** The words of a conflict; the fields' values are told to nobody but Odoo. */
export function conflictOf(context: Context, work: Work): Failure {
  const { fields = [], resId = null } = work.conflict ?? {};
  const { title } = context.lines.get(work.batch.ref.connection)!.connector;
  const names = fields.map(({ field }) => field);
  return new Failure('conflict', 'both_sides_changed', `${nameOf(work)}: ${wordsFor(fields)} at ${title}`, {
    hint: 'Choose a value for each field in Odoo under SaaS Sync, Conflicts; both sides are then given it.',
    args: { fields: names, record: resId },
  });
}

function wordsFor(fields: readonly FieldConflict[]): string {
  const names = fields.map(({ field }) => field).join(', ');
  return fields.every(({ why }) => why === 'owned_elsewhere')
    ? `${names} changed in Odoo, which is a proposal to its owner`
    : `${names} changed both in Odoo and`;
}

/** A conflict that goes on: who brought in a value that still stands is who did it first, not who wrote the record last. */
export function remembering(now: HeldConflict, before: HeldConflict): HeldConflict {
  const fields = now.fields.map((field) => {
    const known = before.fields.find((each) => each.field === field.field);
    const side = (name: 'odoo' | 'other', by: 'odooSide' | 'otherSide') =>
      known?.[by] && canonical(known[name]) === canonical(field[name]) ? { [by]: known[by] } : {};
    return { ...field, ...side('odoo', 'odooSide'), ...side('other', 'otherSide') };
  });
  return { ...now, fields };
}
