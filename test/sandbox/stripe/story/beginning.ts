/** The story's first part: catalogue, customers, first invoices and subscriptions (August and September 2026). */
import type { Chapter } from '../story.ts';
import { cards, customers, LAUNCH_COUPON, products, taxRates, type Person } from './cast.ts';
import type { Stage } from './stage.ts';

async function catalogue({ stripe }: Stage): Promise<void> {
  for (const { prices, ...product } of products) {
    await stripe.products.create(product);
    for (const [key, [currency, amount]] of Object.entries(prices)) {
      await stripe.prices.create({
        product: product.id,
        currency,
        unit_amount: amount,
        lookup_key: key,
        ...(key.endsWith('monthly') ? { recurring: { interval: 'month' } } : {}),
      });
    }
  }
  await stripe.taxRates.create(taxRates.de19);
  await stripe.taxRates.create(taxRates.fr20);
  await stripe.coupons.create(LAUNCH_COUPON);
}

async function createCustomer({ stripe }: Stage, person: Person): Promise<void> {
  const { email, name, country, city, line1, postal_code, vat } = person;
  const card = cards[email] ?? 'pm_card_visa';
  await stripe.customers.create({
    email,
    ...(name ? { name } : {}),
    ...(country
      ? { address: { country, city: city ?? '', line1: line1 ?? '', postal_code: postal_code ?? '' } }
      : {}),
    ...(vat ? { tax_id_data: [vat] } : {}),
    payment_method: card,
    invoice_settings: { default_payment_method: card },
    metadata: { signup: 'website' },
  });
}

const SUBSCRIPTIONS: [email: string, price: string, quantity: number, tax: keyof typeof taxRates | null][] = [
  ['buchhaltung@hanse-kontor.example', 'enterprise_eur_monthly', 1, 'de19'],
  ['rechnung@muellerundsoehne.example', 'team_eur_monthly', 12, 'de19'],
  ['finanzen@alpenblick.example', 'team_eur_monthly', 3, 'de19'],
  ['kontakt@windkraft-nord.example', 'starter_eur_monthly', 1, 'de19'],
  ['zoe.luedenscheidt@example.org', 'starter_eur_monthly', 1, 'de19'],
  ['compta@atelier-lumiere.example', 'team_eur_monthly', 4, 'fr20'],
  ['francois.lhopital@example.org', 'starter_eur_monthly', 1, 'fr20'],
  ['ap@brightwater.example', 'enterprise_usd_monthly', 1, null],
  ['john.doyle@example.org', 'starter_usd_monthly', 1, null],
];

async function subscribe(stage: Stage): Promise<void> {
  for (const [email, price, quantity, tax] of SUBSCRIPTIONS) {
    await stage.stripe.subscriptions.create({
      customer: (await stage.customer(email)).id,
      items: [{ price: (await stage.price(price)).id, quantity }],
      ...(tax ? { default_tax_rates: [await stage.tax(tax)] } : {}),
    });
  }
}

async function firstInvoices(stage: Stage): Promise<void> {
  const workshop = { price: 'onboarding_eur', quantity: 1 };
  await stage.paidInvoice({
    email: 'buchhaltung@hanse-kontor.example',
    tax: 'de19',
    lines: [workshop, { price: 'support_eur', quantity: 3 }],
  });
  await stage.paidInvoice({ email: 'verwaltung@klinik-am-see.example', tax: 'de19', lines: [workshop] });
  await stage.paidInvoice({
    email: 'goodbye@example.org',
    tax: 'de19',
    lines: [{ price: 'handbook_eur', quantity: 1 }],
  });
  await stage.paidInvoice({
    email: 'gestion@cote-ouest.example',
    tax: 'fr20',
    lines: [
      { price: 'support_eur', quantity: 2 },
      { price: 'handbook_eur', quantity: 3 },
    ],
  });
  await stage.paidInvoice({
    email: 'factures@boulangerie-du-marche.example',
    tax: 'fr20',
    lines: [{ price: 'handbook_eur', quantity: 1 }],
  });
  await stage.paidInvoice({
    email: 'ap@brightwater.example',
    currency: 'usd',
    lines: [{ price: 'onboarding_usd', quantity: 1 }],
  });
  await stage.paidInvoice({
    email: 'accounts@northfork.example',
    currency: 'usd',
    lines: [{ price: 'support_usd', quantity: 5 }],
  });
}

/** 23 lines: more than an invoice shows at once. */
async function longInvoice(stage: Stage): Promise<void> {
  const lines = Array.from({ length: 23 }, (_, i) => ({
    amount: 1999 + i * 137,
    description: `Licence key no. ${i + 1}`,
  }));
  await stage.paidInvoice({ email: 'einkauf@rheinlogistik.example', tax: 'de19', lines });
}

export const beginning: Chapter[] = [
  {
    name: 'catalogue',
    caption: 'Six products, thirteen prices, two tax rates and a coupon',
    date: '2026-08-03',
    play: catalogue,
  },
  {
    name: 'customers',
    caption: 'Thirty-six customers from seventeen countries',
    date: '2026-08-10',
    play: async (stage) => {
      for (const person of customers) await createCustomer(stage, person);
    },
  },
  {
    name: 'first invoices',
    caption: 'Seven invoices paid by card, with German, French and no VAT',
    date: '2026-08-20',
    play: firstInvoices,
  },
  {
    name: 'subscriptions',
    caption: 'Nine customers subscribe and are billed monthly',
    date: '2026-09-01',
    play: subscribe,
  },
  {
    name: 'discount',
    caption: 'An invoice with ten percent off, shared over its lines',
    date: '2026-09-08',
    play: async (stage) => {
      await stage.paidInvoice({
        email: 'rechnung@muellerundsoehne.example',
        tax: 'de19',
        coupon: LAUNCH_COUPON.id,
        lines: [
          { price: 'onboarding_eur', quantity: 1 },
          { price: 'handbook_eur', quantity: 7 },
          { amount: 333, description: 'Postage' },
        ],
      });
    },
  },
  {
    name: 'long invoice',
    caption: 'An invoice with twenty-three lines',
    date: '2026-09-10',
    play: longInvoice,
  },
  {
    name: 'zero total',
    caption: 'An invoice of nothing is paid at once',
    date: '2026-09-11',
    play: async (stage) => {
      await stage.invoice({
        email: 'nuria.pena@example.org',
        lines: [{ amount: 0, description: 'Trial month, free of charge' }],
      });
    },
  },
  {
    name: 'yen',
    caption: 'A customer in Osaka pays in a currency without cents',
    date: '2026-09-12',
    play: async (stage) => {
      await stage.paidInvoice({
        email: 'keiri@sakura-seisakusho.example',
        currency: 'jpy',
        lines: [
          { price: 'onboarding_jpy', quantity: 1 },
          { amount: 1250, description: '送料' },
        ],
      });
    },
  },
  {
    name: 'draft',
    caption: 'A draft that nobody finishes',
    date: '2026-09-14',
    play: async (stage) => {
      await stage.draft({
        email: 'info@baeckerei-weiss.example',
        tax: 'de19',
        lines: [{ price: 'support_eur', quantity: 1 }],
      });
    },
  },
];
