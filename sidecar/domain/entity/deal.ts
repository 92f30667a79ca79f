/** A sale on its way: what a CRM calls opportunity or deal. Becomes a lead in Odoo, and once it is won an order. */
import * as z from 'zod';
import { Currency, Decimal, Minor } from '../money.ts';
import { pii } from '../pii.ts';
import { BusinessDate, Instant } from './common.ts';

export const DealLine = z.object({
  id: z.string(),
  description: z.string().nullable(),
  /** External ids; null: the line names no product. */
  product: z.string().nullable(),
  price: z.string().nullable().optional(),
  sku: z.string().nullable().optional(),
  quantity: Decimal,
  /** Major units per unit, before the discount. */
  unitPrice: Decimal,
  /** Percent as decimal text: "10" is 10 %. */
  discount: Decimal.nullable().optional(),
  /** What the vendor says the line comes to, after the discount, without tax. */
  total: Minor.nullable().optional(),
  start: BusinessDate.nullable().optional(),
  /** Billed again every so often; null: once. */
  recurrence: z
    .object({ interval: z.enum(['day', 'week', 'month', 'year']), count: z.int().positive() })
    .nullable()
    .optional(),
});
export type DealLine = z.infer<typeof DealLine>;

export const Deal = z.object({
  kind: z.literal('deal'),
  name: pii(z.string().min(1)),
  /** External id; null: the vendor knows no account for it. */
  customer: z.string().nullable(),
  /** External ids of the people involved, the deciding one first. */
  contacts: z.array(z.string()).optional(),
  owner: pii(z.string().nullable()).optional(),
  pipeline: z.string().nullable().optional(),
  /** The vendor's own name of the stage; rules map it. */
  stage: z.string(),
  status: z.enum(['open', 'won', 'lost']),
  /** Percent, 0 to 100. */
  probability: z.number().min(0).max(100).nullable().optional(),
  /** Null where the vendor was not told. */
  amount: Minor.nullable(),
  /** Null: the vendor names none and the connection has no default. */
  currency: Currency.nullable(),
  closeDate: BusinessDate.nullable().optional(),
  lines: z.array(DealLine),
  terms: z
    .object({
      start: BusinessDate.nullable().optional(),
      end: BusinessDate.nullable().optional(),
      /** The vendor's name, e.g. "Net 30". */
      paymentTerms: z.string().nullable().optional(),
      renewal: z.boolean().nullable().optional(),
      purchaseOrder: z.string().nullable().optional(),
    })
    .optional(),
  /** Name or code of the selling company; null: the connection's company. */
  legalEntity: z.string().nullable().optional(),
  lostReason: z.string().nullable().optional(),
  wonAt: Instant.nullable().optional(),
  description: pii(z.string().nullable()).optional(),
});
export type Deal = z.infer<typeof Deal>;
