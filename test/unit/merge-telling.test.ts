/** The three-way merge of one master record: what a person decided, and what the vendor is told. */
import { expect } from 'chai';
import { merge, type Policies, type Policy } from '../../sidecar/rules/index.ts';
import { change, divergence, policy, untold, decide } from '../support/divergence.ts';

describe('merge: decisions', () => {
  const both = divergence({ name: 'A' }, { name: 'B' }, { name: 'Old' });

  it('writes to both sides what a person decided', () => {
    const typed = merge({ ...both, decisions: decide('value', 'B', 'A', 'C') }, policy());
    expect(typed.change.values).to.deep.equal({ name: 'C' });
    expect(typed.tell?.values).to.deep.equal({ name: 'C' });
    expect(merge({ ...both, decisions: decide('other', 'B', 'A') }, policy()).tell).to.equal(undefined);
  });

  it('forgets a decision about other values than those it was made for', () => {
    const stale = merge({ ...both, decisions: decide('odoo', 'B', 'Before') }, policy());
    expect(stale.conflicts).to.have.length(1);
  });

  it('remembers what the vendor goes on saying where it cannot be told the decision', () => {
    const agreed = merge({ ...both, decisions: decide('odoo', 'B', 'A') }, untold('manual'));
    expect(agreed.change).to.deep.include({ values: {}, kept: { name: 'A' } });
  });
});

describe('merge: what goes to the vendor', () => {
  it('tells a relation by the text or the record it stands for, and not by an id that only Odoo knows', () => {
    const policies: Policies = {
      country_id: { owner: 'odoo', against: 'revert', relation: true, tell: { name: 'address.country' } },
      parent_id: { owner: 'odoo', against: 'revert', relation: true, tell: { name: 'parent' } },
      user_id: { owner: 'odoo', against: 'revert', relation: true, tell: { name: 'owner' } },
    };
    const agreed = merge(
      divergence(
        { country_id: null, parent_id: null, user_id: null },
        {
          country_id: { lookup: ['res.country', 'code', 'DE'] },
          parent_id: { ref: { kind: 'customer', external_id: '0017' } },
          user_id: 12,
        },
        { country_id: null, parent_id: null, user_id: null },
      ),
      policies,
    );
    expect(agreed.tell?.values).to.deep.equal({ 'address.country': 'DE', parent: '0017' });
  });

  it('tells both lines of a street to a system that has one text for them', () => {
    const street = (line: number): Policy => ({
      owner: 'odoo',
      against: 'revert',
      tell: { name: 'address.street', line },
    });
    const agreed = merge(
      divergence({ street: 'Old 1', street2: 'c/o Bob' }, { street: 'New 1', street2: 'c/o Bob' }, null),
      { street: street(0), street2: street(1) },
    );
    expect(agreed.tell?.values).to.deep.equal({ 'address.street': 'New 1\nc/o Bob' });
  });

  it('asks Odoo once more without a say of others, and with the word of nobody who edits meanwhile overruled', () => {
    const asked = change(
      { name: 'Theirs', phone: '2' },
      { overwrite: ['name', 'phone'], outward: { name: {} }, yields_to: { name: ['salesforce'] } },
    );
    const agreed = merge(
      {
        ...divergence({}, { name: 'Ours', phone: '1' }, { name: 'Ours', phone: '1' }),
        change: asked,
        system: 'hubspot',
        linked: ['salesforce'],
      },
      { ...policy({ owner: ['salesforce', 'hubspot'] }), phone: { owner: 'source', against: 'revert' } },
    );
    expect(agreed.change).not.to.have.property('yields_to');
    expect(agreed.change).to.deep.include({ overwrite: ['phone'], force: true, outward: { name: {} } });
  });
});
