/** Exact arithmetic on minor units, and what Stripe knows about each currency's decimals. */
import { invalid } from './errors.ts';

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));

/** Digits after the point in amounts of the API. */
export function decimalsOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** Stripe takes three-decimal amounts only when the last digit is 0. */
export function checkAmount(amount: number, currency: string, param: string): void {
  if (THREE_DECIMAL.has(currency) && amount % 10 !== 0) {
    throw invalid(`Invalid amount: amounts in ${currency} must be divisible by 10.`, { param });
  }
}

/** Checks the code's form and lower-cases it. */
export function currencyCode(text: string, param = 'currency'): string {
  const code = text.toLowerCase();
  if (!/^[a-z]{3}$/.test(code)) throw invalid(`Invalid currency: ${text}.`, { param });
  return code;
}

/** a × num ÷ den, rounded to the nearest integer, halves away from zero. */
export function scale(a: number | bigint, num: number | bigint, den: number | bigint): number {
  const top = BigInt(a) * BigInt(num);
  const bottom = BigInt(den);
  const sign = top < 0n !== bottom < 0n ? -1n : 1n;
  const absTop = top < 0n ? -top : top;
  const absBottom = bottom < 0n ? -bottom : bottom;
  return Number(sign * ((absTop * 2n + absBottom) / (absBottom * 2n)));
}

/** A decimal text or number as a fraction of 10^12: `19.6` → 19600000000000n. */
export function exact(decimal: string | number): bigint {
  const [whole = '0', fraction = ''] = String(decimal).split('.');
  const digits = BigInt(whole.replace('-', '') + fraction.padEnd(12, '0').slice(0, 12));
  return whole.startsWith('-') ? -digits : digits;
}

export const EXACT_ONE = 10n ** 12n;

/** quantity × unit price in minor units, rounded once. */
export function timesQuantity(unitDecimal: string, quantity: number): number {
  return scale(exact(unitDecimal), quantity, EXACT_ONE);
}

/** percent of an amount, rounded. */
export function percentOf(amount: number, percent: string | number): number {
  return scale(amount, exact(percent), EXACT_ONE * 100n);
}

/** Splits a total by weights so that the parts add up exactly; cents left over go to the largest remainders. */
export function allocate(total: number, weights: number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map(() => 0);
  const parts = weights.map((weight) => Math.trunc((total * weight) / sum));
  const step = Math.sign(total - parts.reduce((a, b) => a + b, 0));
  const order = weights
    .map((weight, i) => ({ i, rest: Math.abs((total * weight) / sum - (parts[i] ?? 0)) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (let left = Math.abs(total - parts.reduce((a, b) => a + b, 0)), k = 0; left > 0; left--, k++) {
    const at = order[k % order.length]?.i ?? 0;
    parts[at] = (parts[at] ?? 0) + step;
  }
  return parts;
}

/** `€12.00`-like text for descriptions of lines. */
export function shown(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const symbol = { eur: '€', usd: '$', jpy: '¥', gbp: '£' }[currency] ?? `${currency.toUpperCase()} `;
  return symbol + (amount / 10 ** decimals).toFixed(decimals);
}
