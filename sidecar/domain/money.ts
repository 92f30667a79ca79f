/**
 * Exact amounts: an integer count of the currency's minor units, as ISO 4217 defines them. Binary floats never
 * touch money; unit prices and quantities are decimal strings handled by big.js.
 */
import { Big } from 'big.js';
import * as z from 'zod';
import { InvalidData } from './failure.ts';

const ZERO_DECIMAL = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ');
const THREE_DECIMAL = 'BHD IQD JOD KWD LYD OMR TND'.split(' ');

/** ISO 4217 alphabetic code, upper case. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters (ISO 4217)');
/** An amount in minor units (cents, yen, fils); safe up to 2^53. */
export const Minor = z.int();
/** A decimal number as text, e.g. "12.5"; never an exponent, never a float. */
export const Decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal number as text, e.g. "12.5"');

export const Money = z.object({ minor: Minor, currency: Currency });
export type Money = z.infer<typeof Money>;

/** Number of decimal places of a currency's minor unit by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD. */
export function exponentOf(currency: string): 0 | 2 | 3 {
  if (ZERO_DECIMAL.includes(currency)) return 0;
  if (THREE_DECIMAL.includes(currency)) return 3;
  return 2;
}

/** Minor units → decimal text: (1999, EUR) → "19.99", (1999, JPY) → "1999". */
export function toDecimal(minor: number, currency: string): string {
  return new Big(minor).div(new Big(10).pow(exponentOf(currency))).toFixed(exponentOf(currency));
}

/** Decimal text → minor units, half up as accountants round; throws InvalidData if it is not a number. */
export function toMinor(decimal: string, currency: string): number {
  return roundMinor(parse(decimal).times(new Big(10).pow(exponentOf(currency))));
}

/** `quantity × unitPrice` in minor units, rounded half up (away from zero), as a billing system prints it. */
export function extend(quantity: string, unitPrice: string, currency: string): number {
  return roundMinor(
    parse(quantity)
      .times(parse(unitPrice))
      .times(new Big(10).pow(exponentOf(currency))),
  );
}

/** A sum for people: "119.00 EUR". */
export function show(minor: number, currency: string): string {
  return `${toDecimal(minor, currency)} ${currency}`;
}

export function sum(amounts: Iterable<number>): number {
  let total = 0;
  for (const amount of amounts) total += amount;
  return total;
}

function roundMinor(amount: Big): number {
  return amount.round(0, Big.roundHalfUp).toNumber();
}

function parse(decimal: string): Big {
  try {
    return new Big(decimal);
  } catch {
    throw new InvalidData('not_a_number', `"${decimal}" is not a decimal number`);
  }
}
