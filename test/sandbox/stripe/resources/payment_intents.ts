/** Payment intents: made by invoices or by hand, confirmed with a test card, cancelled. */
import type { Account } from '../account.ts';
import { checkAmount, currencyCode } from '../currency.ts';
import { cardDeclined, invalid, missingParam } from '../errors.ts';
import { createdIn, LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata, type Params } from '../params.ts';
import { get, post, type Call, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { createCharge } from './charges.ts';
import { activeCustomer } from './customers.ts';
import { settleIntent } from './invoice_settlement.ts';
import { adoptPaymentMethod } from './payment_methods.ts';

type Wish = {
  amount: number;
  currency: string;
  customer: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
};

/** An intent that waits for a payment method. */
export function createIntent(account: Account, wish: Wish): StripeObject {
  const { id, ...base } = account.base('payment_intent');
  const intent = account.insert('payment_intent', {
    id,
    ...base,
    allowed_payment_method_types: null,
    amount: wish.amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${account.ids.random(25)}`,
    confirmation_method: 'automatic',
    currency: wish.currency,
    customer: wish.customer,
    customer_account: null,
    description: wish.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    managed_payments: null,
    metadata: wish.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  });
  account.emitEvents(intent, ['payment_intent.created']);
  return intent;
}

/** Tries to charge; answers the decline code if the bank says no. */
export function chargeIntent(account: Account, intent: StripeObject, method: StripeObject): string | null {
  const charge = createCharge(account, intent, method);
  if (method['_declines']) {
    account.change(intent, ['payment_intent.payment_failed'], () => {
      intent['latest_charge'] = charge.id;
      intent['status'] = 'requires_payment_method';
      intent['last_payment_error'] = {
        charge: charge.id,
        code: 'card_declined',
        decline_code: method['_declines'],
        message: charge['failure_message'],
        type: 'card_error',
      };
    });
    return method['_declines'];
  }
  account.change(intent, ['payment_intent.succeeded'], () => {
    Object.assign(intent, {
      amount_received: intent['amount'],
      last_payment_error: null,
      latest_charge: charge.id,
      payment_method: method.id,
      status: 'succeeded',
    });
  });
  settleIntent(account, intent);
  return null;
}

function confirm(account: Account, intent: StripeObject, methodId: string | undefined): StripeObject {
  if (!['requires_payment_method', 'requires_confirmation'].includes(intent['status'])) {
    throw invalid(`This PaymentIntent's status is ${intent['status']}; it cannot be confirmed.`, {
      code: 'payment_intent_unexpected_state',
    });
  }
  const wanted = methodId ?? intent['payment_method'];
  if (!wanted) throw missingParam('payment_method');
  const method = adoptPaymentMethod(account, wanted, intent['customer']);
  const declined = chargeIntent(account, intent, method);
  if (declined) throw cardDeclined(declined, intent['latest_charge'], intent);
  return intent;
}

function create({ account, params }: Call): StripeObject {
  const amount = params.integer('amount');
  if (amount === undefined) throw missingParam('amount');
  const currency = currencyCode(params.required('currency'));
  checkAmount(amount, currency, 'amount');
  if (amount <= 0)
    throw invalid('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    });
  const customer = params.string('customer');
  const intent = createIntent(account, {
    amount,
    currency,
    customer: customer ? activeCustomer(account, customer).id : null,
    description: params.string('description') ?? null,
    metadata: mergedMetadata({}, params.metadata()),
  });
  const method = params.string('payment_method');
  if (method) {
    intent['payment_method'] = adoptPaymentMethod(account, method, intent['customer']).id;
    intent['status'] = 'requires_confirmation';
  }
  return params.boolean('confirm') ? confirm(account, intent, undefined) : intent;
}

function cancel(account: Account, intent: StripeObject, params: Params): StripeObject {
  if (['succeeded', 'canceled'].includes(intent['status'])) {
    throw invalid(`You cannot cancel this PaymentIntent because it has a status of ${intent['status']}.`, {
      code: 'payment_intent_unexpected_state',
    });
  }
  account.change(intent, ['payment_intent.canceled'], () => {
    Object.assign(intent, {
      status: 'canceled',
      canceled_at: account.now,
      cancellation_reason: params.string('cancellation_reason') ?? null,
    });
  });
  return intent;
}

const byId = ({ account, path }: Call): StripeObject => account.get('payment_intent', path['id'] ?? '');

const CREATE = [
  'amount',
  'currency',
  'customer',
  'description',
  'metadata',
  'payment_method',
  'confirm',
  'payment_method_types',
  'off_session',
];

export const paymentIntentRoutes: Route[] = [
  get('/v1/payment_intents', [...LIST_PARAMS, 'created', 'customer'], ({ account, params }) => {
    const customer = params.string('customer');
    const rows = customer
      ? account.where('payment_intent', 'customer', customer)
      : account.all('payment_intent');
    return page(account, params, '/v1/payment_intents', createdIn(params, rows));
  }),
  post('/v1/payment_intents', CREATE, create),
  get('/v1/payment_intents/:id', [], byId),
  post('/v1/payment_intents/:id', ['metadata', 'description'], (call) => {
    const intent = byId(call);
    intent['metadata'] = mergedMetadata(intent['metadata'], call.params.metadata());
    intent['description'] = call.params.settable('description') ?? intent['description'];
    return intent;
  }),
  post('/v1/payment_intents/:id/confirm', ['payment_method', 'off_session'], (call) =>
    confirm(call.account, byId(call), call.params.string('payment_method')),
  ),
  post('/v1/payment_intents/:id/cancel', ['cancellation_reason'], (call) =>
    cancel(call.account, byId(call), call.params),
  ),
];
