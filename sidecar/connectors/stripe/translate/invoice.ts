/** Stripe invoice → invoice, and the payment that reached it past Stripe. */
import type { DocumentLine, Invoice, Payment } from '../../../domain/entity/billing.ts';
import type { Translation } from '../../../domain/connector.ts';
import type { Event } from '../../../domain/event.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { sum } from '../../../domain/money.ts';
import { OFF_STRIPE } from '../objects.ts';
import { WireInvoice, type WireInvoiceLine } from '../schema.ts';
import { currencyOf, explainingPrice, minor } from './amounts.ts';
import { creditGrants, documentTaxes, shippingLine, taxesOf } from './document.ts';
import { dateOf, dateOrNull, eventOf, readWire, textOrNull, told, type Input } from './event.ts';

const STATUS = new Set(['draft', 'open', 'paid', 'void', 'uncollectible']);
const REASON: Record<string, string> = {
  subscription_cycle: 'cycle',
  subscription_create: 'creation',
  subscription_update: 'update',
  subscription_threshold: 'threshold',
};

/** The invoice, what was paid past Stripe, and the payments to look at. */
export function translateInvoice(input: Input): Translation {
  const wire = readWire(WireInvoice, input);
  const payments = (wire.payments?.data ?? []).flatMap(
    ({ payment }) => payment.payment_intent ?? payment.charge ?? [],
  );
  return {
    events: [invoiceEvent(input, wire), ...offStripeEvents(input, wire)],
    follow: [...new Set(payments)].map((externalId) => ({
      connection: input.context.connection,
      kind: 'payment',
      externalId,
    })),
  };
}

function invoiceEvent(input: Input, wire: WireInvoice): Event {
  return eventOf(input, {
    entity: entityOf(input, wire),
    label: `Invoice ${wire.number ?? wire.id}`,
    at: `invoices/${wire.id}`,
    extra: {
      collection_method: wire.collection_method,
      billing_reason: wire.billing_reason,
      pre_payment_credit_notes_amount: wire.pre_payment_credit_notes_amount,
      post_payment_credit_notes_amount: wire.post_payment_credit_notes_amount,
      amount_overpaid: wire.amount_overpaid,
      metadata: wire.metadata ?? {},
    },
  });
}

function entityOf(input: Input, wire: WireInvoice): Invoice {
  const currency = currencyOf(wire.currency);
  const { status, customer } = wire;
  if (status === null || !STATUS.has(status))
    throw new InvalidData('unknown_status', `Invoice ${wire.id} has a status we do not know: ${status}`, {
      args: { status },
    });
  if (customer === null) throw noCustomer(`Invoice ${wire.id}`);
  const lines = [
    ...wire.lines.data.map((line) => lineOf(input, line, currency)),
    ...shippingLine(wire.shipping_cost, currency),
  ];
  const { taxes, total, tax, net } = documentTaxes(wire, lines, currency, `Invoice ${wire.id}`);
  const { finalized_at, voided_at } = wire.status_transitions;
  return {
    kind: 'invoice',
    ...told({ customerName: wire.customer_name, documentUrl: wire.hosted_invoice_url }),
    number: wire.number,
    customer,
    status: status as Invoice['status'],
    issueDate: dateOf(input, wire.effective_at ?? finalized_at ?? wire.created),
    dueDate: dateOrNull(input, wire.due_date),
    voidedAt: dateOrNull(input, voided_at),
    period: { start: dateOf(input, wire.period_start), end: dateOf(input, wire.period_end) },
    currency,
    lines,
    taxes,
    totals: {
      net,
      discount: sum(lines.map((line) => line.discount)),
      tax,
      total,
      prepaid: prepaidOf(wire, currency),
      paid: minor(wire.amount_paid, currency),
      due: minor(wire.amount_remaining, currency),
    },
    memo: textOrNull(wire.description),
    subscriptions: subscriptionsOf(wire),
    reason: wire.billing_reason === null ? null : (REASON[wire.billing_reason] ?? wire.billing_reason),
    collection: {
      attempts: wire.attempt_count,
      nextAttempt: wire.next_payment_attempt === null ? null : wire.next_payment_attempt * 1000,
    },
  };
}

function lineOf(input: Input, line: WireInvoiceLine, currency: string): DocumentLine {
  const net = minor(line.amount, currency);
  const discounts = (line.discount_amounts ?? []).map(({ amount }) => minor(amount, currency));
  const discount = sum(discounts) + creditGrants(line.pretax_credit_amounts, currency);
  const quantity = line.quantity_decimal ?? String(line.quantity ?? 1);
  const details = line.pricing?.price_details;
  const origin = line.parent?.invoice_item_details ?? line.parent?.subscription_item_details;
  return {
    id: line.id,
    description: textOrNull(line.description) ?? details?.product ?? line.id,
    product: details?.product ?? null,
    price: details?.price ?? null,
    quantity,
    unitPrice: explainingPrice(line.pricing?.unit_amount_decimal, quantity, net, currency),
    net,
    discount,
    taxes: taxesOf(line.taxes, net - discount, currency, `Line ${line.id}`),
    period: { start: dateOf(input, line.period.start), end: dateOf(input, line.period.end) },
    proration: origin?.proration ?? false,
  };
}

/** What the customer's balance paid (positive) or was charged (negative) when the invoice was finalised. */
function prepaidOf(wire: WireInvoice, currency: string): number {
  return wire.ending_balance === null ? 0 : minor(wire.ending_balance - wire.starting_balance, currency);
}

function subscriptionsOf(wire: WireInvoice): string[] {
  const parent = wire.parent?.subscription_details?.subscription;
  const ofLines = wire.lines.data.flatMap((line) => line.subscription ?? []);
  return [...new Set([...(parent ? [parent] : []), ...ofLines])];
}

/** Money that reached the seller by bank transfer or cash and was only noted at Stripe. */
export function offStripeEvents(input: Input, wire: WireInvoice): Event[] {
  if (!wire.amount_paid_off_stripe) return [];
  const currency = currencyOf(wire.currency);
  const amount = minor(wire.amount_paid_off_stripe, currency);
  const at = offStripeInstant(wire);
  const entity: Payment = {
    kind: 'payment',
    customer: wire.customer,
    amount,
    currency,
    status: 'succeeded',
    channel: 'external',
    date: dateOf(input, at),
    at: at * 1000,
    method: null,
    allocations: [{ invoice: wire.id, amount }],
    failure: null,
    identities: recordsOf(wire).map(({ id }) => id),
  };
  return [
    eventOf(input, {
      entity,
      label: `Payment outside Stripe for invoice ${wire.number ?? wire.id}`,
      at: `invoices/${wire.id}`,
      record: { kind: 'payment', externalId: `${wire.id}${OFF_STRIPE}` },
    }),
  ];
}

const recordsOf = (wire: WireInvoice) =>
  (wire.payments?.data ?? []).filter(
    ({ payment, status }) => status === 'paid' && payment.type === 'payment_record',
  );

function offStripeInstant(wire: WireInvoice): number {
  const recorded = recordsOf(wire).flatMap(({ status_transitions }) => status_transitions.paid_at ?? []);
  const { paid_at, finalized_at } = wire.status_transitions;
  return recorded.length > 0 ? Math.min(...recorded) : (paid_at ?? finalized_at ?? wire.created);
}

/** Newer accounts may bill a `customer_account` only; such a document cannot be linked to a customer. */
export function noCustomer(what: string): InvalidData {
  return new InvalidData('no_customer', `${what} names no customer`, {
    hint: 'Give it a customer at Stripe; documents for customer accounts are not synchronised.',
  });
}
