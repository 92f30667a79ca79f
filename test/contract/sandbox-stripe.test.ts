/** The official Stripe client finds in the sandbox what it finds at Stripe. */
import { expect } from 'chai';
import { Stripe } from 'stripe';
import { startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';

async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('The request was expected to be refused.');
}

function clientOf(sandbox: StripeSandbox, apiKey = sandbox.apiKey, retries = 0): Stripe {
  const { hostname, port } = new URL(sandbox.url);
  return new Stripe(apiKey, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: retries,
  });
}

describe('the Stripe sandbox, driven by the official client', () => {
  let sandbox: StripeSandbox;
  let stripe: Stripe;

  beforeEach(async () => {
    sandbox = await startStripeSandbox();
    stripe = clientOf(sandbox);
  });

  afterEach(() => sandbox.stop());

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

  describe('lists', () => {
    it('pages newest first, forwards and backwards', async () => {
      for (let i = 0; i < 5; i++) await stripe.customers.create({ name: `No. ${i}` });
      const first = await stripe.customers.list({ limit: 2 });
      expect(first.data.map((row) => row.name)).to.deep.equal(['No. 4', 'No. 3']);
      expect(first.has_more).to.equal(true);
      const next = await stripe.customers.list({ limit: 2, starting_after: first.data[1]?.id ?? '' });
      expect(next.data.map((row) => row.name)).to.deep.equal(['No. 2', 'No. 1']);
      const back = await stripe.customers.list({ limit: 2, ending_before: next.data[0]?.id ?? '' });
      expect(back.data).to.deep.equal(first.data);
    });

    it('lets the client page by itself to the end', async () => {
      for (let i = 0; i < 25; i++) await stripe.customers.create({ name: `No. ${i}` });
      const all = await stripe.customers.list({ limit: 10 }).autoPagingToArray({ limit: 1000 });
      expect(new Set(all.map((row) => row.id)).size).to.equal(25);
    });

    it('filters by creation time', async () => {
      const early = await stripe.customers.create({ name: 'Early' });
      sandbox.advance(early.created + 100);
      const late = await stripe.customers.create({ name: 'Late' });
      const { data } = await stripe.customers.list({ created: { gt: early.created } });
      expect(data.map((row) => row.id)).to.deep.equal([late.id]);
      const until = await stripe.customers.list({ created: { lte: early.created } });
      expect(until.data.map((row) => row.id)).to.deep.equal([early.id]);
    });

    it('shows ten lines of an invoice and pages the rest', async () => {
      const { id } = await customer();
      const draft = await stripe.invoices.create({ customer: id, currency: 'eur' });
      const lines = Array.from({ length: 23 }, (_, i) => ({ amount: 100 + i, description: `Line ${i}` }));
      const invoice = await stripe.invoices.addLines(draft.id, { lines });
      expect(invoice.lines.data).to.have.length(10);
      expect(invoice.lines.has_more).to.equal(true);
      const all = await stripe.invoices
        .listLineItems(draft.id, { limit: 10 })
        .autoPagingToArray({ limit: 100 });
      expect(all.map((line) => line.amount)).to.deep.equal(lines.map((line) => line.amount));
    });

    it('finds invoice payments by their payment intent', async () => {
      const one = await stripe.invoices.pay((await openInvoice(1000)).id);
      await stripe.invoices.pay((await openInvoice(2000)).id);
      const payment = (await stripe.invoicePayments.list({ invoice: one.id })).data[0]?.payment;
      const { data } = await stripe.invoicePayments.list({
        payment: { type: 'payment_intent', payment_intent: String(payment?.payment_intent) },
      });
      expect(data.map((row) => row.invoice)).to.deep.equal([one.id]);
    });
  });

  describe('expansion', () => {
    it('leaves references as ids, and expands them deeply when asked', async () => {
      const paid = await stripe.invoices.pay((await openInvoice(1000)).id);
      expect(paid.customer).to.be.a('string');
      const expanded = await stripe.invoices.retrieve(paid.id, {
        expand: ['customer', 'payments.data.payment.payment_intent.latest_charge'],
      });
      expect((expanded.customer as Stripe.Customer).email).to.equal('a@example.org');
      const intent = expanded.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent;
      expect((intent.latest_charge as Stripe.Charge).amount).to.equal(1000);
    });

    it('expands inside lists', async () => {
      await openInvoice(1000);
      const { data } = await stripe.invoices.list({ expand: ['data.customer'] });
      expect((data[0]?.customer as Stripe.Customer | undefined)?.object).to.equal('customer');
    });

    it('shows tiers, tax ids and payments only when asked', async () => {
      const product = await stripe.products.create({ name: 'Metered' });
      const price = await stripe.prices.create({
        product: product.id,
        currency: 'eur',
        recurring: { interval: 'month' },
        billing_scheme: 'tiered',
        tiers_mode: 'graduated',
        tiers: [
          { up_to: 5, unit_amount: 1000 },
          { up_to: 'inf', unit_amount: 800, flat_amount: 500 },
        ],
      });
      expect(price.tiers).to.equal(undefined);
      const { tiers } = await stripe.prices.retrieve(price.id, { expand: ['tiers'] });
      expect(tiers?.map((tier) => tier.up_to)).to.deep.equal([5, null]);
      const { id } = await stripe.customers.create({
        tax_id_data: [{ type: 'eu_vat', value: 'DE136695976' }],
      });
      expect((await stripe.customers.retrieve(id)) as object).not.to.have.property('tax_ids');
      const shown = (await stripe.customers.retrieve(id, { expand: ['tax_ids'] })) as Stripe.Customer;
      expect(shown.tax_ids?.data[0]?.value).to.equal('DE136695976');
    });

    it('refuses to expand what is not expandable', async () => {
      const { id } = await customer();
      const error = await refusal(stripe.customers.retrieve(id, { expand: ['nonsense'] }));
      expect(error).to.be.instanceOf(Stripe.errors.StripeInvalidRequestError);
      expect(error.code).to.equal('property_expansion_invalid');
    });
  });

  describe('errors', () => {
    it('says that an object is missing', async () => {
      const error = await refusal(stripe.customers.retrieve('cus_none'));
      expect(error).to.be.instanceOf(Stripe.errors.StripeInvalidRequestError);
      expect([error.statusCode, error.code, error.param]).to.deep.equal([404, 'resource_missing', 'id']);
      expect(error.requestId).to.match(/^req_/);
    });

    it('refuses unknown parameters by name', async () => {
      const error = await refusal(stripe.customers.create({ nickname: 'x' } as Stripe.CustomerCreateParams));
      expect([error.statusCode, error.code, error.param]).to.deep.equal([
        400,
        'parameter_unknown',
        'nickname',
      ]);
    });

    it('refuses a wrong key', async () => {
      const error = await refusal(clientOf(sandbox, 'sk_test_wrong').customers.list());
      expect(error).to.be.instanceOf(Stripe.errors.StripeAuthenticationError);
      expect(error.statusCode).to.equal(401);
    });

    it('takes the key as user of basic authentication, too', async () => {
      const basic = Buffer.from(`${sandbox.apiKey}:`).toString('base64');
      const answer = await fetch(`${sandbox.url}/v1/customers`, {
        headers: { Authorization: `Basic ${basic}` },
      });
      expect(answer.status).to.equal(200);
      expect(answer.headers.get('stripe-version')).to.equal('2026-10-28.endive');
    });

    it('limits the rate and says why', async () => {
      sandbox.fault({ kind: 'rate_limit' });
      const error = await refusal(stripe.customers.list());
      expect(error).to.be.instanceOf(Stripe.errors.StripeRateLimitError);
      expect(error.headers?.['stripe-rate-limited-reason']).to.equal('global-rate');
      sandbox.limit(3);
      const answers = await Promise.allSettled(Array.from({ length: 12 }, () => stripe.customers.list()));
      expect(answers.some((answer) => answer.status === 'rejected')).to.equal(true);
      expect(answers.some((answer) => answer.status === 'fulfilled')).to.equal(true);
    });

    it('withholds what a restricted key may not see', async () => {
      sandbox.fault({ kind: 'forbidden', match: { path: '/v1/refunds' } });
      const error = await refusal(stripe.refunds.list());
      expect(error).to.be.instanceOf(Stripe.errors.StripePermissionError);
    });

    it('is retried by the client after an error of the server', async () => {
      sandbox.fault({ kind: 'server_error', match: { method: 'POST' } });
      const made = await clientOf(sandbox, sandbox.apiKey, 2).customers.create({ name: 'Once' });
      expect(made.name).to.equal('Once');
      expect((await stripe.customers.list()).data).to.have.length(1);
    });

    it('cuts the connection on demand', async () => {
      sandbox.fault({ kind: 'timeout', ms: 10, times: 3 });
      expect(await refusal(stripe.customers.list())).to.be.instanceOf(Stripe.errors.StripeConnectionError);
    });
  });

  describe('idempotency', () => {
    it('replays the answer to the same key', async () => {
      const first = await stripe.customers.create({ name: 'Once' }, { idempotencyKey: 'k1' });
      const second = await stripe.customers.create({ name: 'Once' }, { idempotencyKey: 'k1' });
      expect(second.id).to.equal(first.id);
      expect(second.lastResponse.headers['idempotent-replayed']).to.equal('true');
      expect((await stripe.customers.list()).data).to.have.length(1);
    });

    it('refuses the same key with other parameters', async () => {
      await stripe.customers.create({ name: 'Once' }, { idempotencyKey: 'k1' });
      const error = await refusal(stripe.customers.create({ name: 'Twice' }, { idempotencyKey: 'k1' }));
      expect(error).to.be.instanceOf(Stripe.errors.StripeIdempotencyError);
      expect(error.statusCode).to.equal(400);
    });

    it('replays an error of the server although the change was made', async () => {
      sandbox.fault({ kind: 'server_error', after: true });
      for (let i = 0; i < 2; i++) {
        const error = await refusal(stripe.customers.create({ name: 'Once' }, { idempotencyKey: 'k1' }));
        expect(error.statusCode).to.equal(500);
      }
      expect((await stripe.customers.list()).data).to.have.length(1);
    });
  });

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
      expect(error).to.be.instanceOf(Stripe.errors.StripeCardError);
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

  describe('customers and catalogue', () => {
    it('answer for a deleted customer with a stub, and leave it out of lists', async () => {
      const { id } = await customer();
      expect(await stripe.customers.del(id)).to.include({ id, deleted: true });
      expect(await stripe.customers.retrieve(id)).to.include({ id, object: 'customer', deleted: true });
      expect((await stripe.customers.list()).data).to.deep.equal([]);
      const [event] = (await stripe.events.list({ type: 'customer.deleted' })).data;
      expect((event?.data.object as Stripe.Customer | undefined)?.email).to.equal('a@example.org');
    });

    it('keep a product that has prices', async () => {
      const product = await stripe.products.create({
        name: 'Kept',
        default_price_data: { currency: 'jpy', unit_amount: 500 },
      });
      expect(product.default_price).to.match(/^price_/);
      expect((await refusal(stripe.products.del(product.id))).statusCode).to.equal(400);
      expect((await stripe.products.update(product.id, { active: false })).active).to.equal(false);
    });

    it('unset metadata and texts with empty values', async () => {
      const { id } = await stripe.customers.create({ name: 'Named', metadata: { a: '1', b: '2' } });
      const updated = await stripe.customers.update(id, { name: '', metadata: { a: '' } });
      expect([updated.name, updated.metadata]).to.deep.equal([null, { b: '2' }]);
    });
  });

  describe('events', () => {
    it('tell what changed', async () => {
      const { id } = await stripe.customers.create({
        name: 'Before',
        address: { city: 'Bonn', country: 'DE' },
      });
      await stripe.customers.update(id, { name: 'After', address: { city: 'Köln', country: 'DE' } });
      const [event] = (await stripe.events.list({ type: 'customer.updated' })).data;
      expect(event?.data.previous_attributes).to.deep.equal({ name: 'Before', address: { city: 'Bonn' } });
      expect((event?.data.object as Stripe.Customer | undefined)?.name).to.equal('After');
      expect(event?.request?.id).to.match(/^req_/);
    });

    it('are not made by changes that change nothing', async () => {
      const { id } = await stripe.customers.create({ name: 'Same' });
      await stripe.customers.update(id, { name: 'Same' });
      expect((await stripe.events.list({ type: 'customer.updated' })).data).to.deep.equal([]);
    });

    it('are found by several types and forgotten after 30 days', async () => {
      await stripe.invoices.pay((await openInvoice(1000)).id);
      const { data } = await stripe.events.list({ types: ['invoice.paid', 'charge.succeeded'] });
      expect(data.map((event) => event.type)).to.deep.equal(['invoice.paid', 'charge.succeeded']);
      sandbox.advance(sandbox.memory.now + 31 * 24 * 3600);
      expect((await stripe.events.list()).data).to.deep.equal([]);
    });
  });
});
