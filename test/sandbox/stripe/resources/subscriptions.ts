/** Subscriptions and their items: made, changed with proration, cancelled. */
import type { Account } from '../account.ts';
import { invalid, missingParam } from '../errors.ts';
import { createdIn, equal, LIST_PARAMS, page, type Page } from '../lists.ts';
import { mergedMetadata, type Params } from '../params.ts';
import { show } from '../render.ts';
import { del, get, post, type Call, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { boundary } from './billing_period.ts';
import { discountsOf } from './coupons.ts';
import { activeCustomer } from './customers.ts';
import { adoptPaymentMethod } from './payment_methods.ts';
import { bill, prorate } from './subscription_billing.ts';

const CREATE = [
  'customer',
  'items',
  'currency',
  'collection_method',
  'days_until_due',
  'default_payment_method',
  'default_tax_rates',
  'description',
  'discounts',
  'metadata',
  'off_session',
  'payment_behavior',
  'proration_behavior',
  'cancel_at_period_end',
];

function planOf(price: StripeObject): Record<string, unknown> {
  return {
    id: price.id,
    object: 'plan',
    active: price['active'],
    amount: price['unit_amount'],
    amount_decimal: price['unit_amount_decimal'],
    billing_scheme: price['billing_scheme'],
    created: price['created'],
    currency: price['currency'],
    interval: price['recurring'].interval,
    interval_count: price['recurring'].interval_count,
    livemode: false,
    metadata: price['metadata'],
    meter: null,
    nickname: price['nickname'],
    product: price['product'],
    tiers_mode: price['tiers_mode'],
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}

function recurringPrice(account: Account, id: string, param: string): StripeObject {
  const price = account.get('price', id, param);
  if (price['type'] === 'recurring') return price;
  throw invalid(
    'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
    {
      param,
    },
  );
}

function rates(account: Account, ids: string[] | undefined): StripeObject[] {
  return (ids ?? []).map((id) => structuredClone(account.get('tax_rate', id, 'tax_rates')));
}

function addItem(account: Account, subscription: StripeObject, wish: Params): StripeObject {
  wish.only(['price', 'quantity', 'tax_rates', 'metadata']);
  const price = recurringPrice(account, wish.required('price'), wish.nameOf('price'));
  const { interval, interval_count: count } = price['recurring'];
  const anchor = subscription['billing_cycle_anchor'];
  return account.insert('subscription_item', {
    id: account.ids.next('subscription_item'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: account.now,
    current_period_end: boundary(anchor, interval, count, 1),
    current_period_start: anchor,
    current_trial: null,
    discounts: [],
    metadata: mergedMetadata({}, wish.metadata()),
    plan: planOf(price),
    price: show(account, price),
    quantity: wish.integer('quantity') ?? 1,
    subscription: subscription.id,
    tax_rates: rates(account, wish.strings('tax_rates')),
  });
}

function create({ account, params }: Call): StripeObject {
  const customer = activeCustomer(account, params.required('customer'));
  const items = params.objects('items');
  if (!items?.length) throw missingParam('items');
  const currency = recurringPrice(account, items[0]?.required('price') ?? '', 'items[0][price]')['currency'];
  const { id, ...base } = account.base('subscription');
  const method = params.string('default_payment_method');
  const collection =
    params.oneOf('collection_method', ['charge_automatically', 'send_invoice']) ?? 'charge_automatically';
  if (collection === 'send_invoice' && !params.has('days_until_due')) throw missingParam('days_until_due');
  const subscription = account.insert('subscription', {
    id,
    ...base,
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: account.now,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: params.boolean('cancel_at_period_end') ?? false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: collection,
    currency,
    customer: customer.id,
    customer_account: null,
    days_until_due: params.integer('days_until_due') ?? null,
    default_payment_method: method ? adoptPaymentMethod(account, method, customer.id).id : null,
    default_source: null,
    default_tax_rates: rates(account, params.strings('default_tax_rates')),
    description: params.string('description') ?? null,
    discounts: discountsOf(account, params, { customer: customer.id, subscription: id }) ?? [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    latest_invoice: null,
    managed_payments: null,
    metadata: mergedMetadata({}, params.metadata()),
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: account.now,
    status: 'active',
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: null,
    _cycle: 1,
  });
  for (const wish of items) addItem(account, subscription, wish);
  account.emitEvents(subscription, ['customer.subscription.created']);
  bill(account, subscription, 'subscription_create');
  return subscription;
}

function itemsOf(account: Account, subscription: StripeObject): StripeObject[] {
  return account.where('subscription_item', 'subscription', subscription.id);
}

function update({ account, params, path }: Call): StripeObject {
  const subscription = living(account, path['id'] ?? '');
  const behaviour =
    params.oneOf('proration_behavior', ['create_prorations', 'always_invoice', 'none']) ??
    'create_prorations';
  account.change(subscription, ['customer.subscription.updated'], () => {
    for (const wish of params.objects('items') ?? [])
      changeItem(account, subscription, wish, behaviour !== 'none');
    subscription['cancel_at_period_end'] =
      params.boolean('cancel_at_period_end') ?? subscription['cancel_at_period_end'];
    subscription['description'] = params.settable('description') ?? subscription['description'];
    subscription['metadata'] = mergedMetadata(subscription['metadata'], params.metadata());
    const defaults = params.strings('default_tax_rates');
    if (defaults) subscription['default_tax_rates'] = rates(account, defaults);
    if (subscription['cancel_at_period_end']) {
      subscription['cancel_at'] = itemsOf(account, subscription)[0]?.['current_period_end'] ?? null;
      subscription['canceled_at'] = account.now;
    }
  });
  if (behaviour === 'always_invoice') bill(account, subscription, 'subscription_update');
  return subscription;
}

/** Changes one item's quantity or price, removes it, or adds a new one. */
function changeItem(account: Account, subscription: StripeObject, wish: Params, prorated: boolean): void {
  const id = wish.string('id');
  if (!id) {
    const added = addItem(account, subscription, wish);
    const first = itemsOf(account, subscription)[0];
    added['current_period_end'] = first?.['current_period_end'];
    added['current_period_start'] = first?.['current_period_start'];
    if (prorated) prorate(account, subscription, added, { before: 0, after: added['quantity'] });
    return;
  }
  const item = account.get('subscription_item', id, 'items[0][id]');
  const before = item['quantity'];
  const after = wish.boolean('deleted') ? 0 : (wish.integer('quantity') ?? before);
  const priceId = wish.string('price');
  if (priceId && priceId !== item['price'].id) {
    if (prorated) prorate(account, subscription, item, { before, after: 0 });
    const price = recurringPrice(account, priceId, 'items[0][price]');
    item['price'] = show(account, price);
    item['plan'] = planOf(price);
    item['quantity'] = after;
    if (prorated) prorate(account, subscription, item, { before: 0, after });
    return;
  }
  if (prorated && after !== before) prorate(account, subscription, item, { before, after });
  item['quantity'] = after;
  if (after === 0 && wish.boolean('deleted')) account.delete('subscription_item', item.id);
}

function living(account: Account, id: string): StripeObject {
  const subscription = account.get('subscription', id);
  if (subscription['status'] !== 'canceled') return subscription;
  throw invalid('A canceled subscription can only update its cancellation_details and metadata.');
}

/** Ends a subscription now. */
export function endSubscription(account: Account, subscription: StripeObject, reason: string): StripeObject {
  account.change(subscription, ['customer.subscription.deleted'], () => {
    subscription['status'] = 'canceled';
    subscription['canceled_at'] ??= account.now;
    subscription['ended_at'] = account.now;
    subscription['cancellation_details'].reason = reason;
  });
  return subscription;
}

function list({ account, params }: Call): Page {
  const status = params.string('status');
  const price = params.string('price');
  const rows = createdIn(params, account.all('subscription')).filter((row) => {
    if (status === undefined ? row['status'] === 'canceled' : status !== 'all' && row['status'] !== status)
      return false;
    return !price || itemsOf(account, row).some((item) => item['price'].id === price);
  });
  return page(account, params, '/v1/subscriptions', equal(params, rows, ['customer', 'collection_method']));
}

export const subscriptionRoutes: Route[] = [
  get(
    '/v1/subscriptions',
    [...LIST_PARAMS, 'created', 'customer', 'price', 'status', 'collection_method'],
    list,
  ),
  post('/v1/subscriptions', CREATE, create),
  get('/v1/subscriptions/:id', [], ({ account, path }) => account.get('subscription', path['id'] ?? '')),
  post(
    '/v1/subscriptions/:id',
    ['items', 'proration_behavior', 'cancel_at_period_end', 'description', 'metadata', 'default_tax_rates'],
    update,
  ),
  del('/v1/subscriptions/:id', ({ account, path }) =>
    endSubscription(account, living(account, path['id'] ?? ''), 'cancellation_requested'),
  ),
  get('/v1/subscription_items', [...LIST_PARAMS, 'subscription'], ({ account, params }) => {
    const subscription = account.get('subscription', params.required('subscription'), 'subscription');
    const url = `/v1/subscription_items?subscription=${subscription.id}`;
    return page(account, params, url, itemsOf(account, subscription), 'as given');
  }),
  get('/v1/subscription_items/:id', [], ({ account, path }) =>
    account.get('subscription_item', path['id'] ?? ''),
  ),
];
