/** The score of first contact: what is taken for the same, what is asked, and why. */
import { expect } from 'chai';
import type { Candidate, Traits } from '../../sidecar/domain/first-contact.ts';
import { companyDomain, isSharedMailbox, judge, traitsOf, twinKeys } from '../../sidecar/rules/score.ts';

const acme: Traits = { name: 'Acme Widgets GmbH', company: true };
const inOdoo = (more: Partial<Candidate>): Candidate => ({
  id: 7,
  name: 'Acme Widgets',
  company: true,
  ...more,
});

describe('score of first contact', () => {
  it('takes the same VAT number with a slip in the name for the same, and says why', () => {
    const verdict = judge({ ...acme, vat: 'DE 136 695 976' }, [
      inOdoo({ name: 'Acme Widgts AG', vat: 'de136695976' }),
    ]);
    expect(verdict.finding).to.equal('match');
    expect(verdict.why).to.equal('same VAT number (60), name differs by one letter (30)');
    expect(verdict.score).to.equal(90);
  });

  it('asks when the VAT number is all that agrees: parts of a group share it', () => {
    const verdict = judge({ ...acme, vat: 'DE136695976' }, [
      inOdoo({ name: 'Zenith Holding', vat: 'DE136695976' }),
    ]);
    expect(verdict.finding).to.equal('ambiguous');
  });

  it('asks about an equal name, and makes a new one when the place contradicts it', () => {
    expect(judge(acme, [inOdoo({})]).finding).to.equal('ambiguous');
    const elsewhere = judge({ ...acme, zip: '10115', city: 'Berlin' }, [
      inOdoo({ zip: '80331', city: 'München' }),
    ]);
    expect(elsewhere.finding).to.equal('create');
    expect(elsewhere.suggestions).to.deep.equal([]);
  });

  it('finds a name in any spelling', () => {
    for (const name of ['ACME WIDGETS', 'Acme-Widgets Ltd.', 'Ácmé Widgets S.A.', 'Acme Widgets Inc'])
      expect(
        judge({ ...acme, domain: 'acme.test' }, [inOdoo({ name, website: 'https://www.acme.test/x' })]).why,
        name,
      ).to.contain('same name (45)');
    const mueller = judge({ name: 'Müller & Söhne KG', zip: '1' }, [
      inOdoo({ name: 'Mueller & Soehne Dachbau', zip: '1' }),
    ]);
    expect(mueller.why).to.contain('one name contains the other');
  });

  it('lets a person choose between two that come close', () => {
    const verdict = judge({ ...acme, email: 'jo@acme.test' }, [
      inOdoo({ email: 'jo@acme.test' }),
      inOdoo({ id: 8, email: 'jo@acme.test' }),
      inOdoo({ id: 9, name: 'Somebody else' }),
    ]);
    expect(verdict.finding).to.equal('ambiguous');
    expect(verdict.why).to.contain('another comes close');
    expect(verdict.suggestions.map(({ id }) => id)).to.deep.equal([7, 8]);
  });

  it('counts an address and its domain once', () => {
    const verdict = judge({ ...acme, email: 'jo@acme.test', domain: 'acme.test' }, [
      inOdoo({ email: 'jo@acme.test' }),
    ]);
    expect(verdict.why).to.equal('same e-mail address (45), same name (45)');
  });

  it('believes neither shared mailboxes nor an address that many records have', () => {
    expect(isSharedMailbox('Info@acme.test')).to.equal(true);
    expect(isSharedMailbox('billing+de@acme.test')).to.equal(true);
    expect(isSharedMailbox('information.desk.jo@acme.test')).to.equal(false);
    expect(
      traitsOf({ kind: 'customer', name: 'A', status: 'active', email: 'info@acme.test' }).email,
    ).to.equal(null);
    const many = [1, 2, 3, 4].map((id) =>
      inOdoo({ id, name: `Branch ${id}`, email: 'jo@acme.test', how: ['email'] }),
    );
    expect(judge({ name: 'Jo Ltd', email: 'jo@acme.test' }, many).finding).to.equal('create');
  });

  it('believes a domain only if it is a company’s own', () => {
    expect(companyDomain(null, 'jo@gmail.com')).to.equal(undefined);
    expect(companyDomain('https://www.Acme.test:8443/shop?x', 'jo@gmail.com')).to.equal('acme.test');
    expect(companyDomain('', 'jo@acme.test')).to.equal('acme.test');
    expect(companyDomain('not a site', null)).to.equal(undefined);
  });

  it('holds another VAT number against an equal name', () => {
    const verdict = judge({ ...acme, vat: 'DE136695976', zip: '10115' }, [
      inOdoo({ vat: 'FR40303265045', zip: '10115' }),
    ]);
    expect(verdict.finding).to.equal('create');
  });

  it('finds a person by name and company without an e-mail address', () => {
    const jane: Traits = { name: 'Jane Roe', company: false, parent: 'cus_1' };
    expect(judge(jane, [{ id: 1, name: 'jane roe', company: false, sameCompany: true }]).finding).to.equal(
      'match',
    );
    expect(judge(jane, [{ id: 1, name: 'jane roe', company: false }]).finding).to.equal('ambiguous');
  });

  it('finds a product by its reference', () => {
    const verdict = judge({ name: 'Gold plan', sku: 'GOLD-1' }, [
      { id: 3, name: 'Silver plan', sku: 'gold-1' },
    ]);
    expect(verdict.finding).to.equal('ambiguous');
    expect(
      judge({ name: 'Gold plan', sku: 'GOLD-1' }, [{ id: 3, name: 'Gold plan', sku: 'gold-1' }]).finding,
    ).to.equal('match');
  });

  it('names what two records of one system share, and nothing where there is nothing', () => {
    expect(twinKeys({ name: 'Acme GmbH', vat: 'DE 1', email: 'jo@a.test', zip: '10115' })).to.deep.equal({
      vat: 'DE1',
      mail: 'jo@a.test',
      place: 'acme|10115',
    });
    expect(twinKeys({ name: '...' })).to.deep.equal({});
  });

  it('gives the same answer in whatever order candidates come', () => {
    const candidates = [inOdoo({ id: 2 }), inOdoo({ id: 1 }), inOdoo({ id: 3, zip: '10115' })];
    const traits = { ...acme, zip: '10115' };
    expect(judge(traits, candidates)).to.deep.equal(judge(traits, [...candidates].reverse()));
  });
});
