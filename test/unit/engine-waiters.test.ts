/** Who waits in vain: only who still misses a record that was there before Odoo was asked. */
import { expect } from 'chai';
import type { Reference } from '../../sidecar/domain/reference.ts';
import { Waiters } from '../../sidecar/engine/work/waiters.ts';

const PRODUCT: Reference = { connection: 'a', kind: 'product', externalId: 'p1' };
const INVOICE = 'a/invoice:i1';

describe('a record that waits', () => {
  it('does not wait in vain for one that came while Odoo was being asked', () => {
    const waiters = new Waiters();
    waiters.wait(INVOICE, [PRODUCT], 0);
    waiters.asked(INVOICE);
    waiters.done('a/product:p1', true);
    expect(waiters.answeredInVain(INVOICE, PRODUCT)).to.equal(false);
  });

  it('is to be tried again at once if what it was parked for came while Odoo was being asked', () => {
    const waiters = new Waiters();
    waiters.asked(INVOICE);
    waiters.done('a/tax_rate:t1', true);
    expect(waiters.parked(INVOICE, ['a/tax_rate:t1'])).to.equal(true);
    waiters.asked(INVOICE);
    expect(waiters.parked(INVOICE, ['a/tax_rate:t1'])).to.equal(false);
  });

  it('waits in vain for one that was worked on before Odoo was asked', () => {
    const waiters = new Waiters();
    waiters.wait(INVOICE, [PRODUCT], 0);
    waiters.done('a/product:p1', false);
    waiters.asked(INVOICE);
    waiters.wait(INVOICE, [PRODUCT], 1);
    expect(waiters.answeredInVain(INVOICE, PRODUCT)).to.equal(true);
  });
});
