/** Stripe, Salesforce and HubSpot know one customer: what happens anywhere ends where it should, and nothing goes round in circles. */
import { expect } from 'chai';
import { come, openCrmWorld, type CrmWorld } from '../support/crm-world.ts';
import { odooOfTheRun } from '../support/world.ts';

const RUN = Date.now().toString(36).toUpperCase();
const domain = `trio-${RUN.toLowerCase()}.example`;

describe('one customer of Stripe, Salesforce and HubSpot', function () {
  this.timeout(60_000);
  let world: CrmWorld;
  let partner: number;
  let account: string;
  let company: string;
  let payer: string;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openCrmWorld(odoo, { name: 'crm-three', systems: ['stripe', 'salesforce', 'hubspot'] });
    const known = {
      name: `Trio ${RUN}`,
      email: `pay@${domain}`,
      website: `https://${domain}`,
      is_company: true,
    };
    [partner] = (await world.admin.call<number[]>('res.partner', 'create', [
      [{ ...known, phone: '+49 30 3' }],
    ])) as [number];
    account = world.salesforce.people.create('Account', { Name: known.name, Website: known.website });
    await world.arrival('salesforce', 'customer', account);
    company = world.hubspot.create('companies', { name: known.name, domain });
    await world.arrival('hubspot', 'customer', company);
    ({ id: payer } = await world.stripe.client.customers.create({ name: known.name, email: known.email }));
    await world.arrival('stripe', 'customer', payer);
    await world.quiet();
  });

  after(() => world?.close());

  const here = (...fields: string[]) => world.read('res.partner', partner, fields);
  const atSalesforce = () => world.salesforce.org.find('Account', account)!;
  const atHubSpot = () => world.hubspot.get('companies', company)!.properties;
  /** How many requests changed something at either CRM. */
  const writes = () => [
    world.salesforce.api.calls.filter((call) => /^(PATCH|POST)/.test(call) && !/oauth|query/.test(call))
      .length,
    world.hubspot.calls.filter(
      ({ method, path }) => method !== 'GET' && /batch\/up|companies\/\d+$/.test(path),
    ).length,
  ];
  const written = (before: number[]) => writes().map((count, index) => count - before[index]!);
  const rest = async () => {
    await world.hubspot.webhooks.idle();
    await world.salesforce.nudges.idle();
    await world.quiet();
  };

  it('is one contact, which kept what none of them knows', async () => {
    const links = await Promise.all([
      world.link('salesforce', 'customer', account),
      world.link('hubspot', 'customer', company),
      world.link('stripe', 'customer', payer),
    ]);
    expect(links.map((link) => link?.res_id)).to.deep.equal([partner, partner, partner]);
    expect(await here('phone', 'name')).to.include({ phone: '+49 30 3', name: `Trio ${RUN}` });
  });

  it('is renamed everywhere by Salesforce, with one call to HubSpot and none back', async () => {
    const before = writes();
    world.salesforce.people.edit('Account', account, { Name: `Trio AS ${RUN}`, BillingCity: 'Bergen' });
    await come(
      'the name at HubSpot',
      () => atHubSpot()['name'],
      (name) => name === `Trio AS ${RUN}`,
    );
    await rest();
    expect(await here('name', 'city')).to.include({ name: `Trio AS ${RUN}`, city: 'Bergen' });
    expect(atHubSpot()).to.include({ city: 'Bergen' });
    expect(written(before)).to.deep.equal([0, 1]);
  });

  it('is not renamed by HubSpot, which comes after Salesforce: its name goes back by one call', async () => {
    const before = writes();
    world.hubspot.update('companies', company, { name: 'HubSpot knows better' });
    await come(
      'its name at HubSpot',
      () => atHubSpot()['name'],
      (name) => name === `Trio AS ${RUN}`,
    );
    await rest();
    expect(await here('name')).to.include({ name: `Trio AS ${RUN}` });
    expect(written(before)).to.deep.equal([0, 1]);
  });

  it('is not renamed in Odoo either, and Salesforce, which owns the name, hears nothing of it', async () => {
    const before = writes();
    await world.write('res.partner', partner, { name: 'So does Odoo' });
    await come(
      'its name in Odoo',
      () => here('name'),
      ({ name }) => name === `Trio AS ${RUN}`,
    );
    await rest();
    expect(atSalesforce()).to.include({ Name: `Trio AS ${RUN}` });
    expect(atHubSpot()).to.include({ name: `Trio AS ${RUN}` });
    expect(written(before)[0]).to.equal(0);
  });

  it('has the address for invoices that Stripe says, and no CRM says otherwise', async () => {
    await world.stripe.client.customers.update(payer, {
      email: `invoices@${domain}`,
      name: 'Name at Stripe',
    });
    await come(
      'the address',
      () => here('email'),
      ({ email }) => email === `invoices@${domain}`,
    );
    await rest();
    world.salesforce.people.edit('Account', account, { Phone: '+47 3' });
    await come(
      'the telephone at HubSpot',
      () => atHubSpot()['phone'],
      (phone) => phone === '+47 3',
    );
    expect(await here('email', 'name')).to.include({ email: `invoices@${domain}`, name: `Trio AS ${RUN}` });
  });

  it('is put on hold in Odoo, and each CRM is told once', async () => {
    await rest();
    const before = writes();
    await world.write('res.partner', partner, { saas_sync_credit_hold: true });
    await come(
      'the hold at HubSpot',
      () => atHubSpot()['odoo_credit_hold'],
      (hold) => hold === 'true',
    );
    await come(
      'the hold at Salesforce',
      () => atSalesforce()['Odoo_Credit_Hold__c'],
      (hold) => hold === true,
    );
    await rest();
    expect(written(before)).to.deep.equal([1, 1]);
  });

  it('comes to rest when everybody edits at once, with one answer everywhere', async () => {
    world.salesforce.people.edit('Account', account, { Name: `Trio Group ${RUN}` });
    world.hubspot.update('companies', company, { name: 'Elsewhere', phone: '4' });
    await Promise.all([
      world.write('res.partner', partner, { name: 'Somewhere', city: 'Kiel' }),
      world.stripe.client.customers.update(payer, { name: 'Anywhere', email: `last@${domain}` }),
    ]);
    await come(
      'one name everywhere',
      async () => [(await here('name'))['name'], atHubSpot()['name'], atSalesforce()['Name']],
      (names) => names.every((name) => name === `Trio Group ${RUN}`),
    );
    await rest();
    const after = writes();
    await rest();
    expect(written(after)).to.deep.equal([0, 0]);
    expect(await here('name', 'email', 'city', 'phone')).to.include({
      name: `Trio Group ${RUN}`,
      email: `last@${domain}`,
      city: 'Bergen',
      phone: '+47 3',
    });
    expect(atHubSpot()).to.include({ name: `Trio Group ${RUN}`, city: 'Bergen', phone: '+47 3' });
  });
});
