/** The sidecar's clock is hours ahead or behind, or is set while it runs: webhooks say so, and polling brings everything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axios from 'axios';
import { expect } from 'chai';
import { pause } from '../../dev/support/sidecar.ts';
import { signatureHeader } from '../sandbox/stripe/webhooks.ts';
import { openFaultWorld, SEED, type FaultWorld } from '../support/fault-world.ts';
import { sell } from '../support/sale.ts';
import { until } from '../support/sidecar-story.ts';
import { judge, summary } from '../support/verdict.ts';
import { WEBHOOK_SECRET } from '../support/world.ts';

const HOUR_MS = 3_600_000;

describe('a clock that is wrong', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'saas-sync-clock-'));
  const clock = join(folder, 'ahead');
  const turned = { clock_ahead: 0, clock_behind: 0, clock_set_right: 0 };
  let world: FaultWorld;
  let refused = 0;

  before(async function () {
    set(0);
    const preload = pathToFileURL(join(import.meta.dirname, '../support/moved-clock.mjs'));
    const env = { NODE_OPTIONS: `--import ${preload.href}`, SAAS_SYNC_TEST_CLOCK: clock };
    const opened = await openFaultWorld({ name: 'clock', env });
    if (!opened) return this.skip();
    world = opened;
    await sold('Clock before');
    await world.sandbox.webhooks.idle();
  });

  after(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const set = (hours: number) => writeFileSync(clock, String(hours * HOUR_MS));
  const turn = async (hours: number) => {
    set(hours);
    turned[hours > 0 ? 'clock_ahead' : hours < 0 ? 'clock_behind' : 'clock_set_right'] += 1;
    // The sidecar's clock looks at the file every 20 ms.
    await pause(50);
  };
  const sold = (name: string) => {
    world.sandbox.advance(Math.floor(Date.now() / 1000));
    return sell(world.sandbox, { name: `${name} ${SEED}` });
  };
  const cityOf = async (name: string) =>
    (
      await world.admin.search<{ city: string | false }>(
        'res.partner',
        [['name', '=', `${name} ${SEED}`]],
        ['city'],
      )
    ).map(({ city }) => city);
  const moves = (customer: string, city: string) =>
    world.sandbox.client.customers.update(customer, { address: { city, country: 'DE' } });
  const restartedRight = async () => {
    await world.kill();
    await turn(0);
    await world.start();
  };
  /** A sale whose webhooks are refused comes by polling. */
  const comesByPolling = async (name: string) => {
    const from = world.sandbox.webhooks.log.length;
    const sale = await sold(name);
    await until('its webhooks were refused', async () => world.sandbox.webhooks.log.length > from + 5);
    const statuses = world.sandbox.webhooks.log.slice(from).map(({ status }) => status);
    expect(new Set(statuses)).to.deep.equal(new Set([401]));
    refused += statuses.length;
    await world.sidecar.pull(world.connection);
    await until('it is in Odoo all the same', async () => (await cityOf(name)).length === 1);
    return sale;
  };

  for (const [where, hours, mend] of [
    ['ahead', 7, () => turn(0)],
    ['behind', -7, () => turn(0)],
    // Whoever sets a clock right may well start everything anew.
    ['further ahead', 30, restartedRight],
  ] as const) {
    it(`hours ${where} refuses webhooks with a reason that names it`, async () => {
      await world.sandbox.webhooks.idle();
      await turn(hours);
      const { data } = await world.sandbox.client.events.list({ limit: 1 });
      const body = JSON.stringify({ ...data[0], id: `evt_by_hand_${hours}` });
      const answer = await axios.post(`${world.sidecar.url}/hooks/${world.connection}`, body, {
        headers: {
          'Content-Type': 'application/json',
          'Stripe-Signature': signatureHeader(body, [WEBHOOK_SECRET]),
        },
        validateStatus: () => true,
      });
      expect(answer.status).to.equal(401);
      expect(answer.data.detail).to.match(/signed \d{5,6} s away from our time/);
      expect(answer.data.hint).to.match(/check the time of this machine/);
    });

    it(`hours ${where} loses nothing: polling brings it, and what comes after it is set right counts`, async () => {
      const { customer } = await comesByPolling(`Clock ${where}`);
      await mend();
      await moves(customer.id, 'Right Time');
      await until('the correction is in Odoo', async () => {
        const found = await cityOf(`Clock ${where}`);
        return found[0] === 'Right Time' || found;
      });
    });
  }

  it('has left nothing out and nothing twice', async () => {
    const verdict = await judge(world);
    console.log(summary('clock', { ...turned, webhooks_refused: refused }, SEED, verdict));
  });
});
