/** The feed of changes from Salesforce: every change once, whatever the second, the transaction or the schema does. */
import { expect } from 'chai';
import { Failure } from '../../sidecar/domain/failure.ts';
import type { NewDelivery } from '../../sidecar/domain/delivery.ts';
import { MEMORY_MS, OVERLAP_MS } from '../../sidecar/connectors/salesforce/changes.ts';
import { translate } from '../../sidecar/connectors/salesforce/translate/index.ts';
import { drained, lineTo, wired, type Wired } from '../support/salesforce-wire.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

describe('Salesforce changes', function () {
  this.timeout(30_000);
  let open: Wired;
  let cursor = '';
  /** Ids handed out so far: what the store has already. */
  const kept = new Set<string>();

  const start = async (...how: Parameters<typeof wired>): Promise<Wired> => {
    open = await wired(...how);
    cursor = (await drained(open.session.changes(null))).cursor;
    kept.clear();
    return open;
  };
  afterEach(() => open.org.stop());

  /** What one look brings that the store did not have. */
  const look = async (): Promise<NewDelivery[]> => {
    const found = await drained(open.session.changes(cursor));
    cursor = found.cursor;
    const fresh = found.items.filter(({ id }) => !kept.has(id));
    for (const { id } of found.items) kept.add(id);
    return fresh;
  };
  const named = (items: NewDelivery[]) =>
    items.map(({ kind, externalId, form }) => `${form} ${kind} ${externalId}`);

  it('begins with now, and tells nothing of before', async () => {
    const { org, session } = await start();
    org.people.create('Account', { Name: 'Before' });
    org.advance(OVERLAP_MS + SECOND);
    const { items, pages } = await drained(session.changes(null));
    expect(items).to.deep.equal([]);
    expect(pages).to.equal(1);
  });

  it('brings each changed record whole, ready to be translated, in two calls', async () => {
    const { org } = await start();
    org.advance(MINUTE);
    await look();
    const account = org.people.create('Account', { Name: 'New AS' });
    org.api.calls.length = 0;
    const items = await look();
    expect(named(items)).to.deep.equal([`state customer ${account}`]);
    expect(org.api.calls).to.have.length(2);
    const [{ kind, externalId, receivedAt, body }] = items as [NewDelivery];
    const snapshot = { kind, externalId, readAt: receivedAt, body: JSON.parse(body.toString()) as unknown };
    const context = { connection: 'crm', timeZone: 'UTC', environment: 'test' as const, reason: 'poll' };
    expect(translate(snapshot, context).events[0]?.entity).to.include({ name: 'New AS' });
  });

  it('tells a change once, and the next one again', async () => {
    const { org } = await start();
    const account = org.people.create('Account', { Name: 'A' });
    expect(await look()).to.have.length(1);
    expect(await look()).to.have.length(0);
    org.advance(10 * SECOND);
    org.people.edit('Account', account, { Name: 'B' });
    expect(await look()).to.have.length(1);
  });

  it('finds the next change behind one that is long known, in the same second as in another', async () => {
    const { org } = await start();
    const accounts = ['A', 'B', 'C'].map((Name) => org.people.create('Account', { Name }));
    org.advance(30 * SECOND);
    expect(await look()).to.have.length(3);
    org.advance(10 * SECOND);
    org.people.edit('Account', accounts[1]!, { Name: 'B2' });
    expect((await look()).map(({ externalId }) => externalId)).to.deep.equal([accounts[1]]);
    org.org.insert('Account', { Name: 'D' }, { stampedAgoMs: 40 * SECOND });
    expect(await look()).to.have.length(0);
    org.advance(MINUTE);
    expect(await look()).to.have.length(1);
  });

  it('does not miss a second change within the second of the first', async () => {
    const { org } = await start();
    const account = org.people.create('Account', { Name: 'A' });
    expect(await look()).to.have.length(1);
    org.people.edit('Account', account, { Name: 'B' });
    expect(await look()).to.have.length(1);
  });

  it('finds what a long transaction commits with a stamp of minutes ago', async () => {
    const { org } = await start();
    org.people.create('Account', { Name: 'A' });
    await look();
    org.advance(4 * MINUTE);
    org.people.create('Account', { Name: 'B' });
    await look();
    org.org.insert('Account', { Name: 'Late' }, { stampedAgoMs: 3 * MINUTE });
    org.advance(MINUTE);
    expect(await look()).to.have.length(1);
  });

  it('tells what was deleted, and which record lives on in which', async () => {
    const { org } = await start();
    const [master, loser, gone] = ['M', 'L', 'G'].map((Name) => org.people.create('Account', { Name })) as [
      string,
      string,
      string,
    ];
    const contact = org.people.create('Contact', { LastName: 'C', AccountId: loser });
    await look();
    org.advance(10 * SECOND);
    org.people.merge('Account', master, loser);
    org.people.delete('Account', gone);
    const items = await look();
    const context = { connection: 'crm', timeZone: 'UTC', environment: 'test' as const, reason: 'poll' };
    const events = items
      .filter(({ form }) => form === 'state')
      .flatMap(
        ({ kind, externalId, receivedAt: readAt, body }) =>
          translate({ kind, externalId, readAt, body: JSON.parse(body.toString()) as unknown }, context)
            .events,
      );
    const told = events.map(({ ref, action, into }) => [ref.externalId, action, into ?? null]);
    expect(told).to.have.deep.members([
      [master, 'observed', null],
      [loser, 'merged', master],
      [gone, 'deleted', null],
      [contact, 'observed', null],
    ]);
  });

  it('sends us to the deal when one of its lines or people changes', async () => {
    const { org } = await start();
    const { product } = org.people.product('P', 'P', 10);
    const account = org.people.create('Account', { Name: 'A' });
    const contact = org.people.create('Contact', { LastName: 'C', AccountId: account });
    const deal = org.people.deal({
      account,
      name: 'D',
      closeDate: '2026-12-01',
      lines: [{ product, quantity: 1 }],
    });
    await look();
    org.advance(10 * SECOND);
    const line = org.org.table('OpportunityLineItem').where('OpportunityId', deal)[0]!;
    org.people.edit('OpportunityLineItem', line.Id, { ServiceDate: '2027-01-01' });
    expect(named(await look())).to.include(`hint deal ${deal}`);
    org.advance(10 * SECOND);
    org.people.create('OpportunityContactRole', {
      OpportunityId: deal,
      ContactId: contact,
      Role: 'Evaluator',
    });
    expect(named(await look())).to.include.members([`hint deal ${deal}`, `hint contact ${contact}`]);
  });

  it('goes on after the last page that was kept when it is stopped in the middle', async () => {
    const { org, session } = await start({ batch: 50 });
    org.seedMany({ accounts: 220, contacts: 0, perSecond: 60 });
    const seen = new Set<string>();
    let pages = 0;
    for await (const page of session.changes(cursor)) {
      for (const { externalId } of page.items) seen.add(externalId);
      cursor = page.cursor;
      pages += 1;
      if (pages === 2) break;
    }
    expect(seen.size).to.equal(100);
    open.session = lineTo(org, open.connection);
    for (const { externalId } of await look()) seen.add(externalId);
    expect(seen.size).to.equal(220);
  });

  it('takes an import of 40,000 records page by page, each record once', async () => {
    const { org, session } = await start();
    org.advance(OVERLAP_MS);
    org.seedMany({ accounts: 40_000, contacts: 0, perSecond: 1_000 });
    const seen = new Set<string>();
    let most = 0;
    let total = 0;
    for await (const page of session.changes(cursor)) {
      most = Math.max(most, page.items.length);
      total += page.items.length;
      for (const { externalId } of page.items) seen.add(externalId);
    }
    expect([most, total, seen.size]).to.deep.equal([2_000, 40_000, 40_000]);
  });

  it('survives a field that was removed from the schema, and one that was hidden', async () => {
    const { org } = await start();
    org.people.create('Account', { Name: 'A', VAT__c: 'NO1' });
    await look();
    org.advance(10 * SECOND);
    org.org.removeField('Account', 'VAT__c');
    org.org.secure('Account', 'Website', 'none');
    const account = org.people.create('Account', { Name: 'B' });
    const items = await look();
    expect(items.map(({ externalId }) => externalId)).to.include(account);
    expect(items.map(({ body }) => body.toString()).join()).to.not.contain('Website');
  });

  it('reads a field that was added within an hour', async () => {
    const { org, session } = await start({}, { extra: { Account: ['Tier__c'] } });
    const account = org.people.create('Account', { Name: 'A' });
    const recordOf = async () =>
      ((await session.read('customer', account)).body as { record: object }).record;
    expect(await recordOf()).to.not.have.property('Tier__c');
    org.org.addField('Account', 'Tier__c', 'string');
    org.advance(61 * MINUTE);
    expect(await recordOf()).to.have.property('Tier__c', null);
  });

  it('that lie longer ago than the recycle bin keeps are not guessed at', async () => {
    const { org } = await start();
    org.advance(MEMORY_MS + MINUTE);
    const error: unknown = await look().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Failure);
    expect((error as Failure).code).to.equal('cursor_expired');
  });
});
