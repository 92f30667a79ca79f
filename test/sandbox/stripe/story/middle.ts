/** The story's second part: payments and corrections that do not go the straight way (September to October 2026). */
import StripeClient from 'stripe';
import type { Chapter } from '../story.ts';
import type { Stage } from './stage.ts';

/** Half by one card payment, the rest by another. */
async function partialPayments(stage: Stage): Promise<void> {
  const { stripe } = stage;
  const email = 'finanzen@alpenblick.example';
  const invoice = await stage.invoice({
    email,
    tax: 'de19',
    days: 30,
    lines: [{ price: 'onboarding_eur', quantity: 2 }],
  });
  const customer = await stage.customer(email);
  const half = Math.floor(invoice.amount_remaining / 2);
  for (const amount of [half, invoice.amount_remaining - half]) {
    const intent = await stripe.paymentIntents.create({
      amount,
      currency: 'eur',
      customer: customer.id,
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    await stripe.invoices.attachPayment(invoice.id, { payment_intent: intent.id });
  }
}

async function outOfBand(stage: Stage): Promise<void> {
  const invoice = await stage.invoice({
    email: 'verwaltung@klinik-am-see.example',
    tax: 'de19',
    days: 14,
    lines: [{ price: 'support_eur', quantity: 8 }],
    description: 'Paid by bank transfer',
  });
  await stage.stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
}

async function failedThenPaid(stage: Stage): Promise<void> {
  const invoice = await stage.invoice({
    email: 'office@spreewerk.example',
    tax: 'de19',
    lines: [{ price: 'support_eur', quantity: 2 }],
  });
  try {
    await stage.stripe.invoices.pay(invoice.id);
  } catch (error) {
    if (!(error instanceof StripeClient.errors.StripeCardError)) throw error;
  }
  stage.until('2026-09-29');
  await stage.stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_mastercard' });
}

async function moreSeats(stage: Stage): Promise<void> {
  const customer = await stage.customer('finanzen@alpenblick.example');
  const { data } = await stage.stripe.subscriptions.list({ customer: customer.id });
  const subscription = data[0];
  const item = subscription?.items.data[0];
  if (!subscription || !item) throw new Error('The story expects Alpenblick Hotels to have a subscription.');
  await stage.stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, quantity: 5 }] });
}

async function creditOnUnpaid(stage: Stage): Promise<void> {
  const invoice = await stage.invoice({
    email: 'buchhaltung@donau-technik.example',
    days: 30,
    lines: [
      { price: 'support_eur', quantity: 4 },
      { price: 'handbook_eur', quantity: 2 },
    ],
  });
  const line = invoice.lines.data[1];
  await stage.stripe.creditNotes.create({
    invoice: invoice.id,
    reason: 'order_change',
    memo: 'One handbook too many',
    lines: [{ type: 'invoice_line_item', invoice_line_item: line?.id ?? '', quantity: 1 }],
  });
}

async function creditWithRefund(stage: Stage): Promise<void> {
  const invoice = await stage.paidInvoice({
    email: 'compta@atelier-lumiere.example',
    tax: 'fr20',
    lines: [
      { price: 'onboarding_eur', quantity: 1 },
      { price: 'handbook_eur', quantity: 2 },
    ],
  });
  const line = invoice.lines.data[1];
  await stage.stripe.creditNotes.create({
    invoice: invoice.id,
    reason: 'product_unsatisfactory',
    lines: [{ type: 'invoice_line_item', invoice_line_item: line?.id ?? '', quantity: 2 }],
    refund_amount: line?.amount ?? 0,
  });
}

async function partialRefund(stage: Stage): Promise<void> {
  const invoice = await stage.paidInvoice({
    email: 'billing@copperfield.example',
    currency: 'usd',
    lines: [{ price: 'support_usd', quantity: 3 }],
  });
  await stage.stripe.refunds.create({
    payment_intent: await stage.paymentOf(invoice.id),
    amount: 2500,
    reason: 'requested_by_customer',
  });
}

/** The test card sends the money back a day later. */
async function failingRefund(stage: Stage): Promise<void> {
  const invoice = await stage.paidInvoice({
    email: 'mehmet.guenes@example.org',
    tax: 'de19',
    lines: [{ price: 'handbook_eur', quantity: 2 }],
  });
  await stage.stripe.refunds.create({ payment_intent: await stage.paymentOf(invoice.id), amount: 3495 });
  stage.until('2026-10-29');
}

export const middle: Chapter[] = [
  {
    name: 'two payments',
    caption: 'One invoice paid in two parts',
    date: '2026-09-20',
    play: partialPayments,
  },
  {
    name: 'out of band',
    caption: 'An invoice paid by bank transfer, outside of Stripe',
    date: '2026-09-25',
    play: outOfBand,
  },
  {
    name: 'failed then paid',
    caption: 'A card is declined; the next one works',
    date: '2026-09-28',
    play: failedThenPaid,
  },
  { name: 'october', caption: 'Nine subscriptions renew', date: '2026-10-02', play: async () => undefined },
  {
    name: 'more seats',
    caption: 'Three seats become five in the middle of the month',
    date: '2026-10-16',
    play: moreSeats,
  },
  {
    name: 'void',
    caption: 'An invoice sent by mistake is voided',
    date: '2026-10-20',
    play: async (stage) => {
      const invoice = await stage.invoice({
        email: 'finance@harbourmill.example',
        days: 30,
        lines: [{ price: 'support_eur', quantity: 10 }],
      });
      await stage.stripe.invoices.voidInvoice(invoice.id);
    },
  },
  {
    name: 'uncollectible',
    caption: 'An invoice nobody will ever pay',
    date: '2026-10-21',
    play: async (stage) => {
      const invoice = await stage.invoice({
        email: 'lukasz.zolc@example.org',
        days: 7,
        lines: [{ price: 'handbook_eur', quantity: 4 }],
      });
      await stage.stripe.invoices.markUncollectible(invoice.id);
    },
  },
  {
    name: 'credit note, unpaid',
    caption: 'A credit note lessens what is still due',
    date: '2026-10-22',
    play: creditOnUnpaid,
  },
  {
    name: 'credit note, refund',
    caption: 'A credit note on a paid invoice gives money back',
    date: '2026-10-23',
    play: creditWithRefund,
  },
  {
    name: 'partial refund',
    caption: 'Part of a payment is refunded without a credit note',
    date: '2026-10-26',
    play: partialRefund,
  },
  {
    name: 'failing refund',
    caption: 'A refund succeeds, and fails a day later',
    date: '2026-10-27',
    play: failingRefund,
  },
];
