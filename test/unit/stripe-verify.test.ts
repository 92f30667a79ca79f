/** Webhooks of Stripe: whose word is taken, and what is refused with which code. */
import { expect } from 'chai';
import OfficialStripe from 'stripe';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { RawDelivery, Received } from '../../sidecar/domain/connector.ts';
import { Refused } from '../../sidecar/domain/failure.ts';
import { hmacSha256 } from '../../sidecar/connectors/kit/signature.ts';
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import {
  wireCharge,
  wireCustomer,
  wireEvent,
  wireInvoice,
  wireInvoicePayment,
  type Wire,
} from '../support/stripe-wire.ts';

const official = new OfficialStripe('sk_test_unit');
const NOW = 1_795_000_000_000;
const SECRET = 'whsec_unit_1';

const connection = (over: Partial<Connection> = {}): Connection => ({
  id: 'stripe-eu',
  system: 'stripe',
  company: 'base.main_company',
  environment: 'test',
  baseUrl: undefined,
  time_zone: 'UTC',
  secrets: { webhook_secret: [SECRET] },
  options: {},
  ...over,
});

const header = (payload: string, secret = SECRET, at = NOW) =>
  official.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(at / 1000) });

function raw(payload: string, headers?: RawDelivery['headers']): RawDelivery {
  return {
    headers: headers ?? { 'Stripe-Signature': header(payload) },
    body: Buffer.from(payload),
    receivedAt: NOW,
  };
}

const text = (event: Wire) => JSON.stringify(event, null, 2);
const receive = (event: Wire, home = connection()): Received => stripe.receive(raw(text(event)), home);

function refused(call: () => unknown): Refused {
  try {
    call();
  } catch (error) {
    expect(error).to.be.instanceOf(Refused);
    return error as Refused;
  }
  throw new Error('was not refused');
}

describe('Stripe webhooks', () => {
  const paid = wireEvent('invoice.paid', wireInvoice());

  it('accepts what the official client signs', () => {
    expect(receive(paid).deliveries).to.have.length(1);
  });

  it('makes the same signature as the official client accepts', () => {
    const payload = text(paid);
    const t = Math.floor(Date.now() / 1000);
    const ours = `t=${t},v1=${hmacSha256(SECRET, [`${t}.`, Buffer.from(payload)]).toString('hex')}`;
    expect(official.webhooks.constructEvent(payload, ours, SECRET).id).to.equal('evt_1');
  });

  it('accepts either secret while one is being rotated, and either of two signatures', () => {
    const home = connection({ secrets: { webhook_secret: ['whsec_old', 'whsec_new'] } });
    const payload = text(paid);
    for (const secret of ['whsec_old', 'whsec_new'])
      expect(
        stripe.receive(raw(payload, { 'stripe-signature': header(payload, secret) }), home).deliveries,
      ).to.have.length(1);
    const second = /v1=(\w+)/.exec(header(payload))![1];
    const both = `${header(payload, 'whsec_elsewhere')},v1=${second}`;
    expect(
      stripe.receive(raw(payload, { 'stripe-signature': both }), connection()).deliveries,
    ).to.have.length(1);
  });

  it('ignores v0 signatures, even right ones', () => {
    const payload = text(paid);
    const asV0 = header(payload).replace('v1=', 'v0=');
    expect(
      refused(() => stripe.receive(raw(payload, { 'stripe-signature': asV0 }), connection())).code,
    ).to.equal('signature_malformed');
  });

  it('names what is wrong with a signature', () => {
    const payload = text(paid);
    const codeFor = (headers: RawDelivery['headers'], home = connection()) => {
      const error = refused(() => stripe.receive(raw(payload, headers), home));
      expect(error.status).to.equal(401);
      return error.code;
    };
    expect(codeFor({})).to.equal('signature_missing');
    expect(codeFor({ 'stripe-signature': 'nonsense' })).to.equal('signature_malformed');
    expect(codeFor({ 'stripe-signature': 't=12,v1=zz' })).to.equal('signature_mismatch');
    expect(codeFor({ 'stripe-signature': header(payload, 'whsec_x') })).to.equal('signature_mismatch');
    expect(codeFor({ 'stripe-signature': header(payload, SECRET, NOW - 301_000) })).to.equal(
      'signature_stale',
    );
    expect(codeFor({ 'stripe-signature': header(payload, SECRET, NOW + 301_000) })).to.equal(
      'signature_stale',
    );
    expect(codeFor({ 'stripe-signature': header(payload) }, connection({ secrets: {} }))).to.equal(
      'no_webhook_secret',
    );
  });

  it('takes the tolerance from the options', () => {
    const payload = text(paid);
    const late = { 'stripe-signature': header(payload, SECRET, NOW - 900_000) };
    const home = connection({ options: { tolerance_seconds: 1000 } });
    expect(stripe.receive(raw(payload, late), home).deliveries).to.have.length(1);
  });

  it('refuses what is signed but not for us, saying why', () => {
    const codeOf = (event: Wire, home = connection()) => {
      const error = refused(() => receive(event, home));
      expect(error.status).to.equal(400);
      return error.code;
    };
    expect(refused(() => stripe.receive(raw('not json'), connection())).code).to.equal('not_json');
    expect(codeOf({ object: 'v2.core.event', id: 'evt_1' })).to.equal('thin_event');
    expect(codeOf({ object: 'invoice', id: 'in_1' })).to.equal('not_an_event');
    expect(codeOf({ ...paid, api_version: '2024-06-20' })).to.equal('api_version');
    expect(codeOf({ ...paid, livemode: true })).to.equal('wrong_environment');
    expect(codeOf(paid, connection({ environment: 'live' }))).to.equal('wrong_environment');
    expect(codeOf({ ...paid, account: 'acct_other' })).to.equal('other_account');
    expect(
      codeOf({ ...paid, context: 'org_1/acct_other' }, connection({ options: { account: 'acct_1' } })),
    ).to.equal('other_account');
  });

  it('accepts events of the account that the options name', () => {
    const home = connection({ options: { account: 'acct_1' } });
    expect(receive({ ...paid, account: 'acct_1' }, home).deliveries).to.have.length(1);
  });

  it('says how to mend an endpoint of another API version', () => {
    const error = refused(() => receive({ ...paid, api_version: '2024-06-20' }));
    expect(error.message).to.include('2024-06-20').and.include('2026-10-28.endive');
    expect(error.hint).to.include('api_version 2026-10-28.endive');
  });

  it('ignores genuine events of types that are not synchronised, naming the type', () => {
    const { deliveries, ignored } = receive(wireEvent('payout.paid', { id: 'po_1', object: 'payout' }));
    expect(deliveries).to.deep.equal([]);
    expect(ignored).to.equal('event type payout.paid is not synchronised');
    const upcoming = receive(wireEvent('invoice.upcoming', { object: 'invoice' }));
    expect(upcoming.ignored).to.include('invoice.upcoming');
    expect(receive(wireEvent('constructor', {})).ignored).to.include('constructor');
  });

  it('keeps the raw bytes, the vendor’s event id and its time', () => {
    const payload = text(paid);
    expect(stripe.receive(raw(payload), connection()).deliveries[0]).to.deep.equal({
      id: 'evt_1',
      connection: 'stripe-eu',
      kind: 'invoice',
      externalId: 'in_1',
      origin: 'hook',
      form: 'hint',
      reason: 'invoice.paid',
      occurredAt: Number(paid['created']) * 1000,
      receivedAt: NOW,
      body: Buffer.from(payload),
    });
  });

  const about: [string, Wire, string[]][] = [
    ['customer.deleted', wireCustomer(), ['customer:cus_Ada']],
    ['customer.tax_id.updated', { id: 'txi_1', object: 'tax_id', customer: 'cus_Ada' }, ['customer:cus_Ada']],
    ['invoice_payment.paid', wireInvoicePayment(), ['payment:pi_1', 'invoice:in_1']],
    [
      'invoice_payment.paid',
      wireInvoicePayment({ payment: { type: 'payment_record', payment_record: 'pr_1' } }),
      ['invoice:in_1'],
    ],
    ['charge.succeeded', wireCharge(), ['payment:pi_1']],
    ['charge.succeeded', wireCharge({ id: 'py_1', payment_intent: null }), ['payment:py_1']],
    [
      'charge.refunded',
      wireCharge({ refunds: { data: [{ id: 're_1' }, { id: 're_2' }] } }),
      ['payment:pi_1', 'refund:re_1', 'refund:re_2'],
    ],
    ['charge.refund.updated', { id: 're_1', object: 'refund' }, ['refund:re_1']],
    ['price.deleted', { id: 'price_1', object: 'price' }, ['price:price_1']],
  ];
  for (const [type, object, records] of about)
    it(`takes ${type} as news about ${records.join(' and ')}`, () => {
      const { deliveries } = receive(wireEvent(type, object));
      expect(deliveries.map(({ kind, externalId }) => `${kind}:${externalId}`)).to.deep.equal(records);
      const ids = records.length === 1 ? ['evt_1'] : records.map((record) => `evt_1:${record}`);
      expect(deliveries.map(({ id }) => id)).to.deep.equal(ids);
    });
});
