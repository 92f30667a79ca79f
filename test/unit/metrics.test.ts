/** What Prometheus is told after a run of the real engine. */
import { expect } from 'chai';
import { ConnectionBroken, Failure } from '../../sidecar/domain/failure.ts';
import type { ConnectionReport, HealthState } from '../../sidecar/engine/index.ts';
import { createMetrics } from '../../sidecar/server/index.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { HandClock, START } from '../support/engine.ts';
import { measured, samplesOf, scrape, valueOf } from '../support/scrape.ts';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';
import { twoWay } from '../support/two-way.ts';

const A = { connection: 'a' };
const LAST = { listed: 9, put: 2, unchanged: 7, expected: 9 };

describe('metrics', () => {
  afterEach(cleanTempStores);

  it('count what arrived by its way, and repeats apart', async () => {
    const { w, metrics } = measured();
    const about = {
      id: 'evt_1',
      connection: 'a',
      kind: 'customer',
      externalId: 'c1',
      origin: 'hook',
    } as const;
    const rest = {
      form: 'hint',
      reason: 'x',
      occurredAt: null,
      receivedAt: START,
      body: Buffer.alloc(0),
    } as const;
    await w.engine.intake.put([{ ...about, ...rest }]);
    await w.engine.intake.put([{ ...about, ...rest }]);
    const samples = await scrape(w, metrics);
    expect(valueOf(samples, 'deliveries_received_total', { ...A, origin: 'hook' })).to.equal(1);
    expect(valueOf(samples, 'deliveries_duplicate_total', { ...A, origin: 'hook' })).to.equal(1);
    expect(valueOf(samples, 'backlog_deliveries', A)).to.equal(1);
  });

  it('count failures by class, by whom they concern and by what was decided, from zero on', async () => {
    const { w, metrics } = measured();
    const labels = { ...A, class: 'invalid_data', concerns: 'accountant', decision: 'park' };
    expect(valueOf(await scrape(w, metrics), 'failures_total', labels)).to.equal(0);
    w.vendors['a']!.things.set('customer:c1', { name: 'x', wrong: true });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    const samples = await scrape(w, metrics);
    expect(valueOf(samples, 'failures_total', labels)).to.equal(1);
    expect(valueOf(samples, 'outcomes_total', { ...A, outcome: 'failed' })).to.equal(1);
  });

  it('show what waits for people by cause and age, and the money that stands still with it', async () => {
    const { w, metrics } = measured();
    w.vendors['a']!.things.set('customer:c1', { name: 'x', wrong: true });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    w.clock.advance(60_000);
    w.vendors['a']!.things.set('customer:c2', { name: 'x', wrong: true });
    await w.hook('a', 'customer:c2');
    await w.engine.runUntilIdle();
    const cause = { ...A, cause: 'invalid_data', concerns: 'accountant' };
    const samples = await scrape(w, metrics);
    expect(valueOf(samples, 'exceptions_open', cause)).to.equal(2);
    expect(valueOf(samples, 'exceptions_oldest_timestamp_seconds', cause)).to.equal(START / 1_000);
    const totals = [
      {
        connection: 'a',
        cause: 'business_rule',
        code: 'x',
        currency: 'EUR',
        open: 2,
        oldestAt: START,
        amount: 11_900,
      },
      {
        connection: 'a',
        cause: 'missing_mapping',
        code: 'x',
        currency: 'EUR',
        open: 1,
        oldestAt: START,
        amount: 100,
      },
      {
        connection: 'a',
        cause: 'business_rule',
        code: 'x',
        currency: 'JPY',
        open: 1,
        oldestAt: START - 5,
        amount: 700,
      },
    ] as const;
    const drawn = await scrape(w, metrics, {}, totals);
    expect(valueOf(drawn, 'exceptions_amount', { ...A, currency: 'EUR' })).to.equal(120);
    expect(valueOf(drawn, 'exceptions_amount', { ...A, currency: 'JPY' })).to.equal(700);
    expect(valueOf(drawn, 'exceptions_open', { cause: 'business_rule' })).to.equal(3);
    const oldest = valueOf(drawn, 'exceptions_oldest_timestamp_seconds', { cause: 'business_rule' });
    expect(oldest).to.equal((START - 5) / 1_000);
    expect(valueOf(drawn, 'exceptions_open', { cause: 'invalid_data' })).to.equal(undefined);
  });

  it('time what vendors are told by how it ended, and count a right that is missing there as the administrator’s', async () => {
    const metrics = createMetrics();
    const w = twoWay({ meter: metrics.meter });
    w.crms.north.edit('n1', { name: 'Acme', phone: null });
    await w.settle();
    w.odoo.edit(1, { phone: '1' });
    await w.settle();
    w.crms.north.refusal = new Failure('business_rule', 'may_not_write', 'North does not let us write Phone');
    w.odoo.edit(1, { phone: '2' });
    await w.settle();
    const status = w.engine.status();
    const text = await metrics.text({ status, exceptions: w.store.exceptionTotals(), queues: [] });
    const samples = samplesOf(text);
    const told = { connection: 'north', kind: 'customer' };
    expect(valueOf(samples, 'push_duration_seconds_count', { ...told, outcome: 'told' })).to.equal(1);
    expect(valueOf(samples, 'push_duration_seconds_count', { ...told, outcome: 'refused' })).to.equal(1);
    const whose = { connection: 'north', concerns: 'admin' };
    expect(valueOf(samples, 'exceptions_open', { ...whose, cause: 'business_rule' })).to.equal(1);
    expect(valueOf(samples, 'failures_total', { ...whose, class: 'business_rule' })).to.equal(1);
  });

  it('count the exceptions in the store itself, and count again when one has ended', async () => {
    const { w } = measured();
    w.vendors['a']!.things.set('customer:c1', { name: 'x', wrong: true });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.store.exceptionTotals()).to.deep.equal([
      {
        connection: 'a',
        cause: 'invalid_data',
        code: 'does_not_add_up',
        currency: null,
        open: 1,
        oldestAt: START,
        amount: 0,
      },
    ]);
    w.vendors['a']!.things.set('customer:c1', { name: 'x' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.store.exceptionTotals()).to.deep.equal([]);
  });

  const states: [HealthState, number][] = [
    ['healthy', 0],
    ['degraded', 1],
    ['broken', 2],
    ['paused', 3],
  ];
  for (const [state, number] of states)
    it(`show a connection that is ${state} as ${number}`, async () => {
      const { w, metrics } = measured();
      const samples = await scrape(w, metrics, { state });
      expect(valueOf(samples, 'connection_state', A)).to.equal(number);
    });

  it('tell of a broken connection from the engine’s own mouth', async () => {
    const { w, metrics } = measured();
    w.vendors['a']!.failure = new ConnectionBroken('key_revoked', 'The key was revoked');
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    const samples = await scrape(w, metrics);
    expect(valueOf(samples, 'connection_state', A)).to.equal(2);
    expect(valueOf(samples, 'connection_state', { connection: 'b' })).to.equal(0);
  });

  it('show freshness, budget, the way ahead and the brake, and nothing where nothing is known', async () => {
    const { w, metrics } = measured();
    const at = new Date(START).toISOString();
    const known: Partial<ConnectionReport> = {
      eta_ms: 90_000,
      next_try_at: at,
      budget: { left: 20, of: 100, per_ms: 1_000, resets_at: null },
      streams: [
        { name: 'events', fresh_at: at, progress: null, next_at: at, late_at: at, last: LAST },
        { name: 'invoices', fresh_at: null, progress: null, next_at: null, late_at: null, last: null },
      ],
      brakes: [{ stream: 'customers', kind: 'customer', absent: 40, of: 50, examples: ['c1'], since: at }],
    };
    const samples = await scrape(w, metrics, known);
    expect(valueOf(samples, 'stream_fresh_timestamp_seconds', { ...A, stream: 'events' })).to.equal(
      START / 1_000,
    );
    expect(valueOf(samples, 'stream_fresh_timestamp_seconds', { ...A, stream: 'invoices' })).to.equal(
      undefined,
    );
    expect(valueOf(samples, 'sweep_found_records', { ...A, stream: 'events' })).to.equal(2);
    const next = 'stream_next_look_timestamp_seconds';
    expect(valueOf(samples, next, { ...A, stream: 'events' })).to.equal(START / 1_000);
    expect(valueOf(samples, next, { ...A, stream: 'invoices' })).to.equal(undefined);
    const late = 'stream_late_timestamp_seconds';
    expect(valueOf(samples, late, { ...A, stream: 'events' })).to.equal(START / 1_000);
    expect(valueOf(samples, late, { ...A, stream: 'invoices' })).to.equal(undefined);
    expect(valueOf(samples, 'api_budget_left', A)).to.equal(20);
    expect(valueOf(samples, 'api_budget_limit', A)).to.equal(100);
    expect(valueOf(samples, 'backlog_eta_seconds', A)).to.equal(90);
    expect(valueOf(samples, 'next_try_timestamp_seconds', A)).to.equal(START / 1_000);
    expect(valueOf(samples, 'brake_absent_records', { ...A, stream: 'customers' })).to.equal(40);
    const later = await scrape(w, metrics);
    for (const name of ['api_budget_left', 'backlog_eta_seconds', 'next_try_timestamp_seconds'])
      expect(valueOf(later, name, A), name).to.equal(undefined);
    expect(valueOf(later, 'brake_absent_records')).to.equal(undefined);
  });

  it('show what waits for a worker by how much it matters, and since when', async () => {
    const { w, metrics } = measured();
    await w.hook('a', 'customer:c1', 'customer:c2', 'product:p1');
    w.clock.advance(60_000);
    const samples = await scrape(w, metrics);
    expect(valueOf(samples, 'queue_lanes', { ...A, priority: 'usual' })).to.equal(2);
    expect(valueOf(samples, 'queue_lanes', { ...A, priority: 'catalogue' })).to.equal(1);
    expect(valueOf(samples, 'queue_lanes', { ...A, priority: 'urgent' })).to.equal(0);
    const oldest = valueOf(samples, 'queue_oldest_timestamp_seconds', { ...A, priority: 'usual' });
    expect(oldest).to.equal(START / 1_000);
    await w.engine.runUntilIdle();
    const later = await scrape(w, metrics);
    expect(valueOf(later, 'queue_lanes', { ...A, priority: 'usual' })).to.equal(0);
    expect(valueOf(later, 'queue_oldest_timestamp_seconds', A)).to.equal(undefined);
  });

  it('time the batches to Odoo and count what is in them', async () => {
    const { w, metrics } = measured();
    const vendor = w.vendors['a']!;
    for (const name of ['customer:c1', 'customer:c2']) vendor.things.set(name, { name });
    await w.hook('a', 'customer:c1', 'customer:c2');
    w.odoo.trouble = () => w.clock.advance(250);
    await w.engine.runUntilIdle();
    const samples = await scrape(w, metrics);
    expect(valueOf(samples, 'apply_changes_sum', { lane_class: 'master' })).to.equal(2);
    expect(valueOf(samples, 'apply_duration_seconds_sum', { lane_class: 'master' })).to.equal(0.5);
    expect(valueOf(samples, 'effects_total', { ...A, kind: 'customer', status: 'created' })).to.equal(2);
    expect(valueOf(samples, 'read_duration_seconds_count', A)).to.equal(2);
  });

  it('show the size of the store, its commits, and the room on its disk', async () => {
    const clock = new HandClock();
    const { path } = tempStore();
    const metrics = createMetrics({ storePath: path });
    const store = openStore(path, { now: clock.now, committed: metrics.committed });
    const { w } = measured({ store, clock });
    await w.hook('a', 'customer:c1', 'customer:c2');
    const samples = await scrape(w, metrics);
    store.close();
    expect(valueOf(samples, 'store_bytes', { file: 'main' })).to.be.above(1_000);
    expect(valueOf(samples, 'store_bytes', { file: 'wal' })).to.be.above(0);
    expect(valueOf(samples, 'store_disk_free_bytes')).to.be.above(0);
    expect(valueOf(samples, 'commit_deliveries_sum')).to.equal(2);
    expect(valueOf(samples, 'commit_duration_seconds_count')).to.equal(1);
  });

  it('name a connection, a kind, a class, never a record: more records are not more time series', async () => {
    const { w, metrics } = measured();
    const things = w.vendors['a']!.things;
    const bring = async (from: number, to: number) => {
      for (let n = from; n < to; n++) {
        things.set(`customer:c${n}`, { name: `${n}`, ...(n % 5 === 0 ? { wrong: true } : {}) });
        await w.hook('a', `customer:c${n}`);
      }
      await w.engine.runUntilIdle();
      return (await scrape(w, metrics)).filter(({ name }) => name.startsWith('saas_sync_')).length;
    };
    const few = await bring(0, 10);
    expect(await bring(10, 200)).to.equal(few);
  });
});
