/** The lines of credit notes: shares of invoice lines with their discounts and taxes, or lines of their own. */
import type { Account } from '../account.ts';
import { scale, timesQuantity } from '../currency.ts';
import { invalid } from '../errors.ts';
import { mergedMetadata, type Params } from '../params.ts';
import type { StripeObject } from '../state.ts';
import { rateOf, taxDetail } from '../tax_details.ts';
import { taxesOn } from '../totals.ts';

export type Money = { amount: number };
export type Tax = Money & {
  tax_behavior: string;
  taxable_amount: number;
  tax_rate_details: { tax_rate: string };
};

/** The part of an invoice line that is credited, by quantity or by amount, with its share of discounts and taxes. */
function creditedLine(account: Account, invoice: StripeObject, wish: Params): StripeObject {
  const line = account.get('line_item', wish.required('invoice_line_item'), 'lines[0][invoice_line_item]');
  if (line['invoice'] !== invoice.id) {
    throw invalid(`The line item ${line.id} does not belong to invoice ${invoice.id}.`, { param: 'lines' });
  }
  const quantity = wish.integer('quantity') ?? (wish.has('amount') ? null : line['quantity']);
  const amount = wish.integer('amount') ?? scale(line['amount'], quantity ?? 1, line['quantity'] || 1);
  if (Math.abs(amount) > Math.abs(line['amount'])) {
    throw invalid(`The credited amount (${amount}) is more than the line item's (${line['amount']}).`, {
      param: 'lines',
    });
  }
  const share = (value: number): number => (line['amount'] === 0 ? 0 : scale(value, amount, line['amount']));
  const discounts = line['discount_amounts'].map((each: Money) => ({ ...each, amount: share(each.amount) }));
  const net = amount - total(discounts);
  const taxes = (line['taxes'] as Tax[]).map((tax) => {
    const part = share(tax.amount);
    const base =
      amount === line['amount'] ? tax.taxable_amount : net - (tax.tax_behavior === 'inclusive' ? part : 0);
    return { ...structuredClone(tax), amount: part, taxable_amount: base };
  });
  return newLine(account, {
    amount,
    description: line['description'],
    discounts,
    invoice_line_item: line.id,
    quantity,
    unit: quantity === null ? null : (line['pricing']?.unit_amount_decimal ?? null),
    taxes,
    rates: taxes.map((tax) => tax.tax_rate_details.tax_rate),
    metadata: mergedMetadata({}, wish.metadata()),
  });
}

function customLine(account: Account, wish: Params): StripeObject {
  const quantity = wish.integer('quantity') ?? 1;
  const unit = wish.decimal('unit_amount_decimal') ?? wish.required('unit_amount');
  const amount = timesQuantity(unit, quantity);
  const rates = wish.strings('tax_rates') ?? [];
  return newLine(account, {
    amount,
    description: wish.required('description'),
    discounts: [],
    quantity,
    unit,
    taxes: taxesOn(
      amount,
      rates.map((id) => rateOf(account, id)),
    ).map(taxDetail) as Tax[],
    rates,
    metadata: mergedMetadata({}, wish.metadata()),
  });
}

type LineFields = {
  amount: number;
  description: string | null;
  discounts: (Money & { discount: string })[];
  invoice_line_item?: string;
  quantity: number | null;
  unit: string | null;
  taxes: Tax[];
  rates: string[];
  metadata: Record<string, string>;
};

function newLine(account: Account, fields: LineFields): StripeObject {
  const { amount, description, discounts, quantity, unit, taxes, metadata } = fields;
  return {
    id: account.ids.next('credit_note_line_item'),
    object: 'credit_note_line_item',
    amount,
    description,
    discount_amount: total(discounts),
    discount_amounts: discounts,
    ...(fields.invoice_line_item ? { invoice_line_item: fields.invoice_line_item } : {}),
    livemode: false,
    metadata,
    pretax_credit_amounts: discounts.map((each) => ({ ...each, type: 'discount' })),
    quantity,
    tax_rates: fields.rates.map((id) => structuredClone(account.get('tax_rate', id))),
    taxes,
    type: fields.invoice_line_item ? 'invoice_line_item' : 'custom_line_item',
    unit_amount: unit !== null && Number.isInteger(Number(unit)) ? Number(unit) : null,
    unit_amount_decimal: unit,
  };
}

/** The lines asked for, or one that holds the bare amount. */
export function linesOf(account: Account, invoice: StripeObject, params: Params): StripeObject[] {
  const wishes = params.objects('lines');
  if (wishes) {
    return wishes.map((wish) =>
      wish.required('type') === 'custom_line_item'
        ? customLine(account, wish)
        : creditedLine(account, invoice, wish),
    );
  }
  const amount = params.integer('amount');
  if (amount === undefined)
    throw invalid('You must provide one of: amount, lines, shipping_cost.', { param: 'amount' });
  return [
    newLine(account, {
      amount,
      description: `Credit for invoice ${invoice['number']}`,
      discounts: [],
      quantity: 1,
      unit: String(amount),
      taxes: [],
      rates: [],
      metadata: {},
    }),
  ];
}

export type Sums = {
  subtotal: number;
  discount: number;
  inclusive: number;
  exclusive: number;
  taxes: Tax[];
  total: number;
};

/** Sums of the lines; inclusive and exclusive taxes apart. */
export function sumsOf(lines: StripeObject[]): Sums {
  const subtotal = total(lines.map((line) => ({ amount: line['amount'] })));
  const discount = total(lines.map((line) => ({ amount: line['discount_amount'] })));
  const taxes = merge(
    lines.flatMap((line) => line['taxes'] as Tax[]),
    (tax) => tax.tax_rate_details.tax_rate,
    (sum, tax) => ({
      ...sum,
      amount: sum.amount + tax.amount,
      taxable_amount: sum.taxable_amount + tax.taxable_amount,
    }),
  );
  const inclusive = total(taxes.filter((tax) => tax.tax_behavior === 'inclusive'));
  const exclusive = total(taxes) - inclusive;
  return { subtotal, discount, inclusive, exclusive, taxes, total: subtotal - discount + exclusive };
}

/** Sum of amounts. */
export function total(amounts: Money[]): number {
  return amounts.reduce((sum, { amount }) => sum + amount, 0);
}

/** Adds up items of the same key, in the order of their first appearance. */
export function merge<T>(items: T[], keyOf: (item: T) => string, add: (sum: T, item: T) => T): T[] {
  const sums = new Map<string, T>();
  for (const item of items) {
    const sum = sums.get(keyOf(item));
    sums.set(keyOf(item), sum ? add(sum, item) : structuredClone(item));
  }
  return [...sums.values()];
}
