/** What the store keeps of sweeps: what was seen, what was missing, and what a person decided about it. */
import { expect } from 'chai';
import { T0 } from '../deliveries.ts';
import { invoice, linkTo, type Using } from './kit.ts';

const CONNECTION = 'stripe-eu';
const page = { askedSince: 0, after: '', limit: 100 };

/** Rules of sightings, absences and brakes. */
export function absenceRules(use: Using): void {
  const linked = (...ids: string[]) => {
    const { store, clock } = use();
    store.saveLinks(
      CONNECTION,
      ids.map((id) => linkTo(id)),
    );
    clock.now = T0 + 1_000;
    return { store, run: clock.now };
  };
  const absent = (ids: string[], state: 'asked' | 'held', at = T0 + 2_000) => ({
    stream: 'invoices',
    kind: 'invoice' as const,
    ids,
    state,
    at,
  });

  it('finds linked records that a sweep did not see, page by page', () => {
    const { store, run } = linked('in_1', 'in_2', 'in_3', 'in_4');
    store.saw(CONNECTION, [invoice('in_2')], run);
    store.saw(CONNECTION, [invoice('in_4')], run - 1);
    const first = store.unseen(CONNECTION, 'invoice', run, { ...page, limit: 3 });
    expect(first).to.deep.equal({ looked: 3, missing: ['in_1', 'in_3'], next: 'in_3' });
    const second = store.unseen(CONNECTION, 'invoice', run, { ...page, limit: 3, after: 'in_3' });
    expect(second).to.deep.equal({ looked: 1, missing: ['in_4'], next: null });
    expect(store.unseen('stripe-us', 'invoice', run, page)).to.deep.equal({
      looked: 0,
      missing: [],
      next: null,
    });
    expect(store.unseen(CONNECTION, 'customer', run, page).looked).to.equal(0);
  });

  it('does not miss what was linked after the sweep began, nor forgets that at the next save', () => {
    const { store, run } = linked('in_1');
    use().clock.now = run + 1;
    store.saveLinks(CONNECTION, [linkTo('in_2')]);
    store.saveLinks(CONNECTION, [linkTo('in_1', 'd2')]);
    expect(store.unseen(CONNECTION, 'invoice', run, page).missing).to.deep.equal(['in_1']);
  });

  it('leaves out what was asked about lately', () => {
    const { store, run } = linked('in_1', 'in_2');
    store.markAbsent(CONNECTION, absent(['in_1'], 'asked', T0));
    const missing = (askedSince: number) =>
      store.unseen(CONNECTION, 'invoice', run, { ...page, askedSince }).missing;
    expect(missing(T0)).to.deep.equal(['in_2']);
    expect(missing(T0 + 1)).to.deep.equal(['in_1', 'in_2']);
  });

  it('holds records back until a person keeps them, with the date of the first time', () => {
    const { store, run } = linked('in_1', 'in_2', 'in_3');
    store.markAbsent(CONNECTION, absent(['in_1', 'in_2'], 'held'));
    store.markAbsent(CONNECTION, absent(['in_1', 'in_2'], 'held', T0 + 9_000));
    expect(store.brakes(CONNECTION)).to.deep.equal([
      {
        stream: 'invoices',
        kind: 'invoice',
        absent: 2,
        of: 3,
        examples: ['in_1', 'in_2'],
        since: T0 + 2_000,
      },
    ]);
    expect(store.brakes('stripe-us')).to.deep.equal([]);
    expect(store.heldRecords(CONNECTION, 'invoices', 1)).to.deep.equal([invoice('in_1')]);
    expect(store.unseen(CONNECTION, 'invoice', run, page).missing).to.have.length(3);
    expect(store.keepHeld(CONNECTION, 'invoices', T0 + 3_000)).to.equal(2);
    expect(store.brakes(CONNECTION)).to.deep.equal([]);
    expect(store.unseen(CONNECTION, 'invoice', run, page).missing).to.deep.equal(['in_3']);
  });

  it('forgets an absence when the record is seen again, or is linked no more', () => {
    const { store, run } = linked('in_1', 'in_2', 'in_3');
    store.markAbsent(CONNECTION, absent(['in_1', 'in_2', 'in_3'], 'held'));
    store.saw(CONNECTION, [invoice('in_1')], run);
    store.forgetLinksOf([invoice('in_2')]);
    store.seenAgain(CONNECTION, 'invoice', run);
    expect(store.heldRecords(CONNECTION, 'invoices', 10)).to.deep.equal([invoice('in_3')]);
    store.forgetLinks();
    expect(store.brakes(CONNECTION)).to.deep.equal([]);
  });

  it('remembers when and as what a listing saw a record last', () => {
    const { store, run } = linked('in_1');
    store.saw(CONNECTION, [{ ...invoice('in_1'), digest: 's1' }, invoice('in_2')], run);
    store.saw(CONNECTION, [invoice('in_1')], run + 5);
    expect(store.sightings([invoice('in_2'), invoice('in_9'), invoice('in_1')])).to.deep.equal([
      { run, digest: null },
      undefined,
      { run: run + 5, digest: 's1' },
    ]);
  });

  it('hands links out page by page, each once', () => {
    const { store } = linked('in_3', 'in_1', 'in_2');
    const first = store.linksAfter(CONNECTION, null, 2);
    const { base: _base, ...bare } = linkTo('in_1');
    expect(first[0]).to.deep.equal(bare);
    const second = store.linksAfter(CONNECTION, first.at(-1)!, 2);
    expect([...first, ...second].map(({ externalId }) => externalId)).to.deep.equal(['in_1', 'in_2', 'in_3']);
    expect(store.countLinks(CONNECTION, 'invoice')).to.equal(3);
    expect(store.countLinks(CONNECTION, 'customer')).to.equal(0);
  });
}
