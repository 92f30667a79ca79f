/** First contact with HubSpot: every company, contact and product is looked at before anything is written, companies first. */
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { connectors } from '../../sidecar/connectors/index.ts';
import { hubspot } from '../../sidecar/connectors/hubspot/index.ts';
import { createEngine } from '../../sidecar/engine/index.ts';
import { loadRules, rulesPort } from '../../sidecar/rules/index.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { Sandbox } from '../sandbox/hubspot/sandbox.ts';
import { HandClock } from '../support/engine.ts';
import { FakeOdoo } from '../support/fake-odoo.ts';
import { carriedTo, connectionTo } from '../support/hubspot-world.ts';

const writable = Object.fromEntries(connectors.map((one) => [one.system, one.writable]));
const rules = rulesPort(loadRules('sync-rules', writable), { hubspot: hubspot.writable });

function world() {
  const clock = new HandClock();
  const sandbox = new Sandbox({ clock: clock.now, limits: { tenSecondly: 0 } });
  const connection = { ...connectionTo('http://hubspot.example'), first_contact: 'review' as const };
  const odoo = new FakeOdoo();
  const engine = createEngine({
    store: openStore(':memory:', { now: clock.now }),
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
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn++) {
      if (await engine.makeReady(connection.id)) await engine.backfill(connection.id);
      await engine.runUntilIdle();
      clock.advance(2_000);
    }
  };
  return { sandbox, odoo, engine, settle, id: connection.id };
}

describe('HubSpot, first contact', () => {
  it('shows companies, then their people, then products, and writes nothing before it is started', async () => {
    const w = world();
    w.sandbox.seedMany('contacts', 3, (n) => ({ email: `p${n}@ada.example`, lastname: `P${n}` }));
    w.sandbox.seedMany('companies', 250, (n) => ({ name: `Company ${n}`, domain: `c${n}.example` }));
    w.sandbox.create('products', { name: 'Engine', hs_sku: 'E-1' });
    w.sandbox.create('deals', { dealname: 'Engines', dealstage: 'contractsent' });
    await w.settle();
    const kinds = [...w.odoo.found.values()].map(({ kind }) => kind);
    expect([...new Set(kinds)]).to.deep.equal(['customer', 'contact', 'product']);
    expect(kinds).to.have.length(254);
    expect([w.odoo.contact, w.odoo.writes]).to.deep.equal(['review', 0]);
    await w.engine.command({ command: 'start_syncing', connection: w.id, kind: null, external_id: null });
    await w.settle();
    expect(w.odoo.contact).to.equal('started');
    expect(w.odoo.writes).to.be.at.least(254);
  });
});
