/** The sandbox reads form bodies as Stripe does. */
import { expect } from 'chai';
import { parseForm } from '../sandbox/stripe/form.ts';
import { mergedMetadata, Params } from '../sandbox/stripe/params.ts';

describe('form bodies of the Stripe sandbox', () => {
  it('nest by brackets', () => {
    expect(
      parseForm('items[0][price]=p1&items[0][quantity]=2&items[1][price]=p2&expand[]=a&expand[]=b'),
    ).to.deep.equal({
      items: [{ price: 'p1', quantity: '2' }, { price: 'p2' }],
      expand: ['a', 'b'],
    });
  });

  it('decode percent signs and pluses in names and values', () => {
    expect(parseForm('metadata%5Ba+b%5D=K%C3%B6ln+am+Rhein&empty=')).to.deep.equal({
      metadata: { 'a b': 'Köln am Rhein' },
      empty: '',
    });
  });

  it('keep lists in the order of their numbers', () => {
    expect(parseForm('l[10]=k&l[2]=b&l[0]=a')).to.deep.equal({ l: ['a', 'b', 'k'] });
  });

  it('name the parameter that is wrong, with its path', () => {
    const params = new Params({ items: [{ quantity: 'two' }] });
    const read = (): unknown => params.objects('items')?.[0]?.integer('quantity');
    expect(read).to.throw('Invalid integer: two').with.nested.property('details.param', 'items[0][quantity]');
  });

  it('merge metadata, and unset by empty values', () => {
    expect(mergedMetadata({ a: '1', b: '2' }, { a: '', c: '3' })).to.deep.equal({ b: '2', c: '3' });
    expect(mergedMetadata({ a: '1' }, null)).to.deep.equal({});
  });
});
