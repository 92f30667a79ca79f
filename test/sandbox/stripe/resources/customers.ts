/** Customers and their tax ids. */
import type { Account } from '../account.ts';
import { createdIn, equal, LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata, type Params } from '../params.ts';
import { invalid } from '../errors.ts';
import { del, get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { redeem } from './coupons.ts';
import { adoptPaymentMethod } from './payment_methods.ts';
import { addTaxId } from './tax_ids.ts';

const WRITABLE = [
  'name',
  'email',
  'phone',
  'description',
  'address',
  'shipping',
  'metadata',
  'preferred_locales',
  'tax_exempt',
  'balance',
  'invoice_settings',
  'invoice_prefix',
  'payment_method',
  'coupon',
] as const;

/** An address with all its parts. */
export function address(params: Params | undefined): Record<string, string | null> | null {
  if (!params) return null;
  const parts = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'] as const;
  params.only(parts);
  return Object.fromEntries(parts.map((part) => [part, params.string(part) ?? null]));
}

function shipping(params: Params | undefined): unknown {
  if (!params) return null;
  return {
    address: address(params.object('address')),
    name: params.required('name'),
    phone: params.string('phone') ?? null,
  };
}

/** The customer must exist and not be deleted. */
export function activeCustomer(account: Account, id: string): StripeObject {
  const customer = account.get('customer', id, 'customer');
  if (customer['deleted'])
    throw invalid(`No such customer: '${id}'`, { code: 'resource_missing', param: 'customer' });
  return customer;
}

function write(account: Account, customer: StripeObject, params: Params): void {
  for (const name of ['name', 'email', 'phone', 'description'] as const) {
    const value = params.settable(name);
    if (value !== undefined) customer[name] = value;
  }
  if (params.has('address')) customer['address'] = address(params.object('address'));
  if (params.has('shipping')) customer['shipping'] = shipping(params.object('shipping'));
  customer['metadata'] = mergedMetadata(customer['metadata'], params.metadata());
  customer['preferred_locales'] = params.strings('preferred_locales') ?? customer['preferred_locales'];
  customer['tax_exempt'] =
    params.oneOf('tax_exempt', ['none', 'exempt', 'reverse']) ?? customer['tax_exempt'];
  customer['balance'] = params.integer('balance') ?? customer['balance'];
  customer['invoice_prefix'] = params.string('invoice_prefix') ?? customer['invoice_prefix'];
  const method = params.string('payment_method');
  const known = method ? adoptPaymentMethod(account, method, customer.id) : undefined;
  const wanted = params.object('invoice_settings')?.string('default_payment_method');
  if (wanted) {
    customer['invoice_settings'].default_payment_method =
      wanted === method ? known?.id : adoptPaymentMethod(account, wanted, customer.id).id;
  }
  const coupon = params.string('coupon');
  if (coupon) customer['discount'] = redeem(account, coupon, { customer: customer.id });
}

function create(account: Account, params: Params): StripeObject {
  const { id, ...base } = account.base('customer');
  const customer: StripeObject = {
    ...base,
    id,
    address: null,
    balance: 0,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: account.ids.random(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
  write(account, customer, params);
  account.insert('customer', customer);
  account.emitEvents(customer, ['customer.created']);
  for (const datum of params.objects('tax_id_data') ?? []) addTaxId(account, customer, datum);
  return customer;
}

function remove(account: Account, id: string): StripeObject {
  const customer = account.get('customer', id);
  if (customer['deleted'])
    throw invalid(`No such customer: '${id}'`, { code: 'resource_missing', param: 'id' });
  const last = structuredClone(customer);
  for (const subscription of account.where('subscription', 'customer', id)) {
    if (subscription['status'] === 'canceled') continue;
    account.change(subscription, ['customer.subscription.deleted'], () => {
      Object.assign(subscription, { status: 'canceled', canceled_at: account.now, ended_at: account.now });
    });
  }
  Object.assign(customer, { deleted: true, _last: { ...last, deleted: undefined } });
  account.emitEvents(customer, ['customer.deleted']);
  return customer;
}

export const customerRoutes: Route[] = [
  get('/v1/customers', [...LIST_PARAMS, 'created', 'email'], ({ account, params }) => {
    const living = account.all('customer').filter((row) => !row['deleted']);
    return page(account, params, '/v1/customers', equal(params, createdIn(params, living), ['email']));
  }),
  post('/v1/customers', [...WRITABLE, 'tax_id_data'], ({ account, params }) => create(account, params)),
  get('/v1/customers/:id', [], ({ account, path }) => account.get('customer', path['id'] ?? '')),
  post('/v1/customers/:id', WRITABLE, ({ account, params, path }) => {
    const customer = account.get('customer', path['id'] ?? '');
    if (customer['deleted'])
      throw invalid(`No such customer: '${customer.id}'`, { code: 'resource_missing' });
    account.change(customer, ['customer.updated'], () => write(account, customer, params));
    return customer;
  }),
  del('/v1/customers/:id', ({ account, path }) => remove(account, path['id'] ?? '')),
];
