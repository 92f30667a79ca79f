/** Laws of the three-way merge, on random records, owners, policies and times. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Agreement, Divergence } from '../../sidecar/domain/agreement.ts';
import type { FieldValue, UpsertChange } from '../../sidecar/domain/change.ts';
import { merge, type Policies, type Policy } from '../../sidecar/rules/index.ts';

type Values = Record<string, FieldValue>;

const FIELDS = ['a', 'b', 'c', 'd'] as const;
const record = fc.record(
  Object.fromEntries(FIELDS.map((field) => [field, fc.constantFrom('1', '2', '3', null)])),
) as fc.Arbitrary<Values>;
const owner = fc.constantFrom<Policy['owner']>(
  'source',
  'odoo',
  'newest',
  'manual',
  ['salesforce', 'hubspot'],
  ['hubspot', 'salesforce'],
  ['hubspot'],
);
const against = fc.constantFrom<Policy['against']>('revert', 'warn', 'propose', 'block');
const policies = (tellable: fc.Arbitrary<boolean>): fc.Arbitrary<Policies> =>
  fc
    .tuple(...FIELDS.map(() => fc.tuple(owner, against, tellable)))
    .map((each) =>
      Object.fromEntries(
        each.map(([who, what, told], index) => [
          FIELDS[index]!,
          { owner: who, against: what, ...(told ? { tell: { name: FIELDS[index]! } } : {}) },
        ]),
      ),
    );
const edits = fc.dictionary(
  fc.constantFrom(...FIELDS),
  fc.record({ at: fc.integer({ min: 0, max: 3 }), by: fc.constant('bob') }),
);
const divergences = (base: fc.Arbitrary<Values | null>): fc.Arbitrary<Divergence> =>
  fc.record({
    change: record.map(
      (values) =>
        ({
          op: 'upsert',
          key: { kind: 'customer', external_id: '1' },
          values,
          create_only: [],
          overwrite: [],
          base: null,
        }) as unknown as UpsertChange,
    ),
    system: fc.constant('salesforce'),
    base,
    current: record,
    linked: fc.constantFrom<string[]>([], ['hubspot'], ['stripe']),
    edits,
    decisions: fc.constant({}),
    changedAt: fc.integer({ min: 0, max: 3 }),
  });

/** Both sides once what was agreed has been told and written. */
function after(divergence: Divergence, agreed: Agreement): Divergence {
  const { values, kept } = agreed.change;
  return {
    ...divergence,
    change: { ...divergence.change, values: { ...divergence.change.values, ...agreed.tell?.values } },
    current: { ...divergence.current, ...values },
    base: { ...divergence.base, ...values, ...kept },
  };
}

describe('merge', () => {
  const any = divergences(fc.option(record));
  const known = divergences(record);

  it('drops no edit silently: what either side changed is held, told, asked about, or named with a reason', () => {
    fc.assert(
      fc.property(known, policies(fc.boolean()), (divergence, rules) => {
        const agreed = merge(divergence, rules);
        for (const field of FIELDS) {
          const [base, odoo] = [divergence.base![field], divergence.current[field]];
          const vendor = divergence.change.values[field];
          const end = field in agreed.change.values ? agreed.change.values[field] : odoo;
          const named =
            agreed.conflicts.some((each) => each.field === field) ||
            agreed.because.some((line) => line.startsWith(`${field} `));
          if (odoo !== base && odoo !== end) expect(named, `edit in Odoo of ${field}`).to.equal(true);
          if (vendor !== base && vendor !== end) expect(named, `news of ${field}`).to.equal(true);
        }
      }),
    );
  });

  it('tells nothing that the system has no name for, and nothing it already says', () => {
    fc.assert(
      fc.property(any, policies(fc.boolean()), (divergence, rules) => {
        const { tell } = merge(divergence, rules);
        for (const [field, value] of Object.entries(tell?.values ?? {})) {
          expect(rules[field]).to.have.property('tell');
          expect(value).not.to.equal(divergence.change.values[field]);
        }
      }),
    );
  });

  it('is settled after one round: asked again it tells nothing, writes nothing and asks the same questions', () => {
    fc.assert(
      fc.property(any, policies(fc.boolean()), (divergence, rules) => {
        const agreed = merge(divergence, rules);
        const next = after(divergence, agreed);
        const again = merge(next, rules);
        expect(again.tell).to.equal(undefined);
        expect({ ...next.current, ...again.change.values }).to.deep.equal(next.current);
        expect(again.conflicts.map(({ field }) => field)).to.deep.equal(
          agreed.conflicts.map(({ field }) => field),
        );
      }),
    );
  });

  it('converges: where all can be told, both sides hold the same but for questions, warnings and what Odoo never knew', () => {
    fc.assert(
      fc.property(known, policies(fc.constant(true)), (divergence, rules) => {
        const agreed = merge(divergence, rules);
        const end = after(divergence, agreed);
        const asked = agreed.conflicts.map(({ field }) => field);
        for (const field of FIELDS)
          if (!asked.includes(field) && rules[field]!.against !== 'warn')
            expect(end.current[field]).to.equal(end.change.values[field]);
      }),
    );
  });

  it('is symmetric where neither side owns a field: with the sides exchanged the same value wins', () => {
    const free = policies(fc.constant(true)).map((all) =>
      Object.fromEntries(
        Object.entries(all).map(([name, each]) => [
          name,
          { ...each, owner: each.owner === 'newest' ? ('newest' as const) : ('manual' as const) },
        ]),
      ),
    );
    fc.assert(
      fc.property(any, free, fc.integer({ min: 0, max: 3 }), (divergence, rules, here) => {
        const there = divergence.changedAt!;
        const at = (time: number) =>
          Object.fromEntries(FIELDS.map((field) => [field, { at: time, by: 'bob' }]));
        const straight = { ...divergence, edits: at(here) };
        const turned = {
          ...divergence,
          change: { ...divergence.change, values: divergence.current },
          current: divergence.change.values,
          edits: at(there),
          changedAt: here,
        };
        const [one, other] = [merge(straight, rules), merge(turned, rules)];
        expect(one.change.values).to.deep.equal(other.change.values);
        expect(one.conflicts.map(({ field }) => field)).to.deep.equal(
          other.conflicts.map(({ field }) => field),
        );
      }),
    );
  });
});
