/** The sandbox's arithmetic, against amounts worked out by hand and laws that must always hold. */
import { expect } from 'chai';
import fc from 'fast-check';
import { allocate, decimalsOf, scale, timesQuantity } from '../sandbox/stripe/currency.ts';
import { boundary, partsOf } from '../sandbox/stripe/resources/billing_period.ts';
import { totalsOf, type Discounting, type LineInput, type Rate } from '../sandbox/stripe/totals.ts';

const DE = { id: 'txr_de', percentage: 19, inclusive: false };
const FR = { id: 'txr_fr', percentage: 20, inclusive: true };
const TEN = { id: 'di_10', percentOff: 10, amountOff: null };

const line = (amount: number, more: Partial<LineInput> = {}): LineInput => ({
  amount,
  discountable: true,
  discounts: [],
  rates: [],
  ...more,
});

describe('the totals of the Stripe sandbox', () => {
  it('add exclusive tax on top, rounded per line', () => {
    const totals = totalsOf([line(333, { rates: [DE] }), line(333, { rates: [DE] })], []);
    expect(totals.taxes.map((tax) => [tax.amount, tax.base])).to.deep.equal([[126, 666]]);
    expect([totals.subtotal, totals.total, totals.totalExcludingTax]).to.deep.equal([666, 792, 666]);
  });

  it('take inclusive tax out of the amount', () => {
    const totals = totalsOf([line(1200, { rates: [FR] })], []);
    expect(totals.taxes.map((tax) => [tax.amount, tax.base])).to.deep.equal([[200, 1000]]);
    expect([totals.subtotal, totals.subtotalExcludingTax, totals.total]).to.deep.equal([1200, 1000, 1200]);
  });

  it('discount lines first, then the invoice, then tax the rest of each line (85.5 → 86 twice)', () => {
    const half = { id: 'di_line', percentOff: 50, amountOff: null };
    const totals = totalsOf(
      [line(1000, { discounts: [half], rates: [DE] }), line(500, { rates: [DE] })],
      [TEN],
    );
    expect(totals.subtotal).to.equal(1000);
    expect(totals.discounts).to.deep.equal([
      { amount: 500, discount: 'di_line' },
      { amount: 100, discount: 'di_10' },
    ]);
    expect([totals.totalExcludingTax, totals.total]).to.deep.equal([900, 1072]);
  });

  it('share a discount of the invoice to the cent', () => {
    const totals = totalsOf([line(333), line(333), line(334)], [TEN]);
    expect(totals.lines.map((each) => each.discounts[0]?.amount)).to.deep.equal([33, 33, 34]);
    expect(totals.total).to.equal(900);
  });

  it('never discount below nothing, nor what is not discountable', () => {
    const fixed = { id: 'di_fix', percentOff: null, amountOff: 5000 };
    const totals = totalsOf([line(1000), line(700, { discountable: false })], [fixed]);
    expect(totals.total).to.equal(700);
  });

  it('tax an exempt customer at nothing and still name the tax', () => {
    const totals = totalsOf([line(1000, { rates: [DE] })], [], true);
    expect([totals.total, totals.taxes.map((tax) => tax.amount)]).to.deep.equal([1000, [0]]);
  });

  it('always agree: total = total without tax + taxes, and header = sum of lines', () => {
    const anyLine = fc.record({
      amount: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      discountable: fc.boolean(),
      discounts: fc.constantFrom<Discounting[][]>([], [TEN]),
      rates: fc.constantFrom<Rate[][]>([], [DE], [FR], [DE, FR]),
    });
    const anyDiscounts = fc.constantFrom<Discounting[][]>(
      [],
      [TEN],
      [{ id: 'di_19', percentOff: 19.6, amountOff: null }],
    );
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 8 }), anyDiscounts, (lines, discounts) => {
        const totals = totalsOf(lines, discounts);
        const taxes = totals.taxes.reduce((sum, tax) => sum + tax.amount, 0);
        const off = totals.discounts.reduce((sum, each) => sum + each.amount, 0);
        const inclusive = totals.taxes
          .filter((tax) => tax.rate.inclusive)
          .reduce((sum, tax) => sum + tax.amount, 0);
        const gross = lines.reduce((sum, each) => sum + each.amount, 0);
        expect(totals.total).to.equal(totals.totalExcludingTax + taxes);
        expect(totals.total).to.equal(gross - off + taxes - inclusive);
      }),
    );
  });
});

describe('amounts of the Stripe sandbox', () => {
  it('round halves away from zero', () => {
    expect([scale(1, 1, 2), scale(-1, 1, 2), scale(5, 1, 10), scale(4, 1, 10)]).to.deep.equal([1, -1, 1, 0]);
  });

  it('multiply decimals exactly', () => {
    expect(timesQuantity('0.1', 25)).to.equal(3);
    expect(timesQuantity('1.005', 1000)).to.equal(1005);
  });

  it('split without losing a cent', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), weights, (total, parts) => {
        fc.pre(parts.some((weight) => weight > 0));
        expect(allocate(total, parts).reduce((a, b) => a + b, 0)).to.equal(total);
      }),
    );
  });

  it('know the decimals of currencies', () => {
    expect(['eur', 'jpy', 'kwd', 'ugx', 'xpf'].map(decimalsOf)).to.deep.equal([2, 0, 3, 2, 0]);
  });
});

describe('periods and tiers of the Stripe sandbox', () => {
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 1000;

  it('end on the last day of months that are too short, and come back', () => {
    const anchor = day('2026-01-31');
    expect([1, 2, 3].map((n) => boundary(anchor, 'month', 1, n))).to.deep.equal(
      ['2026-02-28', '2026-03-31', '2026-04-30'].map(day),
    );
    expect(boundary(day('2028-02-29'), 'year', 1, 1)).to.equal(day('2029-02-28'));
  });

  it('price graduated tiers one by one and volume tiers as a whole', () => {
    const _tiers = [
      { up_to: 5, unit_amount_decimal: '1000', flat_amount: null },
      { up_to: null, unit_amount_decimal: '800', flat_amount: 500 },
    ];
    const price = (mode: string) => ({
      id: 'p',
      object: 'price',
      billing_scheme: 'tiered',
      tiers_mode: mode,
      _tiers,
    });
    expect(partsOf(price('graduated'), 7).map((part) => part.amount)).to.deep.equal([5000, 1600, 500]);
    expect(partsOf(price('volume'), 7).map((part) => part.amount)).to.deep.equal([5600, 500]);
  });
});
