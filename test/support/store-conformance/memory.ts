/** What the store remembers and can be asked for. */
import { expect } from 'chai';
import type { LaneBatch } from '../../../sidecar/store/store.ts';
import { delivery, journalLine, T0 } from '../deliveries.ts';
import { invoice, linkTo, type Using } from './kit.ts';

/** Rules of links. */
export function linkRules(use: Using): void {
  it('gives back links as saved, in the order asked for, and undefined where there is none', () => {
    const { store } = use();
    store.saveLinks('stripe-eu', [linkTo('in_1'), { ...linkTo('in_2'), base: null }]);
    const found = store.linksOf([invoice('in_2'), invoice('none'), invoice('in_1')]);
    expect(found).to.deep.equal([
      { ...linkTo('in_2'), base: null, sourceDigest: null },
      undefined,
      { ...linkTo('in_1'), sourceDigest: null },
    ]);
    expect(store.link({ ...invoice('in_1'), connection: 'stripe-us' })).to.equal(undefined);
    expect(store.countLinks('stripe-eu')).to.equal(2);
    expect(store.countLinks('stripe-us')).to.equal(0);
  });

  it('keeps the source digest while the digest stays, and forgets it when Odoo holds something else', async () => {
    const { store, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    const links = [{ connection: 'stripe-eu', ...linkTo('in_1'), sourceDigest: 's1' }];
    store.ack(claimOne(), 99, { links });
    store.saveLinks('stripe-eu', [linkTo('in_1')]);
    expect(store.link(invoice('in_1'))?.sourceDigest).to.equal('s1');
    store.saveLinks('stripe-eu', [linkTo('in_1', 'd2')]);
    expect(store.link(invoice('in_1'))).to.include({ digest: 'd2', sourceDigest: null });
  });
}

/** Rules of journal, counters, deliveries, depth and prune. */
export function listingRules(use: Using): void {
  it('finds journal lines by delivery, lane and connection, the newest ones, oldest first', async () => {
    const { store, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    const journal = [
      journalLine('in_1', { step: 'translated', detail: '1', rule: 'invoice@1' }),
      journalLine('in_2', { step: 'planned', detail: '2', delivery: 'd2' }),
      journalLine('in_1', { step: 'applied', detail: '3' }),
    ];
    store.fail(claimOne(), T0, { journal });
    const details = (filter: object) => store.journal(filter).map(({ detail }) => detail);
    expect(store.journal({ delivery: 'd2' })).to.deep.equal([journal[1]]);
    expect(details({ lane: 'stripe-eu/invoice:in_1' })).to.deep.equal(['1', '3']);
    expect(details({ connection: 'stripe-eu', limit: 2 })).to.deep.equal(['2', '3']);
    expect(details({ connection: 'stripe-us' })).to.deep.equal([]);
    expect(store.journal({ delivery: 'd1' })[0]?.rule).to.equal('invoice@1');
  });

  it('counts per connection what arrived and what became of it', async () => {
    const { store, claimOne } = use();
    expect(store.counters('stripe-eu').received).to.equal(0);
    await store.put([
      delivery('a', 'in_1', { receivedAt: T0 + 7 }),
      delivery('a', 'in_1'),
      delivery('b', 'in_1'),
    ]);
    const steps = ['applied', 'unchanged', 'parked', 'applied', 'planned'] as const;
    store.fail(claimOne(), T0, { journal: steps.map((step) => journalLine('in_1', { step })) });
    expect(store.counters('stripe-eu')).to.deep.equal({
      received: 2,
      applied: 2,
      unchanged: 1,
      failed: 1,
      lastEventAt: T0 + 7,
    });
  });

  it('says how old the oldest pending delivery is', async () => {
    const { store, claim, ackAllOf } = use();
    await store.put([
      delivery('a', 'in_1', { receivedAt: T0 - 50 }),
      delivery('b', 'in_2', { receivedAt: T0 - 20 }),
    ]);
    expect(store.depth().byConnection['stripe-eu']?.oldestAt).to.equal(T0 - 50);
    const [oldest, newer] = claim() as [LaneBatch, LaneBatch];
    ackAllOf(oldest);
    expect(store.depth().byConnection['stripe-eu']?.oldestAt).to.equal(T0 - 20);
    ackAllOf(newer);
    expect(store.depth().byConnection['stripe-eu']?.oldestAt).to.equal(null);
  });

  it('finds deliveries by id, lane, time and page', async () => {
    const { store } = use();
    const rows = [1, 2, 3, 4].map((n) => delivery(`d${n}`, `in_${n % 2}`, { receivedAt: T0 + n }));
    await store.put(rows);
    const ids = (filter: object) => store.deliveries(filter).map(({ id }) => id);
    expect(ids({ lane: 'stripe-eu/invoice:in_1' })).to.deep.equal(['d1', 'd3']);
    expect(ids({ connection: 'stripe-eu', from: T0 + 2, to: T0 + 4 })).to.deep.equal(['d2', 'd3']);
    expect(ids({ connection: 'stripe-us' })).to.deep.equal([]);
    const [, second] = store.deliveries({ limit: 2 });
    expect(ids({ after: second?.seq })).to.deep.equal(['d3', 'd4']);
    expect(store.delivery('stripe-eu', 'd3')).to.deep.include(rows[2]);
    expect(store.delivery('stripe-us', 'd3')).to.equal(undefined);
  });

  it('forgets what is old and done, never what is pending', async () => {
    const { store, claim } = use();
    await store.put([delivery('done', 'in_1'), delivery('open', 'in_2')]);
    const [one] = claim({ lanes: 1 });
    store.ack(one as LaneBatch, 99, { journal: [journalLine('in_1'), journalLine('in_1', { at: T0 + 10 })] });
    await store.put([delivery('new', 'in_3', { receivedAt: T0 + 10 })]);
    expect(store.prune(T0 + 10)).to.equal(2);
    expect(store.deliveries({}).map(({ id }) => id)).to.deep.equal(['open', 'new']);
    expect(store.journal({}).map(({ at }) => at)).to.deep.equal([T0 + 10]);
  });
}

/** Rules of cursors and settings. */
export function noteRules(use: Using): void {
  it('keeps cursors per connection and stream over a restart', () => {
    const { store, reopen } = use();
    store.saveCursor('stripe-eu', 'events', 'evt_1', T0);
    store.saveCursor('stripe-eu', 'events', 'evt_2', T0 + 1);
    store.close();
    expect(reopen().cursor('stripe-eu', 'events')).to.deep.equal({ value: 'evt_2', at: T0 + 1 });
    expect(use().store.cursor('stripe-us', 'events')).to.equal(undefined);
  });

  it('keeps settings until they are forgotten', () => {
    const { store } = use();
    store.saveSetting('paused:stripe-eu', 'a');
    store.saveSetting('paused:stripe-eu', 'b');
    expect(store.setting('paused:stripe-eu')).to.equal('b');
    store.saveSetting('paused:stripe-eu', null);
    expect(store.setting('paused:stripe-eu')).to.equal(undefined);
  });
}
