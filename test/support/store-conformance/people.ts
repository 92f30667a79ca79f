/** What people decide: exceptions, retrying, ignoring, and what Odoo is told of it. */
import { expect } from 'chai';
import type { LaneBatch } from '../../../sidecar/store/store.ts';
import { delivery, journalLine, parked, T0 } from '../deliveries.ts';
import { idsOf, invoice, lanesOf, type Using } from './kit.ts';

/** Rules of park, retry and ignore. */
export function parkRules(use: Using): void {
  const parkOne = async (): Promise<void> => {
    const { store, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    expect(store.park(claimOne(), parked('in_1'))).to.equal('ok');
  };

  it('keeps a parked lane back, its neighbours going on, its delivery pending, its exception on show', async () => {
    await parkOne();
    const { store, claim } = use();
    await store.put([delivery('b', 'in_2')]);
    expect(lanesOf(claim())).to.deep.equal(['in_2']);
    expect(store.depth().byConnection['stripe-eu']).to.deep.include({ pending: 2, parked: 1 });
    expect(store.parked()).to.deep.equal([parked('in_1')]);
  });

  it('opens a parked lane for new news, and ends the exception when the work succeeds', async () => {
    await parkOne();
    const { store, claimOne, ackAllOf } = use();
    await store.put([delivery('b', 'in_1')]);
    const batch = claimOne();
    expect(idsOf(batch)).to.deep.equal(['a', 'b']);
    expect(store.parked(), 'still open while being tried').to.have.length(1);
    ackAllOf(batch);
    expect(store.parked()).to.deep.equal([]);
    expect(store.depth().byConnection['stripe-eu']).to.deep.include({ pending: 0, parked: 0 });
  });

  it('refreshes the exception when it is parked again, keeping when it first happened', async () => {
    await parkOne();
    const { store, claimOne } = use();
    await store.put([delivery('b', 'in_1')]);
    const later = parked('in_1', { code: 'no_match', firstAt: T0 + 9, lastAt: T0 + 9 });
    store.park(claimOne(), later);
    expect(store.parked()).to.deep.equal([{ ...later, firstAt: T0 }]);
  });

  it('does not lose what arrived while the lane was being parked', async () => {
    const { store, claimOne } = use();
    await store.put([delivery('a', 'in_1')]);
    const batch = claimOne();
    await store.put([delivery('b', 'in_1')]);
    store.park(batch, parked('in_1'));
    expect(idsOf(claimOne())).to.deep.equal(['a', 'b']);
  });

  it('tries again what a person selects: by lane, by connection, by code', async () => {
    const { store, claim } = use();
    const selectors = [
      { lanes: ['stripe-eu/invoice:in_1'] },
      { connection: 'stripe-eu' },
      { code: 'tax_unmapped' },
      {},
    ];
    await store.put([delivery('a', 'in_1')]);
    for (const selector of selectors) {
      const [batch] = claim();
      store.park(batch as LaneBatch, parked('in_1'));
      expect(store.retry({ lanes: ['stripe-eu/invoice:in_2'] })).to.equal(0);
      expect(store.retry({ connection: 'stripe-us' })).to.equal(0);
      expect(store.retry({ code: 'other' })).to.equal(0);
      expect(store.retry(selector), JSON.stringify(selector)).to.equal(1);
    }
    expect(claim()[0]).to.include({ attempts: 0 });
  });

  it('wakes sleeping and waiting lanes on retry, and counts only lanes that were not ready', async () => {
    const { store, clock, claim } = use();
    await store.put(['in_1', 'in_2', 'in_3'].map((id) => delivery(id, id)));
    const [one, two] = claim({ lanes: 2 }) as [LaneBatch, LaneBatch];
    store.fail(one, clock.now + 9000);
    store.wait(two, [invoice('x')], clock.now + 9000);
    expect(store.retry({})).to.equal(2);
    expect(claim()).to.have.length(3);
  });

  it('forgets what waits in a lane when a person ignores it, and says so in the journal', async () => {
    await parkOne();
    const { store, claim } = use();
    const line = journalLine('in_1', { step: 'ignored', detail: 'by Ada' });
    expect(store.ignore(invoice('in_1'), line)).to.equal(true);
    expect(store.parked()).to.deep.equal([]);
    expect(store.depth().pending).to.equal(0);
    expect(store.journal({ lane: line.lane })).to.deep.equal([line]);
    expect(store.retry({})).to.equal(0);
    expect(store.ignore(invoice('in_1'), line)).to.equal(false);
    expect(store.ignore(invoice('never'), line)).to.equal(false);
    await store.put([delivery('b', 'in_1')]);
    expect(claim().map(idsOf)).to.deep.equal([['b']]);
  });

  it('takes an ignored lane away from the worker that has it', async () => {
    const { store, claimOne, ackAllOf } = use();
    await store.put([delivery('a', 'in_1')]);
    const batch = claimOne();
    store.ignore(invoice('in_1'), journalLine('in_1', { step: 'ignored' }));
    expect(ackAllOf(batch)).to.equal('lost');
    expect(store.depth().pending).to.equal(0);
  });
}

/** Rules of takeExceptionNews and dropExceptionNews. */
export function newsRules(use: Using): void {
  const parkAgain = async (id: string, externalId: string): Promise<void> => {
    const { store, claimOne } = use();
    await store.put([delivery(id, externalId)]);
    store.park(claimOne(), parked(externalId));
  };

  it('has no news at first, and tells each opened exception until it is dropped', async () => {
    const { store } = use();
    expect(store.takeExceptionNews(10)).to.deep.equal({ position: 0, opened: [], resolved: [] });
    await parkAgain('a', 'in_1');
    const news = store.takeExceptionNews(10);
    expect(news.opened).to.deep.equal([parked('in_1')]);
    expect(store.takeExceptionNews(10)).to.deep.equal(news);
    store.dropExceptionNews(news.position);
    expect(store.takeExceptionNews(10).opened).to.deep.equal([]);
  });

  it('tells the end of an exception, whether by success or by ignoring', async () => {
    const { store, claim, ackAllOf } = use();
    await parkAgain('a', 'in_1');
    await parkAgain('b', 'in_2');
    store.dropExceptionNews(store.takeExceptionNews(10).position);
    store.retry({ lanes: ['stripe-eu/invoice:in_1'] });
    ackAllOf(claim()[0] as LaneBatch);
    store.ignore(invoice('in_2'), journalLine('in_2', { step: 'ignored' }));
    const news = store.takeExceptionNews(10);
    expect(news.opened).to.deep.equal([]);
    expect(news.resolved).to.deep.equal([invoice('in_1'), invoice('in_2')]);
  });

  it('does not drop what happened after the news were taken', async () => {
    const { store } = use();
    await parkAgain('a', 'in_1');
    const { position } = store.takeExceptionNews(10);
    await parkAgain('b', 'in_1');
    store.dropExceptionNews(position);
    expect(store.takeExceptionNews(10).opened).to.have.length(1);
  });

  it('tells news in order, a page at a time', async () => {
    const { store } = use();
    for (const n of [1, 2, 3]) await parkAgain(`d${n}`, `in_${n}`);
    const first = store.takeExceptionNews(2);
    expect(first.opened.map(({ ref }) => ref.externalId)).to.deep.equal(['in_1', 'in_2']);
    store.dropExceptionNews(first.position);
    expect(store.takeExceptionNews(2).opened.map(({ ref }) => ref.externalId)).to.deep.equal(['in_3']);
  });
}
