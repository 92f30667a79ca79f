/** What goes in stays in: puts, and handing lanes out. */
import { expect } from 'chai';
import type { LaneBatch } from '../../../sidecar/store/store.ts';
import { delivery, parked, T0 } from '../deliveries.ts';
import { idsOf, invoice, lanesOf, type Using } from './kit.ts';

/** Rules of put. */
export function putRules(use: Using): void {
  it('gives back every field of a delivery as it was put', async () => {
    const { store, claimOne } = use();
    const put = delivery('evt_1', 'in_1', {
      occurredAt: T0 - 5,
      form: 'state',
      force: true,
      body: Buffer.from([0, 255, 10]),
    });
    expect(await store.put([put])).to.deep.equal([{ id: 'evt_1', duplicate: false }]);
    const [found] = claimOne().deliveries;
    expect(found).to.deep.equal({ ...put, seq: found?.seq });
  });

  it('knows a repeated id of one connection, does not count it as pending, and takes it from another', async () => {
    const { store } = use();
    const once = delivery('evt_1', 'in_1');
    await store.put([once]);
    const again = await store.put([once, { ...once, connection: 'stripe-us' }]);
    expect(again.map(({ duplicate }) => duplicate)).to.deep.equal([true, false]);
    expect(store.depth().byConnection['stripe-eu']?.pending).to.equal(1);
    expect(store.depth().pending).to.equal(2);
    expect(store.lanesOf([invoice('in_1')])).to.deep.equal([{ state: 'ready', pending: 1 }]);
  });

  it('knows a repeated id inside one put, and after its first was done', async () => {
    const { store, claimOne, ackAllOf, claim } = use();
    const results = await store.put([delivery('evt_1', 'in_1'), delivery('evt_1', 'in_1')]);
    expect(results.map(({ duplicate }) => duplicate)).to.deep.equal([false, true]);
    ackAllOf(claimOne());
    await store.put([delivery('evt_1', 'in_1')]);
    expect(claim()).to.deep.equal([]);
  });

  it('stores the neighbours of a bad row and rejects only the put that held it', async () => {
    const { store, claim } = use();
    const bad = delivery('bad', 'in_2', { body: 7 as unknown as Buffer });
    const outcomes = await Promise.allSettled([
      store.put([delivery('a', 'in_1')]),
      store.put([delivery('b', 'in_2'), bad, delivery('c', 'in_2')]),
      store.put([delivery('d', 'in_3')]),
    ]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect((outcomes[1] as PromiseRejectedResult).reason).to.include({ code: 'delivery_not_stored' });
    expect(claim().map(idsOf)).to.deep.equal([['a'], ['b', 'c'], ['d']]);
  });

  it('refuses a record whose name could not be read back', async () => {
    const { store } = use();
    for (const wrong of [{ externalId: '' }, { connection: 'a/b' }, { kind: 'ticket' as 'invoice' }]) {
      const [outcome] = await Promise.allSettled([store.put([delivery('x', 'in_1', wrong)])]);
      expect(outcome, JSON.stringify(wrong)).to.include({ status: 'rejected' });
    }
  });

  it('reads back ids with slashes, colons and line breaks', async () => {
    const { store, claimOne } = use();
    await store.put([delivery('evt_1', 'a/b:c\nd/é')]);
    expect(claimOne().ref).to.deep.equal(invoice('a/b:c\nd/é'));
  });

  it('tells listeners once rows are there, and not after they left', async () => {
    const { store, claim } = use();
    const seen: number[] = [];
    const leave = store.onReady(() => seen.push(claim().length));
    await store.put([delivery('evt_1', 'in_1')]);
    leave();
    await store.put([delivery('evt_2', 'in_2')]);
    expect(seen).to.deep.equal([1]);
  });

  it('commits what was put when it is closed at once', async () => {
    const { store, reopen } = use();
    const put = store.put([delivery('evt_1', 'in_1')]);
    store.close();
    await put;
    expect(reopen().depth().pending).to.equal(1);
  });
}

/** Rules of claim. */
export function claimRules(use: Using): void {
  it('hands out a lane in order of arrival, at most perLane, and to one worker only', async () => {
    const { store, claim, claimOne } = use();
    await store.put(['a', 'b', 'c'].map((id) => delivery(id, 'in_1')));
    const batch = claimOne({ perLane: 2 });
    expect(batch).to.deep.include({ lane: 'stripe-eu/invoice:in_1', ref: invoice('in_1'), attempts: 0 });
    expect(idsOf(batch)).to.deep.equal(['a', 'b']);
    expect(claim()).to.deep.equal([]);
  });

  it('keeps masters and documents apart', async () => {
    const { store, claim } = use();
    await store.put([delivery('a', 'in_1'), delivery('b', 'cus_1', { kind: 'customer' })]);
    expect(lanesOf(claim({ laneClass: 'master' }))).to.deep.equal(['cus_1']);
    expect(lanesOf(claim({ laneClass: 'document' }))).to.deep.equal(['in_1']);
  });

  it('leaves the connections alone that it is told to', async () => {
    const { store, claim } = use();
    await store.put([delivery('a', 'in_1'), delivery('a', 'in_2', { connection: 'stripe-us' })]);
    expect(lanesOf(claim({ except: ['stripe-eu'] }))).to.deep.equal(['in_2']);
    expect(store.nextReadyAt(['stripe-eu'])).to.equal(null);
    expect(store.nextReadyAt()).to.equal(T0);
  });

  it('serves the longest ready lane first', async () => {
    const { store, clock, claim } = use();
    for (const id of ['in_3', 'in_1', 'in_2']) {
      clock.now += 1;
      await store.put([delivery(id, id)]);
    }
    expect(lanesOf(claim({ lanes: 2 }))).to.deep.equal(['in_3', 'in_1']);
  });

  it('lets live news and other connections pass a long backfill', async () => {
    const { store, clock, claim } = use();
    await store.put([1, 2, 3, 4].map((n) => delivery(`b${n}`, `old_${n}`, { origin: 'backfill' })));
    clock.now += 1000;
    await store.put([delivery('live', 'new_1'), delivery('us', 'us_1', { connection: 'stripe-us' })]);
    expect(lanesOf(claim({ lanes: 3 }))).to.have.members(['old_1', 'new_1', 'us_1']);
  });

  it('hands out first what a person or money in trouble waits for, then documents and customers, the catalogue, bulk', async () => {
    const { store, claim } = use();
    const kind = 'customer' as const;
    await store.put([
      delivery('1', 'bulk', { kind, origin: 'backfill' }),
      delivery('2', 'catalogue', { kind: 'product' }),
      delivery('3', 'usual', { kind }),
      delivery('4', 'asked', { kind: 'price', origin: 'outbox' }),
      delivery('5', 'failed', { kind, urgent: true }),
    ]);
    const batches = claim({ laneClass: 'master' });
    expect(lanesOf(batches)[0]).to.equal('asked');
    const of = (name: string) => batches.find(({ ref }) => ref.externalId === name)?.priority;
    expect(['asked', 'failed', 'usual', 'catalogue', 'bulk'].map(of)).to.deep.equal([0, 0, 1, 2, 3]);
  });

  it('starves no priority: each gets its share of the turns, even when one lane is claimed at a time', async () => {
    const { store, claim } = use();
    const many = (name: string, more: object) =>
      Array.from({ length: 100 }, (_, n) => delivery(`${name}${n}`, `${name}_${n}`, more));
    const kind = 'customer' as const;
    await store.put([
      ...many('bulk', { kind, origin: 'backfill' }),
      ...many('usual', { kind }),
      ...many('asked', { kind, origin: 'outbox' }),
    ]);
    const turns: string[] = [];
    for (let turn = 0; turn < 60; turn++) {
      const [batch] = claim({ laneClass: 'master', lanes: 1 });
      turns.push(batch!.ref.externalId.split('_')[0]!);
    }
    const count = (name: string) => turns.filter((each) => each === name).length;
    expect(count('asked')).to.be.within(38, 42);
    expect(count('usual')).to.be.within(15, 18);
    expect(count('bulk')).to.be.within(2, 4);
    expect(turns[0]).to.equal('asked');
  });

  it('lets a lane keep its best priority until it is empty, and then forget it', async () => {
    const { store, claim, claimOne, ackAllOf } = use();
    await store.put([delivery('1', 'in_1', { urgent: true }), delivery('2', 'in_1', { origin: 'backfill' })]);
    const batch = claimOne();
    expect(batch.priority).to.equal(0);
    ackAllOf(batch);
    await store.put([delivery('3', 'in_1', { origin: 'backfill' })]);
    expect(claim().map(({ priority }) => priority)).to.deep.equal([3]);
  });

  it('moves a backfilled lane to the live queue as soon as live news of it arrives', async () => {
    const { store, claim } = use();
    await store.put([1, 2, 3].map((n) => delivery(`b${n}`, `old_${n}`, { origin: 'backfill' })));
    await store.put([delivery('live', 'old_3')]);
    expect(lanesOf(claim({ lanes: 2 }))).to.have.members(['old_3', 'old_1']);
  });

  it('says how lanes stand, in the order asked for', async () => {
    const { store, clock, claim } = use();
    await store.put(['in_1', 'in_2', 'in_3', 'in_4'].map((id) => delivery(id, id)));
    const [one, two, three] = claim({ lanes: 3 }) as [LaneBatch, LaneBatch, LaneBatch];
    store.park(one, parked('in_1'));
    store.wait(two, [invoice('x')], clock.now + 10);
    store.ack(three, 99);
    const refs = ['in_4', 'in_3', 'in_2', 'in_1', 'none'].map(invoice);
    expect(store.lanesOf(refs)).to.deep.equal([
      { state: 'ready', pending: 1 },
      { state: 'idle', pending: 0 },
      { state: 'waiting', pending: 1 },
      { state: 'parked', pending: 1 },
      undefined,
    ]);
  });

  it('raises the fence with every claim', async () => {
    const { store, claimOne, ackAllOf } = use();
    await store.put([delivery('a', 'in_1')]);
    const first = claimOne();
    ackAllOf(first);
    await store.put([delivery('b', 'in_1')]);
    expect(claimOne().fence).to.be.greaterThan(first.fence);
  });
}
