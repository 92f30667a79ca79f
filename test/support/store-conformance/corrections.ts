/** What the store keeps of people's corrections. */
import { expect } from 'chai';
import type { Correction } from '../../../sidecar/store/store.ts';
import { journalLine, T0 } from '../deliveries.ts';
import { invoice, type Using } from './kit.ts';

const CORRECTION: Correction = {
  sourceDigest: 's1',
  values: { payment_reference: 'A-1', narration: null, partner_latitude: 1.5 },
  note: 'by telephone',
  author: 'ada',
  at: T0,
};

/** Rules of corrections. */
export function correctionRules(use: Using): void {
  const line = (detail: string) => journalLine('in_1', { step: 'corrected', detail });

  it('keeps one per record over a restart, also of a record never seen before', () => {
    const { store, reopen } = use();
    expect(store.correction(invoice('in_1'))).to.equal(undefined);
    store.saveCorrection(invoice('in_1'), CORRECTION, line('corrected'));
    expect(store.correction(invoice('in_2'))).to.equal(undefined);
    store.close();
    expect(reopen().correction(invoice('in_1'))).to.deep.equal(CORRECTION);
  });

  it('replaces an older one, and each is told in the journal', () => {
    const { store } = use();
    store.saveCorrection(invoice('in_1'), CORRECTION, line('first'));
    store.saveCorrection(invoice('in_1'), { ...CORRECTION, sourceDigest: 's2' }, line('second'));
    expect(store.correction(invoice('in_1'))?.sourceDigest).to.equal('s2');
    const told = store.journal({ lane: 'stripe-eu/invoice:in_1' }).map(({ detail }) => detail);
    expect(told).to.deep.equal(['first', 'second']);
  });

  it('drops it with a line in the journal, and says nothing if there was none', () => {
    const { store } = use();
    store.dropCorrection(invoice('in_1'), line('nothing there'));
    store.saveCorrection(invoice('in_1'), CORRECTION, line('corrected'));
    store.dropCorrection(invoice('in_1'), line('ended'));
    expect(store.correction(invoice('in_1'))).to.equal(undefined);
    const told = store.journal({ lane: 'stripe-eu/invoice:in_1' }).map(({ detail }) => detail);
    expect(told).to.deep.equal(['corrected', 'ended']);
  });
}
