/** What the store keeps of the decisions of first contact. */
import { expect } from 'chai';
import { invoice, type Using } from './kit.ts';

/** Rules of verdicts. */
export function verdictRules(use: Using): void {
  const candidates = [{ id: 7, name: 'Acme' }];

  it('keeps them over a restart, one per record', () => {
    const { store, reopen } = use();
    expect(store.verdict(invoice('in_1'))).to.equal(undefined);
    store.saveVerdicts([
      { ref: invoice('in_1'), verdict: 'decide', candidates },
      { ref: invoice('in_2'), verdict: 'create', candidates: [] },
    ]);
    store.saveVerdicts([{ ref: invoice('in_2'), verdict: 'ignore', candidates: [] }]);
    store.close();
    const again = reopen();
    expect(again.verdict(invoice('in_1'))).to.deep.equal({ verdict: 'decide', candidates });
    expect(again.verdict(invoice('in_2'))?.verdict).to.equal('ignore');
  });

  it('drops one and leaves the others', () => {
    const { store } = use();
    for (const id of ['in_1', 'in_2'])
      store.saveVerdicts([{ ref: invoice(id), verdict: 'create', candidates: [] }]);
    store.dropVerdict(invoice('in_1'));
    store.dropVerdict(invoice('in_3'));
    expect(store.verdict(invoice('in_1'))).to.equal(undefined);
    expect(store.verdict(invoice('in_2'))?.verdict).to.equal('create');
  });

  it('forgets them with the links: another Odoo is another truth', () => {
    const { store } = use();
    store.saveVerdicts([{ ref: invoice('in_1'), verdict: 'create', candidates: [] }]);
    store.forgetLinks();
    expect(store.verdict(invoice('in_1'))).to.equal(undefined);
  });
}
