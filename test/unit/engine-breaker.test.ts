/** The breakers: of a connection and towards Odoo, closed, resting, half open and broken. */
import { expect } from 'chai';
import { ConnectionBroken, Failure, RateLimited, Transient } from '../../sidecar/domain/failure.ts';
import { Gate } from '../../sidecar/engine/pace/gate.ts';
import { Health } from '../../sidecar/engine/pace/health.ts';
import { silentMeter } from '../../sidecar/engine/silent.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { HandClock, START, world } from '../support/engine.ts';

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
