/** What people decided at first contact about records without a link, heeded whenever such a record is worked on. */
import type { Change } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import type { Reference } from '../../domain/reference.ts';
import type { Context } from '../context.ts';
import type { Work } from '../work/read.ts';
import type { OutboxRow } from '../types.ts';

/**
 * The changes as decided: made without looking for a twin, or none. Throws Failure `ambiguous_match` (conflict) for a record that nobody
 * has decided about.
 */
export function heeded({ store }: Pick<Context, 'store'>, work: Work, changes: Change[]): Change[] {
  if (work.link || changes.length === 0) return changes;
  const kept = store.verdict(work.batch.ref);
  switch (kept?.verdict) {
    case undefined:
      return changes;
    case 'create':
      return changes.map((change) => (change.op === 'upsert' ? { ...change, match: [] } : change));
    case 'ignore':
      work.plans = work.plans.map((plan) => ({ ...plan, changes: [], because: 'ignored by a person' }));
      return [];
    case 'decide':
      throw undecided(changes[0]!.label, kept.candidates);
  }
}

function undecided(label: string, candidates: readonly { id: number; name: string }[]): Failure {
  const words =
    candidates.length === 1
      ? `A record in Odoo could be ${label}`
      : `${candidates.length || 'Several'} records could be ${label}`;
  return new Failure('conflict', 'ambiguous_match', `${words}; nobody has decided at first contact`, {
    hint: 'Choose the right one below, or decide in the work list “First Contact”.',
    args: { candidates },
  });
}

/** A decision made after the start comes along with a command about the record. */
export function takeVerdict(
  context: Pick<Context, 'store'>,
  row: OutboxRow,
  ref: Reference | undefined,
): void {
  const verdict = row.args?.['verdict'];
  if (!ref || typeof verdict !== 'string') return;
  if (verdict === 'create' || verdict === 'ignore')
    context.store.saveVerdicts([{ ref, verdict, candidates: [] }]);
  else context.store.dropVerdict(ref);
}
