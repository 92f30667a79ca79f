/** The sandbox delivers webhooks as Stripe does, and badly when told to. */
import { expect } from 'chai';
import express from 'express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import StripeClient, { type Stripe } from 'stripe';
import { startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';

type Received = { event: Stripe.Event; body: string; signature: string };

describe('webhooks of the Stripe sandbox', () => {
  const SECRET = 'whsec_first';
  let received: Received[];
  let statuses: number[];
  let server: Server;
  let sandbox: StripeSandbox;

  beforeEach(async () => {
    received = [];
    statuses = [];
    const app = express();
    app.use(express.text({ type: () => true }));
    app.post('/hook', (req, res) => {
      const body = String(req.body);
      received.push({
        event: JSON.parse(body) as Stripe.Event,
        body,
        signature: req.header('Stripe-Signature') ?? '',
      });
      res.sendStatus(statuses.shift() ?? 200);
    });
    server = await new Promise<Server>((done) => {
      const listening = app.listen(0, '127.0.0.1', () => done(listening));
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    sandbox = await startStripeSandbox({
      webhook: { url, secret: SECRET },
      delivery: { retryMs: 5, retryMaxMs: 20 },
    });
  });

  afterEach(async () => {
    await sandbox.stop();
    server.close();
  });

  const names = (): string[] =>
    received.map(({ event }) => (event.data.object as Stripe.Customer).name ?? '');
  const create = (name: string): Promise<Stripe.Customer> => sandbox.client.customers.create({ name });
  const check = ({ body, signature }: Received, secret: string): Stripe.Event =>
    sandbox.client.webhooks.constructEvent(body, signature, secret);
  const at = (index: number): Received => {
    const one = received[index];
    if (!one) throw new Error(`Only ${received.length} webhooks were received.`);
    return one;
  };

  it('are signed so that the official client accepts them', async () => {
    await create('Signed');
    await sandbox.webhooks.idle();
    expect(check(at(0), SECRET).type).to.equal('customer.created');
    expect(() => check(at(0), 'whsec_other')).to.throw(StripeClient.errors.StripeSignatureVerificationError);
    expect(at(0).event.api_version).to.equal('2026-10-28.endive');
  });

  it('carry one signature per secret while a secret is rolled over', async () => {
    const [endpoint] = (await sandbox.client.webhookEndpoints.list()).data;
    const fresh = sandbox.rollSecret(endpoint?.id ?? '');
    await create('Rolled');
    await sandbox.webhooks.idle();
    expect(at(0).signature.match(/v1=/g)).to.have.length(2);
    for (const secret of [SECRET, fresh]) expect(check(at(0), secret).type).to.equal('customer.created');
  });

  it('come in the order of the changes', async () => {
    for (let i = 0; i < 20; i++) await create(String(i));
    await sandbox.webhooks.idle();
    expect(names()).to.deep.equal(Array.from({ length: 20 }, (_, i) => String(i)));
  });

  it('are sent again until taken, and count as pending meanwhile', async () => {
    statuses = [500, 404, 302];
    await create('Again');
    await sandbox.webhooks.idle();
    expect(names()).to.deep.equal(Array(4).fill('Again'));
    expect(sandbox.webhooks.log.map((entry) => [entry.attempt, entry.status])).to.deep.equal([
      [1, 500],
      [2, 404],
      [3, 302],
      [4, 200],
    ]);
    expect((await sandbox.client.events.list({ delivery_success: false })).data).to.deep.equal([]);
  });

  it('go only where they were asked for', async () => {
    const [endpoint] = (await sandbox.client.webhookEndpoints.list()).data;
    await sandbox.client.webhookEndpoints.update(endpoint?.id ?? '', { enabled_events: ['product.created'] });
    await create('Unheard');
    await sandbox.client.products.create({ name: 'Heard' });
    await sandbox.webhooks.idle();
    expect(received.map(({ event }) => event.type)).to.deep.equal(['product.created']);
  });

  it('come twice on demand', async () => {
    sandbox.fault({ kind: 'duplicate' });
    await create('Twice');
    await sandbox.webhooks.idle();
    expect(new Set(received.map(({ event }) => event.id)).size).to.equal(1);
    expect(received).to.have.length(2);
  });

  it('swap places on demand', async () => {
    sandbox.fault({ kind: 'swap' });
    await create('First');
    await create('Second');
    await sandbox.webhooks.idle();
    expect(names()).to.deep.equal(['Second', 'First']);
  });

  it('get lost on demand, and stay in the list of undelivered events', async () => {
    sandbox.faults.lose(1);
    const { id } = await create('Lost');
    await create('Found');
    await sandbox.webhooks.idle();
    expect(names()).to.deep.equal(['Found']);
    const { data } = await sandbox.client.events.list({ delivery_success: false });
    expect(data.map((event) => (event.data.object as Stripe.Customer).id)).to.deep.equal([id]);
  });

  it('are late on demand', async () => {
    sandbox.fault({ kind: 'delay', ms: 60 });
    await create('Late');
    await create('Early');
    await sandbox.webhooks.idle();
    expect(names()).to.deep.equal(['Early', 'Late']);
  });

  it('bear a wrong signature on demand, and the right one when sent again', async () => {
    statuses = [400];
    sandbox.fault({ kind: 'wrong_signature' });
    await create('Forged');
    await sandbox.webhooks.idle();
    expect(() => check(at(0), SECRET)).to.throw(StripeClient.errors.StripeSignatureVerificationError);
    expect(check(at(1), SECRET).type).to.equal('customer.created');
  });

  it('come of another version or another account on demand', async () => {
    sandbox.fault({ kind: 'api_version', value: '2024-06-20' }, { kind: 'account' });
    await create('Old');
    await create('Foreign');
    await sandbox.webhooks.idle();
    expect(at(0).event.api_version).to.equal('2024-06-20');
    expect(at(1).event.account).to.equal('acct_1SomeoneElse');
    expect(check(at(1), SECRET).type).to.equal('customer.created');
  });

  it('wait for a receiver that is down', async () => {
    await new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
    await create('Patient');
    const { port } = new URL(sandbox.memory.all('webhook_endpoint')[0]?.['url'] as string);
    await new Promise((done) => setTimeout(done, 30));
    expect(sandbox.webhooks.log.every((entry) => entry.status === 0)).to.equal(true);
    server = await new Promise<Server>((done) => {
      const app = express().post('/hook', (_req, res) => void res.sendStatus(200));
      const listening = app.listen(Number(port), '127.0.0.1', () => done(listening));
    });
    await sandbox.webhooks.idle();
    expect(sandbox.webhooks.log.at(-1)?.status).to.equal(200);
  });
});
