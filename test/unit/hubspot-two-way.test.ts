/** HubSpot behind the real engine, store and the rules that come along: webhooks in, tellings out, and nothing goes round in circles. */
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import type { Carrier } from '../sandbox/hubspot/webhooks.ts';
import { connectors } from '../../sidecar/connectors/index.ts';
import { hubspot } from '../../sidecar/connectors/hubspot/index.ts';
import { createEngine } from '../../sidecar/engine/index.ts';
import { loadRules, rulesPort } from '../../sidecar/rules/index.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { HandClock } from '../support/engine.ts';
import { carriedTo, HOOK, SECRET } from '../support/hubspot-world.ts';
import { TwoWayOdoo } from '../support/two-way-odoo.ts';
import { Sandbox } from '../sandbox/hubspot/sandbox.ts';

const writable = Object.fromEntries(connectors.map((one) => [one.system, one.writable]));
const rules = rulesPort(loadRules('sync-rules', writable), { hubspot: hubspot.writable });

function world() {
  const clock = new HandClock();
  const store = openStore(':memory:', { now: clock.now });
  const odoo = new TwoWayOdoo((system) => rules.watch(system), clock.now);
  const webhook = { url: HOOK, secret: SECRET, gatherMs: 0 };
  const sandbox = new Sandbox({ clock: clock.now, limits: { tenSecondly: 0 }, webhook });
  const connection = {
    id: 'hubspot',
    system: 'hubspot',
    company: 'base.main_company',
    environment: 'test' as const,
    baseUrl: 'http://hubspot.example',
    time_zone: 'Europe/Berlin',
    secrets: { access_token: ['pat-eu1-sandbox'], webhook_secret: [SECRET] },
    options: { public_url: HOOK, portal: 1001, rate_per_second: 1000, fields: { vat: 'vat_number' } },
  };
  const engine = createEngine({
    store,
    odoo,
    rules,
    members: [{ connector: hubspot, connection }],
    open: () =>
      hubspot.open(connection, {
        now: clock.now,
        transport: carriedTo(sandbox),
        sleep: async (ms) => {
          clock.advance(ms);
          await setImmediate();
        },
      }),
    clock,
    random: () => 0.5,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    version: '0.0.0',
  });
  let heard = 0;
  const carrier: Carrier = async (_url, headers, body) => {
    const raw = { headers, body: Buffer.from(body), receivedAt: clock.now() };
    heard += 1;
    await engine.intake.put(hubspot.receive(raw, connection).deliveries);
    return 202;
  };
  sandbox.webhooks.carrier = carrier;
  /** All news of both sides, until nobody has anything to say. */
  const settle = async (): Promise<void> => {
    for (let round = 0, quiet = 0; quiet < 2; round += 1) {
      if (round > 30) throw new Error('it does not come to rest');
      const before = heard;
      await sandbox.webhooks.idle();
      const commands = await engine.pullCommands();
      await engine.runUntilIdle();
      clock.advance(1_000);
      quiet = commands === 0 && heard === before ? quiet + 1 : 0;
    }
  };
  const pushes = () => sandbox.calls.filter(({ path }) => path.includes('/batch/up')).length;
  return { clock, store, odoo, sandbox, engine, settle, pushes };
}

describe('HubSpot, both ways', function () {
  this.timeout(20_000);

  it('takes a company to Odoo, and an edit in Odoo to HubSpot by one call', async () => {
    const w = world();
    const id = w.sandbox.create('companies', { name: 'Ada GmbH', phone: '1', country: 'Germany' });
    await w.settle();
    expect(w.odoo.recordOf('hubspot', id)).to.include({ name: 'Ada GmbH', phone: '1' });
    const before = { writes: w.odoo.writes, pushes: w.pushes() };
    w.odoo.edit(1, { saas_sync_standing: 'overdue', saas_sync_open_amount: 119 });
    await w.settle();
    const { properties } = w.sandbox.get('companies', id)!;
    expect(properties).to.include({ odoo_standing: 'overdue', odoo_open_amount: '119' });
    expect([w.pushes() - before.pushes, w.odoo.writes - before.writes]).to.deep.equal([1, 0]);
  });

  it('takes an edit in HubSpot to Odoo and tells HubSpot nothing', async () => {
    const w = world();
    const id = w.sandbox.create('companies', { name: 'Ada GmbH' });
    await w.settle();
    const before = w.pushes();
    w.sandbox.update('companies', id, { name: 'Ada Engines GmbH', city: 'Bonn' });
    await w.settle();
    expect(w.odoo.recordOf('hubspot', id)).to.include({ name: 'Ada Engines GmbH', city: 'Bonn' });
    expect(w.pushes()).to.equal(before);
  });

  it('gives what HubSpot owns back to Odoo, and says nothing to HubSpot', async () => {
    const w = world();
    const id = w.sandbox.create('companies', { name: 'Ada GmbH' });
    await w.settle();
    const before = w.pushes();
    w.odoo.edit(1, { name: 'Something else' });
    await w.settle();
    expect(w.odoo.recordOf('hubspot', id)).to.include({ name: 'Ada GmbH' });
    expect([w.sandbox.get('companies', id)?.properties['name'], w.pushes()]).to.deep.equal([
      'Ada GmbH',
      before,
    ]);
  });

  it('gets over a ring of parents', async () => {
    const w = world();
    const [a, b] = ['A', 'B'].map((name) => w.sandbox.create('companies', { name }));
    w.sandbox.setParent(a!, b!);
    w.sandbox.setParent(b!, a!);
    await w.settle();
    expect(w.odoo.recordOf('hubspot', a!)).to.include({ name: 'A', parent_id: null });
    expect(w.odoo.recordOf('hubspot', b!)).to.include({ name: 'B' });
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('parks a telling for which HubSpot has no property, naming it, and goes on once there is one', async () => {
    const w = world();
    const id = w.sandbox.create('companies', { name: 'Ada GmbH' });
    await w.settle();
    w.sandbox.portal.removeProperty('companies', 'odoo_standing');
    w.clock.advance(4_000_000);
    w.odoo.edit(1, { saas_sync_standing: 'hold' });
    await w.settle();
    const [parked] = w.store.parked();
    expect(parked).to.have.property('code', 'field_missing_there');
    w.sandbox.portal.addProperty('companies', { name: 'odoo_standing' });
    w.clock.advance(4_000_000);
    w.odoo.edit(1, { saas_sync_open_amount: 1 });
    await w.settle();
    expect(w.sandbox.get('companies', id)?.properties['odoo_standing']).to.equal('hold');
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('hands a telling that it has no right for to the administrator, while all else goes on both ways', async () => {
    const w = world();
    const id = w.sandbox.create('companies', { name: 'Ada GmbH' });
    await w.settle();
    w.sandbox.access.lacking.add('crm.objects.companies.write');
    w.odoo.edit(1, { saas_sync_standing: 'hold' });
    await w.settle();
    await w.engine.report();
    expect(w.odoo.reports.flatMap(({ exceptions }) => exceptions)).to.have.length(1);
    expect(w.odoo.reports.at(-1)!.exceptions[0]).to.deep.include({
      cause: 'business_rule',
      code: 'may_not_write',
      concerns: 'admin',
    });
    w.sandbox.update('companies', id, { city: 'Bonn' });
    w.sandbox.create('companies', { name: 'Bob GmbH' });
    await w.settle();
    expect(w.engine.status().connections[0]).to.include({ state: 'healthy' });
    expect(w.odoo.recordOf('hubspot', id)).to.include({ city: 'Bonn' });
    expect(w.odoo.partners.size).to.equal(2);
    w.sandbox.access.lacking.clear();
    w.store.retry({ lanes: [`hubspot/customer:${id}`] });
    await w.settle();
    expect(w.sandbox.get('companies', id)?.properties['odoo_standing']).to.equal('hold');
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('stands still as a whole when its token is taken away', async () => {
    const w = world();
    w.sandbox.create('companies', { name: 'Ada GmbH' });
    await w.settle();
    w.sandbox.access.revoke();
    w.odoo.edit(1, { saas_sync_standing: 'hold' });
    await w.engine.pullCommands();
    await w.engine.runUntilIdle();
    expect(w.engine.status().connections[0]).to.include({ state: 'broken' });
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('asks nobody twice when an import changes a thousand companies', async () => {
    const w = world();
    const ids = w.sandbox.seedMany('companies', 1_000, (n) => ({ name: `Company ${n}` }));
    w.sandbox.importChange('companies', ids, { city: 'Ulm' });
    await w.settle();
    expect(w.odoo.partners.size).to.equal(1_000);
    expect([...w.odoo.partners.values()].every(({ city }) => city === 'Ulm')).to.equal(true);
    const reads = w.sandbox.calls.filter(({ path }) => path.endsWith('/companies/batch/read')).length;
    expect(reads).to.be.below(60);
    expect(w.pushes()).to.equal(0);
  });
});
