/** What an outbox row tells about one record beyond "look at it": travels as the body of its delivery, so it is as durable. */
import * as z from 'zod';
import type { FieldValue } from './change.ts';
import { Kind } from './reference.ts';

/** Who changed a field in Odoo, and when (UTC ms). */
export const Edit = z.object({ at: z.int().nonnegative(), by: z.string() });
export type Edit = z.infer<typeof Edit>;

/** As in `Change.values`: a scalar, the record linked to another, or a record of a reference table. */
const Value: z.ZodType<FieldValue> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.object({ ref: z.object({ kind: Kind, external_id: z.string() }) }),
  z.object({
    lookup: z.union([
      z.tuple([z.string(), z.string(), z.string()]),
      z.tuple([z.string(), z.string(), z.string(), z.array(z.unknown())]),
    ]),
  }),
]);

/** What a person decided about a field that both sides changed. It holds for these two values only. */
export const Decision = z.object({
  take: z.enum(['odoo', 'other', 'value']),
  /** With `take: value`. */
  value: Value.optional(),
  /** The values that the person saw. */
  odoo: Value,
  other: Value,
  by: z.string(),
  at: z.int().nonnegative(),
});
export type Decision = z.infer<typeof Decision>;

/** Keys are field names of Odoo. */
export const Wish = z.object({
  /** A record of Odoo that the vendor is to have: its delivery stands under the record's own key, as there is no other yet. */
  born: z.object({ model: z.string(), resId: z.int() }).optional(),
  edits: z.record(z.string(), Edit).default({}),
  decisions: z.record(z.string(), Decision).default({}),
});
export type Wish = z.infer<typeof Wish>;
