/** How long after a change at the vendor the badge changes on a form that somebody has open. */
import { judged, quantile, type Benchmark } from './benchmark.ts';
import { CONNECTION } from './ingest/connection.ts';
import { listAll } from './odoo/path.ts';
import { theWorld, type World } from './odoo/world.ts';
import { OdooBrowser } from '../../test/support/browser.ts';

/** The sandbox numbers its customers; these exist in every run. */
const NEEDED = 60;
const BADGE = '.o_saas_sync_badge';

export const latency: Benchmark = {
  name: 'latency',
  goal: 'webhook to changed badge in an open browser: p50 ≤ 0.4 s, p95 ≤ 1 s',
  async run(sizes, say) {
    const world = await theWorld(say);
    await world.sandbox.ask('customers', NEEDED);
    await listAll(world);
    const browser = await OdooBrowser.launch({ url: world.server.url });
    const seconds: number[] = [];
    try {
      await browser.login();
      // The first sample finds everything cold: assets, caches, the browser's own compiler.
      for (let number = 0; number <= sizes.samples; number++) {
        const took = await sample(world, browser, number + 1);
        if (number > 0) seconds.push(took);
      }
    } finally {
      await browser.close();
    }
    say(
      `sorted: ${[...seconds]
        .sort((a, b) => a - b)
        .map((each) => each.toFixed(2))
        .join(' ')}`,
    );
    const p50 = quantile(seconds, 0.5);
    const p95 = quantile(seconds, 0.95);
    const note = `${seconds.length} samples`;
    return [
      judged({ name: 'webhook to changed badge, p50', value: p50, unit: 's', note }, '≤ 0.4 s', p50 <= 0.4),
      judged({ name: 'webhook to changed badge, p95', value: p95, unit: 's', note }, '≤ 1 s', p95 <= 1),
    ];
  },
};

/** Opens the contact of a customer, deletes the customer at the vendor, and waits until the pill says so. */
async function sample({ admin, sandbox }: World, { page }: OdooBrowser, number: number): Promise<number> {
  const id = await sandbox.ask<string>('customer', number);
  const [link] = await admin.search<{ res_id: number }>(
    'saas.sync.link',
    [
      ['connection_id.code', '=', CONNECTION],
      ['kind', '=', 'customer'],
      ['external_id', '=', id],
    ],
    ['res_id'],
  );
  if (!link) throw new Error(`Customer ${id} is not linked`);
  await page.goto(new URL(`/odoo/res.partner/${link.res_id}`, page.url()).href);
  await page.waitForSelector(`${BADGE}[data-state="synced"]`, { timeout: 30_000 });
  await page.waitForTimeout(1_200); // the page's websocket subscribes, and its last RPCs end
  const [changed, begun] = await Promise.all([
    page.evaluate<number>(CHANGE),
    sandbox.ask<number>('remove', id),
  ]);
  return (changed - begun) / 1_000;
}

/**
 * Runs in the page: resolves with the time (UTC ms) at which the badge's state is another one. A text, because what
 * the TypeScript loader adds to functions does not exist there.
 */
const CHANGE = `new Promise((resolve, reject) => {
  const stateOf = () => document.querySelector('${BADGE}')?.dataset.state;
  const before = stateOf();
  const patience = setTimeout(() => reject(new Error('The badge did not change within 30 s')), 30_000);
  const observer = new MutationObserver(() => {
    const state = stateOf();
    if (state === undefined || state === before) return;
    clearTimeout(patience);
    observer.disconnect();
    resolve(Date.now());
  });
  observer.observe(document.body, { subtree: true, childList: true, attributes: true });
})`;
