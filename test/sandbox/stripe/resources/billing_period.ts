/** Periods of subscriptions: where one ends, and what a plan's quantity costs. */
import { scale, exact, EXACT_ONE, timesQuantity } from '../currency.ts';
import type { StripeObject } from '../state.ts';

const DAY = 24 * 3600;

/** The n-th boundary after the anchor; months that are too short end on their last day. */
export function boundary(anchor: number, interval: string, count: number, n: number): number {
  if (interval === 'day') return anchor + n * count * DAY;
  if (interval === 'week') return anchor + n * count * 7 * DAY;
  const months = n * count * (interval === 'year' ? 12 : 1);
  const start = new Date(anchor * 1000);
  const first = new Date(start);
  first.setUTCDate(1);
  first.setUTCMonth(first.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  return first.getTime() / 1000;
}

export type PricedPart = { amount: number; quantity: number; unit: string | null; note: string | null };

/** What a quantity costs; graduated tiers give one part per tier reached, and one per flat fee. */
export function partsOf(price: StripeObject, quantity: number): PricedPart[] {
  const transform = price['transform_quantity'];
  const units = transform ? divided(quantity, transform.divide_by, transform.round) : quantity;
  if (price['billing_scheme'] === 'per_unit') {
    const unit: string = price['unit_amount_decimal'];
    return [{ amount: timesQuantity(unit, units), quantity, unit, note: null }];
  }
  return price['tiers_mode'] === 'volume'
    ? volume(price['_tiers'], units)
    : graduated(price['_tiers'], units);
}

type Tier = { up_to: number | null; unit_amount_decimal: string | null; flat_amount: number | null };

function divided(quantity: number, by: number, round: 'up' | 'down'): number {
  return round === 'up' ? Math.ceil(quantity / by) : Math.floor(quantity / by);
}

function volume(tiers: Tier[], units: number): PricedPart[] {
  const tier = tiers.find(({ up_to: upTo }) => upTo === null || units <= upTo);
  return tier ? tierParts(tier, units, `tier up to ${tier.up_to ?? '∞'}`) : [];
}

function graduated(tiers: Tier[], units: number): PricedPart[] {
  let below = 0;
  return tiers.flatMap((tier, i) => {
    const here = Math.min(units, tier.up_to ?? Infinity) - below;
    below = tier.up_to ?? Infinity;
    return here > 0 ? tierParts(tier, here, `tier ${i + 1}`) : [];
  });
}

function tierParts(tier: Tier, quantity: number, note: string): PricedPart[] {
  const unit = tier.unit_amount_decimal ?? '0';
  const parts: PricedPart[] = [{ amount: timesQuantity(unit, quantity), quantity, unit, note }];
  if (tier.flat_amount)
    parts.push({ amount: tier.flat_amount, quantity: 1, unit: null, note: `${note}, flat fee` });
  return parts;
}

/** The share of an amount for the part of a period that is left. */
export function proratedAmount(amount: number, left: number, whole: number): number {
  return scale(exact(amount), left, EXACT_ONE * BigInt(whole));
}
