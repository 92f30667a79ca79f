/** The breakers, the size of calls, leases, the measured rate, and what a month end looks like. */
import { expect } from 'chai';
import {
  ConnectionBroken,
  Failure,
  RateLimited,
  Transient,
  UnknownOutcome,
} from '../../sidecar/domain/failure.ts';
import { priorityOf } from '../../sidecar/domain/priority.ts';
import type { LaneClass } from '../../sidecar/domain/reference.ts';
import { stretched } from '../../sidecar/engine/pace/back-pressure.ts';
import { CallSizes } from '../../sidecar/engine/pace/call-size.ts';
import { Drain } from '../../sidecar/engine/pace/drain.ts';
import { Gate } from '../../sidecar/engine/pace/gate.ts';
import { Health } from '../../sidecar/engine/pace/health.ts';
import { silentMeter } from '../../sidecar/engine/silent.ts';
import { DEFAULT_SETTINGS } from '../../sidecar/engine/types.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { HandClock, refOf, START, world } from '../support/engine.ts';

const down = () => new Transient('unreachable', 'Things Inc. does not answer');
const half = () => 0.5;

function healthOf(random = half) {
  const clock = new HandClock();
  const store = openStore(':memory:', { now: clock.now });
  return { clock, store, health: new Health(store, clock.now, random) };
}

describe('the breaker of a connection', () => {
  it('opens after five troubles in a row, tells when it tries again, and lets one go first then', () => {
    const { clock, health } = healthOf();
    for (let time = 1; time < 5; time++) {
      expect(health.trouble('a', down())).to.equal(false);
      expect(health.standing('a')).to.include({ state: 'degraded', nextTryAt: null });
    }
    expect(health.trouble('a', down())).to.equal(true);
    const { nextTryAt, message } = health.standing('a');
    expect(message).to.equal('Things Inc. does not answer');
    expect(nextTryAt).to.be.greaterThan(clock.now());
    expect(health.enter('a')).to.equal(undefined);
    clock.advance(nextTryAt! - clock.now());
    expect(health.enter('a')).to.include({ alone: true });
    expect(health.enter('a')).to.equal(undefined);
    health.fine('a');
    expect(health.enter('a')).to.include({ alone: false });
    expect(health.standing('a')).to.include({ state: 'healthy', nextTryAt: null });
  });

  it('rests longer when the one that went first fails, too', () => {
    const { clock, health } = healthOf();
    health.trouble('a', new RateLimited('rate_limited', 'slow down', { retryAfterMs: 2_000 }));
    const pauses: number[] = [];
    for (let time = 0; time < 6; time++) {
      const pause = health.restUntil('a') - clock.now();
      pauses.push(pause);
      clock.advance(pause);
      health.enter('a');
      health.trouble('a', down());
    }
    expect(pauses[0]).to.be.within(2_000, 3_000);
    expect(pauses.slice(2)).to.deep.equal(pauses.slice(2).sort((x, y) => x - y));
    expect(pauses.at(-1)).to.be.greaterThan(10_000);
  });

  it('is not closed by calls that were under way when it opened', () => {
    const { health } = healthOf();
    health.trouble('a', new RateLimited('rate_limited', 'slow down', { retryAfterMs: 60_000 }));
    health.fine('a');
    expect(health.blocked('a')).to.equal(true);
  });

  it('does not rest, nor stay broken, for hours because the clock was put back', () => {
    const { clock, health } = healthOf();
    health.trouble('a', new RateLimited('rate_limited', 'slow down', { retryAfterMs: 60_000 }));
    health.broke('b', new ConnectionBroken('credentials_refused', 'wrong key'));
    const gate = new Gate(clock.now, half);
    gate.shutAfter(down());
    clock.advance(-3_600_000);
    expect([health.blocked('a'), health.probeDue('b'), gate.shut]).to.deep.equal([false, true, false]);
  });

  it('gives the turn to another if the one that went first leaves without a verdict, or never comes back', () => {
    const { clock, health } = healthOf();
    health.trouble('a', new RateLimited('rate_limited', 'slow down', { retryAfterMs: 0 }));
    clock.advance(5_000);
    health.enter('a')!.leave();
    const lost = health.enter('a')!;
    expect(lost.alone).to.equal(true);
    clock.advance(120_000);
    const next = health.enter('a')!;
    lost.leave();
    expect(next.alone).to.equal(true);
    expect(health.enter('a')).to.equal(undefined);
  });

  it('works on one record after a rest, and on all the others once that one was read', async () => {
    const w = world();
    const vendor = w.vendors['a']!;
    const names = Array.from({ length: 30 }, (_, i) => `customer:c${i}`);
    for (const name of names) vendor.things.set(name, { name });
    vendor.failure = new RateLimited('rate_limited', 'slow down', { retryAfterMs: 10_000 });
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    const tried = vendor.reads.length;
    expect(tried).to.be.at.most(8);
    w.clock.advance(11_000);
    await w.engine.runUntilIdle();
    expect(vendor.reads.length - tried).to.equal(1);
    vendor.failure = undefined;
    await w.pass(120_000);
    expect(w.odoo.writes).to.equal(30);
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('stays broken while the probe is answered but what failed still fails, with growing pauses', async () => {
    const w = world();
    const vendor = w.vendors['a']!;
    vendor.things.set('invoice:i1', { name: 'one' }).set('customer:c1', { name: 'Ada' });
    const session = vendor.session(w.clock);
    const forbidden = new ConnectionBroken('permission_missing', 'Our key may not read invoices', {
      hint: 'Give it the permission.',
    });
    let allowed = false;
    let probes = 0;
    const open = () => ({
      ...session,
      probe: async () => ({ account: `acct ${++probes}`, details: {} }),
      read: async (...what: Parameters<typeof session.read>) => {
        if (what[0] === 'invoice' && !allowed) throw forbidden;
        return session.read(...what);
      },
    });
    const broken = world({ store: w.store, clock: w.clock, deps: { open } });
    await broken.hook('a', 'invoice:i1');
    await broken.engine.runUntilIdle();
    const pauses: number[] = [];
    for (let time = 0; time < 6; time++) {
      const status = broken.engine.status().connections[0]!;
      expect(status).to.include({ state: 'broken', message: 'Our key may not read invoices' });
      pauses.push(Date.parse(status.next_try_at!) - w.clock.now());
      w.clock.advance(pauses.at(-1)!);
      expect(await broken.engine.probe('a')).to.equal(false);
    }
    expect(probes).to.equal(6);
    expect(Math.max(...pauses.slice(3))).to.be.greaterThan(30_000);
    allowed = true;
    expect(await broken.engine.probe('a')).to.equal(true);
    await broken.engine.runUntilIdle();
    expect(broken.engine.status().connections[0]).to.include({ state: 'healthy', next_try_at: null });
    expect(broken.held()).to.deep.equal(['a/invoice:i1']);
  });

  it('goes on with its pauses when it breaks again soon after it seemed mended, and begins anew after a calm time', () => {
    const { clock, health } = healthOf();
    const wrong = new ConnectionBroken('credentials_refused', 'wrong key');
    for (let time = 0; time < 5; time++) {
      health.broke('a', wrong);
      clock.advance(5_000);
      health.mended('a');
    }
    health.broke('a', wrong);
    expect(health.broken('a')).to.include({ tries: 6, since: START });
    health.mended('a');
    clock.advance(600_000);
    health.broke('a', wrong);
    expect(health.broken('a')).to.include({ tries: 1, since: clock.now() });
  });

  it('goes on saying what is wrong when a probe fails for a reason that passes', () => {
    const { clock, health } = healthOf();
    health.broke('a', new ConnectionBroken('credentials_refused', 'wrong key', { hint: 'Make a new one.' }));
    health.broke('a', new Transient('unreachable', 'no answer', { retryAfterMs: 900_000 }));
    expect(health.standing('a')).to.include({ code: 'credentials_refused', message: 'wrong key' });
    expect(health.standing('a').nextTryAt).to.equal(clock.now() + 900_000);
  });

  it('is mended when the vendor answers about the record that broke it, whatever it says of it', async () => {
    const w = world();
    const session = w.vendors['a']!.session(w.clock);
    let failure: Failure = new ConnectionBroken('permission_missing', 'may not read');
    const open = () => ({ ...session, read: () => Promise.reject(failure) });
    const own = world({ store: w.store, clock: w.clock, deps: { open } });
    await own.hook('a', 'customer:c1');
    await own.engine.runUntilIdle();
    expect(await own.engine.probe('a')).to.equal(false);
    failure = new Failure('invalid_data', 'request_refused', 'no such field');
    expect(await own.engine.probe('a')).to.equal(true);
    await own.engine.runUntilIdle();
    expect(own.store.parked().map(({ code }) => code)).to.deep.equal(['request_refused']);
  });

  it('shows by its feed that it works when no record had failed', async () => {
    const w = world();
    await w.engine.makeReady('a');
    const wrong = new ConnectionBroken('credentials_refused', 'wrong key', { hint: 'Make a new one.' });
    w.vendors['a']!.failure = wrong;
    await w.engine.pull('a');
    expect(w.engine.status().connections[0]!.state).to.equal('broken');
    expect(await w.engine.probe('a')).to.equal(false);
    w.vendors['a']!.failure = undefined;
    expect(await w.engine.probe('a')).to.equal(true);
    expect(w.engine.status().connections[0]).to.include({ state: 'healthy', message: '' });
  });
});

describe('the breaker towards Odoo', () => {
  const gateOf = () => {
    const clock = new HandClock();
    return { clock, gate: new Gate(clock.now, () => 0.999) };
  };

  it('never leaves Odoo unasked for more than half a minute, not even after a long time with a wrong key', () => {
    const { clock, gate } = gateOf();
    for (let time = 0; time < 50; time++) {
      gate.shutAfter(new ConnectionBroken('odoo_key', 'Odoo does not accept our key'));
      const pause = gate.until - clock.now();
      expect(pause).to.be.at.most(30_000);
      clock.advance(pause);
    }
  });

  it('asks something small first, then sends one call, and opens when that succeeds', async () => {
    const { clock, gate } = gateOf();
    const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    let hellos = 0;
    const hello = () => Promise.resolve({ uuid: `${++hellos}` });
    const context = { odoo: { hello } as never, logger: quiet, meter: silentMeter };
    gate.shutAfter(down());
    await gate.knock(context);
    expect(hellos).to.equal(0);
    clock.advance(gate.until - clock.now());
    expect(gate.admitsWork).to.equal(false);
    await Promise.all([gate.knock(context), gate.knock(context)]);
    expect(hellos).to.equal(1);
    const leave = gate.enter();
    expect(leave).to.be.a('function');
    expect(gate.enter()).to.equal(undefined);
    leave!();
    gate.good();
    expect([gate.enter(), gate.enter()].every(Boolean)).to.equal(true);
  });

  it('tries one small call after an outage, and only then the large ones', async () => {
    const w = world();
    const names = Array.from({ length: 200 }, (_, i) => `customer:c${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name });
    let failures = 3;
    w.odoo.trouble = () => {
      if (failures-- > 0) throw down();
    };
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    expect(w.odoo.writes).to.equal(0);
    await w.pass(120_000);
    expect(w.odoo.writes).to.equal(200);
    const firstGood = w.odoo.calls[3]!;
    expect(firstGood.length).to.be.at.most(5);
    expect(Math.max(...w.odoo.calls.map((call) => call.length))).to.be.greaterThan(20);
  });
});

describe('the size of calls', () => {
  const sizes = () => new CallSizes(DEFAULT_SETTINGS);

  it('grows step by step to the most an Odoo takes that is quick', () => {
    const calls = sizes();
    const seen = [calls.size('master')];
    for (let time = 0; time < 8; time++) {
      calls.took('master', calls.size('master'), calls.size('master') * 2);
      seen.push(calls.size('master'));
    }
    expect(seen[0]).to.equal(50);
    expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).to.equal(150);
    expect(calls.size('document')).to.equal(16);
  });

  it('meets the wanted time with an Odoo that is slow, and never goes below five', () => {
    const calls = sizes();
    const perDocument = 500;
    for (let time = 0; time < 10; time++)
      calls.took('document', calls.size('document'), calls.size('document') * perDocument);
    expect(calls.size('document') * perDocument).to.be.within(3_000, 4_000);
    for (let time = 0; time < 10; time++) calls.took('document', calls.size('document'), 60_000);
    expect(calls.size('document')).to.equal(5);
  });

  it('is halved when no answer came in time', () => {
    const calls = sizes();
    calls.lost('master');
    expect(calls.size('master')).to.equal(25);
  });

  it('does not take the fixed costs of a tiny call for the costs of its change', () => {
    const calls = sizes();
    for (let time = 0; time < 8; time++) calls.took('master', 150, 1_500);
    for (let time = 0; time < 20; time++) calls.took('master', 1, 40);
    expect(calls.size('master')).to.be.greaterThan(90);
  });

  it('follows what was measured in the flow of work', async () => {
    const w = world();
    const names = Array.from({ length: 300 }, (_, i) => `invoice:i${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name });
    const apply = w.odoo.apply.bind(w.odoo);
    w.odoo.apply = (request) => {
      w.clock.advance(1_000 * request.changes.length);
      return apply(request);
    };
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    expect(w.odoo.writes).to.equal(300);
    const lengths = w.odoo.calls.map((call) => call.length);
    expect(lengths[0]).to.equal(16);
    expect(Math.max(...lengths.slice(2))).to.be.at.most(5);
  });

  it('is halved for the next call when answers are lost, while the same batch is asked for again', async () => {
    const w = world();
    const names = Array.from({ length: 40 }, (_, i) => `invoice:i${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name });
    let lost = 1;
    w.odoo.trouble = (_changes, moment) => {
      if (moment === 'after' && lost-- > 0) throw new UnknownOutcome('answer_lost', 'no answer');
    };
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    const [first, again] = w.odoo.calls.map((call) => call.length);
    expect([first, again]).to.deep.equal([16, 16]);
    expect(w.odoo.batches[0]).to.equal(w.odoo.batches[1]);
    expect(w.odoo.writes).to.equal(40);
  });
});

describe('the size of claims', () => {
  it('follows the vendor’s pace, so that "Sync now" never waits long behind what was claimed before', async () => {
    const clock = new HandClock();
    const w = world({ clock });
    const names = Array.from({ length: 400 }, (_, i) => `customer:c${i}`);
    const claimed: number[] = [];
    const claim = w.store.claim.bind(w.store);
    w.store.claim = (options) => {
      const batches = claim(options);
      if (batches.length > 0) claimed.push(batches.length);
      return batches;
    };
    const own = world({
      store: w.store,
      clock,
      deps: {
        open: () => ({
          ...w.vendors['a']!.session(clock),
          async read(kind, externalId) {
            clock.advance(100);
            return { kind, externalId, readAt: clock.now(), body: { name: externalId } };
          },
        }),
      },
    });
    await own.hook('a', ...names);
    await own.engine.runUntilIdle();
    expect(own.odoo.writes).to.equal(400);
    expect(claimed[0]).to.equal(100);
    expect(Math.max(...claimed.slice(1))).to.be.at.most(20);
  });
});

describe('leases', () => {
  it('are prolonged while a call takes longer than they last', async () => {
    const w = world({ deps: { settings: { leaseMs: 30_000 } } });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    const apply = w.odoo.apply.bind(w.odoo);
    w.odoo.apply = async (request) => {
      for (let time = 0; time < 12; time++) {
        w.clock.advance(10_000);
        await new Promise((done) => setImmediate(done));
        w.store.reap(w.clock.now());
      }
      return apply(request);
    };
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.odoo.calls).to.have.length(1);
    expect(w.logs.join()).not.to.include('Lease lost');
    expect(w.store.lanesOf([refOf('a', 'customer:c1')])[0]).to.deep.equal({ state: 'idle', pending: 0 });
  });
});

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
