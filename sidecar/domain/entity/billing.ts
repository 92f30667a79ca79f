/**
 * Documents of billing: invoice, credit note, payment, refund. All amounts are minor units of the document's
 * currency. A line's `net` is before discounts and in the vendor's own tax terms: it contains the tax of those of
 * its taxes that are inclusive. `totals.net` never contains tax.
 */
import * as z from 'zod';
import { Currency, Decimal, Minor, show, sum } from '../money.ts';
import { pii } from '../pii.ts';
import { BusinessDate, Instant, Period } from './common.ts';

/** `rate` is the external id of a tax_rate. */
const LineTax = z.object({ rate: z.string(), inclusive: z.boolean(), base: Minor, amount: Minor });

export const DocumentLine = z.object({
  id: z.string(),
  description: pii(z.string()),
  product: z.string().nullable(),
  price: z.string().nullable(),
  quantity: Decimal,
  /** Major units per unit; null where quantity × price says nothing (tiers, proration, custom amounts). */
  unitPrice: Decimal.nullable(),
  net: Minor,
  /** Sum of the discounts on this line, positive. */
  discount: Minor,
  taxes: z.array(LineTax),
  period: Period.nullable().optional(),
  proration: z.boolean().optional(),
});
export type DocumentLine = z.infer<typeof DocumentLine>;

const DocumentTax = z.object({ rate: z.string(), inclusive: z.boolean(), base: Minor, amount: Minor });

const documentFields = {
  number: z.string().nullable(),
  customer: z.string(),
  /** For people, before the customer is linked. */
  customerName: pii(z.string().nullable()).optional(),
  issueDate: BusinessDate,
  currency: Currency,
  lines: z.array(DocumentLine),
  taxes: z.array(DocumentTax),
  totals: z.object({
    net: Minor,
    discount: Minor,
    tax: Minor,
    total: Minor,
    prepaid: Minor,
    paid: Minor,
    due: Minor,
  }),
  memo: pii(z.string().nullable()).optional(),
  documentUrl: z.string().nullable().optional(),
};

interface Totalled {
  lines: DocumentLine[];
  taxes: { inclusive: boolean; amount: number }[];
  totals: { net: number; tax: number; total: number };
  currency: string;
}

/** The arithmetic every document must satisfy; returns what is wrong in words, with the sums shown. */
export function disagreement(document: Totalled): string | undefined {
  const { lines, taxes, totals, currency } = document;
  const money = (minor: number) => show(minor, currency);
  const tax = sum(taxes.map((t) => t.amount));
  if (tax !== totals.tax) return `its taxes sum to ${money(tax)}, but the document says ${money(totals.tax)}`;
  if (totals.net + totals.tax !== totals.total)
    return `net ${money(totals.net)} + tax ${money(totals.tax)} is not the total ${money(totals.total)}`;
  const inclusive = sum(taxes.filter((t) => t.inclusive).map((t) => t.amount));
  const lineNet = sum(lines.map((line) => line.net - line.discount)) - inclusive;
  if (lineNet !== totals.net)
    return `its ${lines.length} lines sum to ${money(lineNet)} before tax, but the document says ${money(totals.net)}`;
  return undefined;
}

const agree = (document: Totalled, context: z.RefinementCtx) => {
  const wrong = disagreement(document);
  if (wrong) context.addIssue({ code: 'custom', message: wrong });
};

export const Invoice = z
  .object({
    kind: z.literal('invoice'),
    ...documentFields,
    status: z.enum(['draft', 'open', 'paid', 'void', 'uncollectible', 'deleted']),
    dueDate: BusinessDate.nullable().optional(),
    voidedAt: BusinessDate.nullable().optional(),
    period: Period.nullable().optional(),
    /** External ids of the subscriptions billed. */
    subscriptions: z.array(z.string()),
    /** Why the vendor made it: cycle, creation, update, manual, threshold. */
    reason: z.string().nullable().optional(),
    collection: z.object({ attempts: z.int(), nextAttempt: Instant.nullable() }).optional(),
  })
  .superRefine(agree);
export type Invoice = z.infer<typeof Invoice>;

export const CreditNote = z
  .object({
    kind: z.literal('credit_note'),
    ...documentFields,
    invoice: z.string(),
    status: z.enum(['issued', 'void']),
    voidedAt: BusinessDate.nullable().optional(),
    reason: z.string().nullable().optional(),
    /** Refunds (external ids) that paid this credit note out, and how much of each. */
    refunds: z.array(z.object({ refund: z.string(), amount: Minor })),
  })
  .superRefine(agree);
export type CreditNote = z.infer<typeof CreditNote>;

export const Payment = z.object({
  kind: z.literal('payment'),
  customer: z.string().nullable(),
  amount: Minor,
  currency: Currency,
  status: z.enum(['pending', 'succeeded', 'failed', 'cancelled']),
  /** Where the money went: through the vendor, or past it ("paid out of band": bank transfer, cash). */
  channel: z.enum(['processor', 'external']),
  date: BusinessDate,
  at: Instant,
  method: z
    .object({ kind: z.string(), brand: z.string().nullable(), last4: pii(z.string().nullable()) })
    .nullable()
    .optional(),
  /** Which invoices (external ids) it pays. */
  allocations: z.array(z.object({ invoice: z.string(), amount: Minor })),
  failure: z.object({ code: z.string().nullable(), message: z.string().nullable() }).nullable().optional(),
  /** Every id the vendor gives to the same money: pi_, ch_, inpay_. */
  identities: z.array(z.string()),
});
export type Payment = z.infer<typeof Payment>;

export const Refund = z.object({
  kind: z.literal('refund'),
  /** External id of the payment refunded; null for money the vendor cannot tie to one. */
  payment: z.string().nullable(),
  customer: z.string().nullable(),
  amount: Minor,
  currency: Currency,
  /** `requested`: nothing has moved yet. `pending`: the vendor has taken the money from our balance, and it is on its
   * way to the customer. */
  status: z.enum(['requested', 'pending', 'succeeded', 'failed', 'cancelled']),
  date: BusinessDate,
  failedAt: BusinessDate.nullable().optional(),
  reason: z.string().nullable().optional(),
  failure: z.string().nullable().optional(),
});
export type Refund = z.infer<typeof Refund>;
