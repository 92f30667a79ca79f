/** A disk that fills up again and again while business goes on: nothing that was acknowledged is lost. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../dev/support/sidecar.ts';
import { openFaultWorld, ROUNDS, SEED, type FaultWorld } from '../support/fault-world.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { until } from '../support/sidecar-story.ts';
import { judge, summary } from '../support/verdict.ts';

const FILLS = 2;
const FULL_MS = 1_500;

describe('a disk that fills up under load', function () {
  this.timeout(300_000 * ROUNDS);
  let world: FaultWorld;
  let shop: Shop;

  before(async function () {
    const opened = await openFaultWorld({ name: 'disk' });
    if (!opened) return this.skip();
    world = opened;
  });

  after(async () => {
    await shop?.close();
    await world?.close();
  });

  /** No file of the sidecar grows beyond this; its log has room for a while. */
  const limit = (bytes: number | 'unlimited') =>
    execFileSync('prlimit', ['--pid', String(world.sidecar.pid), `--fsize=${bytes}:unlimited`]);
  const logSize = () => statSync(world.sidecar.logFile).size;

  it('says so each time, and when there is space the books are the vendor’s', async () => {
    shop = await openShop(world.sandbox, `Disk ${SEED}`, 300);
    for (let fill = 0; fill < FILLS * ROUNDS; fill += 1) {
      await pause(500);
      const from = logSize();
      limit(statSync(join(world.home, 'saas-sync.sqlite-wal')).size);
      await until('the log names the full disk', async () =>
        /disk is full/.test(readFileSync(world.sidecar.logFile, 'utf8').slice(from)),
      );
      await pause(FULL_MS);
      limit('unlimited');
    }
    await shop.close();
    const refused = world.sandbox.webhooks.log.filter(({ status }) => status === 503).length;
    const faults = { disk_full: FILLS * ROUNDS, webhooks_put_off: refused };
    console.log(summary('disk full', faults, SEED, await judge(world)));
  });
});
