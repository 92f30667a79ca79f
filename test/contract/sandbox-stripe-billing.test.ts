/** Invoices, payments, corrections and subscriptions of the sandbox live as they do at Stripe. */
import { expect } from 'chai';
import StripeClient, { type Stripe } from 'stripe';
import { refusal, tryOut, type Tried } from './sandbox-stripe-client.ts';

describe('billing in the Stripe sandbox, driven by the official client', () => {
  let sandbox: Tried['sandbox'];
  let stripe: Tried['stripe'];
  let customer: Tried['customer'];
  let openInvoice: Tried['openInvoice'];

  beforeEach(async () => {
    ({ sandbox, stripe, customer, openInvoice } = await tryOut());
  });

  afterEach(() => sandbox?.stop());

  describe('invoices', () => {
    it('are paid by card, and name what paid them', async () => {
      const open = await openInvoice(11900);
      expect([open.status, open.amount_due, open.amount_remaining]).to.deep.equal(['open', 11900, 11900]);
      const paid = await stripe.invoices.pay(open.id);
      expect([paid.status, paid.amount_paid, paid.amount_remaining]).to.deep.equal(['paid', 11900, 0]);
      const { data } = await stripe.invoicePayments.list({ invoice: open.id, status: 'paid' });
      expect(data.map((row) => [row.amount_paid, row.payment.type])).to.deep.equal([
        [11900, 'payment_intent'],
      ]);
    });

    it('stay open when the card is declined', async () => {
      const open = await openInvoice(1000);
      const error = await refusal(
        stripe.invoices.pay(open.id, { payment_method: 'pm_card_chargeCustomerFail' }),
      );
      expect(error).to.be.instanceOf(StripeClient.errors.StripeCardError);
      expect(error.statusCode).to.equal(402);
      const after = await stripe.invoices.retrieve(open.id);
      expect([after.status, after.attempt_count]).to.deep.equal(['open', 1]);
      const types = (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
      expect(types).to.include.members([
        'invoice.payment_failed',
        'payment_intent.payment_failed',
        'charge.failed',
      ]);
    });

    it('are paid outside of Stripe with a payment record, and the waiting intent is cancelled', async () => {
      const open = await openInvoice(1000);
      await stripe.invoices.pay(open.id, { paid_out_of_band: true });
      const paid = await stripe.invoices.retrieve(open.id, {
        expand: ['payments', 'amount_paid_off_stripe'],
      });
      expect([paid.status, paid.amount_paid, paid.amount_paid_off_stripe]).to.deep.equal([
        'paid',
        1000,
        1000,
      ]);
      const kinds = paid.payments?.data.map((row) => `${row.payment.type} ${row.status}`);
      expect(kinds).to.deep.equal(['payment_intent canceled', 'payment_record paid']);
    });

    it('are paid in parts by several payment intents', async () => {
      const open = await openInvoice(1001);
      for (const amount of [500, 501]) {
        const intent = await stripe.paymentIntents.create({
          amount,
          currency: 'eur',
          customer: String(open.customer),
          payment_method: 'pm_card_visa',
          confirm: true,
        });
        const invoice = await stripe.invoices.attachPayment(open.id, { payment_intent: intent.id });
        expect(invoice.status).to.equal(amount === 500 ? 'open' : 'paid');
      }
      const { data } = await stripe.invoicePayments.list({ invoice: open.id, status: 'paid' });
      expect(data.map((row) => row.amount_paid)).to.deep.equal([501, 500]);
    });

    it('take the customer’s credit first', async () => {
      const { id } = await customer();
      await stripe.customers.createBalanceTransaction(id, { amount: -300, currency: 'eur' });
      const draft = await stripe.invoices.create({ customer: id, currency: 'eur' });
      await stripe.invoiceItems.create({ customer: id, invoice: draft.id, amount: 1000, currency: 'eur' });
      const open = await stripe.invoices.finalizeInvoice(draft.id);
      expect([open.total, open.starting_balance, open.ending_balance, open.amount_due]).to.deep.equal([
        1000, -300, 0, 700,
      ]);
    });

    it('of nothing are paid at once', async () => {
      const invoice = await openInvoice(0);
      expect([invoice.status, invoice.total]).to.deep.equal(['paid', 0]);
      expect((await stripe.events.list({ type: 'invoice.paid' })).data).to.have.length(1);
    });

    it('cannot be edited or deleted once finalised', async () => {
      const open = await openInvoice(1000);
      expect((await refusal(stripe.invoices.update(open.id, { footer: 'x' }))).code).to.equal(
        'invoice_not_editable',
      );
      expect((await refusal(stripe.invoices.del(open.id))).statusCode).to.equal(400);
      expect((await stripe.invoices.voidInvoice(open.id)).status).to.equal('void');
    });

    it('are deleted as drafts', async () => {
      const { id } = await customer();
      const draft = await stripe.invoices.create({ customer: id });
      expect(await stripe.invoices.del(draft.id)).to.include({ id: draft.id, deleted: true });
      expect((await refusal(stripe.invoices.retrieve(draft.id))).code).to.equal('resource_missing');
    });

    it('take pending items only when asked to', async () => {
      const { id } = await customer();
      await stripe.invoiceItems.create({ customer: id, amount: 500, currency: 'eur' });
      expect((await stripe.invoices.create({ customer: id })).total).to.equal(0);
      const taken = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' });
      expect(taken.total).to.equal(500);
    });
  });

  describe('credit notes and refunds', () => {
    it('lessen what is due on an open invoice, until voided', async () => {
      const open = await openInvoice(1000);
      const line = open.lines.data[0]?.id ?? '';
      const note = await stripe.creditNotes.create({
        invoice: open.id,
        lines: [{ type: 'invoice_line_item', invoice_line_item: line, amount: 400 }],
      });
      expect([note.type, note.pre_payment_amount, note.total]).to.deep.equal(['pre_payment', 400, 400]);
      const lessened = await stripe.invoices.retrieve(open.id);
      expect([lessened.amount_remaining, lessened.pre_payment_credit_notes_amount]).to.deep.equal([600, 400]);
      await stripe.creditNotes.voidCreditNote(note.id);
      expect((await stripe.invoices.retrieve(open.id)).amount_remaining).to.equal(1000);
    });

    it('give money back on a paid invoice, in the parts asked for', async () => {
      const paid = await stripe.invoices.pay((await openInvoice(1000)).id);
      const wrong = stripe.creditNotes.create({ invoice: paid.id, amount: 600, refund_amount: 100 });
      expect((await refusal(wrong)).statusCode).to.equal(400);
      const note = await stripe.creditNotes.create({
        invoice: paid.id,
        amount: 600,
        refund_amount: 300,
        credit_amount: 200,
        out_of_band_amount: 100,
      });
      expect([note.type, note.post_payment_amount, note.out_of_band_amount]).to.deep.equal([
        'post_payment',
        600,
        100,
      ]);
      expect(note.refunds.map((part) => part.amount_refunded)).to.deep.equal([300]);
      const { balance } = (await stripe.customers.retrieve(String(paid.customer))) as Stripe.Customer;
      expect(balance).to.equal(-200);
    });

    it('are refused beyond what was invoiced', async () => {
      const open = await openInvoice(1000);
      expect(
        (await refusal(stripe.creditNotes.create({ invoice: open.id, amount: 1001 }))).statusCode,
      ).to.equal(400);
    });

    it('refund in part, and in whole once', async () => {
      const paid = await stripe.invoices.pay((await openInvoice(1000)).id);
      const intent = String(
        (await stripe.invoicePayments.list({ invoice: paid.id })).data[0]?.payment.payment_intent,
      );
      await stripe.refunds.create({ payment_intent: intent, amount: 400 });
      await stripe.refunds.create({ payment_intent: intent });
      const { data } = await stripe.refunds.list({ payment_intent: intent });
      expect(data.map((refund) => refund.amount)).to.deep.equal([600, 400]);
      const again = await refusal(stripe.refunds.create({ payment_intent: intent }));
      expect(again.code).to.equal('charge_already_refunded');
    });

    it('let a refund fail later, and the charge count as not refunded', async () => {
      const open = await openInvoice(1000);
      await stripe.invoices.pay(open.id, { payment_method: 'pm_card_refundFail' });
      const intent = String(
        (await stripe.invoicePayments.list({ invoice: open.id })).data[0]?.payment.payment_intent,
      );
      const refund = await stripe.refunds.create({ payment_intent: intent });
      expect(refund.status).to.equal('succeeded');
      sandbox.advance(refund.created + 2 * 24 * 3600);
      expect((await stripe.refunds.retrieve(refund.id)).status).to.equal('failed');
      expect((await stripe.charges.retrieve(String(refund.charge))).amount_refunded).to.equal(0);
      expect((await stripe.events.list({ type: 'refund.failed' })).data).to.have.length(1);
    });
  });

  describe('subscriptions', () => {
    const subscribe = async (quantity: number): Promise<Stripe.Subscription> => {
      const product = await stripe.products.create({ name: 'Team' });
      const price = await stripe.prices.create({
        product: product.id,
        currency: 'eur',
        unit_amount: 3000,
        recurring: { interval: 'month' },
      });
      return stripe.subscriptions.create({
        customer: (await customer()).id,
        items: [{ price: price.id, quantity }],
      });
    };

    it('are billed at once and then every month', async () => {
      const { id, created } = await subscribe(2);
      sandbox.advance(created + 65 * 24 * 3600);
      const { data } = await stripe.invoices.list({ subscription: id });
      expect(data.map((row) => row.billing_reason)).to.deep.equal([
        'subscription_cycle',
        'subscription_cycle',
        'subscription_create',
      ]);
      expect(data.map((row) => [row.status, row.total])).to.deep.equal([1, 2, 3].map(() => ['paid', 6000]));
      expect(data[0]?.parent?.subscription_details?.subscription).to.equal(id);
      const item = (await stripe.subscriptions.retrieve(id)).items.data[0];
      expect(data[0]?.lines.data[0]?.period).to.deep.equal({
        start: item?.current_period_start,
        end: item?.current_period_end,
      });
    });

    it('prorate a change of quantity on the next invoice', async () => {
      const subscription = await subscribe(2);
      const item = subscription.items.data[0];
      const middle = ((item?.current_period_start ?? 0) + (item?.current_period_end ?? 0)) / 2;
      sandbox.advance(middle);
      await stripe.subscriptions.update(subscription.id, { items: [{ id: item?.id ?? '', quantity: 3 }] });
      sandbox.advance((item?.current_period_end ?? 0) + 7200);
      const [invoice] = (await stripe.invoices.list({ subscription: subscription.id })).data;
      expect(invoice?.lines.data.map((line) => line.amount)).to.deep.equal([-3000, 4500, 9000]);
      const prorations = invoice?.lines.data.map((line) => line.parent?.subscription_item_details?.proration);
      expect(prorations).to.deep.equal([true, true, false]);
      expect(invoice?.total).to.equal(10500);
    });

    it('end when cancelled', async () => {
      const { id } = await subscribe(1);
      expect((await stripe.subscriptions.cancel(id)).status).to.equal('canceled');
      sandbox.advance(sandbox.memory.now + 90 * 24 * 3600);
      expect((await stripe.invoices.list({ subscription: id })).data).to.have.length(1);
      expect((await stripe.subscriptions.list()).data).to.deep.equal([]);
      expect((await stripe.subscriptions.list({ status: 'all' })).data).to.have.length(1);
    });
  });
});
