/** The shape of a file in sync-rules/: what becomes what, who owns which field, and what a document must satisfy. */
import * as z from 'zod';
import { Condition, Expression, FieldRule, header } from './rule-parts.ts';

export { Owner, type FieldRule } from './rule-parts.ts';

/** What records that are merged field by field have in common. */
const merged = {
  ...header,
  odoo: z.string().regex(/^[a-z_.]+$/),
  /** How an unlinked record finds its twin, first hit decides: a mapped field's name, or conditions. */
  match: z.array(z.union([z.string().min(1), z.array(Condition).min(1)])).default([]),
  create: Expression.default('true'),
  /** What a deletion at the vendor does to the record in Odoo. */
  deleted: z.enum(['archive', 'keep']).default('archive'),
  /** System → domain: Odoo's records that match it are made there, too. */
  born: z.record(z.string().min(1), z.array(z.unknown())).default({}),
  /** More names before the @ that stand for many people, and more domains where everybody has an address: see mailbox.ts. */
  mailboxes: z
    .strictObject({
      shared: z.array(z.string().min(1)).default([]),
      free: z.array(z.string().min(1)).default([]),
    })
    .default({ shared: [], free: [] }),
  fields: z.record(z.string().regex(/^[a-z_][a-z0-9_]*$/), FieldRule),
};

/** A master record, merged field by field. */
export const MasterRule = z.strictObject({ entity: z.enum(['customer', 'contact', 'product']), ...merged });
export type MasterRule = z.infer<typeof MasterRule>;

/** How a won deal becomes an order. */
export const OrderRule = z.strictObject({
  /** Of the deals that are won. */
  when: Expression.default('true'),
  confirm: z.enum(['draft', 'confirm']).default('draft'),
  /** Percent below Odoo's price list that nobody is asked about; null: any price. */
  price_tolerance: z.number().min(0).max(100).nullable().default(null),
  /** What the contract has to say first: fields of the deal such as `closeDate`, `terms.start`. */
  require: z.array(z.string().min(1)).default([]),
  /** The vendor's name → the name of Odoo's payment terms; others are looked for as they are. */
  payment_terms: z.record(z.string(), z.string()).default({}),
});
export type OrderRule = z.infer<typeof OrderRule>;

/** A deal: a lead merged field by field, and once it is won an order. */
export const DealRule = z.strictObject({
  entity: z.literal('deal'),
  ...merged,
  /** System → its stage, as "stage" or "pipeline / stage" → name of a stage in Odoo. */
  stages: z.record(z.string().min(1), z.record(z.string(), z.string().min(1))).default({}),
  order: OrderRule.optional(),
});
export type DealRule = z.infer<typeof DealRule>;

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

export const Rule = z.discriminatedUnion('entity', [MasterRule, DealRule, LinkRule, DocumentRule]);
export type Rule = z.infer<typeof Rule>;

/** "customer@1", as every receipt and journal line names it. */
export const nameOf = (rule: Rule): string => `${rule.entity}@${rule.version}`;
