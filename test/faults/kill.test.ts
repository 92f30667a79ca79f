/** kill -9 of the sidecar, of Odoo and of PostgreSQL, in an order of chance, while business goes on: all of it is booked, once. */
import { expect } from 'chai';
import { pause } from '../../dev/support/sidecar.ts';
import { openFaultWorld, ROUNDS, SEED, type FaultWorld } from '../support/fault-world.ts';
import { randomOf } from '../simulation/random.ts';
import { shuffled } from '../support/shuffled.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { command, until } from '../support/sidecar-story.ts';
import { judge, summary } from '../support/verdict.ts';

describe('killed again and again under load', function () {
  this.timeout(400_000 * ROUNDS);
  let world: FaultWorld;
  let shop: Shop;
  const killed: Record<string, number> = { sidecar: 0, odoo: 0, postgresql: 0 };

  before(async function () {
    const opened = await openFaultWorld({ name: 'kill' });
    if (!opened) return this.skip();
    world = opened;
  });

  after(async () => {
    await shop?.close();
    await world?.close();
  });

  const random = randomOf(SEED).next;
  const victims: Record<string, () => Promise<void>> = {
    sidecar: async () => {
      await world.kill();
      await world.start();
    },
    odoo: async () => {
      await world.server.kill();
      await world.server.ready();
    },
    postgresql: async () => {
      await world.postgres?.crash();
      await pause(1_000 * random());
      await world.postgres?.start();
      await world.server.ready();
    },
  };

  /** A sale made after the fault is paid in Odoo: nobody had to do anything. */
  const goesOn = async (after: string) => {
    const invoice = await shop.sell();
    const link = [
      ['connection_id.code', '=', world.connection],
      ['external_id', '=', invoice],
    ];
    const linked = () => world.admin.call<number>('saas.sync.link', 'search_count', [link]);
    await until(
      `a sale after the kill of ${after} is in Odoo`,
      () =>
        linked().then(
          (count) => count === 1,
          (error: Error) => error.message,
        ),
      90_000,
    );
  };

  it('the sidecar, Odoo and PostgreSQL go on by themselves', async () => {
    if (!world.postgres) console.error('      PostgreSQL is not crashed: another process uses it now.');
    world.sandbox.seedMany(20);
    await command(world.sidecar, `/connections/${world.connection}/backfill`);
    shop = await openShop(world.sandbox, `Kill ${SEED}`, 1_200);
    for (let round = 0; round < ROUNDS; round += 1)
      for (const name of shuffled(['sidecar', 'odoo', 'sidecar', 'postgresql'], random)) {
        if (name === 'postgresql' && !world.postgres) continue;
        await pause(300 + random() * 1_500);
        await victims[name]?.();
        killed[name] = (killed[name] ?? 0) + 1;
        await goesOn(name);
      }
    expect(shop.sold).to.be.greaterThan(4);
  });

  it('and the books are the vendor’s, everything once', async () => {
    await shop.close();
    console.log(summary('kill -9', killed, SEED, await judge(world)));
  });
});
