/** What the sidecar answers to those who watch it: alive, ready, metrics. */
import { expect } from 'chai';
import request from 'supertest';
import { createMetrics } from '../../sidecar/server/index.ts';
import { SECRET, serverOf, told } from '../support/door.ts';
import { world } from '../support/engine.ts';

describe('health and metrics', () => {
  it('is alive at once, and ready when Odoo has answered', async () => {
    const w = world();
    const server = serverOf(w);
    expect((await request(server).get('/healthz')).body).to.deep.equal({ ok: true, version: '1.2.3' });
    expect((await request(server).get('/readyz')).status).to.equal(503);
    await w.engine.makeReady('a');
    expect((await request(server).get('/readyz')).body).to.deep.equal({ ready: true, reasons: [] });
    w.clock.advance(600_000);
    expect((await request(server).get('/readyz')).status).to.equal(503);
  });

  it('counts hooks, effects and failures, and shows depth and health', async () => {
    const metrics = createMetrics();
    const w = world({ deps: { meter: metrics.meter } });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' }).set('customer:c2', { name: 'x', wrong: true });
    const server = serverOf(w, { metrics });
    for (const about of ['customer:c1', 'customer:c2'])
      await request(server)
        .post('/hooks/a')
        .set(SECRET)
        .send(told(about, 'changed', about));
    await w.engine.runUntilIdle();
    const { text } = await request(server).get('/metrics');
    expect(text).to.contain('saas_sync_effects_total{connection="a",kind="customer",status="created"} 1');
    expect(text).to.contain(
      'saas_sync_failures_total{connection="a",class="invalid_data",concerns="accountant",decision="park"} 1',
    );
    expect(text).to.contain(
      'saas_sync_exceptions_open{connection="a",cause="invalid_data",concerns="accountant"} 1',
    );
    expect(text).to.contain('saas_sync_hook_duration_seconds_count{connection="a",status="202"} 2');
    expect(text).to.contain('saas_sync_apply_duration_seconds_count{lane_class="master"} 1');
  });

  it('answers unknown addresses with a problem, not with a page', async () => {
    const answer = await request(serverOf(world())).get('/nothing');
    expect([answer.status, answer.type, answer.body.code]).to.deep.equal([
      404,
      'application/problem+json',
      'no_route',
    ]);
  });
});
