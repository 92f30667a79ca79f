/**
 * Stripe's amounts → ours. Stripe counts in the smallest unit too, but not always in ISO's: ISK and UGX are sent with two
 * decimals that are always 00, MGA without decimals (docs.stripe.com/currencies).
 */
import { InvalidData } from '../../../domain/failure.ts';
import { extend, exponentOf } from '../../../domain/money.ts';

const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
const THREE_DECIMAL = new Set('BHD JOD KWD OMR TND'.split(' '));

function wireExponent(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** Stripe writes currencies in small letters. */
export const currencyOf = (wire: string): string => wire.toUpperCase();

/** An amount on the wire in ISO minor units. Throws InvalidData where ISO has no unit that small. */
export function minor(wire: number, currency: string): number {
  const shift = exponentOf(currency) - wireExponent(currency);
  const exact = shift >= 0 ? wire * 10 ** shift : wire / 10 ** -shift;
  if (Number.isSafeInteger(exact)) return exact === 0 ? 0 : exact;
  throw new InvalidData('not_in_minor_units', `${wire} is no whole number of minor units of ${currency}`, {
    hint: `Stripe sends ${currency} with decimals that must be zero; correct the amount at Stripe.`,
    args: { amount: wire, currency },
  });
}

/** A unit amount on the wire ("0.25" cents) as decimal text in major units ("0.0025"). */
export function major(wire: string, currency: string): string {
  return movePoint(wire, wireExponent(currency));
}

/** Decimal text divided by a power of ten, exactly, without superfluous zeros. Throws InvalidData if it is no number. */
export function movePoint(text: string, places: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new InvalidData('not_a_number', `"${text}" is not a decimal number`);
  const [, sign, whole = '', fraction = ''] = match;
  const digits = whole.padStart(places + 1, '0') + fraction;
  const point = digits.length - fraction.length - places;
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  const right = digits.slice(point).replace(/0+$/, '');
  const value = right === '' ? left : `${left}.${right}`;
  return sign === '-' && value !== '0' ? `-${value}` : value;
}

/** A JSON number as decimal text; rates have at most a few decimals, so no float ever shows. */
export function decimalText(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

/** The unit price if `quantity × price` is what the line says, else null: then the price explains nothing. */
export function explainingPrice(
  wire: string | null | undefined,
  quantity: string,
  net: number,
  currency: string,
): string | null {
  if (wire === null || wire === undefined) return null;
  const price = major(wire, currency);
  return extend(quantity, price, currency) === net ? price : null;
}
