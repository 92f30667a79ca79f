/** Tax rates: percentage, inclusive or exclusive. Both are fixed once made, as at Stripe. */
import type { Account } from '../account.ts';
import { createdIn, equal, LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata, type Params } from '../params.ts';
import { missingParam } from '../errors.ts';
import { get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';

const TEXTS = ['country', 'description', 'jurisdiction', 'state', 'tax_type'] as const;

function create(account: Account, params: Params): StripeObject {
  const percentage = params.decimal('percentage');
  if (percentage === undefined) throw missingParam('percentage');
  const inclusive = params.boolean('inclusive');
  if (inclusive === undefined) throw missingParam('inclusive');
  const rate: StripeObject = {
    ...account.base('tax_rate'),
    active: params.boolean('active') ?? true,
    country: null,
    description: null,
    display_name: params.required('display_name'),
    effective_percentage: null,
    flat_amount: null,
    inclusive,
    jurisdiction: null,
    jurisdiction_level: null,
    metadata: mergedMetadata({}, params.metadata()),
    percentage: Number(percentage),
    rate_type: 'percentage',
    state: null,
    tax_type: null,
  };
  for (const name of TEXTS) rate[name] = params.string(name) ?? null;
  account.insert('tax_rate', rate);
  account.emitEvents(rate, ['tax_rate.created']);
  return rate;
}

const WRITABLE = ['active', 'display_name', 'metadata', ...TEXTS] as const;

export const taxRateRoutes: Route[] = [
  get('/v1/tax_rates', [...LIST_PARAMS, 'created', 'active', 'inclusive'], ({ account, params }) => {
    const rows = createdIn(params, account.all('tax_rate'));
    return page(account, params, '/v1/tax_rates', equal(params, rows, ['active', 'inclusive']));
  }),
  post('/v1/tax_rates', [...WRITABLE, 'percentage', 'inclusive'], ({ account, params }) =>
    create(account, params),
  ),
  get('/v1/tax_rates/:id', [], ({ account, path }) => account.get('tax_rate', path['id'] ?? '')),
  post('/v1/tax_rates/:id', WRITABLE, ({ account, params, path }) => {
    const rate = account.get('tax_rate', path['id'] ?? '');
    account.change(rate, ['tax_rate.updated'], () => {
      rate['active'] = params.boolean('active') ?? rate['active'];
      rate['metadata'] = mergedMetadata(rate['metadata'], params.metadata());
      for (const name of ['display_name', ...TEXTS]) rate[name] = params.settable(name) ?? rate[name];
    });
    return rate;
  }),
];
