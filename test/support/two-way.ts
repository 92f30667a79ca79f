/** Two CRMs that can be told things, a third that cannot, and Odoo between them: the real engine, store and rules. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type EngineDeps } from '../../sidecar/engine/index.ts';
import { hint } from '../../sidecar/engine/intake.ts';
import { loadRules, rulesPort } from '../../sidecar/rules/index.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { Crm, crmConnector } from './crm.ts';
import { connectionNamed, HandClock } from './engine.ts';
import { TwoWayOdoo } from './two-way-odoo.ts';

const RULE = `
entity: customer
version: 1
owner: tests
purpose: One field for each way of deciding.
retention: 1 days
mode: realtime
odoo: res.partner
match:
  - - [saas_sync_key, '=', customer.odooKey]
  - email
born: { north: [[is_company, '=', true]] }
fields:
  name: { from: customer.name, owner: [north, south] }
  phone: { from: customer.phone, owner: newest }
  email: { from: customer.email, owner: odoo }
  website: { from: customer.website, owner: manual }
  comment: { from: customer.note, owner: [south], against: propose }
  standing: { to: { north: Standing__c, south: standing } }
`;

export const SYSTEMS = ['north', 'south', 'plain'] as const;
export type System = (typeof SYSTEMS)[number];

function rulesOfTests(): EngineDeps['rules'] {
  const folder = mkdtempSync(join(tmpdir(), 'two-way-'));
  writeFileSync(join(folder, 'customer.yaml'), RULE);
  const writable = Object.fromEntries(connectors.map(({ system, writable: names }) => [system, names]));
  const port = rulesPort(loadRules(folder, writable), writable);
  rmSync(folder, { recursive: true });
  return port;
}

const connectors = SYSTEMS.map((system) => crmConnector(system, system !== 'plain'));
/** One rule: a customer with a field for each way of deciding. */
export const rules = rulesOfTests();

export type TwoWay = ReturnType<typeof twoWay>;

/** A world of its own. */
export function twoWay(deps: Partial<EngineDeps> = {}) {
  const clock = new HandClock();
  const store = openStore(':memory:', { now: clock.now });
  const odoo = new TwoWayOdoo((system) => rules.watch(system), clock.now);
  const crms: Record<System, Crm> = {
    north: new Crm(clock),
    south: new Crm(clock),
    plain: new Crm(clock, false),
  };
  const logs: string[] = [];
  const log = (message: string) => void logs.push(message);
  let seed = 1;
  const engine = createEngine({
    store,
    odoo,
    rules,
    members: connectors.map((connector) => ({ connector, connection: connectionNamed(connector.system) })),
    open: ({ connector }) => crms[connector.system as System].session(),
    clock,
    random: () => (seed = (seed * 16807) % 2147483647) / 2147483647,
    logger: { debug: log, info: log, warn: log, error: log },
    version: '0.0.0',
    ...deps,
  });
  let count = 0;
  const hook = (system: System, ...ids: string[]) =>
    engine.intake.put(
      ids.map((externalId) => {
        const about = { id: `evt_${++count}`, origin: 'hook', reason: 'changed', now: clock.now() } as const;
        return hint({ connection: system, kind: 'customer', externalId }, about);
      }),
    );
  /** All news of all sides, and time for what sleeps, until nobody has anything to say. */
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 60; round++) {
      for (const system of SYSTEMS) await hook(system, ...crms[system].news.splice(0));
      const commands = await engine.pullCommands();
      await engine.runUntilIdle();
      clock.advance(1_000);
      const quiet = SYSTEMS.every((system) => crms[system].news.length === 0);
      const { pending } = store.depth();
      const held = SYSTEMS.reduce((sum, id) => sum + store.held(id).master, 0);
      if (quiet && commands === 0 && odoo.rows.length === 0 && pending === held) return;
    }
    throw new Error(`it does not come to rest: ${logs.slice(-20).join('\n')}`);
  };
  return { clock, store, odoo, crms, engine, logs, hook, settle };
}

/** Acme, known to both CRMs and to Odoo as the same partner. */
export async function acme(): Promise<TwoWay> {
  const w = twoWay();
  const start = { name: 'Acme', phone: '1', email: 'a@acme.example', website: 'acme.example', note: 'n' };
  w.crms.north.edit('n1', start);
  w.crms.south.edit('s1', start);
  await w.settle();
  if (w.odoo.partners.size !== 1) throw new Error('Acme is not one partner');
  for (const crm of Object.values(w.crms)) crm.pushes.length = 0;
  return w;
}

/** What the first record of a CRM holds. */
export const fieldsAt = (w: TwoWay, system: 'north' | 'south') =>
  [...w.crms[system].rows.values()][0]!.fields;
