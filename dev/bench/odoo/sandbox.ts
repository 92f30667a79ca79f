/** The Stripe sandbox as a process of its own, seeded without events, so that it takes no time from those measured. */
import { startStripeSandbox } from '../../../test/sandbox/stripe/index.ts';
import { Params } from '../../../test/sandbox/stripe/params.ts';
import type { Form } from '../../../test/sandbox/stripe/form.ts';
import { resources } from '../../../test/sandbox/stripe/resources/index.ts';
import { createDraft } from '../../../test/sandbox/stripe/resources/invoice_drafts.ts';
import { createItem } from '../../../test/sandbox/stripe/resources/invoice_items.ts';
import { finalize, payByCard } from '../../../test/sandbox/stripe/resources/invoice_life.ts';
import type { StripeObject } from '../../../test/sandbox/stripe/state.ts';
import { answer, given } from '../child.ts';

const PRODUCTS = 20;

const { webhook } = given<{ webhook: { url: string; secret: string } }>();
const sandbox = await startStripeSandbox({ webhook });
const account = sandbox.memory;
let customers: string[] = [];
let numbered = 0;
let prices: StripeObject[] = [];
let rate = '';
let invoiced = 0;

function call(path: string, form: Form): StripeObject {
  const route = resources.find((each) => each.method === 'post' && each.path === path);
  return route!.handle({ account, params: new Params(form), path: {} }) as StripeObject;
}

function quietly<T>(work: () => T): T {
  account.silent = true;
  try {
    return work();
  } finally {
    account.silent = false;
  }
}

function catalogue(): void {
  rate = call('/v1/tax_rates', {
    display_name: 'VAT',
    percentage: '19',
    inclusive: 'false',
    country: 'DE',
  }).id;
  prices = Array.from({ length: PRODUCTS }, (_, index) => {
    const product = call('/v1/products', { name: `Module ${index + 1}` });
    return call('/v1/prices', {
      product: product.id,
      currency: 'eur',
      unit_amount: String(990 + index * 777),
    });
  });
}

function customer(): void {
  const number = (numbered += 1);
  account.tick(account.now + 1);
  const made = call('/v1/customers', {
    name: `Customer ${String(number).padStart(6, '0')}`,
    email: `customer-${number}@example.com`,
    phone: `+49 30 ${String(number).padStart(7, '0')}`,
    address: { city: 'Berlin', country: 'DE', line1: `Straße ${number}`, postal_code: '10115' },
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  customers.push(made.id);
}

/** One to three lines, taxed, paid by card. */
function invoice(): void {
  const number = invoiced++;
  account.tick(account.now + 1);
  const owner = customers[number % customers.length]!;
  const draft = createDraft(
    account,
    new Params({ customer: owner, currency: 'eur', default_tax_rates: [rate] }),
  );
  for (let line = 0; line <= number % 3; line++) {
    const price = prices[(number + line * 7) % prices.length]!.id;
    createItem(account, new Params({ pricing: { price }, quantity: String((number % 5) + 1) }), draft);
  }
  finalize(account, draft);
  payByCard(account, draft);
}

answer({
  about: () => ({ url: sandbox.url, apiKey: sandbox.apiKey, account: sandbox.account }),
  catalogue: () => quietly(catalogue),
  customers: (count: number) => quietly(() => Array.from({ length: count }, customer).length),
  /** Takes the customers out of every listing, as if the next ones were the first. */
  forget: () => {
    for (const id of customers) account.delete('customer', id);
    customers = [];
  },
  invoices: (count: number) => quietly(() => Array.from({ length: count }, invoice).length),
  /** The id of the nth customer. */
  customer: (number: number) => customers[number - 1],
  /** Deletes a customer aloud: a webhook goes out. Answers when it began, in UTC ms. */
  remove: (id: string) => {
    const route = resources.find((each) => each.method === 'delete' && each.path === '/v1/customers/:id')!;
    const begun = Date.now();
    route.handle({ account, params: new Params({}), path: { id } });
    return begun;
  },
});
