/** The account itself, its balance and balance transactions, and the balances of customers. */
import type { Account } from '../account.ts';
import { missingParam } from '../errors.ts';
import { createdIn, equal, LIST_PARAMS, page } from '../lists.ts';
import { get, post, type Route } from '../routes.ts';
import { moveBalance } from './invoice_settlement.ts';

function accountObject(account: Account): unknown {
  return {
    id: account.id,
    object: 'account',
    business_profile: { name: account.name },
    business_type: 'company',
    capabilities: {},
    charges_enabled: true,
    country: 'DE',
    default_currency: 'eur',
    details_submitted: true,
    email: 'finance@nordlicht.example',
    metadata: {},
    payouts_enabled: true,
    settings: { dashboard: { display_name: account.name, timezone: 'Europe/Berlin' } },
    type: 'standard',
  };
}

function balance(account: Account): unknown {
  const sums = new Map<string, number>();
  for (const row of account.table('balance_transaction').rows.values()) {
    sums.set(row['currency'], (sums.get(row['currency']) ?? 0) + row['net']);
  }
  const pending = [...sums].map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }));
  return { object: 'balance', available: [], livemode: false, pending };
}

const OF_CUSTOMER = '/v1/customers/:id/balance_transactions';

export const balanceRoutes: Route[] = [
  get('/v1/account', [], ({ account }) => ({ raw: accountObject(account) })),
  get('/v1/balance', [], ({ account }) => ({ raw: balance(account) })),
  get(
    '/v1/balance_transactions',
    [...LIST_PARAMS, 'created', 'type', 'source', 'currency'],
    ({ account, params }) => {
      const rows = createdIn(params, account.all('balance_transaction'));
      return page(
        account,
        params,
        '/v1/balance_transactions',
        equal(params, rows, ['type', 'source', 'currency']),
      );
    },
  ),
  get('/v1/balance_transactions/:id', [], ({ account, path }) =>
    account.get('balance_transaction', path['id'] ?? ''),
  ),
  get(OF_CUSTOMER, LIST_PARAMS, ({ account, params, path }) => {
    const { id } = account.get('customer', path['id'] ?? '');
    const rows = account.where('customer_balance_transaction', 'customer', id);
    return page(account, params, `/v1/customers/${id}/balance_transactions`, rows);
  }),
  post(OF_CUSTOMER, ['amount', 'currency'], ({ account, params, path }) => {
    const customer = account.get('customer', path['id'] ?? '');
    const amount = params.integer('amount');
    if (amount === undefined) throw missingParam('amount');
    customer['currency'] ??= params.required('currency');
    return moveBalance(account, customer, amount, 'adjustment');
  }),
];
