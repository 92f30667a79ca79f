/** Refunds: whole or in part, at once or pending, and failing later. */
import type { Account } from '../account.ts';
import { invalid } from '../errors.ts';
import { createdIn, LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata } from '../params.ts';
import { get, post, type Call, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { moveMoney } from './charges.ts';

const DAY = 24 * 3600;

type Wish = { amount?: number | undefined; reason?: string | null; metadata?: Record<string, string> };

/** Refunds a charge; the test cards for refunds decide whether it is pending first, or fails a day later. */
export function createRefund(account: Account, charge: StripeObject, wish: Wish): StripeObject {
  const left = charge['amount_captured'] - charge['amount_refunded'];
  const amount = wish.amount ?? left;
  if (left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  if (amount <= 0 || amount > left) {
    throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`, {
      param: 'amount',
    });
  }
  const pending = charge['_refund'] === 'pending';
  const { livemode: _, ...base } = account.base('refund');
  const refund = account.insert('refund', {
    ...base,
    amount,
    balance_transaction: null,
    charge: charge.id,
    currency: charge['currency'],
    customer: charge['customer'],
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: wish.metadata ?? {},
    payment_intent: charge['payment_intent'],
    payment_method: charge['payment_method'],
    reason: wish.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: pending ? 'pending' : 'succeeded',
    transfer_reversal: null,
    ...(pending ? { pending_reason: 'processing', _succeeds_at: account.now + DAY } : {}),
    ...(charge['_refund'] === 'fails' ? { _fails_at: account.now + DAY } : {}),
  });
  refund['balance_transaction'] = moveMoney(account, refund, -amount, 'refund').id;
  account.emitEvents(refund, ['refund.created']);
  account.change(charge, ['charge.refunded'], () => countRefunded(charge, amount));
  return refund;
}

function countRefunded(charge: StripeObject, amount: number): void {
  charge['amount_refunded'] += amount;
  charge['refunded'] = charge['amount_refunded'] === charge['amount_captured'];
}

/** The bank sends the money back: the refund fails and the charge counts as not refunded by it. */
export function failRefund(
  account: Account,
  refund: StripeObject,
  reason = 'expired_or_canceled_card',
): StripeObject {
  if (refund['status'] === 'failed') throw invalid('This refund has already failed.');
  const charge = account.get('charge', refund['charge']);
  countRefunded(charge, -refund['amount']);
  account.change(refund, ['refund.updated', 'charge.refund.updated', 'refund.failed'], () => {
    delete refund['_fails_at'];
    delete refund['_succeeds_at'];
    refund['status'] = 'failed';
    refund['failure_reason'] = reason;
    refund['failure_balance_transaction'] = moveMoney(account, refund, refund['amount'], 'refund_failure').id;
  });
  return refund;
}

/** A pending refund arrives. */
export function completeRefund(account: Account, refund: StripeObject): StripeObject {
  account.change(refund, ['refund.updated', 'charge.refund.updated'], () => {
    delete refund['_succeeds_at'];
    delete refund['pending_reason'];
    refund['status'] = 'succeeded';
  });
  return refund;
}

function create({ account, params }: Call): StripeObject {
  const intentId = params.string('payment_intent');
  const chargeId = intentId
    ? account.get('payment_intent', intentId, 'payment_intent')['latest_charge']
    : params.required('charge');
  if (!chargeId) throw invalid('This PaymentIntent does not have a successful charge to refund.');
  const charge = account.get('charge', chargeId, 'charge');
  if (charge['status'] !== 'succeeded')
    throw invalid('This charge was not successful and cannot be refunded.');
  return createRefund(account, charge, {
    amount: params.integer('amount'),
    reason: params.oneOf('reason', ['duplicate', 'fraudulent', 'requested_by_customer']) ?? null,
    metadata: mergedMetadata({}, params.metadata()),
  });
}

export const refundRoutes: Route[] = [
  get('/v1/refunds', [...LIST_PARAMS, 'created', 'charge', 'payment_intent'], ({ account, params }) => {
    const charge = params.string('charge');
    const intent = params.string('payment_intent');
    let rows = charge ? account.where('refund', 'charge', charge) : account.all('refund');
    if (intent) rows = rows.filter((row) => row['payment_intent'] === intent);
    return page(account, params, '/v1/refunds', createdIn(params, rows));
  }),
  post('/v1/refunds', ['charge', 'payment_intent', 'amount', 'reason', 'metadata'], create),
  get('/v1/refunds/:id', [], ({ account, path }) => account.get('refund', path['id'] ?? '')),
  post('/v1/refunds/:id', ['metadata'], ({ account, params, path }) => {
    const refund = account.get('refund', path['id'] ?? '');
    account.change(refund, ['refund.updated', 'charge.refund.updated'], () => {
      refund['metadata'] = mergedMetadata(refund['metadata'], params.metadata());
    });
    return refund;
  }),
];
