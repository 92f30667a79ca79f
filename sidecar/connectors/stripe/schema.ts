/**
 * The little of Stripe's objects that we rely on, as API version 2026-10-28.endive writes them. Unknown keys pass;
 * `nullable` and `optional` follow the vendor's own OpenAPI file, and are kept apart: absent is not empty.
 */
import * as z from 'zod';

/** An id, or the object itself where the request asked to expand it. */
const idOf = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
/** Seconds since 1970, UTC. */
const seconds = z.int().nonnegative();
/** In the smallest unit as Stripe counts it, which is not always ISO's. */
const amount = z.int();
const decimal = z.string();
const metadata = z.record(z.string(), z.string()).nullish();
const listOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), has_more: z.boolean() });

export const WireEvent = z.object({
  id: z.string().startsWith('evt_'),
  object: z.literal('event'),
  api_version: z.string().nullable(),
  created: seconds,
  livemode: z.boolean(),
  type: z.string(),
  account: z.string().optional(),
  context: z.string().optional(),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
});
export type WireEvent = z.infer<typeof WireEvent>;

const Tax = z.object({
  amount,
  tax_behavior: z.string(),
  tax_rate_details: z.object({ tax_rate: z.string() }).nullable(),
  taxable_amount: amount.nullable(),
});
export type WireTax = z.infer<typeof Tax>;

const DiscountAmount = z.object({ amount });
const PretaxCredit = z.object({ amount, type: z.string() });

const Shipping = z.object({
  amount_subtotal: amount,
  amount_tax: amount,
  amount_total: amount,
  taxes: z
    .array(
      z.object({
        amount,
        rate: z.object({ id: z.string(), inclusive: z.boolean() }),
        taxable_amount: amount.nullable(),
      }),
    )
    .optional(),
});
export type WireShipping = z.infer<typeof Shipping>;

const Proration = z.object({ proration: z.boolean() }).nullish();

export const WireInvoiceLine = z.object({
  id: z.string(),
  amount,
  subtotal: amount.optional(),
  description: z.string().nullable(),
  discount_amounts: z.array(DiscountAmount).nullable(),
  pretax_credit_amounts: z.array(PretaxCredit).nullish(),
  parent: z
    .object({ invoice_item_details: Proration, subscription_item_details: Proration })
    .nullable()
    .optional(),
  period: z.object({ start: seconds, end: seconds }),
  pricing: z
    .object({
      price_details: z.object({ price: idOf, product: idOf }).optional(),
      unit_amount_decimal: decimal.nullable(),
    })
    .nullable(),
  quantity: z.number().nullable(),
  quantity_decimal: decimal.nullish(),
  subscription: idOf.nullish(),
  taxes: z.array(Tax).nullable(),
});
export type WireInvoiceLine = z.infer<typeof WireInvoiceLine>;

export const WireInvoicePayment = z.object({
  id: z.string(),
  amount_paid: amount.nullable(),
  currency: z.string(),
  invoice: idOf,
  status: z.string(),
  payment: z.object({
    type: z.string(),
    payment_intent: idOf.optional(),
    charge: idOf.optional(),
    payment_record: idOf.optional(),
  }),
  status_transitions: z.object({ paid_at: seconds.nullable() }),
});
export type WireInvoicePayment = z.infer<typeof WireInvoicePayment>;

export const WireInvoice = z.object({
  id: z.string(),
  object: z.literal('invoice'),
  amount_due: amount,
  amount_overpaid: amount,
  amount_paid: amount,
  amount_paid_off_stripe: amount.optional(),
  amount_remaining: amount,
  attempt_count: z.int(),
  billing_reason: z.string().nullable(),
  collection_method: z.string(),
  created: seconds,
  currency: z.string(),
  customer: idOf.nullable(),
  customer_name: z.string().nullish(),
  description: z.string().nullable(),
  due_date: seconds.nullable(),
  effective_at: seconds.nullable(),
  ending_balance: amount.nullable(),
  hosted_invoice_url: z.string().nullish(),
  lines: listOf(WireInvoiceLine),
  metadata,
  next_payment_attempt: seconds.nullable(),
  number: z.string().nullable(),
  parent: z
    .object({ subscription_details: z.object({ subscription: idOf }).nullable().optional() })
    .nullable(),
  payments: listOf(WireInvoicePayment).optional(),
  period_end: seconds,
  period_start: seconds,
  post_payment_credit_notes_amount: amount,
  pre_payment_credit_notes_amount: amount,
  shipping_cost: Shipping.nullable(),
  starting_balance: amount,
  status: z.string().nullable(),
  status_transitions: z.object({
    finalized_at: seconds.nullable(),
    paid_at: seconds.nullable(),
    voided_at: seconds.nullable(),
  }),
  subtotal: amount,
  total: amount,
  total_discount_amounts: z.array(DiscountAmount).nullable(),
  total_excluding_tax: amount.nullable(),
  total_pretax_credit_amounts: z.array(PretaxCredit).nullish(),
  total_taxes: z.array(Tax).nullable(),
});
export type WireInvoice = z.infer<typeof WireInvoice>;

export const WireCreditNoteLine = z.object({
  id: z.string(),
  amount,
  description: z.string().nullable(),
  discount_amount: amount,
  invoice_line_item: z.string().optional(),
  pretax_credit_amounts: z.array(PretaxCredit).nullish(),
  quantity: z.number().nullable(),
  taxes: z.array(Tax).nullable(),
  unit_amount_decimal: decimal.nullable(),
});
export type WireCreditNoteLine = z.infer<typeof WireCreditNoteLine>;

/** The invoice that a credit note belongs to, when expanded: its lines tell which product is credited. */
const CreditedInvoice = z.object({
  id: z.string(),
  lines: z.object({ data: z.array(z.object({ id: z.string(), pricing: WireInvoiceLine.shape.pricing })) }),
});

/** The status is known where the refund is expanded. */
const CreditNoteRefund = z.union([
  z.string().transform((id) => ({ id, status: null })),
  z.object({ id: z.string(), status: z.string().nullable() }),
]);

export const WireCreditNote = z.object({
  id: z.string(),
  object: z.literal('credit_note'),
  created: seconds,
  currency: z.string(),
  customer: idOf,
  customer_balance_transaction: idOf.nullable(),
  discount_amount: amount,
  effective_at: seconds.nullable(),
  invoice: z.union([z.string(), CreditedInvoice]),
  lines: listOf(WireCreditNoteLine),
  memo: z.string().nullable(),
  metadata,
  number: z.string(),
  out_of_band_amount: amount.nullable(),
  pdf: z.string(),
  post_payment_amount: amount,
  pre_payment_amount: amount,
  pretax_credit_amounts: z.array(PretaxCredit).nullish(),
  reason: z.string().nullable(),
  refunds: z.array(z.object({ amount_refunded: amount, refund: CreditNoteRefund.nullish() })),
  shipping_cost: Shipping.nullable(),
  status: z.string(),
  total: amount,
  total_excluding_tax: amount.nullable(),
  total_taxes: z.array(Tax).nullable(),
  type: z.string(),
  voided_at: seconds.nullable(),
});
export type WireCreditNote = z.infer<typeof WireCreditNote>;
