/** The same as schema.ts for money on the move and for masters: payments, refunds, customers, the catalogue. */
import * as z from 'zod';
import { WireInvoice, WireInvoicePayment } from './schema.ts';

const idOf = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const seconds = z.int().nonnegative();
const amount = z.int();
const decimal = z.string();
const metadata = z.record(z.string(), z.string()).nullish();

const MethodDetails = z.object({ type: z.string() }).catchall(z.unknown()).nullable();

export const WireCharge = z.object({
  id: z.string(),
  object: z.literal('charge'),
  amount,
  amount_captured: amount,
  captured: z.boolean(),
  created: seconds,
  currency: z.string(),
  customer: idOf.nullable(),
  failure_code: z.string().nullable(),
  failure_message: z.string().nullable(),
  metadata,
  payment_intent: idOf.nullable(),
  payment_method_details: MethodDetails,
  refunds: z.object({ data: z.array(z.object({ id: z.string() })) }).nullish(),
  status: z.string(),
});
export type WireCharge = z.infer<typeof WireCharge>;

export const WirePaymentIntent = z.object({
  id: z.string(),
  object: z.literal('payment_intent'),
  amount,
  amount_received: amount,
  canceled_at: seconds.nullable(),
  created: seconds,
  currency: z.string(),
  customer: idOf.nullable(),
  last_payment_error: z.object({ code: z.string().optional(), message: z.string().optional() }).nullable(),
  latest_charge: z.union([z.string(), WireCharge]).nullable(),
  metadata,
  status: z.string(),
});
export type WirePaymentIntent = z.infer<typeof WirePaymentIntent>;

/** Body of a payment snapshot: what `session.read` and `session.list` put together. */
export const WirePayment = z.union([
  z.object({ payment_intent: WirePaymentIntent, invoice_payments: z.array(WireInvoicePayment) }),
  z.object({ charge: WireCharge, invoice_payments: z.array(WireInvoicePayment) }),
  z.object({ invoice: WireInvoice }),
]);
export type WirePayment = z.infer<typeof WirePayment>;

const PaidObject = z.union([z.string(), z.object({ id: z.string(), customer: idOf.nullable() })]);

export const WireRefund = z.object({
  id: z.string(),
  object: z.literal('refund'),
  amount,
  balance_transaction: idOf.nullable(),
  charge: PaidObject.nullable(),
  created: seconds,
  currency: z.string(),
  customer: idOf.nullish(),
  failure_balance_transaction: z
    .union([z.string(), z.object({ id: z.string(), created: seconds })])
    .optional(),
  failure_reason: z.string().optional(),
  metadata,
  payment_intent: PaidObject.nullable(),
  reason: z.string().nullable(),
  status: z.string().nullable(),
});
export type WireRefund = z.infer<typeof WireRefund>;

/** What is left of a record that was deleted: answered with status 200. */
export const WireAddress = z.object({
  city: z.string().nullish(),
  country: z.string().nullish(),
  line1: z.string().nullish(),
  line2: z.string().nullish(),
  postal_code: z.string().nullish(),
  state: z.string().nullish(),
});
export type WireAddress = z.infer<typeof WireAddress>;

/** The stub of a deleted record; for a customer our reading adds the newest invoice, which tells who it was. */
export const WireDeleted = z.object({
  id: z.string(),
  deleted: z.literal(true),
  last_invoice: z
    .object({
      customer_name: z.string().nullish(),
      customer_email: z.string().nullish(),
      customer_phone: z.string().nullish(),
      customer_address: WireAddress.nullish(),
    })
    .optional(),
});
export type WireDeleted = z.infer<typeof WireDeleted>;

export const WireCustomer = z.object({
  id: z.string(),
  object: z.literal('customer'),
  address: WireAddress.nullish(),
  business_name: z.string().optional(),
  individual_name: z.string().optional(),
  currency: z.string().nullish(),
  description: z.string().nullable(),
  email: z.string().nullable(),
  metadata,
  name: z.string().nullish(),
  phone: z.string().nullish(),
  preferred_locales: z.array(z.string()).nullish(),
  shipping: z.object({ address: WireAddress.optional() }).nullable(),
  tax_exempt: z.string().nullish(),
  tax_ids: z
    .object({
      data: z.array(z.object({ type: z.string(), country: z.string().nullable(), value: z.string() })),
    })
    .optional(),
});
export type WireCustomer = z.infer<typeof WireCustomer>;

export const WireProduct = z.object({
  id: z.string(),
  object: z.literal('product'),
  active: z.boolean(),
  description: z.string().nullable(),
  metadata,
  name: z.string(),
  shippable: z.boolean().nullish(),
  tax_code: idOf.nullish(),
  type: z.string().optional(),
  unit_label: z.string().nullish(),
});
export type WireProduct = z.infer<typeof WireProduct>;

export const WirePrice = z.object({
  id: z.string(),
  object: z.literal('price'),
  active: z.boolean(),
  billing_scheme: z.string(),
  currency: z.string(),
  custom_unit_amount: z.object({}).nullable(),
  lookup_key: z.string().nullish(),
  metadata,
  nickname: z.string().nullable(),
  product: idOf,
  recurring: z
    .object({
      interval: z.enum(['day', 'week', 'month', 'year']),
      interval_count: z.int().positive(),
      usage_type: z.string(),
    })
    .nullable(),
  tax_behavior: z.string().nullable(),
  tiers: z
    .array(
      z.object({
        up_to: z.int().nullable(),
        unit_amount_decimal: decimal.nullable(),
        flat_amount_decimal: decimal.nullable(),
      }),
    )
    .optional(),
  tiers_mode: z.string().nullable(),
  transform_quantity: z.object({ divide_by: z.int(), round: z.string() }).nullable(),
  unit_amount_decimal: decimal.nullable(),
});
export type WirePrice = z.infer<typeof WirePrice>;

export const WireTaxRate = z.object({
  id: z.string(),
  object: z.literal('tax_rate'),
  active: z.boolean(),
  country: z.string().nullable(),
  display_name: z.string(),
  effective_percentage: z.number().nullable(),
  inclusive: z.boolean(),
  jurisdiction: z.string().nullable(),
  metadata,
  percentage: z.number(),
  rate_type: z.string().nullish(),
  state: z.string().nullish(),
  tax_type: z.string().nullable(),
});
export type WireTaxRate = z.infer<typeof WireTaxRate>;
