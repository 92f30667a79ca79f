/** Session, webhooks and translation against a simulated portal over HTTP: what is listed, read and told agrees. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { RawDelivery, Session, Snapshot } from '../../sidecar/domain/connector.ts';
import type { Event } from '../../sidecar/domain/event.ts';
import { hubspot } from '../../sidecar/connectors/hubspot/index.ts';
import { startHubSpotSandbox, type HubSpotSandbox } from '../sandbox/hubspot/index.ts';
import { context } from '../support/hubspot-wire.ts';
import { connectionTo, push, SECRET } from '../support/hubspot-world.ts';

describe('HubSpot session against a whole portal', function () {
  this.timeout(60_000);
  let sandbox: HubSpotSandbox;
  let connection: Connection;
  let session: Session;
  let inbox: http.Server;
  const hooks: RawDelivery[] = [];
  const ids: Record<string, string> = {};

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
    const url = `http://127.0.0.1:${(inbox.address() as AddressInfo).port}/hooks/hubspot-eu`;
    sandbox = await startHubSpotSandbox({ webhook: { url, secret: SECRET }, limits: { tenSecondly: 0 } });
    connection = connectionTo(sandbox.url, {
      options: { public_url: url, portal: 1001, rate_per_second: 1000, fields: { vat: 'vat_number' } },
    });
    session = hubspot.open(connection, { now: Date.now });
    story();
  });

  function story(): void {
    const owner = sandbox.addOwner('sally@example.com');
    ids['holding'] = sandbox.create('companies', { name: 'Ada Holding AG', country: 'Austria' });
    ids['ada'] = sandbox.create('companies', {
      name: 'Ada GmbH',
      vat_number: 'DE1',
      hubspot_owner_id: owner.id,
    });
    sandbox.setParent(ids['ada'], ids['holding']);
    ids['grace'] = sandbox.create('contacts', {
      firstname: 'Grace',
      lastname: 'Muster',
      email: 'g@ada.example',
    });
    sandbox.associate('contacts', ids['grace'], 'companies', ids['ada']);
    sandbox.associate('contacts', ids['grace'], 'companies', ids['ada'], 'Decision maker');
    ids['engine'] = sandbox.create('products', { name: 'Engine', price: '1250.00' });
    ids['deal'] = sandbox.create('deals', { dealname: 'Engines', amount: '2500', dealstage: 'contractsent' });
    sandbox.associate('deals', ids['deal'], 'companies', ids['ada']);
    sandbox.associate('deals', ids['deal'], 'contacts', ids['grace']);
    sandbox.addLine(ids['deal'], { name: 'Engine', hs_product_id: ids['engine'], quantity: 2, price: 1250 });
    sandbox.moveDeal(ids['deal'], 'Closed Won');
  }

  after(async () => {
    await sandbox.stop();
    inbox.closeAllConnections();
    inbox.close();
  });

  async function listed(): Promise<Snapshot[]> {
    const all: Snapshot[] = [];
    for (const stream of session.streams)
      for await (const page of session.list(stream, null)) all.push(...page.items);
    return all;
  }

  const eventOf = (snapshot: Snapshot): Event => hubspot.translate(snapshot, context).events[0]!;

  it('proves who we are there', async () => {
    const { account, details } = await session.probe();
    expect(account).to.equal('1001');
    expect(details).to.include({ environment: 'test', access: 'private app' });
  });

  it('lists parents, people, roles, products and a won deal with its lines', async () => {
    const events = (await listed()).map(eventOf);
    const entity = (id: string | undefined) => events.find(({ ref }) => ref.externalId === id)?.entity;
    expect(entity(ids['ada'])).to.include({ parent: ids['holding'], vat: 'DE1', owner: 'sally@example.com' });
    expect(entity(ids['grace'])).to.deep.include({ customer: ids['ada'], roles: ['decision'] });
    expect(entity(ids['deal'])).to.deep.include({
      status: 'won',
      stage: 'Closed Won',
      customer: ids['ada'],
      contacts: [ids['grace']],
      amount: 250_000,
      currency: 'EUR',
    });
    const deal = entity(ids['deal']) as { lines: unknown[] };
    expect(deal.lines).to.have.length(1);
    expect(deal.lines[0]).to.include({
      product: ids['engine'],
      quantity: '2',
      unitPrice: '1250',
      total: 250_000,
    });
  });

  it('reads every record as it was listed, all of them by few calls', async () => {
    const snapshots = await listed();
    const before = sandbox.calls.length;
    const read = await Promise.all(snapshots.map(({ kind, externalId }) => session.read(kind, externalId)));
    for (const [place, snapshot] of snapshots.entries())
      expect(eventOf({ ...read[place]!, readAt: snapshot.readAt })).to.deep.equal(eventOf(snapshot));
    // Companies and contacts: themselves and who belongs where; products; deals with three sorts of relations and lines.
    expect(sandbox.calls.length - before).to.be.at.most(10);
  });

  it('takes every webhook, and each is about a record that can be read', async () => {
    await sandbox.webhooks.idle();
    expect(hooks).to.not.be.empty;
    const named = new Set<string>();
    for (const hook of hooks)
      for (const { kind, externalId } of hubspot.receive(hook, connection).deliveries)
        named.add(`${kind}:${externalId}`);
    expect([...named]).to.include.members(
      ['customer:ada', 'customer:holding', 'contact:grace', 'product:engine', 'deal:deal'].map((name) => {
        const [kind, key = ''] = name.split(':');
        return `${kind}:${ids[key]}`;
      }),
    );
  });

  it('writes what it is told, so that reading finds it, and the echo is the same again', async () => {
    const values = { name: 'Ada Engines GmbH', 'address.country': 'DE', 'address.city': 'Bonn' };
    await session.push!(push('customer', ids['ada']!, { values, custom: { odoo_standing: 'good' } }));
    const { entity } = eventOf(await session.read('customer', ids['ada']!));
    expect(entity).to.include({ name: 'Ada Engines GmbH' });
    expect(entity).to.have.nested.property('addresses[0].country', 'DE');
    expect(sandbox.get('companies', ids['ada']!)?.properties).to.include({ odoo_standing: 'good' });
    await sandbox.webhooks.idle();
    hooks.length = 0;
    await session.push!(push('customer', ids['ada']!, { values, custom: { odoo_standing: 'good' } }));
    await sandbox.webhooks.idle();
    expect(hooks.flatMap((hook) => hubspot.receive(hook, connection).deliveries)).to.deep.equal([]);
  });

  it('follows a merge from each old id to the new one, with everything that hung on it', async () => {
    const survivor = sandbox.merge('companies', ids['ada']!, ids['holding']!);
    const { events, follow } = hubspot.translate(await session.read('customer', ids['holding']!), context);
    expect(events[0]).to.include({ action: 'merged', into: survivor });
    expect(events[0]!.ref.externalId).to.equal(ids['holding']);
    expect(follow.map(({ externalId }) => externalId)).to.deep.equal([survivor]);
    const person = eventOf(await session.read('contact', ids['grace']!));
    expect(person.entity).to.include({ customer: survivor });
  });

  it('tells archived, restored and forgotten records apart', async () => {
    const id = ids['grace']!;
    const action = async () => eventOf(await session.read('contact', id)).action;
    sandbox.archive('contacts', id);
    expect(await action()).to.equal('deleted');
    expect(eventOf(await session.read('contact', id)).entity).to.include({ name: 'Grace Muster' });
    sandbox.restore('contacts', id);
    expect(await action()).to.equal('observed');
    sandbox.forget('contacts', id);
    expect((await session.read('contact', id)).body).to.equal(null);
  });
});
