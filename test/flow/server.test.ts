/** The HTTP door with the real store behind it: every bad input gets its answer, every good one is on disk first. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import request from 'supertest';
import { Transient } from '../../sidecar/domain/failure.ts';
import { createOverload } from '../../sidecar/server/index.ts';
import { SECRET, bearer, serverOf, told } from '../support/door.ts';
import { world } from '../support/engine.ts';

describe('the webhook door', () => {
  it('answers 202 when the delivery is on disk, and says so of a repeat', async () => {
    const w = world();
    const server = serverOf(w);
    const first = await request(server).post('/hooks/a').set(SECRET).send(told('evt_1'));
    expect(first.status).to.equal(202);
    expect(first.body).to.deep.equal({ accepted: true, duplicate: false });
    expect(w.store.delivery('a', 'evt_1')?.body.toString()).to.equal(told('evt_1'));
    const second = await request(server).post('/hooks/a').set(SECRET).send(told('evt_1'));
    expect(second.body).to.deep.equal({ accepted: true, duplicate: true });
    expect(w.store.depth().pending).to.equal(1);
  });

  it('keeps the bytes as they arrived', async () => {
    const w = world();
    const odd = '{"about":"customer:c1",  "id":"evt_2", "type":"grüße\\u0021"}';
    await request(serverOf(w)).post('/hooks/a').set(SECRET).send(odd);
    expect(w.store.delivery('a', 'evt_2')?.body.toString()).to.equal(odd);
  });

  const refusals: [string, () => request.Test | Promise<request.Response>, number, string][] = [
    ['a bad signature', () => post('/hooks/a', { 'x-secret': 'wrong' }, told('e')), 401, 'bad_signature'],
    [
      'a stale timestamp',
      () => post('/hooks/a', { ...SECRET, 'x-stamp': '1000' }, told('e')),
      401,
      'stale_timestamp',
    ],
    ['an unknown connection', () => post('/hooks/zz', SECRET, told('e')), 404, 'unknown_connection'],
    ['a body that is not JSON', () => post('/hooks/a', SECRET, '<xml/>'), 400, 'body_not_json'],
    [
      'a body of ten megabytes',
      () => post('/hooks/a', SECRET, 'x'.repeat(10 * 1024 * 1024)),
      413,
      'too_large',
    ],
  ];
  let server: http.Server;
  const post = (path: string, headers: Record<string, string>, body: string) =>
    request(server).post(path).set(headers).send(body);
  for (const [what, send, status, code] of refusals)
    it(`refuses ${what} with ${status} and stores nothing`, async () => {
      const w = world();
      server = serverOf(w);
      const answer = await send();
      expect(answer.status).to.equal(status);
      expect(answer.type).to.equal('application/problem+json');
      expect(answer.body).to.include({ status, code });
      expect(w.store.depth().pending).to.equal(0);
    });

  it('lets a sender of ten megabytes without a length read its answer, and takes the next message', async () => {
    const w = world();
    const own = serverOf(w).listen(0);
    const { port } = own.address() as AddressInfo;
    const sending = http.request({
      port,
      path: '/hooks/a',
      method: 'POST',
      headers: { ...SECRET, 'transfer-encoding': 'chunked' },
    });
    for (let i = 0; i < 160; i++) sending.write('x'.repeat(65_536));
    sending.end();
    const [answer] = (await once(sending, 'response')) as [http.IncomingMessage];
    expect(answer.statusCode).to.equal(413);
    answer.resume();
    expect((await request(own).post('/hooks/a').set(SECRET).send(told('evt_3'))).status).to.equal(202);
    own.close();
  });

  it('says why a genuine message is none of our business', async () => {
    const answer = await request(serverOf(world())).post('/hooks/a').set(SECRET).send(told('e', 'noise'));
    expect(answer.status).to.equal(200);
    expect(answer.body).to.deep.equal({ ignored: 'event type noise is not synchronised' });
  });

  it('asks to come back when the disk is full, and takes it then', async () => {
    const w = world();
    const put = w.store.put;
    w.store.put = () =>
      Promise.reject(new Transient('store_full', 'The disk is full', { hint: 'Free space.' }));
    const own = serverOf(w);
    const answer = await request(own).post('/hooks/a').set(SECRET).send(told('evt_4'));
    expect(answer.status).to.equal(503);
    expect(answer.headers['retry-after']).to.match(/^\d+$/);
    expect(answer.body).to.include({ code: 'store_full', hint: 'Free space.' });
    w.store.put = put;
    expect((await request(own).post('/hooks/a').set(SECRET).send(told('evt_4'))).body).to.include({
      duplicate: false,
    });
  });

  it('asks to come back while backlog, disk or memory run short, says which, and takes webhooks again afterwards', async () => {
    const w = world();
    await w.hook('a', 'customer:c1', 'customer:c2');
    const limits = { maxPending: 1, minFreeBytes: 200 * 1_048_576 };
    const gauges = { free: 10 * 1_048_576, memory: 0.99 };
    const overload = createOverload({
      store: w.store,
      limits,
      gauges: { freeBytes: () => gauges.free, memoryUsed: () => gauges.memory },
      now: w.clock.now,
    });
    const server = serverOf(w, { overload });
    const send = async () => {
      w.clock.advance(1_000);
      return request(server).post('/hooks/a').set(SECRET).send(told('evt_late'));
    };
    const disk = await send();
    expect([disk.status, disk.body.code]).to.deep.equal([503, 'disk_low']);
    expect(disk.headers['retry-after']).to.equal('60');
    expect(disk.headers['content-type']).to.equal('application/problem+json');
    expect(disk.body.detail).to.equal('The disk of the store has 10 MB left');
    expect(disk.body.hint).to.match(/Free space on the disk that holds SAAS_SYNC_HOME \(at least 200 MB\)/);
    const ready = await request(server).get('/readyz');
    expect([ready.status, ready.body.ready]).to.deep.equal([503, false]);
    expect(ready.body.reasons.join()).to.include('The disk of the store has 10 MB left');
    gauges.free = 1_000 * 1_048_576;
    expect((await send()).body.code).to.equal('memory_low');
    gauges.memory = 0.5;
    expect((await send()).body.code).to.equal('backlog');
    expect(w.store.delivery('a', 'evt_late')).to.equal(undefined);
    limits.maxPending = 2;
    expect((await send()).status).to.equal(202);
    await request(server)
      .get('/readyz')
      .expect(503, /Odoo has not answered yet/);
  });

  it('looks at disk and memory at most once a second, however many webhooks come', async () => {
    const w = world();
    let looks = 0;
    const overload = createOverload({
      store: w.store,
      limits: { maxPending: 9, minFreeBytes: 1 },
      gauges: { freeBytes: () => ++looks, memoryUsed: () => 0 },
      now: w.clock.now,
    });
    for (let time = 0; time < 100; time++) expect(overload()).to.equal(undefined);
    expect(looks).to.equal(1);
    w.clock.advance(1_000);
    overload();
    expect(looks).to.equal(2);
  });

  it('takes webhooks by POST only', async () => {
    const answer = await request(serverOf(world())).get('/hooks/a');
    expect([answer.status, answer.headers['allow']]).to.deep.equal([405, 'POST']);
  });
});

describe('the admin API', () => {
  it('is closed without the right token', async () => {
    const server = serverOf(world());
    const none = await request(server).get('/admin/v1/status');
    const wrong = await request(server).get('/admin/v1/status').set('authorization', 'Bearer nope');
    expect([none.status, wrong.status]).to.deep.equal([401, 401]);
    expect(wrong.headers['www-authenticate']).to.equal('Bearer');
  });

  it('says that it is off when no token is configured', async () => {
    const server = serverOf(world(), { tokens: { admin: undefined, local: 'of-this-run', poke: undefined } });
    const answer = await request(server).get('/admin/v1/status').set(bearer);
    expect([answer.status, answer.body.code]).to.deep.equal([503, 'admin_off']);
    expect(answer.body.hint).to.contain('SAAS_SYNC_ADMIN_TOKEN');
    const local = await request(server).get('/admin/v1/status').set('authorization', 'Bearer of-this-run');
    expect(local.status).to.equal(200);
  });

  it('shows status, exceptions with masked payloads, a delivery and its story', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada', wrong: true });
    const server = serverOf(w);
    await request(server)
      .post('/hooks/a')
      .set(SECRET)
      .send(JSON.stringify({ id: 'evt_1', type: 'changed', about: 'customer:c1', email: 'ada@example.com' }));
    await w.engine.runUntilIdle();
    const get = (path: string) => request(server).get(`/admin/v1${path}`).set(bearer);
    expect((await get('/status')).body.connections[0]).to.include({ id: 'a', parked: 1, backlog: 0 });
    expect((await get('/exceptions?connection=a')).body[0]).to.deep.include({
      code: 'does_not_add_up',
      payload: { name: 'A•••', wrong: true },
    });
    const delivery = (await get('/deliveries/evt_1?connection=a')).body;
    expect(delivery.body.email).to.equal('a•••@•••.com');
    expect(delivery.journal.map(({ step }: { step: string }) => step)).to.include('parked');
    expect((await get('/deliveries/evt_9?connection=a')).status).to.equal(404);
    expect((await get('/deliveries/evt_1')).body.detail).to.contain('connection');
  });

  it('explains, replays, retries and pauses', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    const server = serverOf(w);
    const post = (path: string, body: object = {}) =>
      request(server).post(`/admin/v1${path}`).set(bearer).send(body);
    const explained = await post('/explain', {
      connection: 'a',
      snapshot: { kind: 'customer', externalId: 'c1', body: { name: 'Eve' } },
    });
    expect(explained.body.plans[0].changes[0].values).to.deep.equal({ name: 'Eve' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    const shown = (await post('/replay', { lane: 'a/customer:c1' })).body;
    expect(shown).to.include({ dry: true, records: 1 });
    expect(shown.findings).to.have.length(1);
    expect(shown.findings[0]).to.include({ lane: 'a/customer:c1', verdict: 'same' });
    expect(w.store.depth().pending).to.equal(0);
    await post('/replay', { lane: 'a/customer:c1', dry_run: false });
    expect(w.store.depth().pending).to.equal(1);
    expect((await post('/connections/a/pause')).status).to.equal(200);
    expect(w.engine.status().connections[0]).to.include({ state: 'paused' });
    expect((await post('/connections/zz/pause')).status).to.equal(404);
    expect((await post('/replay', { lanes: 1 })).status).to.equal(400);
  });

  it('describes itself by the table that serves it', async () => {
    const { body } = await request(serverOf(world())).get('/admin/v1/openapi.json');
    expect(body.paths).to.have.all.keys(
      ...[
        'status',
        'connections',
        'exceptions',
        'deliveries/{id}',
        'journal',
        'retry',
        'replay',
        'explain',
      ].map((path) => `/admin/v1/${path}`),
      ...['pull', 'pause', 'resume', 'backfill', 'sweep'].map((path) => `/admin/v1/connections/{id}/${path}`),
    );
    expect(
      body.paths['/admin/v1/replay'].post.requestBody.content['application/json'].schema.properties,
    ).to.have.property('dry_run');
  });
});
