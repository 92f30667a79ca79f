/** Tax ids of customers: VAT numbers and their like. */
import type { Account } from '../account.ts';
import { LIST_PARAMS, page } from '../lists.ts';
import type { Params } from '../params.ts';
import { del, get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';

/** Adds a tax id to a customer; verification stays pending, as in test mode. */
export function addTaxId(account: Account, customer: StripeObject, params: Params): StripeObject {
  params.only(['type', 'value', 'expand']);
  const type = params.required('type');
  const value = params.required('value');
  const taxId = account.insert('tax_id', {
    ...account.base('tax_id'),
    country: type === 'eu_vat' ? value.slice(0, 2) : type.slice(0, 2).toUpperCase(),
    customer: customer.id,
    customer_account: null,
    owner: { type: 'customer', customer: customer.id, customer_account: null },
    type,
    value,
    verification: { status: 'pending', verified_address: null, verified_name: null },
  });
  account.emitEvents(taxId, ['customer.tax_id.created']);
  return taxId;
}

const OF_CUSTOMER = '/v1/customers/:customer/tax_ids';

export const taxIdRoutes: Route[] = [
  get(OF_CUSTOMER, LIST_PARAMS, ({ account, params, path }) => {
    const customer = account.get('customer', path['customer'] ?? '');
    const url = `/v1/customers/${customer.id}/tax_ids`;
    return page(account, params, url, account.where('tax_id', 'customer', customer.id));
  }),
  post(OF_CUSTOMER, ['type', 'value'], ({ account, params, path }) =>
    addTaxId(account, account.get('customer', path['customer'] ?? ''), params),
  ),
  get(`${OF_CUSTOMER}/:id`, [], ({ account, path }) => account.get('tax_id', path['id'] ?? '')),
  get('/v1/tax_ids/:id', [], ({ account, path }) => account.get('tax_id', path['id'] ?? '')),
  del(`${OF_CUSTOMER}/:id`, ({ account, path }) => {
    const taxId = account.get('tax_id', path['id'] ?? '');
    account.emitEvents(taxId, ['customer.tax_id.deleted']);
    account.delete('tax_id', taxId.id);
    return { raw: { id: taxId.id, object: 'tax_id', deleted: true } };
  }),
];
