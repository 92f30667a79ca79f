/** The three-way merge of one master record. */
import { expect } from 'chai';
import type { FieldValue, UpsertChange } from '../../sidecar/domain/change.ts';
import { merge } from '../../sidecar/rules/index.ts';

const change = (values: Record<string, FieldValue>, over: Partial<UpsertChange> = {}): UpsertChange => ({
  op: 'upsert',
  key: { kind: 'customer', external_id: 'cus_1' },
  model: 'res.partner',
  values,
  base: null,
  match: [],
  create: true,
  create_only: [],
  overwrite: [],
  version: 1,
  digest: 'd',
  label: 'Customer cus_1',
  rule: 'customer@1',
  reason: 'test',
  ...over,
});

describe('merge', () => {
  it('writes news where Odoo still holds the base', () => {
    const merged = merge(change({ name: 'New' }), { name: 'Old' }, { name: 'Old' });
    expect(merged).to.have.nested.property('change.values.name', 'New');
  });

  it('lets an edit in Odoo stand where the vendor has no news', () => {
    const merged = merge(change({ name: 'Old' }), { name: 'Edited' }, { name: 'Old' });
    expect(merged).to.deep.nested.include({ 'change.values': {}, 'change.base': { name: 'Edited' } });
  });

  it('agrees when both sides changed to the same', () => {
    expect(merge(change({ name: 'Same' }), { name: 'Same' }, { name: 'Old' })).to.have.nested.property(
      'change.values.name',
      'Same',
    );
  });

  it('is a conflict of exactly the field that both sides changed differently', () => {
    const merged = merge(
      change({ name: 'A', phone: '2' }),
      { name: 'B', phone: '1' },
      { name: 'Old', phone: '1' },
    );
    expect(merged).to.deep.equal({ conflict: ['name'] });
  });

  it('never asks about fields that have a deciding owner', () => {
    const merged = merge(change({ name: 'A' }, { overwrite: ['name'] }), { name: 'B' }, { name: 'Old' });
    expect(merged).to.have.nested.property('change.values.name', 'A');
  });

  it('asks when there is no base to judge by', () => {
    expect(merge(change({ name: 'A' }), { name: 'B' }, null)).to.deep.equal({ conflict: ['name'] });
  });
});
