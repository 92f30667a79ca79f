/** Traces of a delivery, as a site's own OpenTelemetry SDK gets to see them; and none without one. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanStatusCode } from '@opentelemetry/api';
import { expect } from 'chai';
import { InvalidData } from '../../sidecar/domain/failure.ts';
import { silentTracer } from '../../sidecar/engine/index.ts';
import { createMetrics, createServer } from '../../sidecar/server/index.ts';
import { createTracer } from '../../sidecar/tracing.ts';
import { connectionNamed, thingConnector, world, type World } from '../support/engine.ts';
import { keepSpans, type KeptSpan } from '../support/spans.ts';

const LANE = { 'saas_sync.connection': 'a', 'saas_sync.lane': 'a/customer:c1' };

async function hooked(w: World, tracer: ReturnType<typeof createTracer>, id: string): Promise<void> {
  const server = createServer({
    engine: w.engine,
    store: w.store,
    members: [{ connection: connectionNamed('a'), connector: thingConnector }],
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    metrics: createMetrics(),
    tracer,
    tokens: { admin: undefined, local: undefined, poke: undefined },
    version: '1.2.3',
    now: w.clock.now,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = http.request({
    port: (server.address() as AddressInfo).port,
    path: '/hooks/a',
    method: 'POST',
    headers: { 'x-secret': 's3cret' },
  });
  request.end(JSON.stringify({ id, type: 'changed', about: 'customer:c1' }));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  expect(response.resume().statusCode).to.equal(202);
  server.closeAllConnections();
  server.close();
}

describe('traces', () => {
  let kept: ReturnType<typeof keepSpans>;
  beforeEach(() => (kept = keepSpans()));
  afterEach(() => kept.stop());

  const named = (name: string): KeptSpan[] => kept.spans.filter((span) => span.name === `saas_sync.${name}`);

  it('lead from the webhook over the work to the read, the plan and the batch in Odoo', async () => {
    const tracer = createTracer('1.2.3');
    const w = world({ deps: { tracer } });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada Lovelace' });
    await hooked(w, tracer, 'evt_1');
    await w.engine.runUntilIdle();
    expect(kept.spans.map((span) => span.name)).to.deep.equal(
      ['start', 'hook', 'work', 'read', 'plan', 'apply'].map((name) => `saas_sync.${name}`),
    );
    const [hook, work, read, plan, apply] = kept.spans.slice(1) as [
      KeptSpan,
      KeptSpan,
      KeptSpan,
      KeptSpan,
      KeptSpan,
    ];
    expect(work.parent).to.deep.equal(hook.context);
    expect([read.parent, plan.parent]).to.deep.equal([work.context, work.context]);
    expect(apply.links).to.deep.equal([work.context]);
    expect(kept.spans.map((span) => span.ended)).to.deep.equal([1, 1, 1, 1, 1, 1]);
  });

  it('name delivery, lane, connection and batch, and nobody', async () => {
    const w = world({ deps: { tracer: createTracer('1.2.3') } });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada Lovelace' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    const [work] = named('work');
    const [delivery] = w.store.deliveries({ connection: 'a' });
    expect(work?.attributes).to.deep.equal({ ...LANE, 'saas_sync.delivery': delivery?.id });
    expect(named('apply')[0]?.attributes).to.deep.equal({
      'saas_sync.connection': 'a',
      'saas_sync.batch': w.odoo.batches[0],
      'saas_sync.changes': 1,
    });
    expect(JSON.stringify(kept.spans)).to.not.contain('Lovelace');
  });

  it('mark the step that failed with the code of the failure, not with its words', async () => {
    const w = world({ deps: { tracer: createTracer('1.2.3') } });
    w.vendors['a']!.failure = new InvalidData('gone', 'Ada Lovelace is gone');
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(named('read')[0]?.status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'gone' });
    expect(named('read')[0]?.ended).to.equal(1);
    expect(JSON.stringify(kept.spans)).to.not.contain('Lovelace');
  });

  it('go on with the same trace when a record is tried again', async () => {
    const w = world({ deps: { tracer: createTracer('1.2.3') } });
    const answer = { error: { class: 'transient', code: 'busy', message: 'busy' } };
    w.odoo.answers.set('customer:c1', () => answer);
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    w.odoo.answers.clear();
    await w.pass(10_000);
    const [first, second] = named('work');
    expect(second?.context.traceId).to.equal(first?.context.traceId);
  });

  it('do not mix: who rings the bell is not the parent of what others wait for', async () => {
    const tracer = createTracer('1.2.3');
    const w = world({ deps: { tracer } });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.hook('a', 'customer:c1');
    await tracer.span('hook', { connection: 'a' }, () => w.engine.runUntilIdle());
    expect(named('work')[0]?.parent).to.equal(undefined);
  });
});

describe('without an SDK', () => {
  it('everything works and nothing is kept', async () => {
    const tracer = createTracer('1.2.3');
    expect(tracer).to.equal(silentTracer);
    expect(tracer.span('plan', { connection: 'a' }, () => 42)).to.equal(42);
    const failure = new InvalidData('wrong', 'wrong');
    expect(() =>
      tracer.span('plan', { connection: 'a' }, () => {
        throw failure;
      }),
    ).to.throw(failure);
    const w = world({ deps: { tracer } });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['a/customer:c1']);
  });
});
