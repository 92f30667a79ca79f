/** A fresh sandbox and the official client for each test. */
import StripeClient, { type Stripe } from 'stripe';
import { startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';

/** The error a request is refused with. @throws Error if it is not refused */
export async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof StripeClient.errors.StripeError) return error;
    throw error;
  }
  throw new Error('The request was expected to be refused.');
}

/** A client that does not repeat requests, unless told to. */
export function clientOf(sandbox: StripeSandbox, apiKey = sandbox.apiKey, retries = 0): Stripe {
  const { hostname, port } = new URL(sandbox.url);
  return new StripeClient(apiKey, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: retries,
  });
}

export type Tried = {
  sandbox: StripeSandbox;
  stripe: Stripe;
  /** A customer who pays by card. */
  customer: () => Promise<Stripe.Customer>;
  /** A finalised invoice with one line. */
  openInvoice: (amount: number, currency?: string) => Promise<Stripe.Invoice>;
};

/** Starts a sandbox for a test. */
export async function tryOut(): Promise<Tried> {
  const sandbox = await startStripeSandbox();
  const stripe = clientOf(sandbox);
  const customer = (): Promise<Stripe.Customer> =>
    stripe.customers.create({
      email: 'a@example.org',
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
  const openInvoice = async (amount: number, currency = 'eur'): Promise<Stripe.Invoice> => {
    const { id } = await customer();
    const draft = await stripe.invoices.create({ customer: id, currency });
    await stripe.invoiceItems.create({ customer: id, invoice: draft.id, amount, currency });
    return stripe.invoices.finalizeInvoice(draft.id);
  };
  return { sandbox, stripe, customer, openInvoice };
}
