/** Many customers with paid invoices, made quickly inside the process by the same arithmetic, without events. */
import type { Account } from './account.ts';
import { booksOf, type Books } from './books.ts';
import { Params } from './params.ts';
import type { Form } from './form.ts';
import { createDraft } from './resources/invoice_drafts.ts';
import { createItem } from './resources/invoice_items.ts';
import { finalize, payByCard } from './resources/invoice_life.ts';
import { resources } from './resources/index.ts';
import type { StripeObject } from './state.ts';

export type Seeded = { customers: number; invoices: number; books: Books };

const PRODUCTS = 20;

function call(account: Account, path: string, form: Form): StripeObject {
  const route = resources.find((each) => each.method === 'post' && each.path === path);
  if (!route) throw new Error(`The sandbox has no endpoint POST ${path}.`);
  return route.handle({ account, params: new Params(form), path: {} }) as StripeObject;
}

/** Adds n customers, each with one invoice of one to three lines, taxed and paid by card. */
export function seedMany(account: Account, n: number): Seeded {
  account.silent = true;
  try {
    const rate = call(account, '/v1/tax_rates', {
      display_name: 'VAT',
      percentage: '19',
      inclusive: 'false',
      country: 'DE',
    });
    const prices = Array.from({ length: Math.min(PRODUCTS, Math.max(1, n)) }, (_, i) => {
      const product = call(account, '/v1/products', { name: `Module ${i + 1}` });
      const amount = String(990 + i * 777);
      return call(account, '/v1/prices', { product: product.id, currency: 'eur', unit_amount: amount });
    });
    for (let i = 0; i < n; i++) seedOne(account, i, prices, rate.id);
  } finally {
    account.silent = false;
  }
  return { customers: n, invoices: n, books: booksOf(account) };
}

function seedOne(account: Account, i: number, prices: StripeObject[], rate: string): void {
  account.tick(account.now + 1);
  const customer = call(account, '/v1/customers', {
    name: `Customer ${String(i + 1).padStart(6, '0')}`,
    email: `customer-${i + 1}@example.com`,
    address: { city: 'Berlin', country: 'DE', line1: `Straße ${i + 1}`, postal_code: '10115' },
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const invoice = createDraft(
    account,
    new Params({ customer: customer.id, currency: 'eur', default_tax_rates: [rate] }),
  );
  for (let line = 0; line <= i % 3; line++) {
    const price = prices[(i + line * 7) % prices.length]?.id ?? '';
    createItem(account, new Params({ pricing: { price }, quantity: String((i % 5) + 1) }), invoice);
  }
  finalize(account, invoice);
  payByCard(account, invoice);
}
