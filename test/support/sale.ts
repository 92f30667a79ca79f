/** One sale at Stripe from nothing to paid, made through the official client as a shop's own program would. */
import type { Stripe } from 'stripe';
import type { StripeSandbox } from '../sandbox/stripe/index.ts';

export interface Sale {
  customer: Stripe.Customer;
  product: Stripe.Product;
  price: Stripe.Price;
  taxRate: Stripe.TaxRate;
  /** As it was after its payment, or after finalisation if it was not to be paid. */
  invoice: Stripe.Invoice;
}

export interface SaleWish {
  name: string;
  /** Per unit, in minor units. */
  amount?: number;
  quantity?: number;
  currency?: string;
  /** In percent; the Odoo of the tests knows 19 well and nothing of 23. */
  tax?: string;
  paid?: boolean;
}

/** Unpaid invoices are payable within 30 days; paid ones are paid by card. */
export async function sell({ client }: StripeSandbox, wish: SaleWish): Promise<Sale> {
  const { name, amount = 4990, quantity = 2, currency = 'eur', tax = '19', paid = true } = wish;
  const customer = await client.customers.create({
    name,
    email: `${name.toLowerCase().replaceAll(/\W+/g, '.')}@example.com`,
    address: { line1: 'Hafenstraße 7', city: 'Kiel', postal_code: '24103', country: 'DE' },
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const product = await client.products.create({ name: `Plan of ${name}` });
  const price = await client.prices.create({ product: product.id, currency, unit_amount: amount });
  const taxRate = await client.taxRates.create({
    display_name: 'VAT',
    percentage: Number(tax),
    inclusive: false,
  });
  const draft = await client.invoices.create({
    customer: customer.id,
    currency,
    default_tax_rates: [taxRate.id],
    ...(paid ? {} : { collection_method: 'send_invoice' as const, days_until_due: 30 }),
  });
  await client.invoiceItems.create({
    customer: customer.id,
    invoice: draft.id,
    pricing: { price: price.id },
    quantity,
  });
  const open = await client.invoices.finalizeInvoice(draft.id);
  const invoice = paid ? await client.invoices.pay(open.id) : open;
  return { customer, product, price, taxRate, invoice };
}
