/** The story's last part: November 2026, with what goes wrong between systems. */
import type { Chapter } from '../story.ts';
import { taxRates } from './cast.ts';
import type { Stage } from './stage.ts';

async function unknownTax(stage: Stage): Promise<void> {
  await stage.stripe.taxRates.create(taxRates.de7);
  await stage.paidInvoice({
    email: 'info@baeckerei-weiss.example',
    tax: 'de7',
    lines: [{ price: 'handbook_eur', quantity: 5 }],
  });
}

async function goodbye(stage: Stage): Promise<void> {
  await stage.stripe.customers.del((await stage.customer('goodbye@example.org')).id);
}

/** The receiver hears `invoice.paid` twice. */
async function twice(stage: Stage): Promise<void> {
  const invoice = await stage.invoice({
    email: 'kontakt@windkraft-nord.example',
    tax: 'de19',
    lines: [{ price: 'support_eur', quantity: 1 }],
  });
  stage.sandbox.fault({ kind: 'duplicate', match: { type: 'invoice.paid', object: invoice.id } });
  await stage.stripe.invoices.pay(invoice.id);
}

/** The receiver hears of the second change before the first. */
async function outOfOrder(stage: Stage): Promise<void> {
  const { id } = await stage.customer('li.na@example.org');
  stage.sandbox.fault({ kind: 'swap', match: { type: 'customer.updated', object: id } });
  await stage.stripe.customers.update(id, { phone: '+65 6000 0001' });
  await stage.stripe.customers.update(id, {
    phone: '+65 6000 0002',
    address: { country: 'SG', city: 'Singapore', line1: '8 Marina Blvd', postal_code: '018981' },
  });
}

/** The receiver hears nothing of a whole payment. */
async function lost(stage: Stage): Promise<void> {
  const invoice = await stage.invoice({
    email: 'administratie@grachtenwerk.example',
    lines: [{ price: 'onboarding_eur', quantity: 1 }],
  });
  const before = [...stage.sandbox.faults.pending];
  stage.sandbox.fault({ kind: 'lose', times: 1000 });
  await stage.stripe.invoices.pay(invoice.id);
  stage.sandbox.faults.clear();
  stage.sandbox.fault(...before);
}

async function openInvoices(stage: Stage): Promise<void> {
  await stage.invoice({
    email: 'facturen@schelde.example',
    days: 30,
    lines: [{ price: 'support_eur', quantity: 6 }],
  });
  await stage.invoice({
    email: 'only-an-address@example.net',
    days: 14,
    tax: 'de19',
    lines: [{ price: 'handbook_eur', quantity: 1 }],
  });
  await stage.paidInvoice({
    email: 'admin@garonne-data.example',
    tax: 'fr20',
    lines: [{ price: 'onboarding_eur', quantity: 1 }],
  });
}

export const ending: Chapter[] = [
  {
    name: 'november',
    caption: 'The subscriptions renew again, one with its proration',
    date: '2026-11-02',
    play: async () => undefined,
  },
  {
    name: 'unknown tax',
    caption: 'An invoice with a tax rate that accounting does not know yet',
    date: '2026-11-05',
    play: unknownTax,
  },
  { name: 'goodbye', caption: 'A customer is deleted; her invoice stays', date: '2026-11-06', play: goodbye },
  { name: 'twice', caption: 'A webhook arrives twice', date: '2026-11-10', play: twice },
  {
    name: 'out of order',
    caption: 'Two webhooks arrive in the wrong order',
    date: '2026-11-11',
    play: outOfOrder,
  },
  { name: 'lost', caption: 'The webhooks of a payment never arrive', date: '2026-11-12', play: lost },
  {
    name: 'open invoices',
    caption: 'Two invoices wait for payment, one is paid',
    date: '2026-11-18',
    play: openInvoices,
  },
  { name: 'end', caption: 'Friday, 20 November 2026', date: '2026-11-20', play: async () => undefined },
];
