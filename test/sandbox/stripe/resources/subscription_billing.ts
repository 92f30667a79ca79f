/** The invoices of subscriptions: first one, each period's, and the prorations between. */
import type { Account } from '../account.ts';
import { shown } from '../currency.ts';
import { ApiError } from '../errors.ts';
import type { StripeObject } from '../state.ts';
import { boundary, partsOf, proratedAmount } from './billing_period.ts';
import { addLine, itemToLine, recalculate } from './invoice_drafts.ts';
import { pricing } from './invoice_items.ts';
import { finalize, payByCard } from './invoice_life.ts';
import { emptyDraft } from './invoice_shape.ts';

type Reason = 'subscription_create' | 'subscription_cycle' | 'subscription_update';

/** Makes the invoice; the first one and those of updates are finalised at once when the card is charged. */
export function bill(account: Account, subscription: StripeObject, reason: Reason): StripeObject {
  const customer = account.get('customer', subscription['customer']);
  const invoice = emptyDraft(account, customer, subscription['currency']);
  const sends = subscription['collection_method'] === 'send_invoice';
  Object.assign(invoice, {
    auto_advance: true,
    automatically_finalizes_at: account.now + 3600,
    billing_reason: reason,
    collection_method: subscription['collection_method'],
    default_payment_method: subscription['default_payment_method'],
    default_tax_rates: structuredClone(subscription['default_tax_rates']),
    discounts: [...subscription['discounts']],
    due_date: sends ? account.now + subscription['days_until_due'] * 24 * 3600 : null,
    parent: {
      quote_details: null,
      subscription_details: {
        metadata: structuredClone(subscription['metadata']),
        subscription: subscription.id,
      },
      type: 'subscription_details',
    },
    _days_until_due: subscription['days_until_due'],
  });
  account.insert('invoice', invoice);
  fill(account, subscription, invoice, reason);
  recalculate(account, invoice);
  account.emitEvents(invoice, ['invoice.created']);
  account.change(
    subscription,
    ['customer.subscription.updated'],
    () => (subscription['latest_invoice'] = invoice.id),
  );
  if (reason !== 'subscription_cycle' && !sends) {
    finalize(account, invoice);
    collect(account, invoice);
  }
  return invoice;
}

function fill(account: Account, subscription: StripeObject, invoice: StripeObject, reason: Reason): void {
  const pending = account
    .where('invoiceitem', 'customer', subscription['customer'])
    .filter((item) => item['invoice'] === null && item['currency'] === invoice['currency'])
    .filter(
      (item) => !item['parent'] || item['parent'].subscription_details.subscription === subscription.id,
    );
  for (const item of pending) itemToLine(account, invoice, item);
  const items = account.where('subscription_item', 'subscription', subscription.id);
  if (reason !== 'subscription_update')
    for (const item of items) addItemLines(account, subscription, invoice, item);
  const first = items[0];
  if (reason === 'subscription_cycle' && first) {
    invoice['period_end'] = first['current_period_start'];
    invoice['period_start'] = previousStart(subscription, first);
  }
}

function previousStart(subscription: StripeObject, item: StripeObject): number {
  const { interval, interval_count: count } = item['price'].recurring;
  return boundary(
    subscription['billing_cycle_anchor'],
    interval,
    count,
    Math.max(0, subscription['_cycle'] - 2),
  );
}

function addItemLines(
  account: Account,
  subscription: StripeObject,
  invoice: StripeObject,
  item: StripeObject,
): void {
  const price = account.get('price', item['price'].id);
  const name = account.get('product', price['product'])['name'];
  for (const part of partsOf(price, item['quantity'])) {
    const each =
      part.unit === null
        ? ''
        : ` (at ${shown(Number(part.unit), price['currency'])} / ${price['recurring'].interval})`;
    addLine(account, invoice, {
      amount: part.amount,
      description: `${part.quantity} × ${name}${part.note ? ` (${part.note})` : each}`,
      discountable: true,
      metadata: item['metadata'],
      parent: {
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: null,
          proration: false,
          proration_details: { credited_items: null },
          subscription: subscription.id,
          subscription_item: item.id,
        },
        type: 'subscription_item_details',
      },
      period: { start: item['current_period_start'], end: item['current_period_end'] },
      pricing: pricing(price, part.unit),
      quantity: part.quantity,
      subscription: subscription.id,
      _tax_rates: ratesOf(item),
      _discounts: [],
      _item: null,
    });
  }
}

function ratesOf(item: StripeObject): string[] | null {
  return item['tax_rates'].length > 0 ? item['tax_rates'].map((rate: { id: string }) => rate.id) : null;
}

/** Two pending items: the unused time given back, the remaining time charged. */
export function prorate(
  account: Account,
  subscription: StripeObject,
  item: StripeObject,
  quantity: { before: number; after: number },
): void {
  const price = account.get('price', item['price'].id);
  const name = account.get('product', price['product'])['name'];
  const from = Math.max(account.now, item['current_period_start']);
  const end = item['current_period_end'];
  const whole = end - item['current_period_start'];
  const day = new Date(from * 1000).toLocaleDateString('en-GB', {
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const costOf = (count: number): number => partsOf(price, count).reduce((sum, part) => sum + part.amount, 0);
  const add = (count: number, sign: 1 | -1, words: string): void => {
    if (count === 0) return;
    const amount = sign * proratedAmount(costOf(count), end - from, whole);
    pendingItem(account, subscription, item, price, {
      amount,
      quantity: count,
      description: `${words} ${count} × ${name} after ${day}`,
      period: { start: from, end },
    });
  };
  add(quantity.before, -1, 'Unused time on');
  add(quantity.after, 1, 'Remaining time on');
}

type Pending = {
  amount: number;
  quantity: number;
  description: string;
  period: { start: number; end: number };
};

function pendingItem(
  account: Account,
  subscription: StripeObject,
  item: StripeObject,
  price: StripeObject,
  pending: Pending,
): void {
  const { livemode, created, ...base } = account.base('invoiceitem');
  const rates = ratesOf(item);
  const row = account.insert('invoiceitem', {
    ...base,
    ...pending,
    currency: price['currency'],
    customer: subscription['customer'],
    customer_account: null,
    date: created,
    discountable: false,
    discounts: [],
    invoice: null,
    livemode,
    metadata: {},
    net_amount: pending.amount,
    parent: {
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
      type: 'subscription_details',
    },
    pricing: pricing(price),
    proration: true,
    proration_details: { credited_items: null, discount_amounts: [] },
    quantity_decimal: String(pending.quantity),
    tax_rates: structuredClone(item['tax_rates']),
    test_clock: null,
    _tax_rates: rates,
  });
  account.emitEvents(row, ['invoiceitem.created']);
}

/** Tries the customer's card; a decline leaves the invoice open and the subscription past due. */
export function collect(account: Account, invoice: StripeObject): void {
  if (invoice['status'] !== 'open' || invoice['collection_method'] !== 'charge_automatically') return;
  const subscription = account.find('subscription', invoice['parent']?.subscription_details?.subscription);
  try {
    payByCard(account, invoice);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!subscription || subscription['status'] === 'canceled') return;
    const status = invoice['billing_reason'] === 'subscription_create' ? 'incomplete' : 'past_due';
    account.change(subscription, ['customer.subscription.updated'], () => (subscription['status'] = status));
  }
}

/** Begins the next period of a subscription and bills it. */
export function renew(account: Account, subscription: StripeObject): void {
  account.change(subscription, ['customer.subscription.updated'], () => {
    const cycle = subscription['_cycle'];
    for (const item of account.where('subscription_item', 'subscription', subscription.id)) {
      const { interval, interval_count: count } = item['price'].recurring;
      item['current_period_start'] = boundary(subscription['billing_cycle_anchor'], interval, count, cycle);
      item['current_period_end'] = boundary(subscription['billing_cycle_anchor'], interval, count, cycle + 1);
    }
    subscription['_cycle'] = cycle + 1;
  });
  bill(account, subscription, 'subscription_cycle');
}
