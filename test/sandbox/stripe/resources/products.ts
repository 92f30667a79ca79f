/** Products. */
import type { Account } from '../account.ts';
import { invalid } from '../errors.ts';
import { createdIn, equal, LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata, Params } from '../params.ts';
import { del, get, post, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { createPrice } from './prices.ts';

const WRITABLE = [
  'active',
  'name',
  'description',
  'metadata',
  'images',
  'shippable',
  'statement_descriptor',
  'tax_code',
  'unit_label',
  'url',
  'default_price',
] as const;

function write(account: Account, product: StripeObject, params: Params): void {
  product['name'] = params.string('name') ?? product['name'];
  product['active'] = params.boolean('active') ?? product['active'];
  product['images'] = params.strings('images') ?? product['images'];
  product['shippable'] = params.boolean('shippable') ?? product['shippable'];
  for (const name of ['description', 'statement_descriptor', 'tax_code', 'unit_label', 'url'] as const) {
    const value = params.settable(name);
    if (value !== undefined) product[name] = value;
  }
  const price = params.string('default_price');
  if (price) product['default_price'] = account.get('price', price, 'default_price').id;
  product['metadata'] = mergedMetadata(product['metadata'], params.metadata());
  product['updated'] = account.now;
}

function create(account: Account, params: Params): StripeObject {
  const { id: generated, ...base } = account.base('product');
  const id = params.string('id') ?? generated;
  if (account.find('product', id))
    throw invalid(`Product already exists.`, { code: 'resource_already_exists' });
  const product: StripeObject = {
    id,
    ...base,
    active: true,
    default_price: null,
    description: null,
    images: [],
    marketing_features: [],
    metadata: {},
    name: params.required('name'),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: account.now,
    url: null,
  };
  write(account, product, params);
  account.insert('product', product);
  account.emitEvents(product, ['product.created']);
  const price = params.object('default_price_data');
  if (price) {
    const made = createPrice(
      account,
      new Params({ ...price.raw, product: product.id }, 'default_price_data'),
    );
    account.change(product, ['product.updated'], () => (product['default_price'] = made.id));
  }
  return product;
}

function remove(account: Account, id: string): { raw: unknown } {
  const product = account.get('product', id);
  if (account.where('price', 'product', id).length > 0) {
    throw invalid('This product cannot be deleted because it has one or more user-created prices.');
  }
  account.emitEvents(product, ['product.deleted']);
  account.delete('product', id);
  return { raw: { id, object: 'product', deleted: true } };
}

export const productRoutes: Route[] = [
  get('/v1/products', [...LIST_PARAMS, 'created', 'active', 'ids'], ({ account, params }) => {
    const ids = params.strings('ids');
    const rows = account.all('product').filter((row) => !ids || ids.includes(row.id));
    return page(account, params, '/v1/products', equal(params, createdIn(params, rows), ['active']));
  }),
  post('/v1/products', [...WRITABLE, 'id', 'default_price_data'], ({ account, params }) =>
    create(account, params),
  ),
  get('/v1/products/:id', [], ({ account, path }) => account.get('product', path['id'] ?? '')),
  post('/v1/products/:id', WRITABLE, ({ account, params, path }) => {
    const product = account.get('product', path['id'] ?? '');
    account.change(product, ['product.updated'], () => write(account, product, params));
    return product;
  }),
  del('/v1/products/:id', ({ account, path }) => remove(account, path['id'] ?? '')),
];
