/** A sidecar that stands still beyond its lease, and a request that comes out of the network too late: neither harms. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { pause } from '../../dev/support/sidecar.ts';
import { openFaultWorld, SEED, type FaultWorld } from '../support/fault-world.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { until } from '../support/sidecar-story.ts';
import { judge, summary } from '../support/verdict.ts';

/** Longer than the look for dead leases takes its turns. */
const FROZEN_MS = 6_000;
/** As the sidecar sees it: longer than its lease of five minutes. */
const AWAY_MS = 600_000;
const LINGER_MS = 6_000;

describe('a sidecar that comes back from the dead', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'saas-sync-zombie-'));
  const clock = join(folder, 'ahead');
  let world: FaultWorld;
  let shop: Shop;

  before(async function () {
    writeFileSync(clock, '0');
    const preload = pathToFileURL(join(import.meta.dirname, '../support/moved-clock.mjs'));
    const env = { NODE_OPTIONS: `--import ${preload.href}`, SAAS_SYNC_TEST_CLOCK: clock };
    const opened = await openFaultWorld({ name: 'zombie', env });
    if (!opened) return this.skip();
    world = opened;
    shop = await openShop(world.sandbox, `Zombie ${SEED}`, 400);
  });

  after(async () => {
    await shop?.close();
    // One that stands still would not hear that it is to stop.
    if (world) process.kill(world.sidecar.pid, 'SIGCONT');
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const log = () => readFileSync(world.sidecar.logFile, 'utf8');

  it('has lost its leases, and what it was doing is done once', async () => {
    await world.toOdoo.set({ kind: 'latency', ms: 300, jitterMs: 0 });
    await world.toOdoo.requested('/apply ');
    process.kill(world.sidecar.pid, 'SIGSTOP');
    // Odoo gets the request and does it; the answer comes when others could have had the lanes for a while.
    await world.toOdoo.set({ kind: 'latency', ms: FROZEN_MS + 1_000, jitterMs: 0 });
    const { code, output } = await world.cli('serve');
    expect(code).not.to.equal(0);
    expect(output, 'nobody else gets its store meanwhile').to.match(/already works with the store/);
    await pause(FROZEN_MS);
    await world.toOdoo.set(undefined);
    writeFileSync(clock, String(AWAY_MS));
    process.kill(world.sidecar.pid, 'SIGCONT');
    await until('it notices', async () => /Lease lost/.test(log()));
    writeFileSync(clock, '0');
  });

  it('cannot overwrite newer news with a request that lingered in the network', async () => {
    const { client } = world.sandbox;
    await shop.close();
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle();
    const [customer] = (await client.customers.list({ limit: 1 })).data;
    const city = async () =>
      (
        await world.admin.search<{ city: string }>('res.partner', [['email', '=', customer?.email]], ['city'])
      ).map((row) => row.city);
    const move = (to: string) =>
      client.customers.update(customer?.id ?? '', { address: { city: to, country: 'DE' } });

    await world.toOdoo.set({ kind: 'latency', ms: LINGER_MS, jitterMs: 0 });
    const asked = world.toOdoo.requested('/apply ');
    await move('Old News');
    await asked;
    const arrives = pause(LINGER_MS + 1_500);
    await world.kill();
    await world.toOdoo.set(undefined);
    await move('New News');
    await world.start();
    await until('the newer city is in Odoo', async () => (await city())[0] === 'New News' || city());
    await arrives;
    expect(await city()).to.deep.equal(['New News']);
  });

  it('has done everything once', async () => {
    const { latency } = world.toOdoo.harmed;
    const faults = { standstill: 1, requests_held_up: latency, late_request: 1 };
    console.log(summary('zombie', faults, SEED, await judge(world)));
  });
});
