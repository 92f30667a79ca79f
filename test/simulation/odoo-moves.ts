/** The model's invoices and credit notes: drafted, posted, settled, voided, each rung climbed once. */
import type { ApplyResult, MoveChange } from '../../sidecar/domain/change.ts';
import { Ladder } from './odoo-ladder.ts';
import type { Transaction } from './odoo-model.ts';
import { keyOf, type Move } from './odoo-state.ts';

export function move(tx: Transaction, change: MoveChange): ApplyResult {
  const ladder = new Ladder(tx, change);
  const record = tx.recordOf(change, 'account.move', tx.state.moves);
  if (!record && !change.climb.includes('drafted')) return tx.result(change, 'skipped');
  const climbing = { tx, change, ladder, record, fresh: !record };
  checkStanding(climbing);
  if (change.climb.includes('drafted')) {
    resolve(climbing);
    draft(climbing);
    comparePosted(climbing);
    post(climbing);
  }
  settle(climbing);
  if (ladder.wants('voided') && climbing.record) tx.voided(climbing.record, ladder);
  return ladder.answer(climbing.record && { model: 'account.move', id: climbing.record.id });
}

interface Climbing {
  tx: Transaction;
  change: MoveChange;
  ladder: Ladder;
  record: Move | undefined;
  fresh: boolean;
}

/** What an earlier call posted must still be posted. */
function checkStanding({ record, ladder }: Climbing): void {
  if (!record || record.state === 'posted' || !ladder.had('posted') || ladder.had('voided')) return;
  if (record.state === 'cancel' && ladder.wants('voided')) return;
  ladder.fail('business_rule', 'posted_was_reset', `${record.name} has been reset by a person.`);
}

function resolve({ tx, change, ladder }: Climbing): void {
  if (ladder.stopped) return;
  const { partner, lines, expected, reversed_entry: original } = change.values;
  const refs = [
    partner,
    ...lines.flatMap(({ product, taxes }) => [product, ...taxes]),
    ...expected.taxes.map(({ tax }) => tax),
    original,
  ].flatMap((value) => (value ? [value.ref] : []));
  const missing = refs.filter((ref) => !tx.link(keyOf(ref)));
  const others = missing.filter(({ kind }) => kind !== 'tax_rate');
  if (others.length > 0) ladder.waitFor(others);
  else if (missing[0])
    ladder.fail('missing_mapping', 'tax_unmapped', `Tax rate ${missing[0].external_id} has no Odoo tax.`, {
      tax_rate: missing[0].external_id,
    });
}

function draft(climbing: Climbing): void {
  const { tx, change, ladder, record } = climbing;
  if (ladder.stopped) return;
  if (!record && ladder.wants('drafted')) {
    const id = tx.state.newId();
    climbing.record = {
      id,
      key: keyOf(change.key),
      counter: false,
      state: 'draft',
      ...written(tx, change),
      name: '',
    };
    tx.state.moves.set(id, climbing.record);
    ladder.status = 'created';
    ladder.written = true;
    ladder.climb('drafted', String(id));
    tx.wrote(keyOf(change.key), climbing.record);
  } else if (
    record?.state === 'draft' &&
    !(ladder.sameContent && record.total === change.values.expected.total)
  ) {
    Object.assign(record, written(tx, change));
    ladder.status = 'updated';
    ladder.written = true;
    tx.wrote(keyOf(change.key), record);
  }
}

function written(tx: Transaction, { values }: MoveChange) {
  return {
    type: values.move_type,
    partner: tx.link(keyOf(values.partner.ref))!.res_id,
    currency: values.currency,
    total: values.expected.total,
    untaxed: values.expected.untaxed,
    date: values.invoice_date,
    due: values.invoice_date_due,
    original: values.reversed_entry ? tx.link(keyOf(values.reversed_entry.ref))!.res_id : null,
  };
}

/** A posted document is never written; what says otherwise now goes to a person. */
function comparePosted({ tx, change, ladder, record, fresh }: Climbing): void {
  if (ladder.stopped || fresh || record?.state !== 'posted') return;
  if (ladder.sameContent && ladder.had('posted')) return;
  const wanted = written(tx, change);
  const differing = (['partner', 'currency', 'total', 'untaxed', 'date'] as const).filter(
    (name) => wanted[name] !== record[name],
  );
  if (differing.length > 0)
    return ladder.fail(
      'business_rule',
      'posted_differs',
      `${record.name} is posted with another ${differing.join()}.`,
    );
  if (record.due !== wanted.due) {
    record.due = wanted.due;
    ladder.status = 'updated';
    tx.wrote(keyOf(change.key), record);
  }
}

function post({ tx, change, ladder, record }: Climbing): void {
  if (!record || !ladder.wants('posted')) return;
  const original = record.original === null ? undefined : tx.state.moves.get(record.original);
  if (original?.state === 'draft') return ladder.waitFor([change.values.reversed_entry!.ref]);
  record.state = 'posted';
  record.name = `INV/${record.id}`;
  tx.wrote(keyOf(change.key), record);
  if (original && ladder.wanted('settled:').length === 0) tx.state.reconcile(record, original);
  ladder.climb('posted', record.name);
}

/** Credit notes are matched with the refunds that paid them out; what no refund paid goes to the invoice. */
function settle({ tx, ladder, record }: Climbing): void {
  if (!record) return;
  const wanted = ladder.wanted('settled:');
  for (const refund of wanted) {
    const link = tx.link(`refund:${refund}`);
    const payment = link && tx.state.payments.get(link.res_id);
    if (!payment?.posted) {
      ladder.waitFor([{ kind: 'refund', external_id: refund }]);
      break;
    }
    tx.state.reconcile(record, payment);
    ladder.climb(`settled:${refund}`, payment.name);
  }
  const original = record.original === null ? undefined : tx.state.moves.get(record.original);
  if (wanted.length > 0 && original && !ladder.stopped) tx.state.reconcile(record, original);
}
