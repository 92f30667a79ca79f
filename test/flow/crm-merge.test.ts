/** Records become one, in a CRM or in Odoo: documents, people and links stay together, and nothing is left behind. */
import { expect } from 'chai';
import { come, openCrmWorld, type CrmWorld, type System } from '../support/crm-world.ts';
import { odooOfTheRun } from '../support/world.ts';

const RUN = Date.now().toString(36).toUpperCase();

interface Company {
  id: string;
  partner: number;
  invoice: number;
  order: number;
}

describe('two companies that become one', function () {
  this.timeout(60_000);
  let world: CrmWorld;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openCrmWorld(odoo, { name: 'crm-merge', systems: ['hubspot', 'salesforce'] });
    await world.quiet();
  });

  after(() => world?.close());

  const make = (system: System, name: string): string => {
    const label = `${name} ${RUN}`;
    if (system === 'hubspot') return world.hubspot.create('companies', { name: label, country: 'Germany' });
    return world.salesforce.people.create('Account', { Name: label, BillingCountry: 'Germany' });
  };
  /** A company of the CRM with a posted invoice and an order in Odoo. */
  const company = async (system: System, name: string): Promise<Company> => {
    const id = make(system, name);
    const partner = await world.arrival(system, 'customer', id);
    const { admin } = world;
    const invoice = await admin.call<number>('account.move', 'create', [
      {
        move_type: 'out_invoice',
        partner_id: partner,
        invoice_line_ids: [[0, 0, { name: `Work for ${name}`, quantity: 1, price_unit: 100 }]],
      },
    ]);
    await admin.call('account.move', 'action_post', [[invoice]]);
    const order = await admin.call<number>('sale.order', 'create', [{ partner_id: partner }]);
    return { id, partner, invoice, order };
  };
  const link = (system: System, id: string) => world.link(system, 'customer', id);
  const partnersOf = async ({ invoice, order }: Company) => {
    const lines = await world.admin.search<{ partner_id: [number, string] }>(
      'account.move.line',
      [['move_id', '=', invoice]],
      ['partner_id'],
    );
    const documents = [
      await world.read('account.move', invoice, ['partner_id']),
      await world.read('sale.order', order, ['partner_id']),
      ...lines,
    ];
    return [...new Set(documents.map(({ partner_id }) => (partner_id as [number, string])[0]))];
  };
  /** Links of the connection that lead to no record. */
  const orphans = async (system: System) => {
    const links = await world.admin.search<{ model: string; res_id: number }>(
      'saas.sync.link',
      [['connection_id.code', '=', world.connection(system)]],
      ['model', 'res_id'],
    );
    expect(links.length).to.be.greaterThan(0);
    const gone = [];
    for (const { model, res_id } of links)
      if ((await world.read(model, res_id, ['id']))['id'] === undefined) gone.push([model, res_id]);
    return gone;
  };

  it('at HubSpot, under an id that nobody knew, are one contact with the documents of both', async () => {
    const [one, two] = [await company('hubspot', 'Nord'), await company('hubspot', 'Nordwerk')];
    const person = world.hubspot.create('contacts', { firstname: 'Ole', lastname: `Nord ${RUN}` });
    world.hubspot.associate('contacts', person, 'companies', two.id, 'Primary');
    const ole = await world.arrival('hubspot', 'contact', person);
    await world.quiet();
    const survivor = world.hubspot.merge('companies', one.id, two.id);
    expect([one.id, two.id]).to.not.include(survivor);
    await come(
      'both old ids to be aliases',
      async () => [
        (await link('hubspot', one.id))?.state,
        (await link('hubspot', two.id))?.state,
        (await link('hubspot', survivor))?.state,
      ],
      (states) => states.join() === 'merged,merged,synced',
    );
    await world.quiet();
    const { res_id: partner } = (await link('hubspot', survivor))!;
    expect((await link('hubspot', one.id))?.res_id).to.equal(partner);
    expect((await link('hubspot', two.id))?.res_id).to.equal(partner);
    expect(await partnersOf(one)).to.deep.equal([partner]);
    expect(await partnersOf(two)).to.deep.equal([partner]);
    expect((await world.read('res.partner', ole, ['parent_id']))['parent_id']).to.include(partner);
    const named = await world.admin.search(
      'res.partner',
      [
        ['name', 'ilike', `Nord%${RUN}`],
        ['is_company', '=', true],
      ],
      ['name'],
    );
    expect(named).to.have.length(1);
    expect(await world.problem('hubspot', 'customer', survivor)).to.equal(undefined);
    expect(await orphans('hubspot')).to.deep.equal([]);
  });

  it('at HubSpot go on being kept in agreement under the new id, both ways', async () => {
    const [one, two] = [await company('hubspot', 'Sued'), await company('hubspot', 'Suedwerk')];
    await world.quiet();
    const survivor = world.hubspot.merge('companies', one.id, two.id);
    const partner = await world.arrival('hubspot', 'customer', survivor);
    await world.quiet();
    world.hubspot.update('companies', survivor, { phone: '+49 40 1' });
    await come(
      'the telephone',
      () => world.read('res.partner', partner, ['phone']),
      ({ phone }) => phone === '+49 40 1',
    );
    const invoiced = () => Number(world.hubspot.get('companies', survivor)!.properties['odoo_open_amount']);
    await come('what both owe', invoiced, (open) => open >= 200);
  });

  it('at Salesforce keep the master, and the other one is an alias of it', async () => {
    const [master, loser] = [await company('salesforce', 'Fjord'), await company('salesforce', 'Fjordby')];
    await world.quiet();
    world.salesforce.people.merge('Account', master.id, loser.id);
    await world.sidecar.pull(world.connection('salesforce'));
    await come(
      'the alias',
      () => link('salesforce', loser.id),
      (found) => found?.state === 'merged',
    );
    await world.quiet();
    expect((await link('salesforce', loser.id))?.res_id).to.equal(master.partner);
    expect(await link('salesforce', master.id)).to.include({ res_id: master.partner, state: 'synced' });
    expect(await partnersOf(loser)).to.deep.equal([master.partner]);
    expect((await world.read('res.partner', loser.partner, ['id']))['id']).to.equal(undefined);
    expect(await orphans('salesforce')).to.deep.equal([]);
  });

  it('by Odoo’s merge wizard leave one contact that both ids lead to, until the CRM merges them, too', async () => {
    const [one, two] = [await company('hubspot', 'West'), await company('hubspot', 'Westwerk')];
    await world.quiet();
    await wizard([one.partner, two.partner], one.partner);
    const second = await come(
      'the second link to be a duplicate',
      () => link('hubspot', two.id),
      (found) => found?.state === 'duplicate',
    );
    expect(second?.res_id).to.equal(one.partner);
    expect(await partnersOf(two)).to.deep.equal([one.partner]);
    world.hubspot.update('companies', two.id, { phone: '+49 89 2' });
    await world.quiet();
    expect(await world.read('res.partner', one.partner, ['phone', 'name'])).to.include({
      phone: false,
      name: `West ${RUN}`,
    });
    const survivor = world.hubspot.merge('companies', one.id, two.id);
    await come(
      'one living link',
      async () => [
        (await link('hubspot', one.id))?.state,
        (await link('hubspot', two.id))?.state,
        (await link('hubspot', survivor))?.res_id,
      ],
      (found) => found.join() === `merged,merged,${one.partner}`,
    );
    expect(await orphans('hubspot')).to.deep.equal([]);
  });

  it('by Odoo’s merge wizard keep the ids of both CRMs on the one contact', async () => {
    const [hub, sales] = [await company('hubspot', 'Ost'), await company('salesforce', 'Ostby')];
    await world.quiet();
    await wizard([hub.partner, sales.partner], sales.partner);
    await come(
      'HubSpot’s link to follow',
      () => link('hubspot', hub.id),
      (found) => found?.res_id === sales.partner,
    );
    await world.quiet();
    expect(await link('hubspot', hub.id)).to.include({ state: 'synced' });
    expect(await link('salesforce', sales.id)).to.include({ state: 'synced', res_id: sales.partner });
    expect(await partnersOf(hub)).to.deep.equal([sales.partner]);
    world.salesforce.people.edit('Account', sales.id, { Phone: '+47 55 9' });
    const phone = () => world.hubspot.get('companies', hub.id)!.properties['phone'];
    await come('Salesforce’s word at HubSpot', phone, (said) => said === '+47 55 9');
    expect(await orphans('hubspot')).to.deep.equal([]);
  });

  /** As a person merges contacts in Odoo. */
  async function wizard(partners: number[], into: number): Promise<void> {
    const model = 'base.partner.merge.automatic.wizard';
    const wish = { partner_ids: [[6, 0, partners]], dst_partner_id: into, state: 'selection' };
    const made = await world.admin.call<number[]>(model, 'create', [[wish]]);
    await world.admin.call(model, 'action_merge', [made]);
  }
});
