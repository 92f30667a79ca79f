/** The three-way merge of one master record: who decides between both sides. */
import { expect } from 'chai';
import type { FieldValue } from '../../sidecar/domain/change.ts';
import { merge, type Policies, type Policy } from '../../sidecar/rules/index.ts';
import { type Values, change, divergence, policy, untold, decide } from '../support/divergence.ts';

describe('merge', () => {
  it('writes news where Odoo still holds the base', () => {
    const agreed = merge(divergence({ name: 'New' }, { name: 'Old' }, { name: 'Old' }));
    expect(agreed.change.values).to.deep.equal({ name: 'New' });
    expect(agreed).to.deep.include({ tell: undefined, conflicts: [], because: [] });
  });

  it('lets an edit in Odoo stand where the vendor has no news and cannot be told', () => {
    const agreed = merge(divergence({ name: 'Old' }, { name: 'Edited' }, { name: 'Old' }));
    expect(agreed.change).to.deep.include({ values: {}, base: { name: 'Edited' } });
    expect(agreed.tell).to.equal(undefined);
  });

  it('tells the vendor an edit in Odoo that it can be told', () => {
    const agreed = merge(divergence({ name: 'Old' }, { name: 'Edited' }, { name: 'Old' }), policy());
    expect(agreed.tell).to.deep.equal({
      values: { name: 'Edited' },
      custom: {},
      agreed: { name: 'Edited' },
    });
    expect(agreed.change.values).to.deep.equal({ name: 'Edited' });
  });

  it('merges edits of different fields on both sides without a word', () => {
    const both: Policies = {
      ...policy(),
      phone: { owner: 'manual', against: 'revert', tell: { name: 'phone' } },
    };
    const agreed = merge(
      divergence({ name: 'New', phone: '1' }, { name: 'Old', phone: '2' }, { name: 'Old', phone: '1' }),
      both,
    );
    expect(agreed.change.values).to.deep.equal({ name: 'New', phone: '2' });
    expect(agreed.tell?.values).to.deep.equal({ phone: '2' });
    expect(agreed.conflicts).to.deep.equal([]);
  });

  it('lets an owner that said nothing empty nothing, until both agreed on something', () => {
    const owned: Policies = { name: { owner: ['salesforce'], against: 'revert' } };
    const first = merge(divergence({ name: null }, { name: 'Known here' }, null), owned);
    expect(first.change.values).to.deep.equal({});
    expect(first.change).to.not.have.property('kept');
    const later = merge(divergence({ name: null }, { name: 'Edited' }, { name: null }), owned);
    expect(later.change.values).to.deep.equal({ name: null });
    const no = merge(divergence({ name: false }, { name: true }, null), owned);
    expect(no.change.values).to.deep.equal({ name: false });
  });

  it('agrees when both sides changed to the same', () => {
    const agreed = merge(divergence({ name: 'Same' }, { name: 'Same' }, { name: 'Old' }), policy());
    expect(agreed.change.values).to.deep.equal({ name: 'Same' });
    expect(agreed.tell).to.equal(undefined);
  });

  it('is a conflict of exactly the field that both sides changed differently; the rest goes on', () => {
    const agreed = merge(
      divergence(
        { name: 'A', phone: '2' },
        { name: 'B', phone: '1' },
        { name: 'Old', phone: '1' },
        {
          edited: { at: 7, by: 'bob' },
          changedAt: 9,
          changedBy: 'Sue',
        },
      ),
    );
    expect(agreed.conflicts).to.deep.equal([
      {
        field: 'name',
        why: 'both_changed',
        base: 'Old',
        odoo: 'B',
        other: 'A',
        odooSide: { at: 7, by: 'bob' },
        otherSide: { at: 9, by: 'Sue' },
      },
    ]);
    expect(agreed.change.values).to.deep.equal({ phone: '2' });
  });

  it('asks when there is no base to judge by, and fills what one side lacks', () => {
    expect(merge(divergence({ name: 'A' }, { name: 'B' }, null), policy()).conflicts).to.have.length(1);
    expect(merge(divergence({ name: 'A' }, { name: null }, null), policy()).change.values).to.deep.equal({
      name: 'A',
    });
    expect(merge(divergence({ name: null }, { name: 'B' }, null), policy()).tell?.values).to.deep.equal({
      name: 'B',
    });
  });

  it('takes blanks, false and null for the same nothing, and looks at no more of a lookup than what it names', () => {
    const state = (domain?: unknown[]): FieldValue => ({
      lookup: domain ? ['res.country.state', 'code', 'BY', domain] : ['res.country.state', 'code', 'BY'],
    });
    const agreed = merge(
      divergence(
        { name: ' Acme ', phone: '', state: state([['id', '=', 1]]) },
        { name: 'Acme', phone: false, state: state() },
        null,
      ),
    );
    expect(agreed.conflicts).to.deep.equal([]);
  });
});

describe('merge: owners', () => {
  const edited = divergence({ name: 'Old' }, { name: 'Edited' }, { name: 'Old' });
  const list = (over: Partial<Policy> = {}) => policy({ owner: ['salesforce', 'hubspot'], ...over });

  it('writes the owner’s value back over an edit in Odoo, and says so', () => {
    const agreed = merge(edited, list());
    expect(agreed.change.values).to.deep.equal({ name: 'Old' });
    expect(agreed.because.join()).to.match(/name goes back to that of salesforce/);
  });

  it('leaves the edit with a warning where the rule warns, until the owner has news', () => {
    const warned = merge(edited, list({ against: 'warn' }));
    expect(warned.change.values).to.deep.equal({});
    expect(warned.because.join()).to.match(/name stays as it was edited/);
    const news = merge(
      divergence({ name: 'New' }, { name: 'Edited' }, { name: 'Old' }),
      list({ against: 'warn' }),
    );
    expect(news.change.values).to.deep.equal({ name: 'New' });
  });

  it('turns the edit into a proposal where the rule proposes, which a person may send to the owner', () => {
    const proposed = merge(edited, list({ against: 'propose' }));
    expect(proposed.conflicts[0]).to.include({ field: 'name', why: 'owned_elsewhere', odoo: 'Edited' });
    const accepted = merge(
      { ...edited, decisions: decide('odoo', 'Edited', 'Old') },
      list({ against: 'propose' }),
    );
    expect(accepted.tell?.values).to.deep.equal({ name: 'Edited' });
    expect(accepted.because.join()).to.contain('decided by Ada');
  });

  it('gives the word to the first system of the list that knows the record', () => {
    const news = divergence({ name: 'HubSpot’s' }, { name: 'Old' }, { name: 'Old' }, { system: 'hubspot' });
    const elsewhere = merge({ ...news, linked: ['salesforce'] }, list());
    expect(elsewhere.tell?.values).to.deep.equal({ name: 'Old' });
    expect(elsewhere.because.join()).to.match(/goes back at hubspot: salesforce owns it/);
    expect(merge({ ...news, linked: ['stripe'] }, list()).change.values).to.deep.equal({
      name: 'HubSpot’s',
    });
  });

  it('puts a system that the list does not name after all that it names', () => {
    const stripes = divergence({ name: 'Stripe’s' }, { name: 'Old' }, { name: 'Old' }, { system: 'stripe' });
    const after = merge(
      { ...stripes, linked: ['hubspot'] },
      { name: { owner: ['salesforce', 'hubspot'], against: 'revert' } },
    );
    expect(after.change).to.deep.include({ values: { name: 'Old' } });
    expect(after.change).not.to.have.property('kept');
    expect(after.because.join()).to.match(/stripe cannot be told/);
    expect(merge(stripes, list()).change.values).to.deep.equal({ name: 'Stripe’s' });
  });

  it('tells the vendor what Odoo owns, and never takes news of it', () => {
    const agreed = merge(
      divergence({ name: 'Theirs' }, { name: 'Ours' }, { name: 'Ours' }),
      policy({ owner: 'odoo' }),
    );
    expect(agreed.tell?.values).to.deep.equal({ name: 'Ours' });
    expect(merge(divergence({ name: 'A' }, { name: 'B' }, null), untold('odoo')).change.values).to.deep.equal(
      {},
    );
  });

  it('does not empty the vendor’s field because Odoo never knew it, only because somebody emptied it', () => {
    const unknown = divergence({ name: 'Theirs' }, { name: null }, null);
    expect(merge(unknown, policy({ owner: 'odoo' })).tell).to.equal(undefined);
    const emptied = { ...unknown, edits: { name: { at: 1, by: 'bob' } } };
    expect(merge(emptied, policy({ owner: 'odoo' })).tell?.values).to.deep.equal({ name: null });
  });

  it('takes the newest where the rule says so; the same moment, or an unknown one, is for a person', () => {
    const both = divergence({ name: 'A' }, { name: 'B' }, { name: 'Old' }, { changedAt: 10 });
    const newest = policy({ owner: 'newest' });
    const at = (time: number) => ({ ...both, edits: { name: { at: time, by: 'bob' } } });
    expect(merge(at(9), newest).change.values).to.deep.equal({ name: 'A' });
    expect(merge(at(11), newest).tell?.values).to.deep.equal({ name: 'B' });
    expect(merge(at(10), newest).conflicts).to.have.length(1);
    expect(merge(both, newest).conflicts).to.have.length(1);
  });

  it('lets Odoo’s newest value stand where the vendor cannot be told, however its record is touched later', () => {
    const both = divergence({ name: 'A' }, { name: 'B' }, { name: 'Old' }, { changedAt: 10 });
    const first = merge({ ...both, edits: { name: { at: 11, by: 'bob' } } }, untold('newest'));
    expect(first).to.deep.include({ tell: undefined, conflicts: [] });
    expect(first.change).to.deep.include({ values: {}, kept: { name: 'A' } });
    const touched = { ...both, base: { name: 'A' }, changedAt: 99 };
    expect(merge(touched, untold('newest')).change).to.deep.include({ values: {} });
    const news = { ...touched, change: change({ name: 'C' }) };
    expect(merge({ ...news, edited: { at: 11, by: 'bob' } }, untold('newest')).change.values).to.deep.equal({
      name: 'C',
    });
  });

  it('tells what is only told, when it is no longer what was told last', () => {
    const told: Policies = {
      standing: { owner: 'odoo', against: 'revert', tell: { custom: 'Odoo_Standing__c' } },
    };
    const asks = (base: Values | null) => ({
      ...divergence({ name: 'A' }, { standing: 'overdue' }, base),
      change: change({ name: 'A' }, { outward: { standing: {} } }),
    });
    const agreed = merge(asks({ name: 'A', standing: 'good' }), told);
    expect(agreed.tell).to.deep.equal({
      values: {},
      custom: { Odoo_Standing__c: 'overdue' },
      agreed: { standing: 'overdue' },
    });
    expect(agreed.change.values).to.deep.equal({ name: 'A', standing: 'overdue' });
    expect(merge(asks({ standing: 'overdue' }), told).tell).to.equal(undefined);
  });
});
