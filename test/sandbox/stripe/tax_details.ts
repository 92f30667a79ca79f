/** Taxes and discounts between stored objects and the arithmetic. */
import type { Account } from './account.ts';
import { couponOf } from './resources/coupons.ts';
import type { Discounting, Rate, TaxAmount } from './totals.ts';

/** A tax as lines and totals show it. Rates set by hand carry no reason: `not_available`. */
export function taxDetail(tax: TaxAmount): Record<string, unknown> {
  return {
    amount: tax.amount,
    tax_behavior: tax.rate.inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: tax.rate.id },
    taxability_reason: 'not_available',
    taxable_amount: tax.base,
    type: 'tax_rate_details',
  };
}

/** @throws ApiError resource_missing */
export function rateOf(account: Account, id: string): Rate {
  const rate = account.get('tax_rate', id, 'tax_rates');
  return { id, percentage: rate['percentage'], inclusive: rate['inclusive'] };
}

export function discountingOf(account: Account, discountId: string): Discounting {
  const coupon = couponOf(account, discountId);
  return { id: discountId, percentOff: coupon['percent_off'], amountOff: coupon['amount_off'] };
}
