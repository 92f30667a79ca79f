/** The shape of a file in sync-rules/: what becomes what, who owns which field, and what a document must satisfy. */
import * as z from 'zod';

const Expression = z.string().min(1);

/** One condition of a search in Odoo: field, operator, and an expression for the value. */
const Condition = z.tuple([z.string().min(1), z.enum(['=', '!=', '=ilike', 'in', '<=', '>=']), Expression]);

/** Who decides the value of a field: the system the record comes from, Odoo's users, or a person case by case. */
export const Owner = z.enum(['source', 'odoo', 'manual']);
export type Owner = z.infer<typeof Owner>;

const Lookup = z.union([
  z.string().regex(/^[a-z_.]+\.[a-z_]+$/, 'model.field, e.g. res.country.code'),
  z.strictObject({
    model: z.string().regex(/^[a-z_.]+$/),
    field: z.string().regex(/^[a-z_]+$/),
    within: z.array(Condition).optional(),
  }),
]);

export const FieldRule = z.strictObject({
  from: Expression,
  owner: Owner.default('source'),
  /** Find the record of a reference table by this field instead of writing the text. */
  lookup: Lookup.optional(),
  /** Personal data: masked wherever it is shown outside the record itself. */
  pii: z.boolean().default(false),
});
export type FieldRule = z.infer<typeof FieldRule>;

const header = {
  version: z.int().positive(),
  /** Who answers for this flow, as people know them: "Revenue operations". */
  owner: z.string().min(1),
  purpose: z.string().min(1),
  /** How long deliveries and their story are kept. */
  retention: z
    .string()
    .regex(/^\d+ days$/, 'a number of days, e.g. "400 days"')
    .default('400 days'),
  mode: z.literal('realtime').default('realtime'),
  /** Nothing is done with an entity for which this is false. */
  when: Expression.default('true'),
};

/** A master record, merged field by field. */
export const MasterRule = z.strictObject({
  entity: z.enum(['customer', 'product']),
  ...header,
  odoo: z.string().regex(/^[a-z_.]+$/),
  /** How an unlinked record finds its twin, first hit decides: a mapped field's name, or conditions. */
  match: z.array(z.union([z.string().min(1), z.array(Condition).min(1)])).default([]),
  create: Expression.default('true'),
  /** What a deletion at the vendor does to the record in Odoo. */
  deleted: z.enum(['archive', 'keep']).default('archive'),
  fields: z.record(z.string().regex(/^[a-z_][a-z0-9_]*$/), FieldRule),
});
export type MasterRule = z.infer<typeof MasterRule>;

/** A record that is only found in Odoo, never made. */
export const LinkRule = z.strictObject({
  entity: z.enum(['tax_rate', 'price']),
  ...header,
  odoo: z.string().regex(/^[a-z_.]+$/),
  match: z.array(z.array(Condition).min(1)).default([]),
  /** The record is that of another entity: kind and an expression for its external id. */
  to: z.strictObject({ kind: z.enum(['product', 'customer']), id: Expression }).optional(),
});
export type LinkRule = z.infer<typeof LinkRule>;

/** An accounting document. */
export const DocumentRule = z.strictObject({
  entity: z.enum(['invoice', 'credit_note', 'payment', 'refund']),
  ...header,
  odoo: z.enum(['account.move', 'account.payment']),
  /** Show the vendor's drafts as drafts in Odoo. */
  drafts: z.boolean().default(true),
  /** Minor units by which Odoo's own tax computation may be adjusted on the draft, per line. */
  tolerance_per_line: z.int().nonnegative().default(1),
});
export type DocumentRule = z.infer<typeof DocumentRule>;

export const Rule = z.discriminatedUnion('entity', [MasterRule, LinkRule, DocumentRule]);
export type Rule = z.infer<typeof Rule>;

/** "customer@1", as every receipt and journal line names it. */
export const nameOf = (rule: Rule): string => `${rule.entity}@${rule.version}`;
