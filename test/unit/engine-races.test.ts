/** Races that the simulation found, each told as a small story: news that overtake each other, and answers never heard. */
import { expect } from 'chai';
import { Transient, UnknownOutcome } from '../../sidecar/domain/failure.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { HandClock, refOf, world, type World } from '../support/engine.ts';

const LEASE = { laneClass: 'master', lanes: 10, perLane: 10, leaseMs: 60_000 } as const;

/** What a listing read at this moment (UTC ms) and puts into the queue now. */
async function listed(w: World, name: string, body: unknown, readAt: number): Promise<void> {
  await w.engine.intake.put([
    {
      ...refOf('a', name),
      id: `listed:${name}:${readAt}`,
      origin: 'backfill',
      form: 'state',
      reason: 'listed',
      occurredAt: null,
      receivedAt: readAt,
      body: Buffer.from(JSON.stringify(body)),
    },
  ]);
}

const held = (w: World, name: string): unknown => w.odoo.rows.get(`a/${name}`)?.values['name'];

describe('news that overtake each other', () => {
  it('reads a record again when a listing read it before something happened that was told first', async () => {
    const w = world();
    const before = w.clock.now();
    w.clock.advance(1_000);
    w.vendors['a']!.things.set('customer:c1', { name: 'new' });
    await w.hook('a', 'customer:c1');
    await listed(w, 'customer:c1', { name: 'old' }, before);
    await w.engine.runUntilIdle();
    expect(held(w, 'customer:c1')).to.equal('new');
    expect(w.vendors['a']!.reads).to.deep.equal(['customer:c1']);
  });

  it('reads a record again when Odoo was told of it after a listing had read it', async () => {
    const w = world();
    const before = w.clock.now();
    w.clock.advance(1_000);
    w.vendors['a']!.things.set('customer:c1', { name: 'new' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    await listed(w, 'customer:c1', { name: 'old' }, before);
    await w.engine.runUntilIdle();
    expect(held(w, 'customer:c1')).to.equal('new');
    expect(w.vendors['a']!.reads).to.have.length(2);
  });

  it('does not take news for done that Odoo passes over because it knows later ones, unfinished', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'now' });
    const later = w.clock.now() + 500;
    w.odoo.rows.set('a/customer:c1', { resId: 1, version: later, digest: '', values: { name: 'half' } });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(held(w, 'customer:c1')).to.equal('half');
    await w.pass(5_000);
    expect(held(w, 'customer:c1')).to.equal('now');
    expect(w.store.depth().pending).to.equal(0);
  });

  it('brings today’s news into Odoo although the clock was set back since the last ones', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'one' });
    w.clock.advance(3_600_000);
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    w.vendors['a']!.things.set('customer:c1', { name: 'two' });
    w.clock.advance(-3_600_000);
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(held(w, 'customer:c1')).to.equal('two');
  });
});

describe('an answer that is never heard', () => {
  it('leaves no doubt behind: a record that is as it was before is written again', async () => {
    const w = world();
    const { things } = w.vendors['a']!;
    things.set('customer:c1', { name: 'one' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    w.odoo.trouble = (_changes, moment) => {
      if (moment === 'after') throw new UnknownOutcome('odoo_answer_lost', 'The answer was lost');
    };
    things.set('customer:c1', { name: 'two' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(held(w, 'customer:c1')).to.equal('two');
    w.odoo.trouble = undefined;
    things.set('customer:c1', { name: 'one' });
    await w.hook('a', 'customer:c1');
    await w.pass(120_000);
    expect(held(w, 'customer:c1')).to.equal('one');
  });

  it('is remembered over a crash: what a dead process had in its hands is asked about', async () => {
    const clock = new HandClock();
    const store = openStore(':memory:', { now: clock.now });
    const w = world({ store, clock });
    w.vendors['a']!.things.set('customer:c1', { name: 'one' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    await w.hook('a', 'customer:c1');
    store.claim({ ...LEASE, now: w.clock.now() });
    const after = openStore(':memory:', { from: store.bytes() });
    const link = after.link(refOf('a', 'customer:c1'));
    expect(link).to.include({ digest: '', sourceDigest: null, resId: 1 });
    const untouched = openStore(':memory:', { from: after.bytes() }).link(refOf('a', 'customer:c1'));
    expect(untouched).to.deep.equal(link);
  });

  it('costs nobody a call to Odoo whose record was never sent', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'one' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    w.vendors['a']!.failure = new Transient('down', 'The vendor is down');
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    w.vendors['a']!.failure = undefined;
    await w.pass(120_000);
    expect(w.store.depth().pending).to.equal(0);
    expect(w.odoo.calls).to.have.length(1);
  });
});

describe('a record whose parts need each other', () => {
  it('waits for what is missing outside, not for itself', async () => {
    const w = world();
    const { things } = w.vendors['a']!;
    things.set('invoice:i1', { name: 'with money' }).set('customer:c1', { name: 'Ada' });
    w.odoo.answers.set('invoice:i1', () => {
      if (w.odoo.rows.has('a/customer:c1')) return { status: 'created', model: 'account.move', res_id: 7 };
      const missing = [
        { kind: 'customer' as const, external_id: 'c1' },
        { kind: 'invoice' as const, external_id: 'i1' },
      ];
      return { status: 'waiting', waiting_for: missing };
    });
    await w.hook('a', 'invoice:i1');
    await w.pass(5_000);
    expect(w.store.journal({ lane: 'a/invoice:i1' }).map(({ step }) => step)).to.deep.equal([
      'waiting',
      'applied',
    ]);
  });
});

describe('a wish made in Odoo', () => {
  it('stands while the disk is full, and so do those after it', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    const row = (id: number, command: string) => ({
      id,
      command,
      connection: 'a',
      kind: null,
      external_id: null,
    });
    w.odoo.commands = [row(1, 'resume'), row(2, 'pause'), row(3, 'nonsense')];
    const { saveSetting } = w.store;
    w.store.saveSetting = (name, value) => {
      if (name === 'paused:a' && value !== null) throw new Transient('store_full', 'The disk is full');
      saveSetting(name, value);
    };
    expect(await w.engine.pullCommands()).to.equal(1);
    expect(w.odoo.box).to.deep.equal([{ id: 1, ok: true }]);
  });
});
