/** A conflict on its whole way: both sides change one field, a person decides in Odoo, both sides hold what was decided. */
import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../dev/odoo/ports.ts';
import { logIn, type Person } from '../../dev/support/admin.ts';
import { startSidecar, type Sidecar, type SidecarOptions } from '../../dev/support/sidecar.ts';
import { startHubSpotSandbox, type HubSpotSandbox } from '../sandbox/hubspot/index.ts';
import { OdooBrowser } from '../support/browser.ts';
import { until } from '../support/sidecar-story.ts';
import { odooOfTheRun } from '../support/world.ts';

const RUN = Date.now().toString(36);
const CONNECTION = `hubspot-conflict-${RUN}`;

interface Conflict {
  id: number;
  state: string;
  resolution: string | false;
  difference: string;
}

describe('a conflict between HubSpot and Odoo', function () {
  this.timeout(90_000);
  let admin: Person;
  let sandbox: HubSpotSandbox;
  let settings: SidecarOptions;
  let sidecar: Sidecar;
  let browser: OdooBrowser;
  let folder: string;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    folder = mkdtempSync(join(tmpdir(), 'saas-sync-conflict-'));
    admin = await logIn(odoo.url, odoo.database, 'admin', 'admin');
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}/hooks/${CONNECTION}`;
    sandbox = await startHubSpotSandbox({ webhook: { url: publicUrl, secret: 'of-this-test', publicUrl } });
    settings = { home: join(folder, 'sidecar'), port, odoo, ...connectionTo(sandbox.url, publicUrl) };
    sidecar = await startSidecar(settings);
    browser = await OdooBrowser.launch({ url: odoo.url, height: 900 });
    await browser.login();
  });

  afterEach(() => {
    expect(browser?.errors.splice(0) ?? [], 'errors in the browser console').to.deep.equal([]);
  });

  after(async () => {
    await browser?.close();
    await sidecar?.stop();
    await sandbox?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** A person at HubSpot who came to Odoo, whose telephone both sides then change while nobody tells the other. */
  const disagree = async (name: string, here: string, there: string) => {
    const [firstname = '', lastname = ''] = name.split(' ');
    const email = `${firstname.toLowerCase()}.${RUN}@example.com`;
    const id = sandbox.create('contacts', { firstname, lastname, email, phone: '+49 30 1000' });
    await until('the contact is in Odoo', async () => (await partnerOf(id)) > 0);
    const partner = await partnerOf(id);
    await sidecar.idle();
    await sidecar.stop();
    await admin.call('res.partner', 'write', [[partner], { phone: here }]);
    sandbox.update('contacts', id, { phone: there });
    sidecar = await startSidecar(settings);
    await until('the conflict is in Odoo', async () => (await conflictOf(id))?.state === 'open');
    return { id, partner, conflict: (await conflictOf(id))?.id ?? 0 };
  };
  const ours = (externalId: string) => [
    ['external_id', '=', externalId],
    ['connection_id.code', '=', CONNECTION],
  ];
  const partnerOf = async (externalId: string): Promise<number> => {
    const [link] = await admin.search<{ res_id: number }>('saas.sync.link', ours(externalId), ['res_id']);
    return link?.res_id ?? 0;
  };
  const conflictOf = async (externalId: string): Promise<Conflict | undefined> => {
    const fields = ['state', 'resolution', 'difference'];
    const [found] = await admin.search<Conflict>('saas.sync.conflict', ours(externalId), fields);
    return found;
  };
  const phoneHere = async (partner: number): Promise<unknown> => {
    const [found] = await admin.search<{ phone: string }>('res.partner', [['id', '=', partner]], ['phone']);
    return found?.phone;
  };
  const phoneThere = (id: string): unknown => sandbox.get('contacts', id)?.properties['phone'];
  const settled = (id: string) =>
    until('the conflict is settled', async () => (await conflictOf(id))?.state === 'resolved');

  it('takes the side that a person chose to the other side, and says who decided', async () => {
    const { id, partner, conflict } = await disagree('Ada Lovelace', '+49 30 1111', '+49 30 1222');
    expect((await conflictOf(id))?.difference).to.equal('Phone');
    await browser.open(`/odoo/saas-sync-conflicts/${conflict}`);
    await browser.page.click('[data-field=phone] .o_saas_sync_side_odoo >> text=+49 30 1111');
    await browser.page.click('.o_saas_sync_settle_now');
    await browser.page.waitForSelector('.o_saas_sync_ending >> text=decided: Phone');
    await settled(id);
    expect(phoneThere(id)).to.equal('+49 30 1111');
    expect(await phoneHere(partner)).to.equal('+49 30 1111');
    const mine = [
      ['model', '=', 'res.partner'],
      ['res_id', '=', partner],
    ];
    const notes = await admin.search<{ body: string }>('mail.message', mine, ['body']);
    const story = notes.map(({ body }) => body).join(' ');
    expect(story).to.match(/HubSpot and Odoo differed.*decided: Phone/);
  });

  it('takes a typed value to both sides, and a choice for the other side to Odoo', async () => {
    const typed = await disagree('Grace Hopper', '+49 30 1111', '+49 30 1222');
    await browser.open(`/odoo/saas-sync-conflicts/${typed.conflict}`);
    await browser.page.click('[data-field=phone] .o_saas_sync_type');
    await browser.page.fill('[data-field=phone] .o_saas_sync_editor input', '+49 30 1333');
    await browser.page.click('.o_saas_sync_settle_now');
    await settled(typed.id);
    expect([phoneThere(typed.id), await phoneHere(typed.partner)]).to.deep.equal([
      '+49 30 1333',
      '+49 30 1333',
    ]);
    const theirs = await disagree('Edith Clarke', '+49 30 1111', '+49 30 1222');
    await browser.open(`/odoo/saas-sync-conflicts/${theirs.conflict}`);
    await browser.page.click('[data-field=phone] .o_saas_sync_side_other');
    await browser.page.click('.o_saas_sync_settle_now');
    await settled(theirs.id);
    expect([phoneThere(theirs.id), await phoneHere(theirs.partner)]).to.deep.equal([
      '+49 30 1222',
      '+49 30 1222',
    ]);
  });

  it('closes by itself when both sides agree again', async () => {
    const { id } = await disagree('Mary Jackson', '+49 30 1111', '+49 30 1222');
    sandbox.update('contacts', id, { phone: '+49 30 1111' });
    await settled(id);
    expect((await conflictOf(id))?.resolution).to.equal('agreed');
  });
});

function connectionTo(url: string, publicUrl: string): Pick<SidecarOptions, 'connections' | 'env'> {
  const credentials = { access_token: { env: 'HUBSPOT_TOKEN' }, webhook_secret: { env: 'HUBSPOT_SECRET' } };
  return {
    connections: {
      connections: [
        {
          id: CONNECTION,
          name: 'HubSpot',
          system: 'hubspot',
          environment: 'test',
          base_url: url,
          time_zone: 'Europe/Berlin',
          credentials,
          options: { public_url: publicUrl },
        },
      ],
    },
    env: { HUBSPOT_TOKEN: 'pat-eu1-sandbox', HUBSPOT_SECRET: 'of-this-test' },
  };
}
