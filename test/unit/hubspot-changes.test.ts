/** The feed of changes by search: nothing is missed behind a lagging index, a cap of 10,000 or a huge import. */
import { expect } from 'chai';
import { OVERLAP_MS } from '../../sidecar/connectors/hubspot/changes.ts';
import { ConnectionBroken } from '../../sidecar/domain/failure.ts';
import { failureOf, hubspotWorld, look, type World } from '../support/hubspot-world.ts';

const idsOf = (told: { externalId: string }[]) => told.map(({ externalId }) => externalId);

describe('HubSpot feed of changes', function () {
  this.timeout(60_000);
  let world: World;
  let cursor: string;

  beforeEach(async () => {
    world = hubspotWorld();
    ({ cursor } = await look(world.session, null));
    world.clock.now += 60_000;
  });

  it('begins now, and tells each change once, oldest first', async () => {
    const { sandbox, session, clock } = world;
    const first = sandbox.create('companies', { name: 'First' });
    clock.now += 1_000;
    const second = sandbox.create('companies', { name: 'Second' });
    const one = await look(session, cursor);
    expect(idsOf(one.told)).to.deep.equal([first, second]);
    const two = await look(session, one.cursor);
    expect(two.told).to.deep.equal([]);
    clock.now += 1_000;
    sandbox.update('companies', first, { city: 'Bonn' });
    expect(idsOf((await look(session, two.cursor)).told)).to.deep.equal([first]);
  });

  it('finds changes that reach the index minutes after younger ones', async () => {
    const { sandbox, session, clock } = world;
    const slow = sandbox.create('contacts', { email: 'slow@example.com' });
    sandbox.portal.lateInIndex.set(`contacts/${slow}`, clock.now + OVERLAP_MS - 10_000);
    clock.now += 1_000;
    const quick = sandbox.create('contacts', { email: 'quick@example.com' });
    const first = await look(session, cursor);
    expect(idsOf(first.told)).to.deep.equal([quick]);
    clock.now += OVERLAP_MS - 10_000;
    expect(idsOf((await look(session, first.cursor)).told)).to.deep.equal([slow]);
  });

  it('waits for an index that is behind as a whole', async () => {
    const { sandbox, session, clock } = world;
    const id = sandbox.create('contacts', { email: 'slow@example.com' });
    sandbox.portal.indexLagMs = OVERLAP_MS - 60_000;
    const empty = await look(session, cursor);
    expect(empty.told).to.deep.equal([]);
    clock.now += OVERLAP_MS - 60_000;
    expect(idsOf((await look(session, empty.cursor)).told)).to.deep.equal([id]);
  });

  it('goes past 10,000 changes, and past more than that of the very same moment', async () => {
    const { sandbox, session, clock } = world;
    const ids = sandbox.seedMany('contacts', 12_000, (n) => ({ lastname: `Person ${n}` }));
    for (const id of ids.slice(0, 500)) {
      clock.now += 1;
      sandbox.portal.update('contacts', id, { city: 'Bonn' });
    }
    clock.now += 1;
    sandbox.importChange('contacts', ids.slice(500), { city: 'Ulm' });
    const { told } = await look(session, cursor);
    expect(new Set(idsOf(told))).to.deep.equal(new Set(ids));
    expect(world.calls('/contacts/search')).to.be.below(130);
  });

  it('goes on after the last page that was kept, even by another process', async () => {
    const { sandbox, session, clock } = world;
    const ids = sandbox.seedMany('companies', 450, (n) => {
      clock.now += 10;
      return { name: `Company ${n}` };
    });
    const feed = session.changes(cursor)[Symbol.asyncIterator]();
    const first = (await feed.next()).value as { items: { externalId: string }[]; cursor: string };
    expect(first.items).to.have.length(200);
    const rest = await look(world.reopen(), first.cursor);
    expect(new Set([...idsOf(first.items), ...idsOf(rest.told)])).to.deep.equal(new Set(ids));
    expect(rest.told.length).to.be.below(260);
  });

  it('names the deal of a line item that was changed', async () => {
    const { sandbox, session, clock } = world;
    const deal = sandbox.create('deals', { dealname: 'Engines', dealstage: 'contractsent' });
    const line = sandbox.addLine(deal, { name: 'Engine', quantity: 1, price: 10 });
    const before = await look(session, cursor);
    clock.now += 1_000;
    sandbox.update('line_items', line, { quantity: 3 });
    const { told } = await look(session, before.cursor);
    expect(told.map(({ kind, externalId, reason }) => [kind, externalId, reason])).to.deep.equal([
      ['deal', deal, 'line_item.changed'],
    ]);
  });

  it('has the losers of a merge looked at, whatever became of its webhook', async () => {
    const { sandbox, session } = world;
    const [one, two] = [
      sandbox.create('companies', { name: 'A' }),
      sandbox.create('companies', { name: 'B' }),
    ];
    const survivor = sandbox.merge('companies', one, two);
    expect(idsOf((await look(session, cursor)).told)).to.have.members([survivor, one, two]);
  });

  it('misses nothing though our clock is an hour ahead', async () => {
    const { sandbox, session, clock } = world;
    sandbox.create('companies', { name: 'Before' });
    clock.now += 3_600_000;
    const ahead = await look(session, cursor);
    clock.now -= 3_600_000;
    const id = sandbox.create('companies', { name: 'After' });
    expect(idsOf((await look(session, ahead.cursor)).told)).to.include(id);
  });

  it('asks for a new load when its place cannot be read', async () => {
    const failure = await failureOf(look(world.session, '{"v":9}'));
    expect(failure).to.be.instanceOf(ConnectionBroken).with.property('code', 'cursor_expired');
  });
});
