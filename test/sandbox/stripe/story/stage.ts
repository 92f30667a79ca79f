/** What chapters of the story work with: the official client and small look-ups in what it has already made. */
import type { Stripe } from 'stripe';
import type { Sandbox } from '../sandbox.ts';
import { taxRates } from './cast.ts';

export type LineSpec = { price?: string; quantity?: number; amount?: number; description?: string };

type InvoiceWish = {
  email: string;
  currency?: string;
  lines: LineSpec[];
  tax?: keyof typeof taxRates;
  description?: string;
  /** Days until due; absent = by card. */
  days?: number;
  coupon?: string;
};

/** Everything goes through the API, as a company's own programs would do it. */
export class Stage {
  readonly stripe: Stripe;
  readonly sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.stripe = sandbox.client;
  }

  /** Lets time pass until a date, `2026-09-01` at 08:00 UTC or a full ISO instant. */
  until(date: string): void {
    this.sandbox.advance(Date.parse(date.includes('T') ? date : `${date}T08:00:00Z`) / 1000);
  }

  async customer(email: string): Promise<Stripe.Customer> {
    return first((await this.stripe.customers.list({ email })).data, `customer ${email}`);
  }

  async price(key: string): Promise<Stripe.Price> {
    return first((await this.stripe.prices.list({ lookup_keys: [key] })).data, `price ${key}`);
  }

  async tax(name: keyof typeof taxRates): Promise<string> {
    const { data } = await this.stripe.taxRates.list({ limit: 100 });
    return first(
      data.filter((rate) => rate.description === taxRates[name].description),
      `tax rate ${name}`,
    ).id;
  }

  /** A draft with its lines. */
  async draft(wish: InvoiceWish): Promise<Stripe.Invoice> {
    const customer = await this.customer(wish.email);
    const invoice = await this.stripe.invoices.create({
      customer: customer.id,
      currency: wish.currency ?? 'eur',
      ...(wish.description ? { description: wish.description } : {}),
      ...(wish.tax ? { default_tax_rates: [await this.tax(wish.tax)] } : {}),
      ...(wish.coupon ? { discounts: [{ coupon: wish.coupon }] } : {}),
      ...(wish.days ? { collection_method: 'send_invoice', days_until_due: wish.days } : {}),
    });
    for (const { price, ...line } of wish.lines) {
      await this.stripe.invoiceItems.create({
        customer: customer.id,
        invoice: invoice.id,
        ...line,
        ...(price
          ? { pricing: { price: (await this.price(price)).id } }
          : { currency: wish.currency ?? 'eur' }),
      });
    }
    return this.stripe.invoices.retrieve(invoice.id);
  }

  /** Finalised, so that it can be paid. */
  async invoice(wish: InvoiceWish): Promise<Stripe.Invoice> {
    return this.stripe.invoices.finalizeInvoice((await this.draft(wish)).id);
  }

  /** Finalised and paid by the customer's card. */
  async paidInvoice(wish: InvoiceWish): Promise<Stripe.Invoice> {
    return this.stripe.invoices.pay((await this.invoice(wish)).id);
  }

  /** The payment intent that paid an invoice. */
  async paymentOf(invoice: string): Promise<string> {
    const { data } = await this.stripe.invoicePayments.list({ invoice, status: 'paid' });
    const { payment_intent: intent } = first(data, `payment of ${invoice}`).payment;
    return typeof intent === 'string' ? intent : (intent?.id ?? '');
  }
}

function first<T>(found: T[], what: string): T {
  const [one] = found;
  if (one === undefined)
    throw new Error(`The story looks for ${what}, which does not exist in this account.`);
  return one;
}
