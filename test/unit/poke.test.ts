/** Odoo rings: with the token it was told, it is listened to at once; anybody else is not. */
import { expect } from 'chai';
import request from 'supertest';
import { createMetrics, createServer } from '../../sidecar/server/index.ts';
import { silentMeter } from '../../sidecar/engine/index.ts';
import { world } from '../support/engine.ts';

describe('a poke', () => {
  it('of Odoo has its outbox read at once, and of anybody else nothing at all', async () => {
    const w = world({ deps: { settings: { outboxMs: 3_600_000 }, meter: silentMeter } });
    const { engine, store } = w;
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const tokens = { admin: 'admin', local: 'local', poke: 'for-odoo' };
    const metrics = createMetrics({ storePath: ':memory:' });
    const server = createServer({
      engine,
      store,
      members: [],
      logger,
      metrics,
      tokens,
      version: '0',
      now: Date.now,
    });
    engine.start();
    const asked = async (times: number) => {
      for (let round = 0; round < 30 && w.odoo.outboxAsked < times; round++) {
        w.clock.advance(10);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return w.odoo.outboxAsked;
    };
    expect(await asked(1)).to.equal(1);
    for (const token of ['nope', 'admin', 'local', ''])
      await request(server).post('/poke').set('authorization', `Bearer ${token}`).expect(401);
    expect(await asked(2)).to.equal(1);
    for (let time = 0; time < 50; time++)
      await request(server).post('/poke').set('authorization', 'Bearer for-odoo').expect(204);
    expect(await asked(2)).to.equal(2);
    expect(await asked(5)).to.be.below(4);
    await engine.stop();
  });
});
