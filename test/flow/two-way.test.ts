/** Both ways with a real sidecar and a real Odoo: an edit here is seen there, a conflict waits for a person, a birth is linked. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../dev/odoo/ports.ts';
import { logIn, type Person } from '../../dev/support/admin.ts';
import { pause, startSidecar, type Sidecar } from '../../dev/support/sidecar.ts';
import { startHubSpotSandbox, type HubSpotSandbox } from '../sandbox/hubspot/index.ts';
import { odooOfTheRun } from '../support/world.ts';

const RUN = Date.now().toString(36).toUpperCase();
const CONNECTION = `hubspot-${RUN.toLowerCase()}`;
const SECRET = 'hubspot-flow-secret';

/** A field for each way of deciding. */
const RULE = `
entity: customer
version: 1
owner: tests
purpose: One field for each way of deciding.
retention: 400 days
mode: realtime
odoo: res.partner
match: [[[saas_sync_key, '=', customer.odooKey]]]
born: { hubspot: [[ref, '=', 'born ${RUN}']] }
fields:
  name: { from: customer.name, owner: [hubspot] }
  phone: { from: customer.phone, owner: odoo }
  ref: { from: customer.note, owner: manual }
`;

/** Asks until the answer is the wanted one; throws after 20 seconds with the last one. */
async function until<T>(ask: () => T | Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  let last: T | undefined;
  for (let tries = 0; tries < 400; tries += 1) {
    last = await ask();
    if (wanted(last)) return last;
    await pause(50);
  }
  throw new Error(`It did not come about; the last answer was ${JSON.stringify(last)}`);
}

describe('two ways between HubSpot and Odoo', function () {
  this.timeout(60_000);
  let admin: Person;
  let sandbox: HubSpotSandbox;
  let sidecar: Sidecar;
  let folder: string;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    folder = mkdtempSync(join(tmpdir(), 'saas-sync-two-way-'));
    const rules = join(folder, 'rules');
    mkdirSync(rules);
    writeFileSync(join(rules, 'customer.yaml'), RULE);
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}/hooks/${CONNECTION}`;
    admin = await logIn(odoo.url, odoo.database, 'admin', 'admin');
    sandbox = await startHubSpotSandbox({
      port: await freePort(),
      webhook: { url: publicUrl, secret: SECRET, publicUrl },
    });
    sidecar = await startSidecar({
      home: join(folder, 'sidecar'),
      port,
      odoo,
      connections: {
        connections: [
          {
            id: CONNECTION,
            name: 'HubSpot',
            system: 'hubspot',
            environment: 'test',
            base_url: sandbox.url,
            time_zone: 'Europe/Berlin',
            credentials: {
              access_token: { env: 'HUBSPOT_TOKEN' },
              webhook_secret: { env: 'HUBSPOT_SECRET' },
            },
            options: { public_url: publicUrl },
          },
        ],
      },
      env: { HUBSPOT_TOKEN: 'pat-eu1-sandbox', HUBSPOT_SECRET: SECRET, SAAS_SYNC_RULES: rules },
    });
    await sidecar.idle();
  });

  after(async () => {
    await sidecar?.stop();
    await sandbox?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const linkOf = async (externalId: string) => {
    const domain = [
      ['external_id', '=', externalId],
      ['connection_id.code', '=', CONNECTION],
    ];
    const [link] = await admin.search<{ res_id: number }>('saas.sync.link', domain, ['res_id']);
    return link?.res_id ?? 0;
  };
  const partnerOf = async (id: number) => {
    const fields = ['name', 'phone', 'ref'];
    return (await admin.search<Record<string, unknown>>('res.partner', [['id', '=', id]], fields))[0]!;
  };
  const company = async (name: string) => {
    const id = sandbox.create('companies', { name, phone: '1', description: 'as agreed' });
    const partner = await until(
      () => linkOf(id),
      (found) => found > 0,
    );
    await sidecar.idle();
    return { id, partner };
  };
  const write = (partner: number, values: Record<string, unknown>) =>
    admin.call('res.partner', 'write', [[partner], values]);
  const told = (id: string) => sandbox.get('companies', id)!.properties;
  const conflictOf = async (id: string) => {
    const fields = ['state', 'line_ids'];
    const domain = [['external_id', '=', id]];
    const rows = await admin.search<{ id: number; state: string; line_ids: number[] }>(
      'saas.sync.conflict',
      domain,
      fields,
    );
    return rows[0];
  };

  it('shows an edit in Odoo at the vendor, with one write and one call to Odoo for its echo at most', async () => {
    const { id, partner } = await company(`Edit ${RUN}`);
    const before = sandbox.calls.length;
    for (const phone of ['+49 30 1', '+49 30 2', '+49 30 3']) {
      await write(partner, { phone });
      await until(
        () => told(id)['phone'],
        (there) => there === phone,
      );
    }
    await sidecar.idle();
    const writes = sandbox.calls
      .slice(before)
      .filter(({ path }) => /companies\/batch\/update|companies\/\d+$/.test(path));
    expect(writes.filter(({ method }) => method !== 'GET')).to.have.length(3);
    expect(await partnerOf(partner)).to.include({ phone: '+49 30 3' });
  });

  it('gives back in Odoo what the vendor owns', async () => {
    const { id, partner } = await company(`Owned ${RUN}`);
    await write(partner, { name: 'Somebody else' });
    await until(
      () => partnerOf(partner),
      ({ name }) => name === `Owned ${RUN}`,
    );
    expect(told(id)['name']).to.equal(`Owned ${RUN}`);
  });

  it('holds what both sides changed until a person decides, and gives it to both', async () => {
    const { id, partner } = await company(`Both ${RUN}`);
    await sidecar.idle();
    sandbox.update('companies', id, { description: 'there' });
    await write(partner, { ref: 'here', phone: '7' });
    const { id: conflict } = (await until(
      () => conflictOf(id),
      (found) => found?.state === 'open',
    ))!;
    await until(
      () => told(id)['phone'],
      (phone) => phone === '7',
    );
    expect([told(id)['description'], (await partnerOf(partner))['ref']]).to.deep.equal(['there', 'here']);
    const { lines } = await admin.call<{ lines: { field: string; token: string }[] }>(
      'saas.sync.conflict',
      'resolver',
      [conflict],
    );
    expect(lines.map(({ field }) => field)).to.deep.equal(['ref']);
    await admin.call('saas.sync.conflict', 'resolve', [
      conflict,
      { ref: { take: 'odoo', token: lines[0]!.token } },
    ]);
    await until(
      () => told(id)['description'],
      (there) => there === 'here',
    );
    await until(
      () => conflictOf(id),
      (found) => found?.state === 'resolved',
    );
  });

  it('makes a partner that the rules choose at the vendor, and links the two', async () => {
    const partner = await admin.call<number>('res.partner', 'create', [
      { name: `Born ${RUN}`, ref: `born ${RUN}`, phone: '8' },
    ]);
    const links = () =>
      admin.search<{ external_id: string }>(
        'saas.sync.link',
        [
          ['res_id', '=', partner],
          ['model', '=', 'res.partner'],
        ],
        ['external_id'],
      );
    const [link] = await until(links, (found) => found.length > 0);
    expect(told(link!.external_id)).to.include({ name: `Born ${RUN}`, phone: '8' });
    expect(
      sandbox.all('companies').filter(({ properties }) => properties['name'] === `Born ${RUN}`),
    ).to.have.length(1);
  });
});
