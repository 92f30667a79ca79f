/** Charges: one per attempt on a payment intent; and the balance transactions of money that moved. */
import type { Account } from '../account.ts';
import { percentOf } from '../currency.ts';
import { createdIn, LIST_PARAMS, page } from '../lists.ts';
import { get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { mergedMetadata } from '../params.ts';

const DAY = 24 * 3600;

/** Money in or out of the account's balance; charges bear a fee of 1.5 %. */
export function moveMoney(
  account: Account,
  source: StripeObject,
  amount: number,
  type: 'charge' | 'refund' | 'refund_failure',
): StripeObject {
  const fee = type === 'charge' ? percentOf(amount, '1.5') : 0;
  return account.insert('balance_transaction', {
    id: account.ids.next('balance_transaction'),
    object: 'balance_transaction',
    amount,
    available_on: account.now + 2 * DAY,
    balance_type: 'payments',
    created: account.now,
    currency: source['currency'],
    description: null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: source['currency'],
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: type,
    source: source.id,
    status: 'pending',
    type,
  });
}

function cardDetails(method: StripeObject, amount: number): Record<string, unknown> {
  return {
    card: {
      amount_authorized: amount,
      authorization_code: null,
      brand: method['card'].brand,
      checks: structuredClone(method['card'].checks),
      country: method['card'].country,
      electronic_commerce_indicator: null,
      exp_month: method['card'].exp_month,
      exp_year: method['card'].exp_year,
      fingerprint: method['card'].fingerprint,
      funding: method['card'].funding,
      installments: null,
      last4: method['card'].last4,
      mandate: null,
      network: method['card'].brand,
      network_token: { used: false },
      network_transaction_id: null,
      regulated_status: 'unregulated',
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
    type: 'card',
  };
}

/** One attempt: succeeded or failed as the test card says. */
export function createCharge(account: Account, intent: StripeObject, method: StripeObject): StripeObject {
  const declined: string | null = method['_declines'];
  const insufficient = declined === 'insufficient_funds';
  const customer = account.find('customer', intent['customer']);
  const charge = account.insert('charge', {
    ...account.base('charge'),
    amount: intent['amount'],
    amount_captured: declined ? 0 : intent['amount'],
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: {
      address: structuredClone(customer?.['address'] ?? null),
      email: customer?.['email'] ?? null,
      name: customer?.['name'] ?? null,
      phone: customer?.['phone'] ?? null,
      tax_id: null,
    },
    calculated_statement_descriptor: 'NORDLICHT',
    captured: !declined,
    currency: intent['currency'],
    customer: intent['customer'],
    description: intent['description'],
    disputed: false,
    failure_balance_transaction: null,
    failure_code: declined ? 'card_declined' : null,
    failure_message: declined
      ? insufficient
        ? 'Your card has insufficient funds.'
        : 'Your card was declined.'
      : null,
    fraud_details: {},
    metadata: structuredClone(intent['metadata']),
    on_behalf_of: null,
    outcome: {
      advice_code: declined ? 'try_again_later' : null,
      network_advice_code: null,
      network_decline_code: declined ? '01' : null,
      network_status: declined ? 'declined_by_network' : 'approved_by_network',
      reason: declined,
      risk_level: 'normal',
      risk_score: 12,
      seller_message: declined
        ? 'The bank did not return any further details with this decline.'
        : 'Payment complete.',
      type: declined ? 'issuer_declined' : 'authorized',
    },
    paid: !declined,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: cardDetails(method, intent['amount']),
    radar_options: {},
    receipt_email: null,
    receipt_number: null,
    receipt_url: declined ? null : `https://pay.stripe.com/receipts/payment/${intent.id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: declined ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: null,
    _refund: method['_refund'],
  });
  if (!declined) charge['balance_transaction'] = moveMoney(account, charge, charge['amount'], 'charge').id;
  account.emitEvents(charge, [declined ? 'charge.failed' : 'charge.succeeded']);
  return charge;
}

export const chargeRoutes: Route[] = [
  get('/v1/charges', [...LIST_PARAMS, 'created', 'customer', 'payment_intent'], ({ account, params }) => {
    const customer = params.string('customer');
    const intent = params.string('payment_intent');
    let rows = intent ? account.where('charge', 'payment_intent', intent) : account.all('charge');
    if (customer) rows = rows.filter((row) => row['customer'] === customer);
    return page(account, params, '/v1/charges', createdIn(params, rows));
  }),
  get('/v1/charges/:id', [], ({ account, path }) => account.get('charge', path['id'] ?? '')),
  post('/v1/charges/:id', ['metadata', 'description'], ({ account, params, path }) => {
    const charge = account.get('charge', path['id'] ?? '');
    account.change(charge, ['charge.updated'], () => {
      charge['metadata'] = mergedMetadata(charge['metadata'], params.metadata());
      charge['description'] = params.settable('description') ?? charge['description'];
    });
    return charge;
  }),
];
