/** Reading and listing at Salesforce: few calls, whole records, limits kept, and no end before the end. */
import { expect } from 'chai';
import { Failure, RateLimited, Transient } from '../../sidecar/domain/failure.ts';
import type { Snapshot } from '../../sidecar/domain/connector.ts';
import { drained, eventOf, wired, type Wired } from '../support/salesforce-wire.ts';

describe('Salesforce reads', () => {
  let open: Wired;
  const start = async (...how: Parameters<typeof wired>): Promise<Wired> => (open = await wired(...how));
  afterEach(() => open.org.stop());

  const failureOf = async (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

  it('gather two hundred records in one call', async () => {
    const { org, session } = await start();
    const ids = Array.from({ length: 200 }, (_, index) =>
      org.people.create('Account', { Name: `A${index}` }),
    );
    await session.read('customer', ids[0]!);
    org.api.calls.length = 0;
    const snapshots = await Promise.all(ids.map((id) => session.read('customer', id)));
    expect(snapshots.map(({ externalId }) => externalId)).to.deep.equal(ids);
    expect(snapshots.every(({ body }) => body !== null)).to.equal(true);
    expect(org.api.calls).to.have.length(1);
  });

  it('find nothing for an id that is none, without spoiling it for others', async () => {
    const { org, session } = await start();
    const id = org.people.create('Account', { Name: 'A' });
    const [none, some, unknown] = await Promise.all(
      ['not an id', id, '001Qy00000zzzzzIAA'].map((each) => session.read('customer', each)),
    );
    expect([none?.body, unknown?.body]).to.deep.equal([null, null]);
    expect(some?.body).to.not.equal(null);
  });

  it('bring all lines of a deal, however many the vendor puts on a page', async () => {
    const { org, session } = await start({ childBatch: 3 });
    const { product } = org.people.product('P', 'P', 10);
    const account = org.people.create('Account', { Name: 'A' });
    const lines = Array.from({ length: 10 }, (_, index) => ({ product, quantity: index + 1 }));
    const deal = org.people.deal({ account, name: 'D', closeDate: '2026-12-01', lines });
    const { entity } = await eventOf(session, 'deal', deal);
    expect(entity.kind === 'deal' && entity.lines.map(({ quantity }) => quantity)).to.deep.equal(
      lines.map(({ quantity }) => String(quantity)),
    );
  });

  it('leave out objects of roles that the org does not show', async () => {
    const { org, session } = await start();
    org.org.objects.get('AccountContactRole')!.hidden = true;
    const contact = org.people.create('Contact', { LastName: 'C' });
    expect((await eventOf(session, 'contact', contact)).entity).to.deep.include({ name: 'C', roles: [] });
  });

  it('heed the calls that the org has left of its day, and say when they are used up', async () => {
    const { org, session } = await start({ dailyLimit: 12 });
    const id = org.people.create('Account', { Name: 'A' });
    await session.read('customer', id);
    expect(session.budget!()).to.include({ of: 12, perMs: 24 * 3_600_000 });
    expect(session.budget!()!.left).to.be.lessThan(12);
    org.fault({ kind: 'limit_exceeded' });
    const failure = await failureOf(session.read('customer', id));
    expect(failure).to.be.instanceOf(RateLimited);
    expect((failure as RateLimited).retryAfterMs).to.be.greaterThan(60_000);
  });

  it('rest for seconds, and not for minutes, when the org merely has too many calls under way', async () => {
    const { org, session } = await start();
    const id = org.people.create('Account', { Name: 'A' });
    await session.probe();
    org.fault({ kind: 'too_many' });
    const failure = await failureOf(session.read('customer', id));
    expect(failure).to.be.instanceOf(RateLimited);
    expect((failure as RateLimited).retryAfterMs).to.be.within(1_000, 30_000);
  });

  it('pass on that the vendor is unwell, as something that passes', async () => {
    const { org, session } = await start();
    const id = org.people.create('Account', { Name: 'A' });
    await session.probe();
    for (const kind of ['unavailable', 'server_error'] as const) {
      org.fault({ kind });
      expect(await failureOf(session.read('customer', id))).to.be.instanceOf(Transient);
    }
  });

  it('say the same of a record as listings do, to the letter', async () => {
    const { org, session } = await start();
    const { product } = org.people.product('P', 'P', 10);
    const account = org.people.create('Account', { Name: 'A' });
    const contact = org.people.create('Contact', { LastName: 'C', AccountId: account });
    const people = [{ id: contact, role: 'Buyer' }];
    org.people.deal({
      account,
      name: 'D',
      closeDate: '2026-12-01',
      lines: [{ product, quantity: 1 }],
      contacts: people,
    });
    for (const stream of session.streams) {
      const { items } = await drained(session.list(stream, null));
      expect(items, stream).to.have.length(1);
      const [{ kind, externalId, body }] = items as [Snapshot];
      expect((await session.read(kind, externalId)).body).to.deep.equal(body);
    }
  });
});

describe('Salesforce listings', () => {
  let open: Wired;
  const start = async (...how: Parameters<typeof wired>): Promise<Wired> => (open = await wired(...how));
  afterEach(() => open.org.stop());

  it('hold everything that is not deleted, page by page', async () => {
    const { org, session } = await start({ batch: 40 });
    const { accounts } = org.seedMany({ accounts: 100, contacts: 0 });
    org.people.delete('Account', accounts[5]!);
    const { items, pages } = await drained(session.list('accounts', null));
    expect(items.map(({ externalId }) => externalId)).to.deep.equal(
      accounts.filter((_, index) => index !== 5),
    );
    expect(pages).to.equal(3);
  });

  it('go on after the last record of a page that was kept', async () => {
    const { org, session } = await start({ batch: 30 });
    const { accounts } = org.seedMany({ accounts: 100, contacts: 0 });
    const { items } = await drained(session.list('accounts', accounts[59]!));
    expect(items.map(({ externalId }) => externalId)).to.deep.equal(accounts.slice(60));
  });

  it('hold only what was created lately, where that is asked', async () => {
    const { org, session } = await start();
    org.people.create('Account', { Name: 'Old' });
    org.advance(3_600_000);
    const since = org.org.now();
    const young = org.people.create('Account', { Name: 'Young' });
    const { items } = await drained(session.list('accounts', null, { createdSince: since }));
    expect(items.map(({ externalId }) => externalId)).to.deep.equal([young]);
  });

  it('come to their end although the vendor forgets the place after two days', async () => {
    const { org, session } = await start({ batch: 30 });
    const { accounts } = org.seedMany({ accounts: 100, contacts: 0 });
    const seen: string[] = [];
    for await (const { items } of session.list('accounts', null)) {
      seen.push(...items.map(({ externalId }) => externalId));
      if (seen.length === 60) org.advance(3 * 24 * 3_600_000);
    }
    expect(seen).to.deep.equal(accounts);
  });

  it('fail rather than end early when a page does not come', async () => {
    const { org, session } = await start({ batch: 30 });
    org.seedMany({ accounts: 100, contacts: 0 });
    org.fault({ kind: 'server_error', match: { path: '/query/' } });
    const error: unknown = await drained(session.list('accounts', null)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Transient);
  });

  it('are known by name', async () => {
    const { session } = await start();
    const error: unknown = await drained(session.list('leads', null)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Failure);
    expect((error as Failure).hint).to.contain('opportunities');
  });
});
