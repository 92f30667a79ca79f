/** PaymentIntent, or a charge without one, plus what it was allocated to → payment. */
import type { Translation } from '../../../domain/connector.ts';
import type { Payment } from '../../../domain/entity/billing.ts';
import type { Event } from '../../../domain/event.ts';
import type { WireInvoicePayment } from '../schema.ts';
import { WirePayment, type WireCharge, type WirePaymentIntent } from '../schema_money.ts';
import { currencyOf, minor } from './amounts.ts';
import { dateOf, eventOf, readWire, type Input } from './event.ts';
import { offStripeEvents } from './invoice.ts';

/** The payment, and its refunds where Stripe shows them. */
export function translatePayment(input: Input): Translation {
  const wire = readWire(WirePayment, input);
  const { connection } = input.context;
  if ('invoice' in wire) return { events: offStripeEvents(input, wire.invoice), follow: [] };
  if ('charge' in wire && wire.charge.payment_intent !== null) {
    const externalId = wire.charge.payment_intent;
    return { events: [], follow: [{ connection, kind: 'payment', externalId }] };
  }
  const charge = 'charge' in wire ? wire.charge : chargeOf(wire.payment_intent);
  const entity =
    'charge' in wire
      ? fromCharge(input, wire.charge, wire.invoice_payments)
      : fromIntent(input, wire.payment_intent, wire.invoice_payments);
  const refunds = charge?.refunds?.data ?? [];
  return {
    events: [paymentEvent(input, entity, ('charge' in wire ? wire.charge : wire.payment_intent).metadata)],
    follow: refunds.map(({ id }) => ({ connection, kind: 'refund', externalId: id })),
  };
}

function paymentEvent(input: Input, entity: Payment, metadata: WireCharge['metadata']): Event {
  const id = input.snapshot.externalId;
  return eventOf(input, {
    entity,
    label: `Payment ${id}`,
    at: `payments/${id}`,
    extra: { metadata: metadata ?? {} },
  });
}

const chargeOf = (intent: WirePaymentIntent): WireCharge | undefined =>
  typeof intent.latest_charge === 'object' ? (intent.latest_charge ?? undefined) : undefined;

/** An intent whose last try failed waits for another means of payment; for the books that is a failed payment. */
function intentStatus(intent: WirePaymentIntent): Payment['status'] {
  if (intent.status === 'succeeded') return 'succeeded';
  if (intent.status === 'canceled') return 'cancelled';
  if (intent.status === 'requires_payment_method' && intent.last_payment_error !== null) return 'failed';
  return 'pending';
}

function fromIntent(input: Input, intent: WirePaymentIntent, parts: WireInvoicePayment[]): Payment {
  const currency = currencyOf(intent.currency);
  const status = intentStatus(intent);
  const charge = chargeOf(intent);
  const chargeId =
    charge?.id ?? (typeof intent.latest_charge === 'string' ? intent.latest_charge : undefined);
  const at = (status === 'cancelled' ? intent.canceled_at : charge?.created) ?? intent.created;
  const error = intent.last_payment_error;
  return {
    kind: 'payment',
    customer: intent.customer,
    amount: minor(status === 'succeeded' ? intent.amount_received : intent.amount, currency),
    currency,
    status,
    channel: 'processor',
    date: dateOf(input, at),
    at: at * 1000,
    method: methodOf(charge),
    allocations: allocationsOf(parts, currency),
    failure:
      status === 'failed' && error ? { code: error.code ?? null, message: error.message ?? null } : null,
    identities: [intent.id, ...(chargeId ? [chargeId] : []), ...parts.map(({ id }) => id)],
  };
}

const CHARGE_STATUS: Record<string, Payment['status']> = { succeeded: 'succeeded', failed: 'failed' };

function fromCharge(input: Input, charge: WireCharge, parts: WireInvoicePayment[]): Payment {
  const currency = currencyOf(charge.currency);
  // A charge that was authorised only has "succeeded", yet no money moved.
  const status = charge.status === 'succeeded' && !charge.captured ? 'pending' : CHARGE_STATUS[charge.status];
  return {
    kind: 'payment',
    customer: charge.customer,
    amount: minor(status === 'succeeded' ? charge.amount_captured : charge.amount, currency),
    currency,
    status: status ?? 'pending',
    channel: 'processor',
    date: dateOf(input, charge.created),
    at: charge.created * 1000,
    method: methodOf(charge),
    allocations: allocationsOf(parts, currency),
    failure: status === 'failed' ? { code: charge.failure_code, message: charge.failure_message } : null,
    identities: [charge.id, ...parts.map(({ id }) => id)],
  };
}

/** Only what was paid counts; an open or cancelled part was never money. */
function allocationsOf(parts: WireInvoicePayment[], currency: string): Payment['allocations'] {
  const paid = parts.filter((part) => part.status === 'paid' && part.amount_paid !== null);
  return paid.map((part) => ({ invoice: part.invoice, amount: minor(part.amount_paid ?? 0, currency) }));
}

function methodOf(charge: WireCharge | undefined): Payment['method'] {
  const details = charge?.payment_method_details;
  if (!details) return null;
  const own = details[details.type];
  const text = (name: string) => {
    const value = typeof own === 'object' && own !== null ? (own as Record<string, unknown>)[name] : null;
    return typeof value === 'string' ? value : null;
  };
  return { kind: details.type, brand: text('brand'), last4: text('last4') };
}
