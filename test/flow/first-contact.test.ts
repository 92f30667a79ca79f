/** A new connection is looked through in Odoo before anything is written, with the sandbox, a real Odoo and a browser. */
import { expect } from 'chai';
import { OdooBrowser } from '../support/browser.ts';
import { until } from '../support/sidecar-story.ts';
import { odooOfTheRun, openWorld, type World } from '../support/world.ts';

const RUN = Date.now().toString(36);
const CONNECTION = `stripe-contact-${RUN}`;

interface Row {
  id: number;
  name: string;
  finding: string;
  plan: string;
  why: string;
}

describe('first contact', function () {
  this.timeout(240_000);
  let world: World;
  let browser: OdooBrowser;
  const ids: Record<string, string> = {};
  const inOdoo: Record<string, number> = {};

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openWorld(odoo, {
      connection: CONNECTION,
      seed: `contact-${RUN}`,
      review: true,
      fill: async ({ client }) => {
        const one = async (key: string, name: string, more: object = {}) => {
          ids[key] = (await client.customers.create({ name: `${name} ${RUN}`, ...more })).id;
        };
        const kiel = { address: { city: 'Kiel', postal_code: '24103', country: 'DE' } };
        await one('clear', 'Nordlicht Werft GmbH', { email: `ada.${RUN}@nordlicht.example`, ...kiel });
        await one('unsure', 'Südwind Handel AG', kiel);
        await one('fresh', 'Ganz Neu KG', { email: `neu.${RUN}@neu.example` });
        await one('twin', 'Zwilling OHG', { email: `zw.${RUN}@zwilling.example` });
        await one('twinToo', 'Zwilling OHG', { email: `zw.${RUN}@zwilling.example` });
      },
    });
    await fillOdoo();
    // The look may have been quicker than this test: what matters is what it finds now.
    await until('the first look is complete', async () => (await connection()).contact_state === 'review');
    await press('action_look_again');
    await until('candidates are found', async () => (await rows())['clear']?.finding === 'match');
    await until('the look is complete', async () => (await connection()).contact_state === 'review');
    browser = await OdooBrowser.launch({ url: odoo.url });
    await browser.login('admin', 'admin');
    browser.page.setDefaultTimeout(20_000);
  });

  after(async () => {
    await browser?.close();
    await world?.close();
  });

  async function fillOdoo(): Promise<void> {
    const make = async (key: string, values: Record<string, unknown>) => {
      [inOdoo[key]] = await world.admin.call<[number]>('res.partner', 'create', [
        [{ is_company: true, ...values }],
      ]);
    };
    const mail = `ada.${RUN}@nordlicht.example`;
    await make('clear', {
      name: `Nordlicht-Werft ${RUN}`,
      email: mail,
      zip: '24103',
      city: 'Kiel',
      comment: 'ours',
    });
    await make('unsure', { name: `Suedwind Handel ${RUN}`, zip: '24103', city: 'Kiel' });
  }

  const connection = async () => {
    const fields = ['contact_state', 'link_count'];
    const found = await world.admin.search<{ id: number; contact_state: string; link_count: number }>(
      'saas.sync.connection',
      [['code', '=', CONNECTION]],
      fields,
    );
    return found[0]!;
  };
  const press = async (method: string, ...args: unknown[]) =>
    world.admin.call('saas.sync.connection', method, [[(await connection()).id], ...args]);
  const rows = async (): Promise<Record<string, Row>> => {
    const found = await world.admin.search<Row & { external_id: string }>(
      'saas.sync.candidate',
      [['connection_id.code', '=', CONNECTION]],
      ['name', 'finding', 'plan', 'why', 'external_id'],
    );
    const keyOf = (id: string) => Object.entries(ids).find(([, own]) => own === id)?.[0] ?? id;
    return Object.fromEntries(found.map((row) => [keyOf(row.external_id), row]));
  };
  const partners = (name: string) =>
    world.admin.search<{ id: number; name: string; comment: string }>(
      'res.partner',
      [['name', '=', `${name} ${RUN}`]],
      ['name', 'comment'],
    );

  it('finds what is there, what is new, and what is there twice, and writes nothing', async () => {
    const found = await rows();
    const findings = Object.entries(found).map(([key, { finding, plan }]) => [key, finding, plan]);
    expect(findings).to.have.deep.members([
      ['clear', 'match', 'link'],
      ['unsure', 'ambiguous', 'decide'],
      ['fresh', 'create', 'create'],
      ['twin', 'duplicate', 'decide'],
      ['twinToo', 'duplicate', 'decide'],
    ]);
    expect(found['clear']?.why).to.equal('same e-mail address (45), same name (45), same postcode (15)');
    expect((await connection()).link_count).to.equal(0);
    expect(await partners('Ganz Neu KG')).to.deep.equal([]);
  });

  it('keeps webhooks waiting meanwhile', async () => {
    await world.sandbox.client.customers.update(ids['fresh']!, { phone: '+49 431 1' });
    await world.sandbox.webhooks.idle();
    expect(await partners('Ganz Neu KG')).to.deep.equal([]);
  });

  it('shows on one screen what would happen, and a record beside those it could be', async () => {
    const { page } = browser;
    await browser.open(`/odoo/saas-sync-connections/${(await connection()).id}`);
    await page.waitForSelector('.o_saas_sync_first_contact [data-plan=decide] >> text=3');
    await browser.screenshot('first-contact-counts');
    await page.click('.o_saas_sync_first_contact [data-plan=decide]');
    await page.waitForSelector('.o_list_view .o_group_header');
    await page.click('.o_group_header:has-text("Not sure")');
    await browser.settle();
    await browser.screenshot('first-contact-list');
    await page.click(`.o_data_row:has-text("Südwind")`);
    await page.waitForSelector('.o_saas_sync_suggestion');
    await browser.screenshot('first-contact-record');
    await page.click('.o_saas_sync_link');
    await page.waitForSelector('.o_saas_sync_suggestion >> text=Will be linked');
    expect((await rows())['unsure']?.plan).to.equal('link');
    expect(browser.errors.splice(0)).to.deep.equal([]);
  });

  it('refuses to start while something is undecided', async () => {
    const id = (await connection()).id;
    const wizard = await world.admin.call<number[]>('saas.sync.start', 'create', [[{ connection_id: id }]]);
    const refused = await world.admin
      .call('saas.sync.start', 'action_start', [wizard])
      .catch((error: Error) => error);
    expect(String(refused)).to.contain('2 record(s) are still to be decided');
  });

  it('survives a lost store: Odoo knows what was found and decided', async () => {
    await world.restart({ forget: true });
    await until('Odoo hears of it again', async () => (await connection()).contact_state === 'review');
    expect((await rows())['unsure']?.plan).to.equal('link');
  });

  it('links, creates and ignores as decided, and leaves what was agreed by nobody alone', async () => {
    const { twin } = await rows();
    await world.admin.call('saas.sync.candidate', 'action_keep_this', [[twin!.id]]);
    const id = (await connection()).id;
    const wizard = await world.admin.call<number[]>('saas.sync.start', 'create', [[{ connection_id: id }]]);
    await world.admin.call('saas.sync.start', 'action_start', [wizard]);
    await until('it has started', async () => (await connection()).contact_state === 'started', 60_000);
    await world.sidecar.idle();
    expect(await partners('Ganz Neu KG')).to.have.length(1);
    expect(await partners('Zwilling OHG')).to.have.length(1);
    const links = await world.admin.search<{ external_id: string; res_id: number }>(
      'saas.sync.link',
      [['connection_id.code', '=', CONNECTION]],
      ['external_id', 'res_id'],
    );
    const linked = Object.fromEntries(links.map((link) => [link.external_id, link.res_id]));
    expect(linked[ids['clear']!]).to.equal(inOdoo['clear']);
    expect(linked[ids['unsure']!]).to.equal(inOdoo['unsure']);
    expect(linked).to.not.have.property(ids['twinToo']!);
  });

  it('goes on ignoring what was ignored, however often it changes', async () => {
    await world.sandbox.client.customers.update(ids['twinToo']!, { name: `Zwilling OHG anders ${RUN}` });
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle();
    expect(await partners('Zwilling OHG anders')).to.deep.equal([]);
  });
});
