/** Drafts of invoices: their making, their lines and their sums. */
import type { Account } from '../account.ts';
import { currencyCode } from '../currency.ts';
import { invalid } from '../errors.ts';
import { mergedMetadata, type Params } from '../params.ts';
import { invoiceLines } from '../render.ts';
import type { StripeObject } from '../state.ts';
import { discountingOf, rateOf, taxDetail } from '../tax_details.ts';
import { totalsOf, type Rate } from '../totals.ts';
import { discountsOf } from './coupons.ts';
import { activeCustomer } from './customers.ts';
import { emptyDraft } from './invoice_shape.ts';

/** Parameters of create and update alike. */
export const DRAFT_FIELDS = [
  'auto_advance',
  'collection_method',
  'custom_fields',
  'days_until_due',
  'default_tax_rates',
  'description',
  'discounts',
  'due_date',
  'effective_at',
  'footer',
  'metadata',
  'number',
  'statement_descriptor',
  'default_payment_method',
] as const;

const DAY = 24 * 3600;

/** @throws ApiError unless the invoice is a draft */
export function draftOf(account: Account, id: string, param = 'id'): StripeObject {
  const invoice = account.get('invoice', id, param);
  if (invoice['status'] === 'draft') return invoice;
  throw invalid(`This invoice is no longer editable: its status is ${invoice['status']}.`, {
    code: 'invoice_not_editable',
  });
}

/** Copies the customer's name and address onto the invoice: they follow the customer only while it is a draft. */
export function copyCustomer(account: Account, invoice: StripeObject): void {
  const customer = account.get('customer', invoice['customer']);
  for (const name of ['address', 'email', 'name', 'phone', 'shipping', 'tax_exempt'] as const) {
    invoice[`customer_${name}`] = structuredClone(customer[name]);
  }
  invoice['customer_tax_ids'] = account
    .where('tax_id', 'customer', customer.id)
    .map(({ type, value }) => ({ type, value }));
}

/** Applies the parameters of create and update. */
export function writeDraft(account: Account, invoice: StripeObject, params: Params): void {
  invoice['auto_advance'] = params.boolean('auto_advance') ?? invoice['auto_advance'];
  invoice['collection_method'] =
    params.oneOf('collection_method', ['charge_automatically', 'send_invoice']) ??
    invoice['collection_method'];
  const days = params.integer('days_until_due');
  invoice['due_date'] =
    params.integer('due_date') ?? (days === undefined ? invoice['due_date'] : account.now + days * DAY);
  if (days !== undefined) invoice['_days_until_due'] = days;
  invoice['effective_at'] = params.integer('effective_at') ?? invoice['effective_at'];
  for (const name of [
    'description',
    'footer',
    'number',
    'statement_descriptor',
    'default_payment_method',
  ] as const) {
    const value = params.settable(name);
    if (value !== undefined) invoice[name] = value;
  }
  invoice['custom_fields'] =
    params
      .objects('custom_fields')
      ?.map((field) => ({ name: field.required('name'), value: field.required('value') })) ??
    invoice['custom_fields'];
  invoice['metadata'] = mergedMetadata(invoice['metadata'], params.metadata());
  const rates = params.strings('default_tax_rates');
  if (rates)
    invoice['default_tax_rates'] = rates.map((id) =>
      structuredClone(account.get('tax_rate', id, 'default_tax_rates')),
    );
  invoice['discounts'] =
    discountsOf(account, params, { customer: invoice['customer'], invoice: invoice.id }) ??
    invoice['discounts'];
  if (invoice['auto_advance'] && invoice['status'] === 'draft') {
    invoice['automatically_finalizes_at'] ??= account.now + 3600;
  }
}

/** A draft by hand; pending items are taken in only when asked for. */
export function createDraft(account: Account, params: Params): StripeObject {
  const customer = activeCustomer(account, params.required('customer'));
  const pending = params.oneOf('pending_invoice_items_behavior', ['include', 'exclude']) === 'include';
  const waiting = pending
    ? account.where('invoiceitem', 'customer', customer.id).filter((item) => item['invoice'] === null)
    : [];
  const currency = params.string('currency') ?? waiting[0]?.['currency'] ?? customer['currency'] ?? 'eur';
  const invoice = emptyDraft(account, customer, currencyCode(currency));
  writeDraft(account, invoice, params);
  if (invoice['collection_method'] === 'send_invoice' && invoice['due_date'] === null) {
    throw invalid('When collection_method is send_invoice, you must pass days_until_due or due_date.', {
      param: 'days_until_due',
    });
  }
  account.insert('invoice', invoice);
  for (const item of waiting.filter((each) => each['currency'] === invoice['currency']))
    itemToLine(account, invoice, item);
  recalculate(account, invoice);
  account.emitEvents(invoice, ['invoice.created']);
  return invoice;
}

/** Puts an item on a draft and says so. */
export function addItemLine(account: Account, invoice: StripeObject, item: StripeObject): StripeObject {
  let line: StripeObject | undefined;
  account.change(invoice, ['invoice.updated'], () => {
    line = itemToLine(account, invoice, item);
    recalculate(account, invoice);
  });
  return line as StripeObject;
}

/** The line that shows an item; items of a subscription's proration name the subscription item. */
export function itemToLine(account: Account, invoice: StripeObject, item: StripeObject): StripeObject {
  account.table('invoiceitem').reindex(item, () => (item['invoice'] = invoice.id));
  const subscription = item['parent']?.subscription_details;
  const parent = subscription
    ? {
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: item.id,
          proration: item['proration'],
          proration_details: { credited_items: null },
          subscription: subscription.subscription,
          subscription_item: subscription.subscription_item,
        },
        type: 'subscription_item_details',
      }
    : {
        invoice_item_details: {
          invoice_item: item.id,
          proration: false,
          proration_details: { credited_items: null },
          subscription: null,
        },
        subscription_item_details: null,
        type: 'invoice_item_details',
      };
  return addLine(account, invoice, {
    amount: item['amount'],
    description: item['description'],
    discountable: item['discountable'],
    metadata: item['metadata'],
    parent,
    period: item['period'],
    pricing: item['pricing'],
    quantity: item['quantity'],
    subscription: subscription?.subscription ?? null,
    _tax_rates: item['_tax_rates'],
    _discounts: item['discounts'],
    _item: item.id,
  });
}

type LineFields = {
  amount: number;
  description: string | null;
  discountable: boolean;
  metadata: Record<string, string>;
  parent: unknown;
  period: { start: number; end: number };
  pricing: unknown;
  quantity: number;
  subscription: string | null;
  /** null = the invoice's default rates apply. */
  _tax_rates: string[] | null;
  _discounts: string[];
  _item: string | null;
};

/** Adds one line; sums are the caller's next step. */
export function addLine(account: Account, invoice: StripeObject, fields: LineFields): StripeObject {
  return account.insert('line_item', {
    id: account.ids.next('line_item'),
    object: 'line_item',
    ...structuredClone(fields),
    currency: invoice['currency'],
    discount_amounts: [],
    discounts: fields._discounts,
    invoice: invoice.id,
    livemode: false,
    pretax_credit_amounts: [],
    quantity_decimal: String(fields.quantity),
    subtotal: fields.amount,
    taxes: [],
  });
}

/** Works out every line and sum of a draft again. */
export function recalculate(account: Account, invoice: StripeObject): void {
  const lines = invoiceLines(account, invoice.id);
  const customer = account.get('customer', invoice['customer']);
  if (!customer['deleted']) copyCustomer(account, invoice);
  const defaults: Rate[] = invoice['default_tax_rates'].map((rate: { id: string }) =>
    rateOf(account, rate.id),
  );
  const totals = totalsOf(
    lines.map((line) => ({
      amount: line['amount'],
      discountable: line['discountable'],
      discounts: line['discounts'].map((id: string) => discountingOf(account, id)),
      rates: line['_tax_rates']?.map((id: string) => rateOf(account, id)) ?? defaults,
    })),
    invoice['discounts'].map((id: string) => discountingOf(account, id)),
    invoice['customer_tax_exempt'] === 'exempt' || invoice['customer_tax_exempt'] === 'reverse',
  );
  lines.forEach((line, i) => {
    line['discount_amounts'] = totals.lines[i]?.discounts ?? [];
    line['taxes'] = totals.lines[i]?.taxes.map(taxDetail) ?? [];
    line['pretax_credit_amounts'] = line['discount_amounts'].map(pretaxCredit);
  });
  invoice['starting_balance'] = customer['balance'] ?? 0;
  Object.assign(invoice, {
    subtotal: totals.subtotal,
    subtotal_excluding_tax: totals.subtotalExcludingTax,
    total: totals.total,
    total_excluding_tax: totals.totalExcludingTax,
    total_discount_amounts: totals.discounts,
    total_pretax_credit_amounts: totals.discounts.map(pretaxCredit),
    total_taxes: totals.taxes.map(taxDetail),
    amount_due: Math.max(0, totals.total + invoice['starting_balance']),
  });
  invoice['amount_remaining'] = invoice['amount_due'];
}

function pretaxCredit({ amount, discount }: { amount: number; discount: string }): unknown {
  return { amount, discount, type: 'discount' };
}
