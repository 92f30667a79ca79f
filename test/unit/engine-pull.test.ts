/** Catching up, listing, rebuilding, commands, reports, and the life of the engine as a whole. */
import { expect } from 'chai';
import { ConnectionBroken, Transient } from '../../sidecar/domain/failure.ts';
import { unknownOf } from '../../sidecar/engine/listing/news.ts';
import { systemClock } from '../../sidecar/engine/wake.ts';
import { digestOf } from '../../sidecar/rules/index.ts';
import { refOf, world } from '../support/engine.ts';
import { hint } from '../../sidecar/engine/intake.ts';

const eventOf = (name: string, id: string, now: number) =>
  hint(refOf('a', name), { id, origin: 'poll', reason: 'changed', now });

async function until(condition: () => boolean): Promise<void> {
  for (let time = 0; time < 400 && !condition(); time++) await new Promise((done) => setTimeout(done, 5));
  expect(condition(), 'came true within two seconds').to.equal(true);
}

describe('pulling', () => {
  it('moves the cursor of the feed only after the page is durable', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.engine.pull('a');
    w.vendors['a']!.feed.push(eventOf('customer:c1', 'evt_1', w.clock.now()));
    const put = w.store.put.bind(w.store);
    w.store.put = () => Promise.reject(new Transient('store_full', 'full'));
    expect(await w.engine.pull('a')).to.equal(0);
    expect(w.store.cursor('a', 'events')?.value).to.equal('0');
    w.store.put = put;
    expect(await w.engine.pull('a')).to.equal(1);
    expect(w.store.cursor('a', 'events')?.value).to.equal('1');
    expect(await w.engine.pull('a')).to.equal(0);
  });

  it('does nothing twice when hook and feed tell of the same event', async () => {
    const w = world();
    await w.engine.pull('a');
    const event = eventOf('customer:c1', 'evt_1', w.clock.now());
    await w.engine.intake.put([{ ...event, origin: 'hook' }]);
    w.vendors['a']!.feed.push(event);
    expect(await w.engine.pull('a')).to.equal(0);
    expect(w.store.depth().pending).to.equal(1);
  });

  it('lists everything again when the feed no longer reaches back far enough', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.engine.pull('a');
    const vendor = w.vendors['a']!;
    w.store.saveCursor('a', 'events', '0', w.clock.now());
    let expired = true;
    Object.defineProperty(vendor, 'failure', {
      get: () => {
        const failure = expired
          ? new ConnectionBroken('cursor_expired', 'Events older than 30 days are gone')
          : undefined;
        expired = false;
        return failure;
      },
    });
    await w.engine.pull('a');
    expect(w.logs.join()).to.contain('Events older than 30 days are gone; everything is listed again');
    expect(w.store.setting('listing:a')).to.contain('"done":false');
    expect(w.engine.status().connections[0]).to.include({ state: 'healthy' });
  });

  it('resumes a listing at the page where it was stopped', async () => {
    const w = world();
    for (let i = 0; i < 6; i++) w.vendors['a']!.things.set(`customer:c${i}`, { name: `${i}` });
    const vendor = w.vendors['a']!;
    await w.engine.backfill('a', {
      told: () => {
        if (vendor.pages.length === 2)
          vendor.failure = new Transient('vendor_down', 'The vendor does not answer');
      },
    });
    expect(vendor.pages).to.deep.equal([0, 2]);
    vendor.failure = undefined;
    await w.engine.backfill('a');
    expect(vendor.pages).to.deep.equal([0, 2, 4]);
    await w.engine.runUntilIdle();
    expect(w.held()).to.have.length(6);
  });

  it('puts nothing in the queue for what is unchanged, until there is news of it', async () => {
    const w = world();
    const count = 500;
    const bodyOf = (i: number) => ({
      name: `Customer ${i}`,
      address: { city: 'Berlin', lines: ['x', 'y'] },
      balance: i,
    });
    w.store.saveLinks(
      'a',
      Array.from({ length: count }, (_, i) => ({
        kind: 'customer' as const,
        externalId: `c${i}`,
        model: 'res.partner',
        resId: i,
        version: 1,
        digest: 'd',
        base: {},
        sourceDigest: digestOf(bodyOf(i)),
      })),
    );
    const snapshots = Array.from({ length: count }, (_, i) => ({
      kind: 'customer' as const,
      externalId: `c${i}`,
      readAt: w.clock.now(),
      body: bodyOf(i),
    }));
    expect(unknownOf(w, 'a', snapshots).length).to.equal(0);
    await w.hook('a', 'customer:c3');
    expect(unknownOf(w, 'a', snapshots).map(({ externalId }) => externalId)).to.deep.equal(['c3']);
  });

  it('learns the links of a lost store from Odoo and then changes nothing there', async () => {
    const first = world();
    for (let i = 0; i < 5; i++) first.vendors['a']!.things.set(`customer:c${i}`, { name: `${i}` });
    await first.engine.makeReady('a');
    await first.engine.backfill('a');
    await first.engine.runUntilIdle();
    expect(first.odoo.writes).to.equal(5);
    const second = world({ odoo: first.odoo });
    second.vendors['a']!.things = first.vendors['a']!.things;
    expect(await second.engine.makeReady('a')).to.equal(true);
    expect(second.store.countLinks('a')).to.equal(5);
    const calls = first.odoo.calls.length;
    await second.engine.backfill('a');
    await second.engine.runUntilIdle();
    expect(first.odoo.calls.length).to.equal(calls);
    expect(second.store.link(refOf('a', 'customer:c1'))?.sourceDigest).to.be.a('string');
  });

  it('works on nothing before the links of a lost store are back', async () => {
    const w = world();
    w.odoo.links = () => Promise.reject(new Transient('odoo_down', 'Odoo does not answer'));
    expect(await w.engine.makeReady('a')).to.equal(false);
    expect(w.store.cursor('a', 'events')).to.equal(undefined);
    expect(w.store.setting('listing:a')).to.equal(undefined);
  });
});

describe('commands from Odoo', () => {
  const row = (command: string, more: object = {}) => ({
    id: 1,
    command,
    connection: 'a',
    kind: null,
    external_id: null,
    ...more,
  });

  it('are carried out and acknowledged, each with its own answer', async () => {
    const w = world();
    w.odoo.commands = [
      row('pause'),
      { ...row('explode'), id: 2 },
      { ...row('pause', { connection: 'zz' }), id: 3 },
    ];
    expect(await w.engine.pullCommands()).to.equal(3);
    expect(w.engine.status().connections[0]).to.include({ state: 'paused' });
    expect(w.odoo.box.map(({ id, ok }) => [id, ok])).to.deep.equal([
      [1, true],
      [2, false],
      [3, false],
    ]);
  });

  it('pause a connection so that nothing is done, and resume it without a loss', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.engine.command(row('pause'));
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.odoo.writes).to.equal(0);
    await w.engine.command(row('resume'));
    await w.engine.runUntilIdle();
    expect(w.odoo.writes).to.equal(1);
  });

  it('ignore an exception for good', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada', wrong: true });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    await w.engine.command(row('ignore', { kind: 'customer', external_id: 'c1', user: 'Marc' }));
    expect(w.store.parked()).to.deep.equal([]);
    expect(w.store.journal({ lane: 'a/customer:c1' }).map(({ detail }) => detail)).to.include(
      'ignored by Marc',
    );
  });
});

describe('reporting', () => {
  it('tells of an exception until Odoo has heard it, and then of its end', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada', wrong: true });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    w.odoo.reportFailure = new Transient('odoo_down', 'Odoo does not answer');
    await w.engine.report().catch(() => undefined);
    w.odoo.reportFailure = undefined;
    await w.engine.report();
    expect(w.odoo.reports[0]?.exceptions[0]).to.deep.include({
      connection: 'a',
      kind: 'customer',
      external_id: 'c1',
      cause: 'invalid_data',
      code: 'does_not_add_up',
      message: 'Ada: 1 + 1 is not 3',
      payload: { name: 'A•••', wrong: true },
    });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    await w.engine.report();
    expect(w.odoo.reports[1]?.resolved).to.deep.equal([
      { connection: 'a', kind: 'customer', external_id: 'c1' },
    ]);
  });

  it('is silent while nothing changes, but for once a minute', async () => {
    const w = world();
    expect(await w.engine.report()).to.equal(true);
    expect(await w.engine.report()).to.equal(false);
    w.clock.advance(60_000);
    expect(await w.engine.report()).to.equal(true);
  });
});

describe('replaying', () => {
  it('says what it would do, and does it only when told to', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' }).set('customer:c2', { name: 'Bob' });
    await w.hook('a', 'customer:c1', 'customer:c2');
    await w.engine.runUntilIdle();
    const selector = { connection: 'a', from: w.clock.now() - 1 };
    expect((await w.engine.replay(selector, { dry: true })).lanes).to.deep.equal([
      'a/customer:c1',
      'a/customer:c2',
    ]);
    expect(w.store.depth().pending).to.equal(0);
    await w.engine.replay(selector, { dry: false });
    await w.engine.runUntilIdle();
    expect(w.odoo.calls.flat().filter(({ force }) => force)).to.have.length(2);
  });
});

describe('the engine as a whole', () => {
  it('starts with an empty store, lists everything, follows the feed and stops in good order', async () => {
    const w = world({ deps: { clock: systemClock, settings: { pollMs: 20, outboxMs: 20, reportMs: 20 } } });
    for (let i = 0; i < 25; i++) w.vendors['a']!.things.set(`customer:c${i}`, { name: `${i}` });
    w.engine.start();
    await until(() => w.odoo.writes === 25);
    w.vendors['a']!.things.set('customer:new', { name: 'new' });
    w.vendors['a']!.feed.push(eventOf('customer:new', 'evt_9', Date.now()));
    await until(() => w.odoo.writes === 26);
    await until(() => (w.odoo.reports.at(-1)?.connections[0]?.counters.applied ?? 0) === 26);
    await w.engine.stop();
    const calls = w.odoo.calls.length;
    await w.hook('a', 'customer:c1');
    await new Promise((done) => setTimeout(done, 50));
    expect(w.odoo.calls.length).to.equal(calls);
  });

  it('writes everything again when another Odoo database answers than last time, and only then', async () => {
    const first = world({ deps: { clock: systemClock, settings: { pollMs: 20 } } });
    first.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    first.engine.start();
    await until(() => first.odoo.writes === 1);
    await first.engine.stop();
    const meet = async (uuid: string) => {
      const next = world({ store: first.store, deps: { clock: systemClock, settings: { pollMs: 20 } } });
      next.odoo.uuid = uuid;
      next.vendors['a']!.things = first.vendors['a']!.things;
      next.engine.start();
      await until(
        () => next.store.setting('odoo:uuid') === uuid && !next.engine.status().connections[0]!.busy,
      );
      await next.engine.runUntilIdle();
      await next.engine.stop();
      return next.odoo.writes;
    };
    expect(await meet('uuid-1')).to.equal(0);
    expect(await meet('uuid-2')).to.equal(1);
    expect(await meet('uuid-2')).to.equal(0);
  });

  it('finishes what is in flight when it is stopped, and leaves no lease behind', async () => {
    const w = world({ deps: { clock: systemClock } });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    const apply = w.odoo.apply.bind(w.odoo);
    let begun = false;
    w.odoo.apply = async (request) => {
      begun = true;
      await new Promise((done) => setTimeout(done, 100));
      return apply(request);
    };
    w.engine.start();
    await w.hook('a', 'customer:c1');
    await until(() => begun);
    await w.engine.stop();
    expect(w.odoo.writes).to.equal(1);
    expect(w.store.lanesOf([refOf('a', 'customer:c1')])[0]).to.deep.equal({ state: 'idle', pending: 0 });
  });
});
