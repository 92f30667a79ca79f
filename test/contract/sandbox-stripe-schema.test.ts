/** The sandbox tells nothing that Stripe's own OpenAPI file would not allow. */
import { expect } from 'chai';
import { startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';
import { SPEC, specIsThere, VendorSchemas } from './sandbox-stripe-schema.ts';

const LISTS = [
  'customers',
  'products',
  'prices',
  'tax_rates',
  'invoices',
  'invoiceitems',
  'invoice_payments',
  'payment_intents',
  'charges',
  'refunds',
  'credit_notes',
  'subscriptions?status=all',
  'balance_transactions',
  'events',
  'webhook_endpoints',
];

describe('the Stripe sandbox, judged by the vendor’s schemas', function () {
  this.timeout(120_000);
  const violations = new Set<string>();
  const judged = new Set<string>();
  let schemas: VendorSchemas;
  let sandbox: StripeSandbox;

  const judge = (name: string, faults: string[] | undefined): void => {
    if (faults) judged.add(name);
    for (const fault of faults ?? []) violations.add(fault);
  };

  before(async function () {
    if (!specIsThere()) {
      process.stderr.write(`NOT JUDGED: the vendor's OpenAPI file is not at ${SPEC}\n`);
      this.skip();
    }
    schemas = new VendorSchemas();
    sandbox = await startStripeSandbox({
      observe: ({ method, url, status, body }) => {
        const path = url.split('?')[0] ?? '';
        judge(`${method} ${path}`, schemas.faultsOfAnswer(method, url, status, body));
      },
    });
    await sandbox.play();
  });

  after(() => sandbox?.stop());

  it('answers every call of the story as the file describes', () => {
    expect([...violations]).to.deep.equal([]);
    expect(judged.size).to.be.greaterThan(80);
  });

  it('lists every kind of object as the file describes', async () => {
    for (const list of LISTS) {
      const url = `${sandbox.url}/v1/${list}${list.includes('?') ? '&' : '?'}limit=100`;
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${sandbox.apiKey}` } });
      expect(answer.status, list).to.equal(200);
    }
    expect([...violations]).to.deep.equal([]);
    expect([...judged]).to.include('GET /v1/balance_transactions');
  });

  it('puts only objects into events that the file describes', () => {
    const kinds = new Set<string>();
    for (const event of sandbox.memory.all('event')) {
      judge('event', schemas.faultsOfObject(event));
      const { object } = event['data'];
      const faults = schemas.faultsOfObject(object);
      if (faults) kinds.add(object.object);
      judge(object.object, faults);
    }
    expect([...violations]).to.deep.equal([]);
    expect([...kinds]).to.include.members([
      'invoice',
      'charge',
      'customer',
      'payment_intent',
      'invoice_payment',
    ]);
  });

  it('words its errors as the file describes', async () => {
    const headers = { Authorization: `Bearer ${sandbox.apiKey}` };
    await fetch(`${sandbox.url}/v1/customers/cus_none`, { headers });
    await fetch(`${sandbox.url}/v1/customers`);
    await fetch(`${sandbox.url}/v1/refunds`, { method: 'POST', headers, body: 'charge=ch_none' });
    expect([...violations]).to.deep.equal([]);
    expect([...judged]).to.include('GET /v1/customers/cus_none');
  });

  it('notices an answer that breaks the file', () => {
    const faults = schemas.faultsOfObject({ object: 'tax_rate', id: 'txr_1', percentage: 'nineteen' } as {
      object: string;
    });
    expect(faults?.join()).to.contain('percentage');
  });
});
