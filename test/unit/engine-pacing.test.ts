/** Priorities, back-pressure, the measured rate, and what a month end looks like. */
import { expect } from 'chai';
import { Failure, Transient } from '../../sidecar/domain/failure.ts';
import { priorityOf } from '../../sidecar/domain/priority.ts';
import type { LaneClass } from '../../sidecar/domain/reference.ts';
import { stretched } from '../../sidecar/engine/pace/back-pressure.ts';
import { Drain } from '../../sidecar/engine/pace/drain.ts';
import { DEFAULT_SETTINGS } from '../../sidecar/engine/types.ts';
import { HandClock, refOf, START, world } from '../support/engine.ts';

describe('priorities', () => {
  it('tell what a person or money in trouble waits for from documents, the catalogue and bulk', () => {
    const of = (
      kind: 'invoice' | 'price' | 'customer',
      origin: 'hook' | 'outbox' | 'backfill' | 'replay',
      urgent = false,
    ) => priorityOf({ kind, origin, ...(urgent ? { urgent } : {}) });
    expect(of('invoice', 'hook')).to.equal(1);
    expect(of('customer', 'hook')).to.equal(1);
    expect(of('price', 'hook')).to.equal(2);
    expect(of('price', 'outbox')).to.equal(0);
    expect(of('invoice', 'hook', true)).to.equal(0);
    expect(of('invoice', 'backfill')).to.equal(3);
    expect(of('invoice', 'replay')).to.equal(3);
    expect(of('invoice', 'replay', true)).to.equal(0);
  });

  it('let "Sync now" pass a long first load in the queue and at the vendor', async () => {
    const w = world();
    const asked: [string, number | undefined][] = [];
    const vendor = w.vendors['a']!;
    const session = vendor.session(w.clock);
    const open = () => ({
      ...session,
      read: (...what: Parameters<typeof session.read>) => {
        asked.push([what[1], what[2]]);
        return session.read(...what);
      },
    });
    const own = world({ store: w.store, clock: w.clock, deps: { open } });
    const names = Array.from({ length: 400 }, (_, i) => `customer:c${i}`);
    for (const name of [...names, 'customer:mine']) vendor.things.set(name, { name });
    await own.engine.intake.put(
      names.map((name) => ({
        ...refOf('a', name),
        id: name,
        origin: 'backfill',
        form: 'hint',
        reason: 'listed',
        occurredAt: null,
        receivedAt: w.clock.now(),
        body: Buffer.alloc(0),
      })),
    );
    w.clock.advance(1_000);
    await own.engine.command({ command: 'sync_now', connection: 'a', kind: 'customer', external_id: 'mine' });
    await own.engine.runUntilIdle();
    expect(asked[0]).to.deep.equal(['mine', 0]);
    expect(asked[1]![1]).to.equal(3);
    expect(own.odoo.writes).to.equal(401);
  });
});

describe('back-pressure', () => {
  it('reads a feed less and less often beyond the limit of its own backlog, down to a tenth', async () => {
    const w = world();
    const { store } = w;
    const pause = (backlogLimit: number, connection = 'a') =>
      stretched({ store, settings: { ...DEFAULT_SETTINGS, backlogLimit } }, connection, 30_000);
    await w.hook('a', ...Array.from({ length: 20 }, (_, i) => `customer:c${i}`));
    expect([pause(100), pause(20), pause(10), pause(1)]).to.deep.equal([30_000, 30_000, 60_000, 300_000]);
    expect(pause(1, 'b')).to.equal(30_000);
  });

  it('reads no feed while disk or memory run short, and goes on where it was', async () => {
    let short: Failure | undefined;
    const w = world({ deps: { pressure: () => short } });
    await w.engine.pull('a');
    w.vendors['a']!.feed.push({
      ...refOf('a', 'customer:c1'),
      id: 'evt_1',
      origin: 'poll',
      form: 'hint',
      reason: 'changed',
      occurredAt: null,
      receivedAt: w.clock.now(),
      body: Buffer.alloc(0),
    });
    short = new Transient('disk_low', 'The disk of the store has 3 MB left');
    expect(await w.engine.pull('a')).to.equal(0);
    short = undefined;
    expect(await w.engine.pull('a')).to.equal(1);
  });
});

describe('the measured rate', () => {
  /** One look after so many seconds in which so much was done. */
  function drainOf() {
    const drain = new Drain();
    let at = 0;
    const look = (
      seconds: number,
      done: number,
      backlog: number,
      working = true,
      of: LaneClass = 'master',
    ) => {
      drain.done('a', of, done);
      drain.look('a', of, { at: (at += seconds * 1_000), backlog, working });
    };
    return { drain, look };
  }

  it('tells how long the backlog will take, and nothing while it knows nothing', () => {
    const { drain, look } = drainOf();
    look(0, 0, 1_000);
    expect(drain.etaMs('a')).to.equal(null);
    for (let second = 1; second <= 20; second++) look(1, 10, 1_000 - 10 * second);
    expect(drain.etaMs('a')).to.equal(80_000);
    look(1, 800, 0);
    expect(drain.etaMs('a')).to.equal(null);
  });

  it('does not take idle or paused time for slowness', () => {
    const { drain, look } = drainOf();
    look(0, 0, 200);
    look(10, 100, 100);
    look(5, 100, 0);
    look(3_600, 0, 100);
    expect(drain.etaMs('a')).to.equal(10_000);
    look(100, 0, 100, false);
    expect(drain.etaMs('a')).to.equal(10_000);
  });

  it('follows a change of pace within a minute or two', () => {
    const { drain, look } = drainOf();
    let backlog = 10_000;
    for (const perSecond of [20, 5])
      for (let second = 0; second < 120; second += 5) look(5, 5 * perSecond, (backlog -= 5 * perSecond));
    const exact = (backlog / 5) * 1_000;
    expect(drain.etaMs('a')).to.be.within(exact * 0.6, exact);
  });

  it('tells the time of the slower of masters and documents, not of a mean that neither has', () => {
    const { drain, look } = drainOf();
    look(0, 0, 10_000, true, 'master');
    look(0, 0, 10_000, true, 'document');
    look(10, 3_000, 7_000, true, 'master');
    look(0, 100, 9_900, true, 'document');
    expect(drain.etaMs('a')).to.equal(990_000);
  });
});

describe('a month end', () => {
  /** Turns the clock whenever nobody has anything to do at this moment, until the work is done. */
  async function turn(clock: HandClock, work: Promise<void>, told: () => void): Promise<void> {
    const end = work.then(() => 'done');
    for (let step = 0; ; step++) {
      const idle = new Promise<string>((resolve) => setImmediate(() => resolve('idle')));
      if ((await Promise.race([end, idle])) === 'done') return;
      clock.advance(100);
      if (step % 50 === 0) told();
    }
  }

  it('drains 50,000 hints at once steadily, within its limits, and with an estimate that can be relied on', async function () {
    this.timeout(120_000);
    const clock = new HandClock();
    let reading = 0;
    let mostReading = 0;
    const w = world({
      clock,
      deps: {
        open: () => ({
          streams: [],
          probe: async () => ({ account: 'acct', details: {} }),
          async read(kind, externalId) {
            mostReading = Math.max(mostReading, ++reading);
            const readAt = clock.now();
            await clock.sleep(100);
            reading--;
            return { kind, externalId, readAt, body: { name: externalId } };
          },
          async *changes() {
            yield { items: [], cursor: '0' };
          },
          async *list() {},
          whole: {},
        }),
      },
    });
    const apply = w.odoo.apply.bind(w.odoo);
    w.odoo.apply = async (request) => {
      await clock.sleep(20 * request.changes.length);
      return apply(request);
    };
    const kinds = ['customer', 'invoice'] as const;
    await w.hook('a', ...Array.from({ length: 50_000 }, (_, i) => `${kinds[i % 2]}:c${i}`));
    const looks: { at: number; eta: number | null; backlog: number }[] = [];
    await turn(clock, w.engine.runUntilIdle(), () => {
      const { eta_ms: eta, backlog } = w.engine.status().connections[0]!;
      looks.push({ at: clock.now(), eta, backlog });
    });
    expect(w.store.depth().pending).to.equal(0);
    expect(w.odoo.writes).to.equal(50_000);
    expect(mostReading).to.be.at.most(2 * DEFAULT_SETTINGS.readConcurrency);
    expect(w.odoo.mostConcurrent).to.be.at.most(3);
    expect(Math.max(...w.odoo.calls.map((call) => call.length))).to.be.at.most(
      DEFAULT_SETTINGS.mastersPerCall,
    );
    const end = clock.now();
    const known = looks.filter(({ at }) => at - START > 15_000 && end - at > 10_000);
    expect(known.map(({ eta }) => eta)).not.to.include(null);
    known.forEach(({ at, eta, backlog }, index) => {
      expect(eta! / (end - at), `estimate at ${backlog} left`).to.be.within(0.8, 1.25);
      const before = known[index - 1];
      if (!before) return;
      expect(eta!, `estimate at ${backlog} left`).to.be.at.most(before.eta! * 1.15);
      expect(before.backlog - backlog, `done in 5 s at ${backlog} left`).to.be.within(100, 1_500);
    });
  });
});
