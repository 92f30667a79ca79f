/** Laws of money, digests and masks, on random data. */
import { expect } from 'chai';
import fc from 'fast-check';
import { exponentOf, toDecimal, toMinor } from '../../sidecar/domain/money.ts';
import { maskPayload } from '../../sidecar/domain/pii.ts';
import { canonical, digestOf } from '../../sidecar/rules/index.ts';

const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'ISK', 'HUF', 'BHD');
const minor = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

describe('money', () => {
  it('survives the way to decimal text and back in every currency', () => {
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        expect(toMinor(toDecimal(amount, code), code)).to.equal(amount);
      }),
    );
  });

  it('writes exactly as many decimals as the currency has', () => {
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        expect(toDecimal(amount, code).split('.')[1]?.length ?? 0).to.equal(exponentOf(code));
      }),
    );
  });
});

describe('digest', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(digestOf(turned)).to.equal(digestOf(value));
      }),
    );
  });

  it('differs when anything differs', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(digestOf(a) === digestOf(b)).to.equal(canonical(a) === canonical(b));
      }),
    );
  });
});

describe('masking', () => {
  it('lets no e-mail address, name or secret through, at any depth', () => {
    const secretly = fc.record({
      email: fc.emailAddress(),
      name: fc.string({ minLength: 4 }).filter((s) => s.trim().length > 3),
      client_secret: fc.string({ minLength: 8 }),
    });
    fc.assert(
      fc.property(secretly, (person) => {
        const shown = maskPayload({ data: { object: [person] } }) as { data: { object: [typeof person] } };
        for (const [field, value] of Object.entries(shown.data.object[0]))
          expect(value).not.to.contain(person[field as 'name'].slice(1));
      }),
    );
  });

  it('takes a name with an at sign and a full stop for no address', () => {
    expect(maskPayload({ name: 'J. Doe @ Acme Inc' })).to.deep.equal({ name: 'J•••' });
    expect(maskPayload({ email: 'ada@mail.acme.example' })).to.deep.equal({ email: 'a•••@•••.example' });
  });
});
