/** A bad network to Odoo and to Stripe, in every way at some time, while business goes on: only time is lost. */
import { expect } from 'chai';
import { pause } from '../../dev/support/sidecar.ts';
import { openFaultWorld, ROUNDS, SEED, type FaultWorld } from '../support/fault-world.ts';
import { randomOf } from '../simulation/random.ts';
import { shuffled } from '../support/shuffled.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { command, until } from '../support/sidecar-story.ts';
import type { Toxic, ToxicProxy } from '../support/toxic-proxy.ts';
import { judge, summary } from '../support/verdict.ts';

const SPELL_MS = 2_000;

describe('a bad network', function () {
  this.timeout(400_000 * ROUNDS);
  let world: FaultWorld;
  let shop: Shop;

  before(async function () {
    const opened = await openFaultWorld({ name: 'network' });
    if (!opened) return this.skip();
    world = opened;
  });

  after(async () => {
    await shop?.close();
    await world?.close();
  });

  const random = randomOf(SEED).next;
  const toxics = (): Toxic[] => [
    { kind: 'latency', ms: 300, jitterMs: 250 },
    { kind: 'cut', afterBytes: 20 + Math.floor(600 * random()) },
    { kind: 'half_open' },
    { kind: 'drip', bytes: 40, everyMs: 20 },
    { kind: 'reset' },
    { kind: 'refuse' },
  ];

  /** Bad for a while, and at least until it has met somebody. */
  const suffer = async (line: ToxicProxy, toxic: Toxic) => {
    const before = line.harmed[toxic.kind];
    await line.set(toxic);
    await pause(SPELL_MS);
    await until(`${toxic.kind} met a connection`, async () => line.harmed[toxic.kind] > before, 60_000);
  };
  /** Stripe is asked at once, whatever holds up the work. */
  const pull = () => world.sidecar.pull(world.connection).catch(() => undefined);

  it('harms connections to Odoo and to Stripe in six ways, each as chance will have it', async () => {
    world.sandbox.seedMany(15);
    await command(world.sidecar, `/connections/${world.connection}/backfill`);
    shop = await openShop(world.sandbox, `Network ${SEED}`, 800);
    for (let round = 0; round < ROUNDS; round += 1) {
      const ways = shuffled(toxics(), random);
      for (let spell = 0; spell < ways.length; spell += 2)
        await Promise.all([
          suffer(world.toOdoo, ways[spell]!),
          suffer(world.toStripe, ways[spell + 1]!),
          pull(),
        ]);
      await world.toOdoo.set(undefined);
      await world.toStripe.set(undefined);
      // Towards Odoo the time limit ends what went silent; Stripe's is longer than this test.
      world.toStripe.resetSilent();
    }
    expect(shop.sold).to.be.greaterThan(3);
  });

  it('leaves no trace once it is good again, without anybody’s help', async () => {
    await shop.close();
    const verdict = await judge(world);
    const faults = Object.fromEntries(
      Object.entries(world.toOdoo.harmed).map(([kind, count]) => [
        kind,
        count + world.toStripe.harmed[kind as Toxic['kind']],
      ]),
    );
    console.log(summary('bad network, connections harmed', faults, SEED, verdict));
  });
});
