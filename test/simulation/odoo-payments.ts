/** The model's money: posted, reconciled with what it pays, taken back if it failed. */
import type { ApplyResult, PaymentChange } from '../../sidecar/domain/change.ts';
import { Ladder } from './odoo-ladder.ts';
import type { Transaction } from './odoo-model.ts';
import { keyOf, type Payment } from './odoo-state.ts';

export function payment(tx: Transaction, change: PaymentChange): ApplyResult {
  const ladder = new Ladder(tx, change);
  const record = tx.recordOf(change, 'account.payment', tx.state.payments);
  if (!record && !change.climb.includes('posted')) return tx.result(change, 'skipped');
  if (record && !ladder.sameContent && record.amount !== change.values.amount)
    ladder.fail('business_rule', 'posted_differs', `Payment ${record.name} is posted with another amount.`);
  const made = post(tx, change, ladder, record);
  if (made) {
    for (const invoice of ladder.wanted('reconciled:')) {
      reconcile(tx, change, ladder, made, invoice);
      if (ladder.stopped) break;
    }
    if (ladder.wants('failed')) takeBack(tx, change, ladder, made);
  }
  return ladder.answer(made && { model: 'account.payment', id: made.id });
}

function post(
  tx: Transaction,
  change: PaymentChange,
  ladder: Ladder,
  record: Payment | undefined,
): Payment | undefined {
  if (record || !ladder.wants('posted')) return record;
  const { partner, allocations, payment_type: type, amount, currency } = change.values;
  const refs = partner ? [partner.ref] : allocations.map(({ move }) => move.ref);
  const missing = refs.filter((ref) => !tx.link(keyOf(ref)));
  if (missing.length > 0) {
    ladder.waitFor(missing);
    return undefined;
  }
  const id = tx.state.newId();
  const made = {
    id,
    key: keyOf(change.key),
    counter: false,
    type,
    name: `PAY/${id}`,
    amount,
    currency,
    posted: true,
  };
  tx.state.payments.set(id, made);
  ladder.status = 'created';
  ladder.written = true;
  ladder.climb('posted', made.name);
  tx.wrote(keyOf(change.key), made);
  return made;
}

function reconcile(
  tx: Transaction,
  change: PaymentChange,
  ladder: Ladder,
  made: Payment,
  invoice: string,
): void {
  const allocation = change.values.allocations.find(({ move }) => move.ref.external_id === invoice)!;
  const link = tx.link(keyOf(allocation.move.ref));
  const move = link && tx.state.moves.get(link.res_id);
  if (move?.state !== 'posted') return ladder.waitFor([allocation.move.ref]);
  const rung = `reconciled:${invoice}`;
  if (tx.state.matched(`payment:${made.id}`, `move:${move.id}`)) return ladder.climb(rung, move.name);
  const [money, due] = [tx.state.openOfPayment(made), tx.state.openOfMove(move)];
  if (money === 0 || due === 0)
    return ladder.fail(
      'business_rule',
      'nothing_open',
      `${made.name} cannot be reconciled with ${move.name}.`,
    );
  if (Math.min(money, due) > allocation.amount)
    return ladder.fail(
      'business_rule',
      'allocation_differs',
      `${made.name} pays less than Odoo would reconcile.`,
    );
  tx.state.reconcile(made, move);
  ladder.climb(rung, move.name);
}

function takeBack(tx: Transaction, change: PaymentChange, ladder: Ladder, made: Payment): void {
  tx.state.unreconcile(`payment:${made.id}`);
  const id = tx.state.newId();
  const type = made.type === 'inbound' ? 'outbound' : 'inbound';
  const counter: Payment = { ...made, id, counter: true, type, name: `PAY/${id}` };
  tx.state.payments.set(id, counter);
  tx.state.reconcile(made, counter);
  tx.wrote(keyOf(change.key), counter);
  ladder.climb('failed', counter.name);
}
