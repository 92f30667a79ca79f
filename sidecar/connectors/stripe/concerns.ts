/** Which records of ours each of Stripe's event types is about. Whatever is not in this table is not synchronised. */
import type { Kind } from '../../domain/reference.ts';
import { isRecord } from '../kit/json.ts';
import type { WireEvent } from './schema.ts';

export interface Concern {
  kind: Kind;
  id: string;
}

type Payload = Record<string, unknown>;
type Read = (object: Payload) => Concern[];

/** An id, or the id of an expanded object. */
function id(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'object' && value !== null && 'id' in value) return id(value.id);
  return undefined;
}

const one = (kind: Kind, value: unknown): Concern[] => {
  const found = id(value);
  return found === undefined ? [] : [{ kind, id: found }];
};

const self =
  (kind: Kind): Read =>
  (object) =>
    one(kind, object['id']);

/** A charge made by a payment intent is the same money: its lane is the intent's. */
const chargeLane: Read = (charge) => one('payment', charge['payment_intent'] ?? charge['id']);

const invoicePayment: Read = (object) => {
  const payment = isRecord(object['payment']) ? object['payment'] : {};
  return [
    ...one('payment', payment['payment_intent'] ?? payment['charge']),
    ...one('invoice', object['invoice']),
  ];
};

/** A refunded charge names its refunds only if they are in the payload; `refund.created` tells them anyway. */
const refundedCharge: Read = (charge) => {
  const list = isRecord(charge['refunds']) ? charge['refunds']['data'] : undefined;
  const refunds = Array.isArray(list) ? list : [];
  return [...chargeLane(charge), ...refunds.flatMap((refund) => one('refund', refund))];
};

const chargeRefund: Read = (refund) => one('refund', refund['id']);

/**
 * Types that are polled as well as received: every change of state of every record. Polling asks for at most 20 types
 * at once (vendor's limit of `types[]`), hence the two groups.
 */
export const POLLED = {
  masters: {
    'customer.created': self('customer'),
    'customer.updated': self('customer'),
    'customer.deleted': self('customer'),
    'customer.tax_id.created': (object) => one('customer', object['customer']),
    'customer.tax_id.updated': (object) => one('customer', object['customer']),
    'customer.tax_id.deleted': (object) => one('customer', object['customer']),
    'product.created': self('product'),
    'product.updated': self('product'),
    'product.deleted': self('product'),
    'price.created': self('price'),
    'price.updated': self('price'),
    'price.deleted': self('price'),
    'tax_rate.created': self('tax_rate'),
    'tax_rate.updated': self('tax_rate'),
  },
  documents: {
    'invoice.created': self('invoice'),
    'invoice.updated': self('invoice'),
    'invoice.finalized': self('invoice'),
    'invoice.paid': self('invoice'),
    'invoice.payment_failed': self('invoice'),
    'invoice.voided': self('invoice'),
    'invoice.marked_uncollectible': self('invoice'),
    'invoice.deleted': self('invoice'),
    'invoice_payment.paid': invoicePayment,
    'credit_note.created': self('credit_note'),
    'credit_note.updated': self('credit_note'),
    'credit_note.voided': self('credit_note'),
    'payment_intent.succeeded': self('payment'),
    'payment_intent.payment_failed': self('payment'),
    'payment_intent.canceled': self('payment'),
    'charge.succeeded': chargeLane,
    'refund.created': self('refund'),
    'refund.updated': self('refund'),
    'refund.failed': self('refund'),
    'charge.refunded': refundedCharge,
  },
} satisfies Record<string, Record<string, Read>>;

/** Types that say again what a polled type says; taken when an endpoint sends them. */
const ALSO_RECEIVED: Record<string, Read> = {
  'invoice.finalization_failed': self('invoice'),
  'invoice.overdue': self('invoice'),
  'invoice.overpaid': self('invoice'),
  'invoice.payment_action_required': self('invoice'),
  'invoice.payment_succeeded': self('invoice'),
  'invoice.sent': self('invoice'),
  'payment_intent.processing': self('payment'),
  'charge.failed': chargeLane,
  'charge.captured': chargeLane,
  'charge.refund.updated': chargeRefund,
};

const TABLE: Record<string, Read> = { ...POLLED.masters, ...POLLED.documents, ...ALSO_RECEIVED };

/** The records to look at after an event; undefined if its type is none that we synchronise. */
export function concernsOf(event: Pick<WireEvent, 'type' | 'data'>): Concern[] | undefined {
  return Object.hasOwn(TABLE, event.type) ? TABLE[event.type]!(event.data.object) : undefined;
}

/** Money is in trouble: a payment that failed or needs its customer, and money that goes back. */
const URGENT =
  /^(invoice\.(payment_failed|payment_action_required)|payment_intent\.payment_failed|charge\.(failed|refunded|dispute\..+)|refund\..+|charge\.refund\.updated)$/;

/** True for events that go before all others. */
export const isUrgent = (type: string): boolean => URGENT.test(type);
