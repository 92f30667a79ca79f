/** What invoices and credit notes share: taxes, discounts, shipping. */
import type { DocumentLine } from '../../../domain/entity/billing.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { sum, toDecimal } from '../../../domain/money.ts';
import type { WireShipping, WireTax } from '../schema.ts';
import { minor } from './amounts.ts';

export type Tax = DocumentLine['taxes'][number];

/** Taxes of a line. `net` is the line's amount after discounts, the base where Stripe names none. */
export function taxesOf(
  taxes: readonly WireTax[] | null,
  net: number,
  currency: string,
  where: string,
): Tax[] {
  return (taxes ?? []).flatMap((tax) => {
    const amount = minor(tax.amount, currency);
    if (tax.tax_rate_details === null && amount === 0) return [];
    if (tax.tax_rate_details === null)
      throw new InvalidData('tax_without_rate', `${where} has a tax that names no tax rate`, {
        hint: 'Give the tax a tax rate at Stripe, so that it can be mapped to a tax in Odoo.',
        args: { amount, currency },
      });
    const inclusive = tax.tax_behavior === 'inclusive';
    const base =
      tax.taxable_amount === null ? net - (inclusive ? amount : 0) : minor(tax.taxable_amount, currency);
    return [{ rate: tax.tax_rate_details.tax_rate, inclusive, base, amount }];
  });
}

/** One entry per rate and behaviour: Stripe splits a rate by the reason for taxing, the books do not. */
export function mergeTaxes(taxes: readonly Tax[]): Tax[] {
  const merged = new Map<string, Tax>();
  for (const tax of taxes) {
    const key = `${tax.rate}/${tax.inclusive}`;
    const before = merged.get(key);
    merged.set(
      key,
      before ? { ...before, base: before.base + tax.base, amount: before.amount + tax.amount } : { ...tax },
    );
  }
  return [...merged.values()];
}

/** Id of the line that stands for the cost of shipping. */
const SHIPPING = 'shipping';

interface Pretax {
  amount: number;
  type: string;
}

/** Credit grants reduce the base of tax like a discount; discounts themselves are listed twice and counted once. */
export function creditGrants(credits: readonly Pretax[] | null | undefined, currency: string): number {
  const grants = (credits ?? []).filter(({ type }) => type === 'credit_balance_transaction');
  return sum(grants.map(({ amount }) => minor(amount, currency)));
}

/** Shipping is a cost beside the lines at Stripe and a line in the books. */
export function shippingLine(cost: WireShipping | null, currency: string): DocumentLine[] {
  if (cost === null || (cost.amount_total === 0 && cost.amount_subtotal === 0)) return [];
  const taxes = (cost.taxes ?? []).map(({ amount, rate, taxable_amount: base }) => ({
    rate: rate.id,
    inclusive: rate.inclusive,
    base: minor(base ?? cost.amount_subtotal, currency),
    amount: minor(amount, currency),
  }));
  const exclusive = cost.taxes
    ? sum(taxes.filter((tax) => !tax.inclusive).map((tax) => tax.amount))
    : minor(cost.amount_tax, currency);
  const net = minor(cost.amount_total, currency) - exclusive;
  return [
    {
      id: SHIPPING,
      description: 'Shipping',
      product: null,
      price: null,
      quantity: '1',
      unitPrice: toDecimal(net, currency),
      net,
      discount: 0,
      taxes,
    },
  ];
}

interface WireTotals {
  total: number;
  total_excluding_tax: number | null;
  total_taxes: readonly WireTax[] | null;
}

/**
 * The document's taxes and its total without tax. `total_taxes` is the authority (an account may round tax per document
 * instead of per line); where Stripe gives none, the lines' own are summed. Stripe describes it as the taxes "of all line
 * items": where it is exactly these and falls short of the document's tax by that on shipping, shipping is added.
 */
export function documentTaxes(
  wire: WireTotals,
  lines: readonly DocumentLine[],
  currency: string,
  where: string,
) {
  const total = minor(wire.total, currency);
  const net = wire.total_excluding_tax === null ? undefined : minor(wire.total_excluding_tax, currency);
  const given = wire.total_taxes === null ? undefined : taxesOf(wire.total_taxes, 0, currency, where);
  const ofLines = lines.filter((line) => line.id !== SHIPPING).flatMap((line) => line.taxes);
  const shipping = lines.filter((line) => line.id === SHIPPING).flatMap((line) => line.taxes);
  const without = mergeTaxes(given ?? ofLines);
  const leftOut = total - (net ?? total) - amountOf(without);
  const withShipping = leftOut === amountOf(shipping) && sameAmounts(without, mergeTaxes(ofLines));
  const taxes = withShipping ? mergeTaxes([...without, ...shipping]) : without;
  return { taxes, total, tax: amountOf(taxes), net: net ?? total - amountOf(taxes) };
}

const amountOf = (taxes: readonly Tax[]) => sum(taxes.map((tax) => tax.amount));

function sameAmounts(some: readonly Tax[], others: readonly Tax[]): boolean {
  const amounts = new Map(others.map((tax) => [`${tax.rate}/${tax.inclusive}`, tax.amount]));
  return (
    some.length === others.length &&
    some.every((tax) => amounts.get(`${tax.rate}/${tax.inclusive}`) === tax.amount)
  );
}
