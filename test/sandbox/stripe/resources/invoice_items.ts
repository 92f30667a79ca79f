/** Invoice items: pending on the customer, or on a draft, where each is a line. */
import type { Account } from '../account.ts';
import { checkAmount, currencyCode, timesQuantity } from '../currency.ts';
import { invalid } from '../errors.ts';
import { equal, LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata, Params } from '../params.ts';
import { del, get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { discountsOf } from './coupons.ts';
import { activeCustomer } from './customers.ts';
import { addItemLine, draftOf, recalculate } from './invoice_drafts.ts';
import { createPrice } from './prices.ts';

const FIELDS = [
  'amount',
  'description',
  'discountable',
  'discounts',
  'metadata',
  'period',
  'price_data',
  'pricing',
  'quantity',
  'tax_rates',
  'unit_amount_decimal',
] as const;

type Priced = {
  amount: number;
  currency: string;
  quantity: number;
  pricing: unknown;
  description: string | null;
};

/** Amount of an item from a price, inline price data, or a bare amount. */
function priced(account: Account, params: Params, currency: string | undefined): Priced {
  const quantity = params.integer('quantity') ?? 1;
  const data = params.object('price_data');
  const priceId = params.object('pricing')?.required('price');
  if (priceId || data) {
    const price = data
      ? createPrice(account, data, false)
      : account.get('price', priceId ?? '', 'pricing[price]');
    if (price['type'] !== 'one_time') {
      throw invalid(
        'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
        { param: 'pricing' },
      );
    }
    return {
      amount: timesQuantity(price['unit_amount_decimal'], quantity),
      currency: price['currency'],
      quantity,
      pricing: pricing(price),
      description: account.find('product', price['product'])?.['name'] ?? null,
    };
  }
  const code = currencyCode(currency ?? params.required('currency'));
  const unit = params.decimal('unit_amount_decimal');
  const amount = params.integer('amount') ?? (unit === undefined ? undefined : timesQuantity(unit, quantity));
  if (amount === undefined)
    throw invalid('You must pass one of: amount, pricing, price_data.', { param: 'amount' });
  checkAmount(amount, code, 'amount');
  const each = unit ?? (amount % quantity === 0 ? String(amount / quantity) : null);
  return {
    amount,
    currency: code,
    quantity,
    pricing: { type: 'price_details', unit_amount_decimal: each },
    description: null,
  };
}

/** How lines and items name their price. */
export function pricing(price: StripeObject, unit: string | null = price['unit_amount_decimal']): unknown {
  return {
    price_details: { price: price.id, product: price['product'] },
    type: 'price_details',
    unit_amount_decimal: unit,
  };
}

/** Makes an item; on a draft invoice it becomes a line at once. */
export function createItem(account: Account, params: Params, target?: StripeObject): StripeObject {
  params.only([...FIELDS, 'customer', 'currency', 'invoice', 'expand']);
  const draftId = params.string('invoice');
  const draft = target ?? (draftId ? draftOf(account, draftId, 'invoice') : undefined);
  const customer = activeCustomer(account, draft ? draft['customer'] : params.required('customer'));
  const price = priced(account, params, params.string('currency') ?? draft?.['currency']);
  if (draft && draft['currency'] !== price.currency) {
    throw invalid(
      `The currency of the invoice item (${price.currency}) does not match the invoice's (${draft['currency']}).`,
    );
  }
  const rates = params.strings('tax_rates');
  for (const rate of rates ?? []) account.get('tax_rate', rate, 'tax_rates');
  const period = params.object('period');
  const id = account.ids.next('invoiceitem');
  const item: StripeObject = {
    id,
    object: 'invoiceitem',
    amount: price.amount,
    currency: price.currency,
    customer: customer.id,
    customer_account: null,
    date: account.now,
    description: params.string('description') ?? price.description,
    discountable: params.boolean('discountable') ?? true,
    discounts: [],
    invoice: draft?.id ?? null,
    livemode: false,
    metadata: mergedMetadata({}, params.metadata()),
    net_amount: price.amount,
    parent: null,
    period: { end: period?.integer('end') ?? account.now, start: period?.integer('start') ?? account.now },
    pricing: price.pricing,
    proration: false,
    quantity: price.quantity,
    quantity_decimal: String(price.quantity),
    tax_rates: (rates ?? []).map((rate) => structuredClone(account.get('tax_rate', rate))),
    test_clock: null,
    _tax_rates: rates ?? null,
  };
  item['discounts'] = discountsOf(account, params, { customer: customer.id, invoice_item: id }) ?? [];
  account.insert('invoiceitem', item);
  account.emitEvents(item, ['invoiceitem.created']);
  if (draft) addItemLine(account, draft, item);
  return item;
}

function update(account: Account, item: StripeObject, params: Params): StripeObject {
  const draft = item['invoice'] ? draftOf(account, item['invoice'], 'invoice') : undefined;
  if (params.has('amount') || params.has('quantity')) {
    const unit: string | null = item['pricing']?.unit_amount_decimal ?? null;
    item['quantity'] = params.integer('quantity') ?? item['quantity'];
    item['quantity_decimal'] = String(item['quantity']);
    item['amount'] =
      params.integer('amount') ?? (unit === null ? item['amount'] : timesQuantity(unit, item['quantity']));
    item['net_amount'] = item['amount'];
  }
  item['description'] = params.settable('description') ?? item['description'];
  item['metadata'] = mergedMetadata(item['metadata'], params.metadata());
  const rates = params.strings('tax_rates');
  if (rates) {
    item['_tax_rates'] = rates;
    item['tax_rates'] = rates.map((rate) => structuredClone(account.get('tax_rate', rate, 'tax_rates')));
  }
  const line = account.all('line_item').find((row) => row['_item'] === item.id);
  if (draft && line) {
    account.change(draft, ['invoice.updated'], () => {
      for (const name of ['amount', 'quantity', 'quantity_decimal', 'description', 'metadata'] as const) {
        line[name] = item[name];
      }
      line['subtotal'] = item['amount'];
      line['_tax_rates'] = item['_tax_rates'];
      recalculate(account, draft);
    });
  }
  return item;
}

function remove(account: Account, id: string): { raw: unknown } {
  const item = account.get('invoiceitem', id);
  const draft = item['invoice'] ? draftOf(account, item['invoice'], 'invoice') : undefined;
  account.delete('invoiceitem', id);
  if (draft) {
    account.change(draft, ['invoice.updated'], () => {
      const line = account.where('line_item', 'invoice', draft.id).find((row) => row['_item'] === id);
      if (line) account.delete('line_item', line.id);
      recalculate(account, draft);
    });
  }
  return { raw: { id, object: 'invoiceitem', deleted: true } };
}

export const invoiceItemRoutes: Route[] = [
  get('/v1/invoiceitems', [...LIST_PARAMS, 'customer', 'invoice', 'pending'], ({ account, params }) => {
    const pending = params.boolean('pending');
    const rows = account
      .all('invoiceitem')
      .filter((row) => pending === undefined || (row['invoice'] === null) === pending);

    return page(account, params, '/v1/invoiceitems', equal(params, rows, ['customer', 'invoice']));
  }),
  post('/v1/invoiceitems', [...FIELDS, 'customer', 'currency', 'invoice'], ({ account, params }) =>
    createItem(account, params),
  ),
  get('/v1/invoiceitems/:id', [], ({ account, path }) => account.get('invoiceitem', path['id'] ?? '')),
  post(
    '/v1/invoiceitems/:id',
    ['amount', 'quantity', 'description', 'metadata', 'tax_rates'],
    ({ account, params, path }) => update(account, account.get('invoiceitem', path['id'] ?? ''), params),
  ),
  del('/v1/invoiceitems/:id', ({ account, path }) => remove(account, path['id'] ?? '')),
];
