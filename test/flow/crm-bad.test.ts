/** What CRMs are like: doors that close, fields that vanish, imports, shared mailboxes, rings of parents. Nothing is lost, nobody is blamed twice. */
import { expect } from 'chai';
import { come, openCrmWorld, type CrmWorld, type System } from '../support/crm-world.ts';
import { odooOfTheRun } from '../support/world.ts';

const RUN = Date.now().toString(36).toUpperCase();
const low = RUN.toLowerCase();
const IMPORTED = 1_000;

describe('CRMs as they are', function () {
  this.timeout(90_000);
  let world: CrmWorld;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openCrmWorld(odoo, { name: 'crm-bad', systems: ['hubspot', 'salesforce'] });
    await world.quiet();
  });

  after(() => world?.close());

  const partner = (id: number, ...fields: string[]) => world.read('res.partner', id, fields);
  const problems = async (system: System) =>
    world.admin.search<{ code: string; message: string }>(
      'saas.sync.exception',
      [
        ['connection_id.code', '=', world.connection(system)],
        ['state', 'in', ['open', 'retrying']],
      ],
      ['code', 'message'],
    );
  const shown = async (system: System) =>
    (
      await world.admin.search<{ id: number; state: string }>(
        'saas.sync.connection',
        [['code', '=', world.connection(system)]],
        ['state'],
      )
    )[0]!;

  it('whose token is taken away in mid-run break the connection, say so, and lose nothing', async () => {
    const { access } = world.hubspot;
    const token = access.accessToken!;
    access.revoke();
    const ids = Array.from({ length: 20 }, (_, index) =>
      world.hubspot.create('companies', { name: `Shut ${index} ${RUN}`, country: 'Norway' }),
    );
    const broken = await come(
      'the connection to break',
      () => world.counters('hubspot'),
      ({ state }) => state === 'broken',
    );
    expect(broken.hint).to.match(/token/i);
    await come(
      'Odoo to show it',
      () => shown('hubspot'),
      ({ state }) => state === 'broken',
    );
    expect(await problems('hubspot')).to.deep.equal([]);
    access.accessToken = token;
    const { id } = await shown('hubspot');
    await world.admin.call('saas.sync.connection', 'action_resume', [[id]]);
    await come(
      'the connection to heal',
      () => world.counters('hubspot'),
      ({ state }) => state === 'healthy',
      40_000,
    );
    for (const id of ids) expect(await world.arrival('hubspot', 'customer', id)).to.be.greaterThan(0);
    expect(await problems('hubspot')).to.deep.equal([]);
  });

  it('that take a field out of their schema go on, and Odoo keeps what it knew', async () => {
    const { people, org } = world.salesforce;
    const id = people.create('Account', { Name: `Fields ${RUN}`, Phone: '+47 1', BillingCountry: 'Norway' });
    const at = await world.arrival('salesforce', 'customer', id);
    expect(await partner(at, 'phone')).to.include({ phone: '+47 1' });
    org.removeField('Account', 'Phone');
    people.edit('Account', id, { Name: `Fewer fields ${RUN}` });
    await come(
      'the new name',
      () => partner(at, 'name', 'phone'),
      ({ name }) => name === `Fewer fields ${RUN}`,
      40_000,
    );
    expect(await partner(at, 'phone')).to.include({ phone: '+47 1' });
    expect(await problems('salesforce')).to.deep.equal([]);
  });

  it(`whose import changes ${IMPORTED} records at one moment are read by the hundred, and told nothing`, async () => {
    const ids = world.hubspot.seedMany('companies', IMPORTED, (index) => ({
      name: `Imported ${index} ${RUN}`,
    }));
    const count = (city: string) =>
      world.admin.call<number>('res.partner', 'search_count', [[['city', '=', `${city} ${RUN}`]]]);
    const all = (found: number) => found === IMPORTED;
    world.hubspot.importChange('companies', ids, { city: `Ulm ${RUN}` });
    await come('all of them', () => count('Ulm'), all, 60_000);
    await world.hubspot.webhooks.idle();
    await world.quiet();
    const from = world.hubspot.calls.length;
    world.hubspot.importChange('companies', ids, { city: `Bonn ${RUN}` });
    await come('all of them again', () => count('Bonn'), all, 60_000);
    await world.hubspot.webhooks.idle();
    await world.quiet();
    const calls = world.hubspot.calls.slice(from);
    expect(calls.length, 'calls').to.be.below(IMPORTED / 4);
    expect(calls.filter(({ path }) => path.includes('batch/up'))).to.deep.equal([]);
    expect(await problems('hubspot')).to.deep.equal([]);
  });

  it('that slow us down, or are unwell, get their news through without anybody’s help', async () => {
    world.hubspot.fault({ kind: 'rate_limit', ms: 1_000 }, { kind: 'bad_gateway' });
    world.salesforce.fault({ kind: 'too_many' }, { kind: 'unavailable' });
    const there = world.hubspot.create('companies', { name: `Slow ${RUN}` });
    const also = world.salesforce.people.create('Account', { Name: `Slow as well ${RUN}` });
    await come('the one', () => world.link('hubspot', 'customer', there), Boolean, 60_000);
    await come('the other', () => world.link('salesforce', 'customer', also), Boolean, 60_000);
    expect([await problems('hubspot'), await problems('salesforce')]).to.deep.equal([[], []]);
  });

  it('with a mailbox that many share make nobody somebody else', async () => {
    const email = `info@${low}.example`;
    const [office] = await world.admin.call<number[]>('res.partner', 'create', [
      [{ name: `Office ${RUN}`, email }],
    ]);
    const id = world.salesforce.people.create('Contact', { FirstName: 'Ida', LastName: RUN, Email: email });
    const at = await world.arrival('salesforce', 'contact', id);
    expect(at).to.not.equal(office);
    expect(await partner(office!, 'name')).to.include({ name: `Office ${RUN}` });
  });

  it('with companies that have no name still have a contact each in Odoo', async () => {
    const domain = `nameless-${low}.example`;
    const known = world.hubspot.create('companies', { domain });
    const unknown = world.hubspot.create('companies', { city: `Nowhere ${RUN}` });
    const { name } = await partner(await world.arrival('hubspot', 'customer', known), 'name');
    expect(name).to.contain(domain);
    const other = await partner(await world.arrival('hubspot', 'customer', unknown), 'name', 'city');
    expect(other['name']).to.contain(unknown);
  });

  it('with an owner who has left give the deal to nobody', async () => {
    const { hubspot } = world;
    const owner = hubspot.addOwner(`left-${low}@example.com`, 'Lea', 'Left');
    const deal = hubspot.create('deals', {
      dealname: `Orphan ${RUN}`,
      dealstage: 'qualifiedtobuy',
      pipeline: 'default',
      hubspot_owner_id: owner.id,
    });
    const lead = await world.arrival('hubspot', 'deal', deal);
    owner.archived = true;
    hubspot.update('deals', deal, { dealname: `Orphaned ${RUN}` });
    await come(
      'the new name',
      () => world.read('crm.lead', lead, ['name', 'user_id']),
      ({ name }) => name === `Orphaned ${RUN}`,
    );
    expect((await world.read('crm.lead', lead, ['user_id']))['user_id']).to.equal(false);
  });

  it('with companies above each other in a ring name the ring or cut it, and keep all of them', async () => {
    const { hubspot, salesforce } = world;
    const [a, b] = ['A', 'B'].map((name) => hubspot.create('companies', { name: `Ring ${name} ${RUN}` }));
    hubspot.setParent(a!, b!);
    hubspot.setParent(b!, a!);
    for (const id of [a!, b!]) await world.arrival('hubspot', 'customer', id);
    const one = salesforce.people.create('Account', { Name: `Ring one ${RUN}` });
    const two = salesforce.people.create('Account', { Name: `Ring two ${RUN}`, ParentId: one });
    for (const id of [one, two]) await world.arrival('salesforce', 'customer', id);
    await world.quiet();
    salesforce.people.edit('Account', one, { ParentId: two, BillingCity: 'Bergen' });
    const problem = await come('the exception', () => world.problem('salesforce', 'customer', one));
    expect(problem).to.include({ code: 'parent_loop' });
    salesforce.people.edit('Account', one, { ParentId: null });
    await come(
      'the end of it',
      () => world.problem('salesforce', 'customer', one),
      (found) => !found,
    );
    expect(await problems('hubspot')).to.deep.equal([]);
  });
});
