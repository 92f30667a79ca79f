/** HubSpot line items → lines of a deal. */
import type { DealLine } from '../../../domain/entity/index.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { toMinor } from '../../../domain/money.ts';
import type { WireObject } from '../schema.ts';
import { byId } from './contact.ts';
import { plainDayOf, textOf, told } from './event.ts';

/** In the order in which HubSpot shows them. `currency`: null leaves the totals untold. */
export function linesOf(lines: readonly WireObject[], currency: string | null): DealLine[] {
  const place = (line: WireObject) => Number(textOf(line, 'hs_position_on_quote') ?? Number.MAX_SAFE_INTEGER);
  return [...lines]
    .filter((line) => line.archived !== true)
    .sort((a, b) => place(a) - place(b) || byId(a, b))
    .map((line) => lineOf(line, currency));
}

function lineOf(line: WireObject, currency: string | null): DealLine {
  const text = (name: string) => textOf(line, name);
  const percent = decimalOf(line, 'hs_discount_percentage');
  const off = decimalOf(line, 'discount');
  const price = decimalOf(line, 'price') ?? '0';
  const amount = decimalOf(line, 'amount');
  return {
    id: line.id,
    description: text('name') ?? null,
    product: text('hs_product_id') ?? null,
    quantity: decimalOf(line, 'quantity') ?? '1',
    // A discount in money has no percentage that is exact: the price after it has.
    unitPrice: isZero(percent) && off !== null && !isZero(off) ? minus(price, off) : price,
    discount: isZero(percent) ? null : percent,
    total: amount === null || currency === null ? null : toMinor(amount, currency),
    recurrence: RECURRENCE[text('recurringbillingfrequency') ?? ''] ?? null,
    ...told({ sku: text('hs_sku'), start: plainDayOf(line, 'hs_recurring_billing_start_date') }),
  };
}

const every = (interval: 'week' | 'month' | 'year', count: number): NonNullable<DealLine['recurrence']> => ({
  interval,
  count,
});

/** The vendor's words for "how often" (documentation, "Line items"). */
const RECURRENCE: Readonly<Record<string, DealLine['recurrence']>> = {
  weekly: every('week', 1),
  biweekly: every('week', 2),
  monthly: every('month', 1),
  quarterly: every('month', 3),
  per_six_months: every('month', 6),
  annually: every('year', 1),
  per_two_years: every('year', 2),
  per_three_years: every('year', 3),
  per_four_years: every('year', 4),
  per_five_years: every('year', 5),
};

/** A number as HubSpot writes it, as plain decimal text. Throws InvalidData naming the property. */
export function decimalOf(object: WireObject, name: string): string | null {
  const text = textOf(object, name) ?? null;
  if (text === null) return null;
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (match === null || whole + fraction === '')
    throw new InvalidData('not_a_number', `Property ${name} of ${object.id} is no number`, {
      hint: 'Correct the record over there; it is then read again.',
      args: { field: name },
    });
  return placed(sign, whole + fraction, fraction.length - Number(power));
}

const isZero = (decimal: string | null): boolean => decimal === null || /^-?0+(\.0*)?$/.test(decimal);

/** Exact difference of two decimal texts. */
export function minus(a: string, b: string): string {
  const places = Math.max(...[a, b].map((text) => text.split('.')[1]?.length ?? 0));
  const scaled = (text: string): bigint => {
    const [whole = '0', fraction = ''] = text.split('.');
    return BigInt(whole + fraction.padEnd(places, '0'));
  };
  const difference = scaled(a) - scaled(b);
  return placed(difference < 0n ? '-' : '', String(difference).replace('-', ''), places);
}

/** Puts the point `places` before the end of the digits. */
function placed(sign: string, digits: string, places: number): string {
  const all = places < 0 ? digits + '0'.repeat(-places) : digits.padStart(places + 1, '0');
  const at = all.length - Math.max(0, places);
  const whole = all.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const fraction = all.slice(at).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return /^0$/.test(text) ? text : sign + text;
}
