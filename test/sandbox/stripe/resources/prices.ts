/** Prices: per unit, in tiers, once or recurring. */
import type { Account } from '../account.ts';
import { checkAmount, currencyCode } from '../currency.ts';
import { invalid } from '../errors.ts';
import { createdIn, equal, LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata, type Params } from '../params.ts';
import { get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';

const CREATE = [
  'active',
  'billing_scheme',
  'currency',
  'lookup_key',
  'metadata',
  'nickname',
  'product',
  'product_data',
  'recurring',
  'tax_behavior',
  'tiers',
  'tiers_mode',
  'transform_quantity',
  'unit_amount',
  'unit_amount_decimal',
] as const;

type Unit = { unit_amount: number | null; unit_amount_decimal: string | null };

/** Both forms of a unit amount; whole cents appear in both, parts of cents only in the decimal. */
export function unitAmount(params: Params, currency: string): Unit {
  const whole = params.integer('unit_amount');
  const decimal = params.decimal('unit_amount_decimal');
  if (whole !== undefined && decimal !== undefined) {
    throw invalid('You may only specify one of these parameters: unit_amount, unit_amount_decimal.');
  }
  if (whole !== undefined) {
    checkAmount(whole, currency, params.nameOf('unit_amount'));
    return { unit_amount: whole, unit_amount_decimal: String(whole) };
  }
  if (decimal === undefined) return { unit_amount: null, unit_amount_decimal: null };
  const integral = Number.isInteger(Number(decimal));
  return {
    unit_amount: integral ? Number(decimal) : null,
    unit_amount_decimal: decimal.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''),
  };
}

function tier(params: Params, currency: string): Record<string, unknown> {
  params.only(['up_to', 'unit_amount', 'unit_amount_decimal', 'flat_amount', 'flat_amount_decimal']);
  const flat = params.integer('flat_amount') ?? null;
  const upTo = params.required('up_to');
  return {
    flat_amount: flat,
    flat_amount_decimal: params.decimal('flat_amount_decimal') ?? (flat === null ? null : String(flat)),
    ...unitAmount(params, currency),
    up_to: upTo === 'inf' ? null : params.integer('up_to'),
  };
}

function recurring(params: Params | undefined): Record<string, unknown> | null {
  if (!params) return null;
  params.only(['interval', 'interval_count', 'usage_type', 'trial_period_days']);
  return {
    interval: params.oneOf('interval', ['day', 'week', 'month', 'year']) ?? params.required('interval'),
    interval_count: params.integer('interval_count') ?? 1,
    meter: null,
    trial_period_days: params.integer('trial_period_days') ?? null,
    usage_type: params.oneOf('usage_type', ['licensed']) ?? 'licensed',
  };
}

function productFor(account: Account, params: Params): string {
  const data = params.object('product_data');
  if (!data) return account.get('product', params.required('product'), 'product').id;
  const product = account.insert('product', {
    ...account.base('product'),
    active: data.boolean('active') ?? true,
    default_price: null,
    description: null,
    images: [],
    marketing_features: [],
    metadata: mergedMetadata({}, data.metadata()),
    name: data.required('name'),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: data.string('unit_label') ?? null,
    updated: account.now,
    url: null,
  });
  account.emitEvents(product, ['product.created']);
  return product.id;
}

/** Makes a price; inline prices of lines are made inactive, as Stripe does. */
export function createPrice(account: Account, params: Params, active = true): StripeObject {
  params.only([...CREATE, 'expand']);
  const currency = currencyCode(params.required('currency'));
  const tiers = params.objects('tiers')?.map((each) => tier(each, currency));
  const unit = unitAmount(params, currency);
  if (!tiers && unit.unit_amount_decimal === null) {
    throw invalid('Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.', {
      param: 'unit_amount',
    });
  }
  const transform = params.object('transform_quantity');
  const repeats = recurring(params.object('recurring'));
  const price = account.insert('price', {
    ...account.base('price'),
    active: params.boolean('active') ?? active,
    billing_scheme: tiers ? 'tiered' : 'per_unit',
    currency,
    custom_unit_amount: null,
    lookup_key: params.string('lookup_key') ?? null,
    metadata: mergedMetadata({}, params.metadata()),
    nickname: params.string('nickname') ?? null,
    product: productFor(account, params),
    recurring: repeats,
    tax_behavior: params.oneOf('tax_behavior', ['exclusive', 'inclusive', 'unspecified']) ?? 'unspecified',
    tiers_mode: tiers
      ? (params.oneOf('tiers_mode', ['graduated', 'volume']) ?? params.required('tiers_mode'))
      : null,
    transform_quantity: transform
      ? { divide_by: transform.integer('divide_by'), round: transform.oneOf('round', ['up', 'down']) }
      : null,
    type: repeats ? 'recurring' : 'one_time',
    ...(tiers ? { unit_amount: null, unit_amount_decimal: null, _tiers: tiers } : unit),
  });
  account.emitEvents(price, ['price.created']);
  return price;
}

export const priceRoutes: Route[] = [
  get(
    '/v1/prices',
    [...LIST_PARAMS, 'created', 'active', 'currency', 'product', 'type', 'lookup_keys', 'recurring'],
    ({ account, params }) => {
      const keys = params.strings('lookup_keys');
      const rows = account.all('price').filter((row) => !keys || keys.includes(row['lookup_key']));
      const names = ['active', 'currency', 'product', 'type'];
      return page(account, params, '/v1/prices', equal(params, createdIn(params, rows), names));
    },
  ),
  post('/v1/prices', CREATE, ({ account, params }) => createPrice(account, params)),
  get('/v1/prices/:id', [], ({ account, path }) => account.get('price', path['id'] ?? '')),
  post(
    '/v1/prices/:id',
    ['active', 'lookup_key', 'metadata', 'nickname', 'tax_behavior'],
    ({ account, params, path }) => {
      const price = account.get('price', path['id'] ?? '');
      account.change(price, ['price.updated'], () => {
        price['active'] = params.boolean('active') ?? price['active'];
        price['metadata'] = mergedMetadata(price['metadata'], params.metadata());
        for (const name of ['lookup_key', 'nickname', 'tax_behavior'] as const) {
          const value = params.settable(name);
          if (value !== undefined) price[name] = value;
        }
      });
      return price;
    },
  ),
];
