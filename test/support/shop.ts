/** Business that goes on whatever fails: sales, corrections of customers and refunds at Stripe, one after the other. */
import { pause } from '../../dev/support/sidecar.ts';
import type { StripeSandbox } from '../sandbox/stripe/index.ts';
import { sell } from './sale.ts';

export interface Shop {
  /** Invoices made so far. */
  readonly sold: number;
  /** Sells one more, at once, and answers with the id of its invoice. */
  sell(): Promise<string>;
  /** Resolves when the sale under way is over and no further one begins. */
  close(): Promise<void>;
}

/** The vendor's clock goes with ours. Sells about every `everyMs`, named after `name`. Every second customer moves, every third sale is refunded in part. */
export async function openShop(sandbox: StripeSandbox, name: string, everyMs: number): Promise<Shop> {
  const { client } = sandbox;
  const { price, taxRate } = await sell(sandbox, { name: `${name} 0` });
  const closed = new AbortController();
  let sold = 1;
  const one = async (): Promise<string> => {
    sandbox.advance(Math.floor(Date.now() / 1000));
    const number = sold++;
    const customer = await client.customers.create({
      name: `${name} ${number}`,
      email: `${name.toLowerCase().replaceAll(/\W+/g, '.')}.${number}@example.com`,
      address: { city: 'Kiel', country: 'DE' },
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const draft = await client.invoices.create({ customer: customer.id, default_tax_rates: [taxRate.id] });
    await client.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id,
      pricing: { price: price.id },
      quantity: 1 + (number % 5),
    });
    await client.invoices.finalizeInvoice(draft.id);
    await client.invoices.pay(draft.id);
    if (number % 2 === 0)
      await client.customers.update(customer.id, { address: { city: `Moved ${number}`, country: 'DE' } });
    if (number % 3 === 0) {
      const { data } = await client.charges.list({ customer: customer.id });
      await client.refunds.create({ charge: data[0]?.id ?? '', amount: 1000 });
    }
    return draft.id;
  };
  const selling = (async () => {
    while (!closed.signal.aborted) {
      await one();
      await pause(everyMs);
    }
  })();
  return {
    get sold() {
      return sold;
    },
    sell: one,
    close: async () => {
      closed.abort();
      await selling;
    },
  };
}
