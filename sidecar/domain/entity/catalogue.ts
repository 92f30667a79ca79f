/** What is sold and how it is taxed: product, price, tax rate. */
import * as z from 'zod';
import { Currency, Decimal } from '../money.ts';
import { Country } from './common.ts';

export const Product = z.object({
  kind: z.literal('product'),
  name: z.string().min(1),
  sku: z.string().nullable().optional(),
  description: z.string().nullable().optional(),
  type: z.enum(['service', 'good']),
  unit: z.string().nullable().optional(),
  taxClass: z.string().nullable().optional(),
  status: z.enum(['active', 'archived']),
});
export type Product = z.infer<typeof Product>;

export const Price = z.object({
  kind: z.literal('price'),
  /** External id of the product. */
  product: z.string(),
  nickname: z.string().nullable().optional(),
  currency: Currency,
  scheme: z.enum(['per_unit', 'package', 'volume', 'graduated', 'custom']),
  /** Major units per unit as decimal text ("0.0025"); null for tiers and for prices chosen by the payer. */
  unitAmount: Decimal.nullable(),
  tiers: z.array(
    z.object({ upTo: z.int().nullable(), unitAmount: Decimal.nullable(), flatAmount: Decimal.nullable() }),
  ),
  recurrence: z
    .object({ interval: z.enum(['day', 'week', 'month', 'year']), count: z.int().positive() })
    .nullable(),
  usage: z.enum(['licensed', 'metered']),
  taxBehaviour: z.enum(['inclusive', 'exclusive', 'unspecified']),
  status: z.enum(['active', 'archived']),
});
export type Price = z.infer<typeof Price>;

export const TaxRate = z.object({
  kind: z.literal('tax_rate'),
  name: z.string().min(1),
  /** Percent as decimal text: "19" is 19 %. */
  percentage: Decimal,
  inclusive: z.boolean(),
  country: Country.nullable().optional(),
  jurisdiction: z.string().nullable().optional(),
  taxKind: z.string().nullable().optional(),
  status: z.enum(['active', 'archived']),
});
export type TaxRate = z.infer<typeof TaxRate>;
