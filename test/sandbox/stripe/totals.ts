/**
 * The arithmetic of invoices and credit notes, as Stripe does it: discounts of a line first, then those of the
 * invoice shared over its lines, then taxes per line, each rounded to the minor unit. Pure.
 */
import { allocate, exact, EXACT_ONE, percentOf, scale } from './currency.ts';

/** A coupon redeemed under the id of its discount; exactly one of the two is set. */
export type Discounting = { id: string; percentOff: number | null; amountOff: number | null };

export type Rate = { id: string; percentage: number; inclusive: boolean };

export type LineInput = {
  /** Before discounts; with the inclusive taxes in it. */
  amount: number;
  discountable: boolean;
  discounts: Discounting[];
  rates: Rate[];
};

export type DiscountAmount = { amount: number; discount: string };

/** One tax on one line; `base` never contains tax. */
export type TaxAmount = { rate: Rate; amount: number; base: number };

export type LineResult = { discounts: DiscountAmount[]; taxes: TaxAmount[] };

export type Totals = {
  lines: LineResult[];
  /** After discounts of lines, before those of the invoice; inclusive tax in it. */
  subtotal: number;
  subtotalExcludingTax: number;
  total: number;
  totalExcludingTax: number;
  discounts: DiscountAmount[];
  taxes: TaxAmount[];
};

/** All amounts of a document. `exempt` customers are taxed at nothing, and the taxes are still listed. */
export function totalsOf(lines: LineInput[], invoiceDiscounts: Discounting[], exempt = false): Totals {
  const ofLines = lines.map((line) => lineDiscounts(line));
  const afterLines = lines.map((line, i) => line.amount - sumOf(ofLines[i] ?? []));
  const shares = invoiceShares(lines, afterLines, invoiceDiscounts);
  const results = lines.map((line, i): LineResult => {
    const discounts = [...(ofLines[i] ?? []), ...(shares[i] ?? [])];
    return { discounts, taxes: taxesOn(line.amount - sumOf(discounts), line.rates, exempt) };
  });
  const subtotal = total(afterLines);
  const inclusiveBefore = lines.map((line, i) =>
    inclusiveTax(taxesOn(afterLines[i] ?? 0, line.rates, exempt)),
  );
  const nets = lines.map((line, i) => line.amount - sumOf(results[i]?.discounts ?? []));
  const taxes = aggregateTaxes(results.flatMap((line) => line.taxes));
  const inclusive = inclusiveTax(taxes);
  const exclusive = total(taxes.map((tax) => tax.amount)) - inclusive;
  return {
    lines: results,
    subtotal,
    subtotalExcludingTax: subtotal - total(inclusiveBefore),
    total: total(nets) + exclusive,
    totalExcludingTax: total(nets) - inclusive,
    discounts: aggregateDiscounts(results.flatMap((line) => line.discounts)),
    taxes,
  };
}

/** Taxes on one amount from which discounts are already taken. */
export function taxesOn(amount: number, rates: Rate[], exempt = false): TaxAmount[] {
  if (exempt) return rates.map((rate) => ({ rate, amount: 0, base: amount }));
  const included = rates.filter((rate) => rate.inclusive);
  const percentIn = included.reduce((sum, rate) => sum + exact(rate.percentage), 0n);
  const hundred = EXACT_ONE * 100n;
  const base = scale(amount, hundred, hundred + percentIn);
  const parts = allocate(
    amount - base,
    included.map((rate) => rate.percentage),
  );
  return rates.map((rate) => ({
    rate,
    base,
    amount: rate.inclusive ? (parts[included.indexOf(rate)] ?? 0) : percentOf(base, rate.percentage),
  }));
}

function lineDiscounts(line: LineInput): DiscountAmount[] {
  if (!line.discountable) return [];
  let left = line.amount;
  return line.discounts.map((discount) => {
    const amount = discountOn(left, discount);
    left -= amount;
    return { amount, discount: discount.id };
  });
}

function discountOn(amount: number, discount: Discounting): number {
  if (discount.percentOff !== null) return percentOf(amount, discount.percentOff);
  return Math.max(0, Math.min(amount, discount.amountOff ?? 0));
}

/** Each invoice discount is taken once from the whole, then shared over the lines to the cent. */
function invoiceShares(lines: LineInput[], amounts: number[], discounts: Discounting[]): DiscountAmount[][] {
  const left = amounts.map((amount, i) => (lines[i]?.discountable ? amount : 0));
  const shares: DiscountAmount[][] = lines.map(() => []);
  for (const discount of discounts) {
    const parts = allocate(discountOn(total(left), discount), left);
    parts.forEach((amount, i) => {
      if (!lines[i]?.discountable) return;
      shares[i]?.push({ amount, discount: discount.id });
      left[i] = (left[i] ?? 0) - amount;
    });
  }
  return shares;
}

function aggregateDiscounts(amounts: DiscountAmount[]): DiscountAmount[] {
  const sums = new Map<string, number>();
  for (const { amount, discount } of amounts) sums.set(discount, (sums.get(discount) ?? 0) + amount);
  return [...sums].map(([discount, amount]) => ({ amount, discount }));
}

function aggregateTaxes(taxes: TaxAmount[]): TaxAmount[] {
  const sums = new Map<string, TaxAmount>();
  for (const { rate, amount, base } of taxes) {
    const sum = sums.get(rate.id) ?? { rate, amount: 0, base: 0 };
    sums.set(rate.id, { rate, amount: sum.amount + amount, base: sum.base + base });
  }
  return [...sums.values()];
}

function inclusiveTax(taxes: TaxAmount[]): number {
  return total(taxes.map((tax) => (tax.rate.inclusive ? tax.amount : 0)));
}

function sumOf(amounts: { amount: number }[]): number {
  return total(amounts.map(({ amount }) => amount));
}

function total(amounts: number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
