/** Sweeps: when they run, what they find, and what they leave alone. */
import { expect } from 'chai';
import { Transient } from '../../sidecar/domain/failure.ts';
import { nextTimeOfDay } from '../../sidecar/engine/listing/time-of-day.ts';
import type { EngineDeps } from '../../sidecar/engine/index.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { hint } from '../../sidecar/engine/intake.ts';
import { HandClock, refOf, rules, type World } from '../support/engine.ts';
import { command, DAY, HOUR, loaded, nameOf, report, stream, swept, worldOf } from '../support/sweeps.ts';

/** Turns the clock of a running engine in steps of a minute. */
async function live(w: World, ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 60_000) {
    w.clock.advance(60_000);
    for (let turn = 0; turn < 6; turn++) await new Promise((done) => setImmediate(done));
  }
}

const backlogOf = (connection: string, i: number) =>
  hint(refOf(connection, nameOf(i)), { id: `old${i}`, origin: 'hook', reason: 'changed', now: 0 });

describe('sweeps by the clock', function () {
  this.timeout(20_000);

  it('look at what is new every hour in windows that overlap, and at everything at night', async () => {
    const w = await loaded(worldOf(1));
    const from = w.clock.now();
    w.engine.start();
    await live(w, DAY);
    await w.engine.stop();
    const { asked } = w.vendors['a']!;
    expect(asked.filter((since) => since === null)).to.have.length(1);
    const windows = asked.filter((since) => since !== null);
    expect(windows.length).to.be.within(20, 27);
    expect(windows[0]).to.be.at.most(from - HOUR);
    for (const [index, since] of windows.entries())
      if (index > 0) expect(since - windows[index - 1]!).to.be.at.most(1.5 * HOUR);
    expect(windows.at(-1)).to.be.at.most(w.clock.now() - 2 * HOUR);
  });

  it('make up for a night that was slept through, also after a restart', async () => {
    const w = await loaded(worldOf(1));
    w.engine.start();
    await live(w, HOUR);
    await w.engine.stop();
    w.clock.advance(3 * DAY);
    const next = worldOf(1, {}, { store: w.store, clock: w.clock, odoo: w.odoo });
    next.engine.start();
    await live(next, 5 * 60_000);
    await next.engine.stop();
    expect(next.vendors['a']!.asked).to.deep.equal([null]);
  });

  it('reach back over an outage, so that nothing created meanwhile is missed', async () => {
    const w = await loaded(worldOf(1, { full: 'off' }));
    w.engine.start();
    await live(w, 2 * HOUR);
    await command(w, 'pause');
    const before = w.vendors['a']!.asked.length;
    const paused = w.clock.now();
    await live(w, 10 * HOUR);
    expect(w.vendors['a']!.asked.length).to.equal(before);
    await command(w, 'resume');
    await live(w, 5 * 60_000);
    await w.engine.stop();
    expect(w.vendors['a']!.asked.length).to.equal(before + 1);
    expect(w.vendors['a']!.asked.at(-1)).to.be.at.most(paused - 2 * HOUR);
  });

  it('are left out where the settings say so', async () => {
    const w = await loaded(worldOf(1, { window: 'off', full: 'off' }));
    w.engine.start();
    await live(w, DAY);
    await w.engine.stop();
    expect(w.vendors['a']!.asked).to.deep.equal([]);
    expect(stream(w).next_at).to.equal(null);
  });

  it('find a new record of which neither hook nor feed ever told', async () => {
    const w = await loaded(worldOf(1, { full: 'off' }));
    w.engine.start();
    await live(w, HOUR);
    w.vendors['a']!.things.set('customer:silent', { name: 'Silent', createdAt: w.clock.now() });
    await live(w, 2 * HOUR);
    await w.engine.stop();
    expect(w.held()).to.include('a/customer:silent');
  });

  it('know when a time of day comes next in a time zone, on changes of the clocks too', () => {
    const at = (text: string) => Date.parse(text);
    const next = (spec: string, zone: string, after: string) =>
      new Date(nextTimeOfDay(spec, zone, at(after))).toISOString();
    expect(next('02:00', 'UTC', '2026-11-22T08:00:00Z')).to.equal('2026-11-23T02:00:00.000Z');
    expect(next('02:00', 'Europe/Berlin', '2026-11-22T00:30:00Z')).to.equal('2026-11-22T01:00:00.000Z');
    expect(next('sun 02:00', 'UTC', '2026-11-22T02:00:00Z')).to.equal('2026-11-29T02:00:00.000Z');
    expect(next('23:30', 'Pacific/Auckland', '2026-11-22T08:00:00Z')).to.equal('2026-11-22T10:30:00.000Z');
    // Clocks go from 2 to 3 on 28 March 2027 in Berlin, and back from 3 to 2 on 25 October 2026.
    expect(next('02:30', 'Europe/Berlin', '2027-03-27T12:00:00Z')).to.equal('2027-03-28T01:30:00.000Z');
    expect(next('03:30', 'Europe/Berlin', '2026-10-24T12:00:00Z')).to.equal('2026-10-25T02:30:00.000Z');
    expect(nextTimeOfDay('02:00', 'America/New_York', at('2026-11-22T07:00:00Z'))).to.equal(
      at('2026-11-23T07:00:00Z'),
    );
  });
});

describe('listings', () => {
  it('asked for while another one runs come after it', async () => {
    const w = await loaded(worldOf(4));
    const vendor = w.vendors['a']!;
    let asked = false;
    await w.engine.backfill('a', {
      told: () => {
        if (asked) return;
        asked = true;
        void command(w, 'backfill');
        void command(w, 'sync_now');
        void command(w, 'sweep');
      },
    });
    expect(report(w).busy).to.equal(true);
    await w.engine.backfill('a');
    await w.engine.backfill('a');
    expect(report(w).busy).to.equal(false);
    expect(vendor.asked).to.deep.equal([null, null, null]);
  });

  it('pause while much of their own connection waits, whatever waits in another', async () => {
    const clock = new HandClock();
    const store = openStore(':memory:', { now: clock.now });
    await store.put(Array.from({ length: 9 }, (_, i) => backlogOf('b', i)));
    const w = worldOf(6, {}, { store, clock, deps: { settings: { backlogLimit: 3 } } });
    await w.engine.makeReady('a');
    const running = w.engine.backfill('a');
    for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
    expect(w.vendors['a']!.pages, 'two pages of two make more than three').to.deep.equal([0, 2]);
    await w.engine.runUntilIdle();
    w.clock.advance(1_000);
    await running;
    expect(w.vendors['a']!.pages).to.deep.equal([0, 2, 4]);
    expect(w.store.depth().byConnection['b']?.pending).to.equal(9);
  });

  it('of a stream that there is not are refused in words, and nothing breaks', async () => {
    const w = await loaded(worldOf(1));
    const refusal = await command(w, 'sweep', { streams: ['colours'] }).catch((error: Error) => error);
    expect(refusal).to.include({ message: 'Things Inc. has no listing "colours"', code: 'unknown_stream' });
    expect(report(w)).to.include({ state: 'healthy', busy: false });
  });

  it('tell how far every stream is known, what the last one found, and when the next look is', async () => {
    const w = await loaded(worldOf(3));
    const before = w.clock.now();
    w.vendors['a']!.things.set(nameOf(1), { name: 'changed' });
    await swept(w);
    expect(stream(w)).to.deep.include({
      progress: null,
      last: { listed: 3, put: 1, unchanged: 2, expected: 3 },
    });
    expect(Date.parse(stream(w).fresh_at!)).to.equal(before + 60_000);
    expect(report(w).streams.map(({ name }) => name)).to.deep.equal(['events', 'all']);
  });

  it('are late by the setting of their connection: a day, a week, or never where no full sweep is due', async () => {
    const lateAfter = async (full: string) => {
      const w = await loaded(worldOf(1, { full }));
      await swept(w);
      const { fresh_at, late_at } = stream(w);
      return late_at === null ? null : Date.parse(late_at) - Date.parse(fresh_at!);
    };
    expect(await lateAfter('02:00')).to.equal(DAY + 2 * HOUR);
    expect(await lateAfter('sun 02:00')).to.equal(7 * DAY + 2 * HOUR);
    expect(await lateAfter('off')).to.equal(null);
  });

  it('do not call the feed fresh before it was read to its end', async () => {
    const w = await loaded(worldOf(1));
    await w.engine.pull('a');
    const fresh = report(w).streams[0]!.fresh_at;
    w.clock.advance(HOUR);
    w.vendors['a']!.failure = new Transient('vendor_down', 'The vendor does not answer');
    await w.engine.pull('a');
    expect(report(w).streams[0]!.fresh_at).to.equal(fresh);
  });
});

describe('what a sweep leaves alone', () => {
  const arrived = (w: World) => w.store.counters('a').received;

  it('is a record that waits for a person, while it is as it was', async () => {
    const w = await loaded(worldOf(2));
    const things = w.vendors['a']!.things;
    things.set(nameOf(5), { name: 'five', wrong: true });
    await swept(w);
    expect(w.store.parked()).to.have.length(1);
    const before = arrived(w);
    await swept(w);
    expect(arrived(w)).to.equal(before);
    things.set(nameOf(5), { name: 'five' });
    await swept(w);
    expect(w.store.parked()).to.deep.equal([]);
    expect(w.held()).to.include(`a/${nameOf(5)}`);
  });

  it('is a record that a person told us to ignore, until it changes', async () => {
    const w = await loaded(worldOf(2));
    const things = w.vendors['a']!.things;
    things.set(nameOf(5), { name: 'five', wrong: true });
    await w.hook('a', nameOf(5));
    await w.engine.runUntilIdle();
    await w.engine.command({ command: 'ignore', connection: 'a', kind: 'customer', external_id: 'c005' });
    await swept(w);
    await swept(w);
    expect(w.store.parked()).to.deep.equal([]);
    things.set(nameOf(5), { name: 'fifth', wrong: true });
    await swept(w);
    expect(w.store.parked()).to.have.length(1);
  });

  it('is a record that no rule wanted, until it changes; a person’s "Load everything again" reads it anew', async () => {
    let wanted = false;
    const w = worldOf(3);
    const plan: EngineDeps['rules']['plan'] = (event, link, options) =>
      wanted ? rules.plan(event, link, options) : { event, changes: [], because: 'no rule' };
    const picky = worldOf(
      3,
      {},
      { store: w.store, clock: w.clock, odoo: w.odoo, deps: { rules: { ...rules, plan } } },
    );
    await loaded(picky);
    const before = arrived(picky);
    await swept(picky);
    expect(arrived(picky)).to.equal(before);
    picky.vendors['a']!.things.set(nameOf(1), { name: 'changed' });
    await swept(picky);
    expect(arrived(picky)).to.equal(before + 1);
    wanted = true;
    picky.clock.advance(1_000);
    await picky.engine.backfill('a');
    await picky.engine.runUntilIdle();
    expect(picky.held()).to.have.length(3);
  });
});
