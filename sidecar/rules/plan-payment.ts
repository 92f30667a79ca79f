/** Plans money: payments in, refunds out, and refunds that come back because they failed. */
import type { PaymentChange } from '../domain/change.ts';
import type { Payment, Refund } from '../domain/entity/index.ts';
import { exponentOf } from '../domain/money.ts';
import type { Draft, Nothing } from './draft.ts';

export function paymentDraft(entity: Payment | Refund, externalId: string): Draft<PaymentChange> | Nothing {
  return entity.kind === 'payment' ? moneyIn(entity, externalId) : moneyOut(entity, externalId);
}

function moneyIn(payment: Payment, externalId: string): Draft<PaymentChange> | Nothing {
  if (payment.status !== 'succeeded')
    return { nothing: `no money has moved yet: the payment is ${payment.status}` };
  const allocations = payment.allocations.filter((allocation) => allocation.amount > 0);
  return {
    op: 'payment',
    model: 'account.payment',
    values: {
      payment_type: 'inbound',
      partner:
        payment.customer === null ? null : { ref: { kind: 'customer', external_id: payment.customer } },
      amount: payment.amount,
      currency: payment.currency,
      exponent: exponentOf(payment.currency),
      date: payment.date,
      memo: externalId,
      channel: payment.channel,
      allocations: allocations.map(({ invoice, amount }) => ({
        move: { ref: { kind: 'invoice', external_id: invoice } },
        amount,
      })),
      failed_date: null,
    },
    climb: ['posted', ...allocations.map(({ invoice }) => `reconciled:${invoice}`)],
  };
}

function moneyOut(refund: Refund, externalId: string): Draft<PaymentChange> | Nothing {
  if (refund.status === 'requested')
    return { nothing: 'no money has moved yet: the refund is only requested' };
  const failed = refund.status === 'failed' || refund.status === 'cancelled';
  return {
    op: 'payment',
    model: 'account.payment',
    values: {
      payment_type: 'outbound',
      partner: refund.customer === null ? null : { ref: { kind: 'customer', external_id: refund.customer } },
      amount: refund.amount,
      currency: refund.currency,
      exponent: exponentOf(refund.currency),
      date: refund.date,
      memo: externalId,
      channel: 'processor',
      allocations: [],
      failed_date: failed ? (refund.failedAt ?? refund.date) : null,
    },
    climb: [failed ? 'failed' : 'posted'],
  };
}
