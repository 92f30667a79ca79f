/** HubSpot by the rules that are shipped: companies and people in Odoo, edits on both sides, births, deletions, webhooks. */
import axios from 'axios';
import { expect } from 'chai';
import { signatureHeaders } from '../sandbox/hubspot/index.ts';
import { come, HOOK_SECRET, openCrmWorld, type CrmWorld } from '../support/crm-world.ts';
import { odooOfTheRun } from '../support/world.ts';

const RUN = Date.now().toString(36).toUpperCase();
const low = RUN.toLowerCase();

describe('HubSpot, by the rules that are shipped', function () {
  this.timeout(60_000);
  let world: CrmWorld;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openCrmWorld(odoo, {
      name: 'crm-hubspot',
      systems: ['hubspot'],
      rules: {
        'customer.yaml': [
          ['deleted: archive', `deleted: archive\nborn: { hubspot: [[ref, '=', 'born ${RUN}']] }`],
        ],
      },
    });
    await world.quiet();
  });

  after(() => world?.close());

  const partner = (id: number, ...fields: string[]) => world.read('res.partner', id, fields);
  const there = (type: 'companies' | 'contacts', id: string) => world.hubspot.get(type, id)!.properties;
  const person = async (first: string, more: Record<string, string> = {}) => {
    const email = `${first.toLowerCase()}.${low}@example.com`;
    const id = world.hubspot.create('contacts', { firstname: first, lastname: RUN, email, ...more });
    const at = await world.arrival('hubspot', 'contact', id);
    await world.quiet();
    return { id, at };
  };
  /** Requests that change something at HubSpot, since `from`. */
  const writes = (from: number) =>
    world.hubspot.calls
      .slice(from)
      .filter(({ method, path }) => method !== 'GET' && !/search|batch\/read|schemas/.test(path));

  it('is a family of companies with addresses, and its people, in Odoo', async () => {
    const { hubspot } = world;
    const mother = hubspot.create('companies', {
      name: `Mother ${RUN}`,
      domain: `mother-${low}.example`,
      address: 'Kaiweg 1',
      address2: '2nd floor',
      city: 'Kiel',
      zip: '24103',
      country: 'Germany',
    });
    const child = hubspot.create('companies', { name: `Child ${RUN}`, country: 'Norway' });
    hubspot.setParent(child, mother);
    const ines = hubspot.create('contacts', {
      firstname: 'Ines',
      lastname: RUN,
      email: `ines.${low}@example.com`,
      jobtitle: 'Buyer',
    });
    hubspot.associate('contacts', ines, 'companies', child, 'Primary');
    const [above, below, buyer] = [
      await world.arrival('hubspot', 'customer', mother),
      await world.arrival('hubspot', 'customer', child),
      await world.arrival('hubspot', 'contact', ines),
    ];
    await world.quiet();
    expect(await partner(above, 'street', 'street2', 'city', 'zip', 'is_company')).to.include({
      street: 'Kaiweg 1',
      street2: '2nd floor',
      city: 'Kiel',
      zip: '24103',
      is_company: true,
    });
    expect((await partner(above, 'country_id'))['country_id']).to.include('Germany');
    expect((await partner(below, 'parent_id'))['parent_id']).to.include(above);
    const found = await partner(buyer, 'parent_id', 'function', 'name', 'is_company');
    expect(found).to.include({ function: 'Buyer', name: `Ines ${RUN}`, is_company: false });
    expect(found['parent_id']).to.include(below);
  });

  it('makes one call of an edit in Odoo, and takes the echo for what it is', async () => {
    const { id, at } = await person('Echo');
    const [from, before] = [world.hubspot.calls.length, await world.counters('hubspot')];
    await world.write('res.partner', at, { phone: '+49 30 77', function: 'Chief' });
    await come(
      'the edit at HubSpot',
      () => there('contacts', id)['phone'],
      (phone) => phone === '+49 30 77',
    );
    expect(there('contacts', id)['jobtitle']).to.equal('Chief');
    await world.hubspot.webhooks.idle();
    await world.quiet();
    expect(writes(from).map(({ method, path }) => `${method} ${path}`)).to.have.length(1);
    const { counters } = await world.counters('hubspot');
    expect(counters.unchanged).to.be.greaterThan(before.counters.unchanged);
    expect(counters.failed).to.equal(before.counters.failed);
  });

  it('keeps edits of different fields on both sides', async () => {
    const { id, at } = await person('Both', { phone: '1' });
    world.hubspot.update('contacts', id, { jobtitle: 'Founder' });
    await world.write('res.partner', at, { phone: '+49 30 2' });
    await come(
      'the telephone at HubSpot',
      () => there('contacts', id)['phone'],
      (phone) => phone === '+49 30 2',
    );
    await come(
      'the title in Odoo',
      () => partner(at, 'function'),
      (found) => found['function'] === 'Founder',
    );
    await world.quiet();
    expect(there('contacts', id)).to.include({ phone: '+49 30 2', jobtitle: 'Founder' });
    expect(await partner(at, 'phone', 'function')).to.include({ phone: '+49 30 2', function: 'Founder' });
  });

  it('asks once about a field that both sides changed, and both sides get the answer', async () => {
    const { id, at } = await person('Dispute', { jobtitle: 'Buyer' });
    await world.stopSidecar();
    await world.write('res.partner', at, { function: 'Here' });
    world.hubspot.update('contacts', id, { jobtitle: 'There' });
    await world.startSidecar();
    const conflicts = () =>
      world.admin.search<{ id: number; state: string }>(
        'saas.sync.conflict',
        [
          ['external_id', '=', id],
          ['connection_id.code', '=', world.connection('hubspot')],
        ],
        ['state'],
      );
    const [conflict] = await come('the conflict', conflicts, ([found]) => found?.state === 'open');
    const { lines } = await world.admin.call<{ lines: { field: string; token: string }[] }>(
      'saas.sync.conflict',
      'resolver',
      [conflict!.id],
    );
    expect(lines.map(({ field }) => field)).to.deep.equal(['function']);
    const decision = { function: { take: 'value', value: 'Both', token: lines[0]!.token } };
    await world.admin.call('saas.sync.conflict', 'resolve', [conflict!.id, decision]);
    await come('the end of the conflict', conflicts, ([found]) => found?.state === 'resolved');
    expect(there('contacts', id)['jobtitle']).to.equal('Both');
    expect((await partner(at, 'function'))['function']).to.equal('Both');
    expect(await conflicts()).to.have.length(1);
  });

  it('makes a customer that was born in Odoo once, even if the answer is lost', async () => {
    world.hubspot.fault({
      kind: 'timeout',
      after: true,
      ms: 100,
      match: { method: 'POST', path: '/crm' },
      times: 1,
    });
    const name = `Born ${RUN}`;
    const made = await world.admin.call<number[]>('res.partner', 'create', [
      [{ name, ref: `born ${RUN}`, is_company: true, phone: '+49 30 8' }],
    ]);
    const links = () =>
      world.admin.search<{ external_id: string }>(
        'saas.sync.link',
        [
          ['model', '=', 'res.partner'],
          ['res_id', '=', made[0]],
        ],
        ['external_id'],
      );
    const [link] = await come('the link', links, (found) => found.length > 0, 40_000);
    await world.quiet();
    const namesakes = world.hubspot.all('companies').filter(({ properties }) => properties['name'] === name);
    expect(namesakes.map(({ id }) => id)).to.deep.equal([link!.external_id]);
    expect(namesakes[0]!.properties['phone']).to.equal('+49 30 8');
    expect(world.hubspot.faults.pending).to.deep.equal([]);
  });

  it('archives what is archived there, and brings it back', async () => {
    const { id, at } = await person('Leaver');
    world.hubspot.archive('contacts', id);
    await come(
      'the contact to be archived',
      () => partner(at, 'active'),
      ({ active }) => active === false,
    );
    expect((await world.link('hubspot', 'contact', id))?.state).to.equal('archived');
    world.hubspot.restore('contacts', id);
    await come(
      'the contact to be back',
      () => partner(at, 'active'),
      ({ active }) => active === true,
    );
  });

  it('archives what was deleted there for good', async () => {
    const { id, at } = await person('Forgotten');
    world.hubspot.forget('contacts', id);
    await come(
      'the contact to be archived',
      () => partner(at, 'active'),
      ({ active }) => active === false,
    );
  });

  describe('webhooks', () => {
    const post = async (events: readonly object[], secret: string, url = world.hook('hubspot')) => {
      const body = JSON.stringify(events);
      const headers = signatureHeaders(body, world.hook('hubspot'), secret, Date.now());
      const { status } = await axios.post(url, body, {
        headers: { ...headers, 'Content-Type': 'application/json' },
        validateStatus: () => true,
      });
      return status;
    };
    const eventsOf = (id: string) =>
      world.hubspot.webhooks.log
        .flatMap(({ events }) => events)
        .filter(({ objectId }) => String(objectId) === id);

    it('that nobody of HubSpot signed are refused, and lead to nothing', async () => {
      const { id } = await person('Signed');
      const before = (await world.counters('hubspot')).counters.received;
      expect(await post(eventsOf(id), 'somebody else’s secret')).to.equal(401);
      expect((await world.counters('hubspot')).counters.received).to.equal(before);
    });

    it('that come in one list with repeats and in any order are one look at the record', async () => {
      const { id, at } = await person('Repeated');
      world.hubspot.update('contacts', id, { phone: '+49 30 5', jobtitle: 'Guest' });
      await world.hubspot.webhooks.idle();
      await world.quiet();
      const events = eventsOf(id);
      expect(events.length).to.be.greaterThan(1);
      const reads = world.hubspot.calls.length;
      expect(await post([...events, ...events].reverse(), HOOK_SECRET)).to.equal(202);
      expect(await post(events, HOOK_SECRET)).to.equal(202);
      await world.quiet();
      expect(writes(reads)).to.deep.equal([]);
      expect(world.hubspot.calls.length - reads).to.be.at.most(8);
      expect(await partner(at, 'phone')).to.include({ phone: '+49 30 5' });
    });
  });
});
