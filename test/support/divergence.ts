/** Both sides of a customer that differ, for tests of the merge. */
import type { Divergence } from '../../sidecar/domain/agreement.ts';
import type { FieldValue, UpsertChange } from '../../sidecar/domain/change.ts';
import type { Decision } from '../../sidecar/domain/wish.ts';
import type { Policies, Policy } from '../../sidecar/rules/index.ts';

/** Values by Odoo's field names. */
export type Values = Record<string, FieldValue>;

/** What a system wants of a customer in Odoo. */
export const change = (values: Values, over: Partial<UpsertChange> = {}): UpsertChange => ({
  op: 'upsert',
  key: { kind: 'customer', external_id: '001' },
  model: 'res.partner',
  values,
  base: null,
  match: [],
  create: true,
  create_only: [],
  overwrite: [],
  version: 1,
  digest: 'd',
  label: 'Customer 001',
  rule: 'customer@1',
  reason: 'test',
  ...over,
});

/** The vendor says, Odoo holds, both once agreed on. */
export const divergence = (
  vendor: Values,
  current: Values,
  base: Values | null,
  over: Partial<Divergence> = {},
): Divergence => ({
  change: change(vendor),
  system: 'salesforce',
  base,
  current,
  linked: [],
  edits: {},
  decisions: {},
  ...over,
});

/** The name, decided by a person and told, unless said otherwise. */
export const policy = (over: Partial<Policy> = {}): Policies => ({
  name: { owner: 'manual', against: 'revert', tell: { name: 'name' }, ...over },
});
/** The name, which the system cannot be told. */
export const untold = (owner: Policy['owner']): Policies => ({ name: { owner, against: 'revert' } });

/** A person's word about the name. */
export const decide = (take: Decision['take'], odoo: FieldValue, other: FieldValue, value?: FieldValue) => ({
  name: { take, odoo, other, by: 'Ada', at: 5, ...(value === undefined ? {} : { value }) },
});
