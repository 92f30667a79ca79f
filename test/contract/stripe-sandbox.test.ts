/** Session, webhooks and translation against a simulated account with a story: nothing is lost, all sums agree. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { RawDelivery, Session, Snapshot } from '../../sidecar/domain/connector.ts';
import type { Event } from '../../sidecar/domain/event.ts';
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import { startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';

const SECRET = 'whsec_story';

describe('Stripe session against a whole account', function () {
  this.timeout(120_000);
  let sandbox: StripeSandbox;
  let connection: Connection;
  let session: Session;
  let inbox: http.Server;
  const hooks: RawDelivery[] = [];
  const events: Event[] = [];
  const snapshots: Snapshot[] = [];

  const context = {
    connection: 'stripe-eu',
    timeZone: 'Europe/Berlin',
    environment: 'test' as const,
    reason: 'listing',
  };

  before(async () => {
    inbox = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        hooks.push({ headers: request.headers, body: Buffer.concat(chunks), receivedAt: Date.now() });
        response.writeHead(202).end();
      });
    });
    await new Promise<void>((resolve) => inbox.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(inbox.address() as AddressInfo).port}/hooks/stripe-eu`;
    sandbox = await startStripeSandbox({ webhook: { url, secret: SECRET } });
    connection = {
      id: 'stripe-eu',
      system: 'stripe',
      company: 'base.main_company',
      environment: 'test',
      baseUrl: sandbox.url,
      time_zone: 'Europe/Berlin',
      secrets: { api_key: [sandbox.apiKey], webhook_secret: [SECRET] },
      options: { rate_per_second: 100 },
    };
    session = stripe.open(connection, { now: Date.now });
    await sandbox.play();
    for (const stream of session.streams)
      for await (const page of session.list(stream, null)) snapshots.push(...page.items);
    for (const snapshot of snapshots) events.push(...stripe.translate(snapshot, context).events);
  });

  after(async () => {
    await sandbox.stop();
    inbox.closeAllConnections();
    inbox.close();
  });

  const sums = (kind: Event['entity']['kind'], states: string[]) => {
    const amounts: Record<string, number> = {};
    let count = 0;
    for (const { entity } of events) {
      if (entity.kind !== kind || !('currency' in entity) || !states.includes(entity.status)) continue;
      const amount = 'totals' in entity ? entity.totals.total : 'amount' in entity ? (entity.amount ?? 0) : 0;
      amounts[String(entity.currency)] = (amounts[String(entity.currency)] ?? 0) + amount;
      count += 1;
    }
    return { count, amounts };
  };

  it('agrees with the books of the account, to the cent and by currency', () => {
    const books = sandbox.books();
    expect(sums('invoice', ['open', 'paid', 'uncollectible'])).to.deep.equal(books.invoices);
    expect(sums('payment', ['succeeded'])).to.deep.equal(books.payments);
    expect(sums('credit_note', ['issued'])).to.deep.equal(books.credit_notes);
    expect(sums('refund', ['pending', 'succeeded'])).to.deep.equal(books.refunds);
    for (const [kind, figure] of [
      ['customer', books.customers],
      ['product', books.products],
      ['price', books.prices],
      ['tax_rate', books.tax_rates],
    ] as const)
      expect(events.filter(({ entity }) => entity.kind === kind)).to.have.length(figure.count);
  });

  it('reads every record as it was listed', async () => {
    for (const listed of snapshots) {
      const read = { ...(await session.read(listed.kind, listed.externalId)), readAt: listed.readAt };
      expect(stripe.translate(read, context)).to.deep.equal(stripe.translate(listed, context));
    }
  });

  it('takes every webhook of the account, and each is about a record that can be read', async () => {
    await sandbox.webhooks.idle();
    expect(hooks).to.not.be.empty;
    const named = new Set<string>();
    for (const hook of hooks) {
      const { deliveries, ignored } = stripe.receive(hook, connection);
      expect(deliveries.length > 0 || ignored !== undefined).to.equal(true);
      for (const { kind, externalId } of deliveries) named.add(`${kind}:${externalId}`);
    }
    const listed = events.filter(({ entity, ref }) => entity.kind === 'invoice' && ref.kind === 'invoice');
    for (const { ref } of listed) expect(named).to.include(`invoice:${ref.externalId}`);
  });
});
