/** The official Stripe client finds in the sandbox what it finds at Stripe. */
import { expect } from 'chai';
import StripeClient, { type Stripe } from 'stripe';
import { clientOf, refusal, tryOut, type Tried } from './sandbox-stripe-client.ts';

describe('the Stripe sandbox, driven by the official client', () => {
  let sandbox: Tried['sandbox'];
  let stripe: Tried['stripe'];
  let customer: Tried['customer'];
  let openInvoice: Tried['openInvoice'];

  beforeEach(async () => {
    ({ sandbox, stripe, customer, openInvoice } = await tryOut());
  });

  afterEach(() => sandbox?.stop());

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
      expect(error).to.be.instanceOf(StripeClient.errors.StripeInvalidRequestError);
      expect(error.code).to.equal('property_expansion_invalid');
    });
  });

  describe('errors', () => {
    it('says that an object is missing', async () => {
      const error = await refusal(stripe.customers.retrieve('cus_none'));
      expect(error).to.be.instanceOf(StripeClient.errors.StripeInvalidRequestError);
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
      expect(error).to.be.instanceOf(StripeClient.errors.StripeAuthenticationError);
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
      expect(error).to.be.instanceOf(StripeClient.errors.StripeRateLimitError);
      expect(error.headers?.['stripe-rate-limited-reason']).to.equal('global-rate');
      sandbox.limit(3);
      const answers = await Promise.allSettled(Array.from({ length: 12 }, () => stripe.customers.list()));
      expect(answers.some((answer) => answer.status === 'rejected')).to.equal(true);
      expect(answers.some((answer) => answer.status === 'fulfilled')).to.equal(true);
    });

    it('withholds what a restricted key may not see', async () => {
      sandbox.fault({ kind: 'forbidden', match: { path: '/v1/refunds' } });
      const error = await refusal(stripe.refunds.list());
      expect(error).to.be.instanceOf(StripeClient.errors.StripePermissionError);
    });

    it('is retried by the client after an error of the server', async () => {
      sandbox.fault({ kind: 'server_error', match: { method: 'POST' } });
      const made = await clientOf(sandbox, sandbox.apiKey, 2).customers.create({ name: 'Once' });
      expect(made.name).to.equal('Once');
      expect((await stripe.customers.list()).data).to.have.length(1);
    });

    it('cuts the connection on demand', async () => {
      sandbox.fault({ kind: 'timeout', ms: 10, times: 3 });
      expect(await refusal(stripe.customers.list())).to.be.instanceOf(
        StripeClient.errors.StripeConnectionError,
      );
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
      expect(error).to.be.instanceOf(StripeClient.errors.StripeIdempotencyError);
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
