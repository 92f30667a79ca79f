/** Whatever is done to a store, in whatever order, and wherever it is stopped: nothing is lost, nothing gets stuck. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { LaneBatch, Store } from '../../sidecar/store/store.ts';
import { delivery, journalLine, parked, T0 } from '../support/deliveries.ts';
import { invoice } from '../support/store-conformance/kit.ts';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';

/** What we know without the store: what was put and not yet done, per lane and in order. */
interface Model {
  open: Map<string, string[]>;
  done: Set<string>;
  put: Set<string>;
  /** Batches in workers' hands, by lane; `late` ones lost their lease. */
  held: Map<string, LaneBatch>;
  late: LaneBatch[];
}

interface Real {
  store: Store;
  reopen: () => Store;
  clock: { now: number };
}

type Command = fc.AsyncCommand<Model, Real>;

const LANES = ['a', 'b', 'c', 'd'];
const laneArb = fc.constantFrom(...LANES);

/** A command that always may run. */
function command(name: string, run: (model: Model, real: Real) => Promise<void> | void): Command {
  return { check: () => true, run: async (model, real) => run(model, real), toString: () => name };
}

/** A command for the batch somebody holds of this lane. */
function forHeld(
  name: string,
  lane: string,
  run: (model: Model, real: Real, batch: LaneBatch) => void,
): Command {
  return {
    check: (model) => model.held.has(lane),
    run: async (model, real) => {
      const batch = model.held.get(lane)!;
      model.held.delete(lane);
      run(model, real, batch);
    },
    toString: () => `${name}(${lane})`,
  };
}

const put = (lane: string, ids: number[]): Command =>
  command(`put(${lane}: ${ids.join(' ')})`, async (model, { store }) => {
    const rows = ids.map((id) => delivery(`d${id}`, lane, id % 3 === 0 ? { origin: 'backfill' } : {}));
    const results = await store.put(rows);
    for (const [index, { id, duplicate }] of results.entries()) {
      expect(duplicate, `${id} is a duplicate`).to.equal(model.put.has(id));
      expect(id).to.equal(rows[index]?.id);
      if (!duplicate) model.open.set(lane, [...(model.open.get(lane) ?? []), id]);
      model.put.add(id);
    }
  });

const claim = (lanes: number, perLane: number): Command =>
  command(`claim(${lanes} × ${perLane})`, (model, { store, clock }) => {
    const options = { laneClass: 'document' as const, lanes, perLane, now: clock.now, leaseMs: 100 };
    for (const batch of store.claim(options)) {
      const lane = batch.ref.externalId;
      expect(model.held.has(lane), `${lane} is in two hands`).to.equal(false);
      const ids = batch.deliveries.map(({ id }) => id);
      expect(ids).to.deep.equal((model.open.get(lane) ?? []).slice(0, perLane));
      expect(ids).not.to.be.empty;
      model.held.set(lane, batch);
    }
  });

const ack = (lane: string, share: number): Command =>
  forHeld('ack', lane, (model, { store }, batch) => {
    const count = Math.max(1, Math.ceil(batch.deliveries.length * share));
    const upTo = batch.deliveries[count - 1]!.seq;
    expect(store.ack(batch, upTo, { journal: [journalLine(lane)] })).to.equal('ok');
    const open = model.open.get(lane) ?? [];
    for (const id of open.slice(0, count)) model.done.add(id);
    model.open.set(lane, open.slice(count));
  });

const fail = (lane: string, sleep: number): Command =>
  forHeld('fail', lane, (_, { store, clock }, batch) =>
    expect(store.fail(batch, clock.now + sleep)).to.equal('ok'),
  );

const wait = (lane: string, on: string): Command =>
  forHeld(`wait on ${on}`, lane, (_, { store, clock }, batch) =>
    expect(store.wait(batch, [invoice(on)], clock.now + 500)).to.equal('ok'),
  );

const park = (lane: string): Command =>
  forHeld('park', lane, (_, { store }, batch) => expect(store.park(batch, parked(lane))).to.equal('ok'));

const ignore = (lane: string): Command =>
  command(`ignore(${lane})`, (model, { store }) => {
    const open = model.open.get(lane) ?? [];
    const line = journalLine(lane, { step: 'ignored' });
    expect(store.ignore(invoice(lane), line)).to.equal(open.length > 0);
    for (const id of open) model.done.add(id);
    model.open.set(lane, []);
    loseLease(model, lane);
  });

const retry = (lane: string): Command =>
  command(`retry(${lane})`, (_, { store }) => void store.retry({ lanes: [`stripe-eu/invoice:${lane}`] }));

const pass = (ms: number): Command =>
  command(`pass(${ms})`, (model, { store, clock }) => {
    clock.now += ms;
    store.reap(clock.now);
    if (ms >= 100) for (const lane of model.held.keys()) loseLease(model, lane);
    else for (const batch of model.held.values()) store.extend(batch, 100, clock.now);
  });

const restart: Command = command('restart', (model, real) => {
  real.store.close();
  real.store = real.reopen();
  for (const lane of model.held.keys()) loseLease(model, lane);
});

const late: Command = command('late word', (model, { store }) => {
  for (const batch of model.late) expect(store.ack(batch, Number.MAX_SAFE_INTEGER)).to.equal('lost');
});

function loseLease(model: Model, lane: string): void {
  const batch = model.held.get(lane);
  if (batch) model.late.push(batch);
  model.held.delete(lane);
}

const ids = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 });
const commands = fc.commands<Model, Real, false>(
  [
    fc.tuple(laneArb, ids).map(([lane, numbers]) => put(lane, numbers)),
    fc.tuple(laneArb, ids).map(([lane, numbers]) => put(lane, numbers)),
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 })).map(([l, p]) => claim(l, p)),
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 })).map(([l, p]) => claim(l, p)),
    fc.tuple(laneArb, fc.constantFrom(0.1, 0.5, 1)).map(([lane, share]) => ack(lane, share)),
    fc.tuple(laneArb, fc.constantFrom(0, 50, 300)).map(([lane, sleep]) => fail(lane, sleep)),
    fc.tuple(laneArb, laneArb).map(([lane, on]) => wait(lane, on)),
    laneArb.map(park),
    laneArb.map(ignore),
    laneArb.map(retry),
    fc.constantFrom(1, 50, 150).map(pass),
    fc.constant(restart),
    fc.constant(late),
  ] as fc.Arbitrary<Command>[],
  { maxCommands: 40 },
);

describe('store: whatever happens', () => {
  cleanTempStores();

  it('hands out each delivery in order until it is done, keeps the true count, and lets no lane get stuck', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(commands, async (script) => {
        const clock = { now: T0 };
        const { open } = tempStore(() => clock.now);
        const real: Real = { store: open(), reopen: open, clock };
        const model: Model = { open: new Map(), done: new Set(), put: new Set(), held: new Map(), late: [] };
        await fc.asyncModelRun(() => ({ model, real }), checkedEach(script));
        drain(model, real);
        real.store.close();
      }),
      { numRuns: 150, endOnFailure: false },
    );
  });
});

/** After every step the store's counter is the real count. */
function checkedEach(script: Iterable<Command>): Iterable<Command> {
  return [...script].map((step) => ({
    check: (model) => step.check(model),
    toString: () => step.toString(),
    run: async (model, real) => {
      await step.run(model, real);
      const pending = [...model.open.values()].reduce((sum, open) => sum + open.length, 0);
      expect(real.store.depth().pending, `pending after ${step.toString()}`).to.equal(pending);
      expect(real.store.counters('stripe-eu').received).to.equal(model.put.size);
    },
  }));
}

/** Time passes and people press Retry: then everything must come out, in order, and nothing twice. */
function drain(model: Model, { store, clock }: Real): void {
  clock.now += 10_000;
  store.reap(clock.now);
  store.retry({});
  for (let round = 0; round < 300; round += 1) {
    const options = { laneClass: 'document' as const, lanes: 3, perLane: 2, now: clock.now, leaseMs: 1000 };
    const batches = store.claim(options);
    if (batches.length === 0) break;
    for (const batch of batches) {
      const lane = batch.ref.externalId;
      const open = model.open.get(lane) ?? [];
      expect(batch.deliveries.map(({ id }) => id)).to.deep.equal(open.slice(0, 2));
      store.ack(batch, batch.deliveries.at(-1)!.seq);
      model.open.set(lane, open.slice(batch.deliveries.length));
    }
  }
  expect([...model.open.values()].flat(), 'still open').to.deep.equal([]);
  expect(store.depth().pending).to.equal(0);
  expect(store.parked()).to.deep.equal([]);
  for (const id of model.put) expect(store.delivery('stripe-eu', id), id).not.to.equal(undefined);
}
