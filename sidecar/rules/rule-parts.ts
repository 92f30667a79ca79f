/** Pieces that rules of several forms share: conditions, owners, fields, and the header of every file. */
import * as z from 'zod';
import { Kind } from '../domain/reference.ts';

export const Expression = z.string().min(1);

/** One condition of a search in Odoo: field, operator, and an expression for the value. */
export const Condition = z.tuple([
  z.string().min(1),
  z.enum(['=', '!=', '=ilike', 'ilike', 'in', '<=', '>=']),
  Expression,
]);

/**
 * Who decides the value of a field: the system the record comes from, Odoo's users, whoever spoke last, a person case by case, or
 * the first of these systems that knows the record.
 */
export const Owner = z.union([
  z.enum(['source', 'odoo', 'newest', 'manual']),
  z.array(z.string().min(1)).min(1),
]);
export type Owner = z.infer<typeof Owner>;

const Lookup = z.union([
  z.string().regex(/^[a-z_.]+\.[a-z_]+$/, 'model.field, e.g. res.country.code'),
  z.strictObject({
    model: z.string().regex(/^[a-z_.]+$/),
    field: z.string().regex(/^[a-z_]+$/),
    within: z.array(Condition).optional(),
  }),
]);

const Field = z.strictObject({
  /** Absent: the vendor is told the field and never asked. */
  from: Expression.optional(),
  owner: Owner.optional(),
  /** What an edit in Odoo leads to where a system owns the field. */
  against: z.enum(['revert', 'warn', 'propose', 'block']).default('revert'),
  /** Where Odoo's value goes: a name of ours, or system → a field of its own; read from `from` where that is plain. */
  to: z.union([z.string().min(1), z.record(z.string().min(1), z.string().min(1))]).optional(),
  /** Find the record of a reference table by this field instead of writing the text. */
  lookup: Lookup.optional(),
  /** The value is the external id of a record of this kind. */
  ref: Kind.optional(),
  /** Personal data: masked wherever it is shown outside the record itself. */
  pii: z.boolean().default(false),
});

export const FieldRule = Field.superRefine((field, context) => {
  const say = (message: string) => context.addIssue({ code: 'custom', message });
  if (field.from === undefined && field.to === undefined)
    say('write "from" (where it comes from), or "to" (where it is told)');
  if (field.from === undefined && field.owner !== undefined && field.owner !== 'odoo')
    say('without "from" Odoo alone knows the field: leave "owner" out');
  if (field.lookup && field.ref) say('"lookup" and "ref" exclude each other');
  const owned = field.owner === undefined || field.owner === 'source' || Array.isArray(field.owner);
  if (field.against !== 'revert' && (field.from === undefined || !owned))
    say('"against" speaks of fields that a system owns: owner source, or a list of systems');
}).transform((field) => ({
  ...field,
  owner: field.owner ?? (field.from === undefined ? ('odoo' as const) : ('source' as const)),
}));
export type FieldRule = z.infer<typeof FieldRule>;

export const header = {
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
