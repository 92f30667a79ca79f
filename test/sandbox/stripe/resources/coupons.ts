/** Coupons, and the discounts that come of redeeming them. */
import type { Account } from '../account.ts';
import { currencyCode } from '../currency.ts';
import { invalid } from '../errors.ts';
import { LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata, type Params } from '../params.ts';
import { get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';

/** What a discount hangs on: exactly one of them is set besides the customer. */
type Owner = { customer?: string; invoice?: string; invoice_item?: string; subscription?: string };

/** Makes a discount of a coupon. */
export function redeem(account: Account, couponId: string, owner: Owner): StripeObject {
  const coupon = account.get('coupon', couponId, 'discounts[0][coupon]');
  coupon['times_redeemed'] += 1;
  return account.insert('discount', {
    id: account.ids.next('discount'),
    object: 'discount',
    checkout_session: null,
    customer: owner.customer ?? null,
    customer_account: null,
    end: null,
    invoice: owner.invoice ?? null,
    invoice_item: owner.invoice_item ?? null,
    promotion_code: null,
    source: { coupon: coupon.id, type: 'coupon' },
    start: account.now,
    subscription: owner.subscription ?? null,
    subscription_item: null,
  });
}

/** Ids of the discounts asked for by `discounts[][coupon|discount]`. */
export function discountsOf(account: Account, params: Params, owner: Owner): string[] | undefined {
  return params.objects('discounts')?.map((wish) => {
    wish.only(['coupon', 'discount']);
    const known = wish.string('discount');
    return known
      ? account.get('discount', known, 'discounts').id
      : redeem(account, wish.required('coupon'), owner).id;
  });
}

/** The coupon behind a discount. */
export function couponOf(account: Account, discountId: string): StripeObject {
  const discount = account.get('discount', discountId, 'discounts');
  return account.get('coupon', discount['source'].coupon, 'discounts');
}

function create(account: Account, params: Params): StripeObject {
  const percent = params.decimal('percent_off');
  const amount = params.integer('amount_off');
  if ((percent === undefined) === (amount === undefined)) {
    throw invalid('You must pass exactly one of: percent_off, amount_off.');
  }
  const { id: generated, ...base } = account.base('coupon');
  const coupon = account.insert('coupon', {
    id: params.string('id') ?? generated,
    ...base,
    amount_off: amount ?? null,
    currency: amount === undefined ? null : currencyCode(params.required('currency')),
    duration: params.oneOf('duration', ['once', 'forever', 'repeating']) ?? 'once',
    duration_in_months: params.integer('duration_in_months') ?? null,
    max_redemptions: null,
    metadata: mergedMetadata({}, params.metadata()),
    name: params.string('name') ?? null,
    percent_off: percent === undefined ? null : Number(percent),
    redeem_by: null,
    times_redeemed: 0,
    valid: true,
  });
  account.emitEvents(coupon, ['coupon.created']);
  return coupon;
}

const CREATE = [
  'id',
  'percent_off',
  'amount_off',
  'currency',
  'duration',
  'duration_in_months',
  'name',
  'metadata',
];

export const couponRoutes: Route[] = [
  get('/v1/coupons', LIST_PARAMS, ({ account, params }) =>
    page(account, params, '/v1/coupons', account.all('coupon')),
  ),
  post('/v1/coupons', CREATE, ({ account, params }) => create(account, params)),
  get('/v1/coupons/:id', [], ({ account, path }) => account.get('coupon', path['id'] ?? '')),
];
