/** Salesforce by the rules that are shipped: accounts and people in Odoo, edits on both sides, what a person decides, births. */
import { expect } from 'chai';
import { come, openCrmWorld, type CrmWorld } from '../support/crm-world.ts';
import { odooOfTheRun } from '../support/world.ts';

const RUN = Date.now().toString(36).toUpperCase();
const low = RUN.toLowerCase();

describe('Salesforce, by the rules that are shipped', function () {
  this.timeout(60_000);
  let world: CrmWorld;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openCrmWorld(odoo, {
      name: 'crm-sf',
      systems: ['salesforce'],
      rules: {
        'customer.yaml': [
          ['deleted: archive', `deleted: archive\nborn: { salesforce: [[ref, '=', 'born ${RUN}']] }`],
        ],
      },
    });
    await world.quiet();
  });

  after(() => world?.close());

  const partner = (id: number, ...fields: string[]) => world.read('res.partner', id, fields);
  const there = (object: 'Account' | 'Contact', id: string) => world.salesforce.org.find(object, id)!;
  const account = async (name: string, more: Record<string, unknown> = {}) => {
    const wish = { Name: `${name} ${RUN}`, BillingCountry: 'Norway', ...more };
    const id = world.salesforce.people.create('Account', wish);
    const at = await world.arrival('salesforce', 'customer', id);
    await world.quiet();
    return { id, at };
  };
  const person = async (first: string, more: Record<string, unknown> = {}) => {
    const wish = {
      FirstName: first,
      LastName: RUN,
      Email: `${first.toLowerCase()}.${low}@example.com`,
      ...more,
    };
    const id = world.salesforce.people.create('Contact', wish);
    const at = await world.arrival('salesforce', 'contact', id);
    await world.quiet();
    return { id, at };
  };
  /** Requests that change something at Salesforce, since `from`. */
  const writes = (from: number) =>
    world.salesforce.api.calls
      .slice(from)
      .filter((call) => /^(PATCH|POST)/.test(call) && !/oauth|query/.test(call));

  it('is accounts below each other with their addresses, and their people, in Odoo', async () => {
    const mother = await account('Mother', {
      BillingStreet: 'Kaiweg 1\n2nd floor',
      BillingCity: 'Bergen',
      BillingPostalCode: '5003',
    });
    const child = await account('Child', { ParentId: mother.id });
    const buyer = await person('Ida', { AccountId: child.id, Title: 'Buyer' });
    expect(await partner(mother.at, 'street', 'street2', 'city', 'zip', 'is_company')).to.include({
      street: 'Kaiweg 1',
      street2: '2nd floor',
      city: 'Bergen',
      zip: '5003',
      is_company: true,
    });
    expect((await partner(mother.at, 'country_id'))['country_id']).to.include('Norway');
    expect((await partner(child.at, 'parent_id'))['parent_id']).to.include(mother.at);
    const found = await partner(buyer.at, 'name', 'function', 'parent_id');
    expect(found).to.include({ name: `Ida ${RUN}`, function: 'Buyer' });
    expect(found['parent_id']).to.include(child.at);
  });

  it('has its edits in Odoo as soon as its flow has told of them', async () => {
    const { id, at } = await account('Edited');
    world.salesforce.people.edit('Account', id, { Phone: '+47 55 1', BillingCity: 'Oslo' });
    await come(
      'the edit',
      () => partner(at, 'phone', 'city'),
      ({ phone }) => phone === '+47 55 1',
    );
    expect(await partner(at, 'city')).to.include({ city: 'Oslo' });
  });

  it('hears of an edit in Odoo by one call, and its echo changes nothing', async () => {
    const { id, at } = await person('Echo');
    const before = await world.counters('salesforce');
    const from = world.salesforce.api.calls.length;
    await world.write('res.partner', at, { phone: '+47 99', function: 'Chief' });
    await come(
      'the edit',
      () => there('Contact', id)['Phone'],
      (phone) => phone === '+47 99',
    );
    expect(there('Contact', id)['Title']).to.equal('Chief');
    await world.salesforce.nudges.idle();
    await world.quiet();
    expect(writes(from)).to.have.length(1);
    const { counters } = await world.counters('salesforce');
    expect(counters.unchanged).to.be.greaterThan(before.counters.unchanged);
    expect(counters.failed).to.equal(before.counters.failed);
    expect(await partner(at, 'phone', 'function')).to.include({ phone: '+47 99', function: 'Chief' });
  });

  it('has the last word about what it owns', async () => {
    const { id, at } = await account('Owned', { Phone: '+47 1' });
    await world.write('res.partner', at, { phone: '000', name: 'Somebody else' });
    await come(
      'its name to be back',
      () => partner(at, 'name', 'phone'),
      ({ name, phone }) => name === `Owned ${RUN}` && phone === '+47 1',
    );
    expect(there('Account', id)).to.include({ Name: `Owned ${RUN}`, Phone: '+47 1' });
  });

  it('keeps edits of different fields on both sides', async () => {
    const { id, at } = await person('Both', { Phone: '1' });
    world.salesforce.people.edit('Contact', id, { Title: 'Founder' });
    await world.write('res.partner', at, { phone: '+47 2' });
    await come(
      'the telephone there',
      () => there('Contact', id)['Phone'],
      (phone) => phone === '+47 2',
    );
    await come(
      'the title here',
      () => partner(at, 'function'),
      (found) => found['function'] === 'Founder',
    );
    await world.quiet();
    expect(there('Contact', id)).to.include({ Phone: '+47 2', Title: 'Founder' });
    expect(await partner(at, 'phone', 'function')).to.include({ phone: '+47 2', function: 'Founder' });
  });

  it('asks one question about a field that both sides changed, and both sides get the answer', async () => {
    const { id, at } = await person('Dispute', { Title: 'Buyer' });
    await world.stopSidecar();
    await world.write('res.partner', at, { function: 'Here' });
    world.salesforce.people.edit('Contact', id, { Title: 'There' });
    await world.startSidecar();
    const conflicts = () =>
      world.admin.search<{ id: number; state: string }>(
        'saas.sync.conflict',
        [
          ['external_id', '=', id],
          ['connection_id.code', '=', world.connection('salesforce')],
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
    const decision = { function: { take: 'odoo', token: lines[0]!.token } };
    await world.admin.call('saas.sync.conflict', 'resolve', [conflict!.id, decision]);
    await come('the end of the conflict', conflicts, ([found]) => found?.state === 'resolved');
    expect(there('Contact', id)['Title']).to.equal('Here');
    expect((await partner(at, 'function'))['function']).to.equal('Here');
    expect(await conflicts()).to.have.length(1);
  });

  it('gets a customer that was born in Odoo once, even if the answer is lost', async () => {
    world.salesforce.fault({ kind: 'timeout', after: true, ms: 100, match: { method: 'PATCH' } });
    const name = `Born ${RUN}`;
    const made = await world.admin.call<number[]>('res.partner', 'create', [
      [{ name, ref: `born ${RUN}`, is_company: true, phone: '+47 8' }],
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
    const rows = [...world.salesforce.org.table('Account').rows.values()].filter(
      (row) => row['Name'] === name,
    );
    expect(rows.map(({ Id }) => Id)).to.deep.equal([link!.external_id]);
    expect(rows[0]!['Phone']).to.equal('+47 8');
    expect(world.salesforce.faults.pending).to.deep.equal([]);
  });

  it('has a deal won and ordered within seconds, and reads how it stands', async () => {
    const { people, org } = world.salesforce;
    const { id } = await account('Buyer', { BillingCity: 'Oslo' });
    const { product } = people.product(`Winch ${RUN}`, `W-${RUN}`, 500);
    await world.arrival('salesforce', 'product', product);
    const deal = people.deal({
      account: id,
      name: `Winches ${RUN}`,
      closeDate: '2026-11-20',
      lines: [{ product, quantity: 4, price: 500 }],
    });
    const lead = await world.arrival('salesforce', 'deal', deal);
    await world.quiet();
    people.win(deal);
    const orders = () =>
      world.admin.search<Record<string, unknown>>(
        'sale.order',
        [['opportunity_id', '=', lead]],
        ['state', 'amount_untaxed', 'name'],
      );
    const [order] = await come('the order', orders, ([found]) => found?.['state'] === 'sale');
    expect(order).to.include({ amount_untaxed: 2_000 });
    const said = () => org.find('Opportunity', deal)!;
    await come(
      'the order there',
      () => said()['Odoo_Order_Name__c'],
      (name) => name === order!['name'],
    );
    expect(said()).to.include({ Odoo_Order_State__c: 'confirmed' });
  });
});
