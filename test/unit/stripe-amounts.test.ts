/** Stripe's counting of money against ISO's. */
import { expect } from 'chai';
import { InvalidData } from '../../sidecar/domain/failure.ts';
import {
  decimalText,
  explainingPrice,
  major,
  minor,
  movePoint,
} from '../../sidecar/connectors/stripe/translate/amounts.ts';

describe('Stripe amounts', () => {
  const cases: [number, string, number][] = [
    [1999, 'EUR', 1999],
    [-1999, 'EUR', -1999],
    [1000, 'JPY', 1000],
    [12_340, 'KWD', 12_340],
    [150_000, 'ISK', 1500],
    [500_000, 'UGX', 5000],
    [5000, 'MGA', 500_000],
    [12_300, 'HUF', 12_300],
    [12_300, 'TWD', 12_300],
    [-0, 'ISK', 0],
  ];
  for (const [wire, currency, want] of cases)
    it(`reads ${wire} ${currency} as ${want} minor units`, () => {
      expect(minor(wire, currency)).to.equal(want);
    });

  it('refuses a fraction of a unit that ISO does not have', () => {
    expect(() => minor(150_050, 'ISK'))
      .to.throw(InvalidData, /150050 is no whole number/)
      .with.property('code', 'not_in_minor_units');
  });

  const prices: [string, string, string][] = [
    ['5000', 'EUR', '50'],
    ['0.25', 'EUR', '0.0025'],
    ['5', 'EUR', '0.05'],
    ['12.5', 'JPY', '12.5'],
    ['6170', 'KWD', '6.17'],
    ['150000', 'ISK', '1500'],
    ['0', 'EUR', '0'],
    ['-1999.5', 'USD', '-19.995'],
    ['0.000000000001', 'EUR', '0.00000000000001'],
  ];
  for (const [wire, currency, want] of prices)
    it(`reads a unit amount of ${wire} ${currency} as ${want}`, () => {
      expect(major(wire, currency)).to.equal(want);
    });

  it('refuses a unit amount that is no decimal number', () => {
    expect(() => movePoint('1e3', 2)).to.throw(InvalidData, '"1e3" is not a decimal number');
  });

  it('writes rates without exponent', () => {
    expect([19, 6.125, 0, 1e-7].map(decimalText)).to.deep.equal(['19', '6.125', '0', '0.0000001']);
  });

  it('keeps a unit price only where quantity × price is the amount', () => {
    expect(explainingPrice('5000', '2', 10_000, 'EUR')).to.equal('50');
    expect(explainingPrice('0.25', '1234', 309, 'EUR')).to.equal('0.0025');
    expect(explainingPrice('5000', '2', 9999, 'EUR')).to.equal(null);
    expect(explainingPrice(null, '2', 10_000, 'EUR')).to.equal(null);
  });
});
