/** What a worker may say about the lane it holds: done, failed, waiting. */
import { expect } from 'chai';
import type { LaneBatch } from '../../../sidecar/store/store.ts';
import { delivery, journalLine, parked } from '../deliveries.ts';
import { idsOf, invoice, lanesOf, linkTo, type Using } from './kit.ts';

/** Rules of ack, ackAll and the fence. */
export function ackRules(use: Using): void {
  it('hands each delivery out again until it is acked, then never more', async () => {
    const { store, claimOne, claim } = use();
    await store.put(['a', 'b', 'c'].map((id) => delivery(id, 'in_1')));
    const batch = claimOne();
    expect(store.ack(batch, batch.deliveries[1]?.seq ?? 0)).to.equal('ok');
    const rest = claimOne();
    expect(idsOf(rest)).to.deep.equal(['c']);
    expect(store.depth().pending).to.equal(1);
    store.ack(rest, rest.deliveries[0]?.seq ?? 0);
    expect(claim()).to.deep.equal([]);
    expect(store.depth().pending).to.equal(0);
  });

  it('keeps what arrived during the work for the next claim', async () => {
    const { store, claimOne, ackAllOf } = use();
    await store.put([delivery('a', 'in_1')]);
    const batch = claimOne();
    await store.put([delivery('b', 'in_1')]);
    ackAllOf(batch);
    expect(idsOf(claimOne())).to.deep.equal(['b']);
  });

  it('refuses every word of a worker whose lease was taken over, and writes none of its effects', async () => {
    const { store, clock, claimOne, ackAllOf } = use();
    await store.put([delivery('a', 'in_1')]);
    const late = claimOne();
    clock.now += 60_001;
    store.reap(clock.now);
    const current = claimOne();
    const effects = { journal: [journalLine('in_1')], deliveries: [delivery('more', 'in_9')] };
    expect(store.ack(late, 99, effects)).to.equal('lost');
    expect(store.fail(late, clock.now, effects)).to.equal('lost');
    expect(store.wait(late, [invoice('x')], clock.now, effects)).to.equal('lost');
    expect(store.park(late, parked('in_1'), effects)).to.equal('lost');
    expect(store.extend(late, 1000, clock.now)).to.equal(false);
    expect(store.journal({ lane: late.lane })).to.deep.equal([]);
    expect(store.parked()).to.deep.equal([]);
    expect(store.depth().pending).to.equal(1);
    expect(ackAllOf(current)).to.equal('ok');
  });

  it('acks many at once, each on its own merit', async () => {
    const { store, claim } = use();
    await store.put([delivery('a', 'in_1'), delivery('b', 'in_2')]);
    const items = claim().map((batch) => ({ batch, upTo: batch.deliveries[0]?.seq ?? 0 }));
    store.ack(items[0]!.batch, items[0]!.upTo);
    expect(store.ackAll(items)).to.deep.equal(['lost', 'ok']);
    expect(store.depth().pending).to.equal(0);
  });

  it('writes links, journal and further deliveries together with the ack', async () => {
    const { store, claimOne, claim } = use();
    await store.put([delivery('a', 'in_1')]);
    const batch = claimOne();
    store.ack(batch, batch.deliveries[0]?.seq ?? 0, {
      links: [{ connection: 'stripe-eu', ...linkTo('in_1'), sourceDigest: 's1' }],
      journal: [journalLine('in_1')],
      deliveries: [delivery('dep', 'cus_1', { kind: 'customer', origin: 'dependency' })],
    });
    expect(store.link(invoice('in_1'))).to.deep.equal({ ...linkTo('in_1'), sourceDigest: 's1' });
    expect(store.journal({ lane: batch.lane })).to.deep.equal([journalLine('in_1')]);
    expect(lanesOf(claim({ laneClass: 'master' }))).to.deep.equal(['cus_1']);
  });

  it('writes nothing at all when one effect cannot be written', async () => {
    const { store, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    const batch = claimOne();
    const bad = delivery('bad', 'in_2', { body: 7 as unknown as Buffer });
    expect(() => store.ack(batch, 99, { journal: [journalLine('in_1')], deliveries: [bad] })).to.throw();
    expect(store.journal({ lane: batch.lane })).to.deep.equal([]);
    expect(store.depth().pending).to.equal(1);
    expect(store.ack(batch, 99)).to.equal('ok');
  });

  it('hands the lane out again when its own work left more work in it', async () => {
    const { store, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    const batch = claimOne();
    store.ack(batch, batch.deliveries[0]?.seq ?? 0, { deliveries: [delivery('self', 'in_1')] });
    expect(idsOf(claimOne())).to.deep.equal(['self']);
  });
}

/** Rules of fail, extend and reap. */
export function failRules(use: Using): void {
  it('lets only the failed lane sleep, whatever arrives for it, and counts the tries', async () => {
    const { store, clock, claim, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    expect(store.fail(claimOne(), clock.now + 500)).to.equal('ok');
    await store.put([delivery('b', 'in_1'), delivery('c', 'in_2')]);
    expect(lanesOf(claim())).to.deep.equal(['in_2']);
    expect(store.nextReadyAt()).to.equal(clock.now + 500);
    clock.now += 500;
    const again = claimOne();
    expect(again.attempts).to.equal(1);
    expect(idsOf(again)).to.deep.equal(['a', 'b']);
  });

  it('forgets the tries after a success', async () => {
    const { store, clock, claimOne } = use();
    await store.put([delivery('a', 'in_1'), delivery('b', 'in_1')]);
    store.fail(claimOne(), clock.now);
    const batch = claimOne();
    store.ack(batch, batch.deliveries[0]?.seq ?? 0);
    expect(claimOne().attempts).to.equal(0);
  });

  it('takes back only leases that ran out, as a failed try', async () => {
    const { store, clock, claim, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    claimOne({ leaseMs: 100 });
    await store.put([delivery('b', 'in_2')]);
    claimOne({ leaseMs: 300 });
    clock.now += 200;
    expect(store.reap(clock.now)).to.equal(1);
    const batches = claim();
    expect(lanesOf(batches)).to.deep.equal(['in_1']);
    expect(batches[0]?.attempts).to.equal(1);
  });

  it('does not take back a lease that was prolonged', async () => {
    const { store, clock, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    const batch = claimOne({ leaseMs: 100 });
    expect(store.extend(batch, 500, clock.now)).to.equal(true);
    clock.now += 200;
    expect(store.reap(clock.now)).to.equal(0);
  });

  it('gives work back that a stopped process had in hand', async () => {
    const { store, claimOne, reopen } = use();
    await store.put([delivery('a', 'in_1')]);
    claimOne();
    store.close();
    reopen();
    expect(idsOf(use().claimOne())).to.deep.equal(['a']);
  });
}

/** Rules of wait. */
export function waitRules(use: Using): void {
  const waiting = async (on: string[]): Promise<LaneBatch> => {
    const { store, clock, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    const batch = claimOne();
    expect(store.wait(batch, on.map(invoice), clock.now + 5000)).to.equal('ok');
    return batch;
  };

  it('wakes a lane when one of those it waits for is acked', async () => {
    await waiting(['in_2', 'in_3']);
    const { store, claim, claimOne, ackAllOf } = use();
    expect(store.depth().byConnection['stripe-eu']?.waiting).to.equal(1);
    await store.put([delivery('b', 'in_3')]);
    ackAllOf(claimOne());
    expect(lanesOf(claim())).to.deep.equal(['in_1']);
    expect(store.depth().byConnection['stripe-eu']?.waiting).to.equal(0);
  });

  it('does not wake it for others, nor for a failure of the one it waits for, nor for news of its own', async () => {
    await waiting(['in_2']);
    const { store, clock, claim, claimOne, ackAllOf } = use();
    await store.put([delivery('b', 'in_9')]);
    ackAllOf(claimOne());
    await store.put([delivery('c', 'in_2'), delivery('d', 'in_1')]);
    store.fail(claimOne(), clock.now + 9000);
    expect(claim()).to.deep.equal([]);
  });

  it('wakes it when its time is over, and that was no failed try', async () => {
    await waiting(['in_2']);
    const { store, clock, claimOne } = use();
    expect(store.nextReadyAt()).to.equal(clock.now + 5000);
    clock.now += 5000;
    expect(claimOne()).to.include({ lane: 'stripe-eu/invoice:in_1', attempts: 0 });
  });

  it('is ready at once if what it needs was acked while it was being worked on', async () => {
    const { store, clock, claim, ackAllOf } = use();
    await store.put([delivery('a', 'in_1'), delivery('b', 'in_2')]);
    const [one, two] = claim() as [LaneBatch, LaneBatch];
    ackAllOf(two);
    store.wait(one, [invoice('in_2')], clock.now + 5000);
    expect(lanesOf(claim())).to.deep.equal(['in_1']);
  });

  it('waits if what it needs was last acked before it was claimed', async () => {
    const { store, claimOne, ackAllOf, claim } = use();
    await store.put([delivery('b', 'in_2')]);
    ackAllOf(claimOne());
    await waiting(['in_2']);
    expect(claim()).to.deep.equal([]);
  });

  it('wakes it when another lane brings the link it waits for', async () => {
    await waiting(['in_2']);
    const { store, claim, claimOne } = use();
    await store.put([delivery('b', 'in_3')]);
    const batch = claimOne();
    const links = [{ connection: 'stripe-eu', ...linkTo('in_2') }];
    store.ack(batch, batch.deliveries[0]?.seq ?? 0, { links });
    expect(lanesOf(claim())).to.deep.equal(['in_1']);
  });

  it('remembers who waits over a restart', async () => {
    await waiting(['in_2']);
    use().store.close();
    const store = use().reopen();
    await store.put([delivery('b', 'in_2')]);
    const { claim, claimOne, ackAllOf } = use();
    ackAllOf(claimOne());
    expect(lanesOf(claim())).to.deep.equal(['in_1']);
  });
}
