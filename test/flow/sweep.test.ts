/** What neither hook nor feed ever told is found by a sweep, in both directions, with a real Odoo and the sandbox. */
import { readFileSync } from 'node:fs';
import axios from 'axios';
import { expect } from 'chai';
import { pause } from '../../dev/support/sidecar.ts';
import { sell } from '../support/sale.ts';
import { fingerprint, odooOfTheRun, openWorld, type World } from '../support/world.ts';

const CONNECTION = 'stripe-sweep';
const PEOPLE = 40;

interface Partner {
  id: number;
  name: string;
  active: boolean;
}

interface Row {
  id: number;
  streams: { name: string; fresh_at: string | null; last: { listed: number } | null }[];
  brakes: { stream: string; kind: string; absent: number; of: number }[];
}

describe('a sweep', function () {
  this.timeout(240_000);
  let world: World;
  let customers: string[];

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openWorld(odoo, { connection: CONNECTION, seed: 'sweep', sandbox: { now: now() } });
    await world.sidecar.idle();
    await sell(world.sandbox, { name: 'Sweep & Sons GmbH', amount: 5000, quantity: 2 });
    customers = await Promise.all(
      Array.from({ length: PEOPLE }, async (_, i) => {
        const name = `Swept ${String(i).padStart(2, '0')} GmbH`;
        return (await world.sandbox.client.customers.create({ name })).id;
      }),
    );
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle();
  });

  after(() => world?.close());

  const connection = async (): Promise<Row> => {
    const [row] = await world.admin.search<Row>(
      'saas.sync.connection',
      [['code', '=', CONNECTION]],
      ['streams', 'brakes'],
    );
    // An empty list is stored as no value.
    return { ...row!, brakes: row!.brakes || [] };
  };
  const linksOf = (...ids: string[]) =>
    world.admin.search<{ id: number; model: string; res_id: number; external_id: string }>(
      'saas.sync.link',
      [
        ['connection_id.code', '=', CONNECTION],
        ['external_id', 'in', ids],
      ],
      ['model', 'res_id', 'external_id'],
    );
  const partners = async (...ids: string[]): Promise<Partner[]> => {
    const links = await linksOf(...ids);
    return world.admin.search<Partner>(
      'res.partner',
      [
        ['id', 'in', links.map((link) => link.res_id)],
        ['active', 'in', [true, false]],
      ],
      ['name', 'active'],
      { order: 'name' },
    );
  };
  /** Presses a button of the connection in Odoo, and waits until the sidecar has done all that follows. */
  const press = async (button: string, ...args: unknown[]) => {
    const { id } = await connection();
    await world.admin.call('saas.sync.connection', button, [[id], ...args]);
    const [row] = await world.admin.search<{ id: number }>(
      'saas.sync.outbox',
      [['connection_id', '=', id]],
      ['id'],
      { limit: 1, order: 'id desc' },
    );
    const done = async () =>
      (
        await world.admin.search(
          'saas.sync.outbox',
          [
            ['id', '=', row!.id],
            ['state', '=', 'done'],
          ],
          ['id'],
        )
      ).length === 1;
    await until(done, `${button} is carried out`);
    await world.sidecar.idle();
  };
  const comparisons = () =>
    readFileSync(world.sidecar.logFile, 'utf8')
      .split('\n')
      .filter((line) => /what was agreed/.test(line));
  const log = async () => (await world.cli('status')).output;
  const journalOf = async (id: string) => {
    const lane = encodeURIComponent(`${CONNECTION}/customer:${id}`);
    const { data } = await axios.get<unknown[]>(`${world.sidecar.url}/admin/v1/journal?lane=${lane}`, {
      headers: { Authorization: `Bearer ${world.sidecar.adminToken}` },
    });
    return data;
  };

  it('finds nothing and writes nothing when all is well', async () => {
    await press('action_sweep');
    const before = await fingerprint(world.admin);
    await press('action_sweep');
    expect(await fingerprint(world.admin)).to.deep.equal(before);
    expect(comparisons().at(-1)).to.contain('Odoo holds exactly what was agreed');
    const customersIn = async () =>
      (await connection()).streams.find(({ name }) => name === 'customers')?.last?.listed;
    await until(async () => (await customersIn()) === PEOPLE + 1, 'Odoo knows what the sweep found');
    const { streams } = await connection();
    expect(streams.map(({ name }) => name)).to.include.members(['events', 'customers', 'refunds']);
    for (const { fresh_at } of streams) expect(Date.parse(fresh_at ?? '')).to.be.greaterThan(0);
    expect(await log()).to.contain('customers');
  });

  it('finds what was told by hooks that all got lost and by events that are gone from the log', async () => {
    const { memory } = world.sandbox;
    const known = new Set(memory.all('event').map(({ id }) => id));
    world.sandbox.fault({ kind: 'lose', times: 1_000 });
    await world.sandbox.client.customers.update(customers[5]!, { name: 'Told in vain GmbH' });
    for (const { id } of memory.all('event')) if (!known.has(id)) memory.delete('event', id);
    await world.sandbox.webhooks.idle();
    world.sandbox.faults.clear();
    await press('action_sweep');
    expect((await partners(customers[5]!))[0]).to.include({ name: 'Told in vain GmbH' });
  });

  it('finds a customer that was made and one that was changed without any message', async () => {
    const { memory } = world.sandbox;
    const model = memory.get('customer', customers[0]!);
    memory.insert('customer', { ...structuredClone(model), id: 'cus_silent', name: 'Silent GmbH' });
    memory.get('customer', customers[1]!)['name'] = 'Changed in silence GmbH';
    await press('action_sweep');
    const found = await partners('cus_silent', customers[1]!);
    expect(found.map(({ name }) => name)).to.deep.equal(['Changed in silence GmbH', 'Silent GmbH']);
  });

  it('archives a customer that was deleted at Stripe in silence, and leaves its neighbours', async () => {
    world.sandbox.memory.get('customer', customers[2]!)['deleted'] = true;
    await press('action_sweep');
    const [gone] = await partners(customers[2]!);
    expect(gone).to.include({ name: 'Swept 02 GmbH', active: false });
    const [neighbour] = await partners(customers[3]!);
    expect(neighbour).to.include({ active: true });
  });

  it('heals an Odoo that was restored from a backup: what was lost is written again, once', async () => {
    const lost = customers.slice(10, 16);
    const links = await linksOf(...lost);
    await world.admin.call('saas.sync.link', 'unlink', [links.map(({ id }) => id)]);
    await world.admin.call('res.partner', 'unlink', [links.map((link) => link.res_id)]);
    expect(await linksOf(...lost)).to.have.length(0);
    await press('action_sweep');
    const healed = await partners(...lost);
    expect(healed.map(({ name }) => name)).to.deep.equal(lost.map((_, index) => `Swept ${index + 10} GmbH`));
    const before = await fingerprint(world.admin);
    await press('action_sweep');
    expect(await fingerprint(world.admin)).to.deep.equal(before);
  });

  it('takes back what somebody changed in Odoo although its owner is the vendor, and looks only once', async () => {
    const [link] = await linksOf(customers[20]!);
    await world.admin.call('res.partner', 'write', [[link!.res_id], { name: 'Edited by hand GmbH' }]);
    await press('action_sweep');
    expect((await partners(customers[20]!))[0]).to.include({ name: 'Swept 20 GmbH' });
    const before = (await journalOf(customers[20]!)).length;
    await press('action_sweep');
    expect((await journalOf(customers[20]!)).length).to.equal(before);
  });

  it('tells a person of a linked record that was deleted in Odoo', async () => {
    const [link] = await linksOf(customers[21]!);
    await world.admin.call('res.partner', 'unlink', [[link!.res_id]]);
    await press('action_sweep');
    const open = () =>
      world.admin.search<{ code: string }>(
        'saas.sync.exception',
        [
          ['external_id', '=', customers[21]!],
          ['state', '=', 'open'],
        ],
        ['code'],
      );
    await until(async () => (await open()).length === 1, 'there is an exception');
    expect((await open())[0]).to.include({ code: 'record_missing' });
  });

  it('does nothing when many are missing at once, until a person releases the brake', async () => {
    const missing = customers.slice(24, 40);
    for (const id of missing) world.sandbox.memory.get('customer', id)['deleted'] = true;
    await press('action_sweep');
    expect((await partners(...missing)).filter(({ active }) => !active)).to.deep.equal([]);
    await until(async () => (await connection()).brakes.length === 1, 'the brake is told');
    const [brake] = (await connection()).brakes;
    expect(brake).to.include({ stream: 'customers', kind: 'customer', absent: 16 });
    expect(await log()).to.contain('16 of');
    await press('action_release_brake', 'customers');
    expect((await partners(...missing)).filter(({ active }) => active)).to.deep.equal([]);
    await until(async () => (await connection()).brakes.length === 0, 'the brake is off');
  });
});

/** Unix seconds; the sandbox's clock, so that windows of what is new fit. */
const now = () => Math.floor(Date.now() / 1_000);

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let time = 0; time < 200; time++) {
    if (await condition()) return;
    await pause(150);
  }
  throw new Error(`It did not come true that ${what}`);
}
