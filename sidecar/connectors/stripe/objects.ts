/** Reading one record of ours from Stripe, complete: what the API cuts off or keeps apart is fetched and put in. */
import { InvalidData } from '../../domain/failure.ts';
import type { Kind } from '../../domain/reference.ts';
import { isRecord } from '../kit/json.ts';
import type { Client, Wire } from './client.ts';
import { TITLE } from './settings.ts';

/** What to expand in a single object; lists use the same names behind `data.`. Four levels are the vendor's limit. */
export const EXPAND = {
  customer: ['tax_ids'],
  product: [],
  price: ['tiers'],
  tax_rate: [],
  // Neither payments nor the amount paid past Stripe is there without being asked for (vendor's changelog 2026-05-27).
  invoice: ['payments', 'amount_paid_off_stripe', 'shipping_cost.taxes'],
  // Whether a refund paid the note out: one that failed did not.
  credit_note: ['invoice', 'shipping_cost.taxes', 'refunds.refund'],
  refund: ['payment_intent', 'charge'],
} as const satisfies Partial<Record<Kind, readonly string[]>>;

const PATH = {
  customer: 'customers',
  product: 'products',
  price: 'prices',
  tax_rate: 'tax_rates',
  invoice: 'invoices',
  credit_note: 'credit_notes',
  refund: 'refunds',
} as const satisfies Partial<Record<Kind, string>>;

const isRead = (kind: Kind): kind is keyof typeof PATH => kind in PATH;

/** Ends the id of the payment that stands for money an invoice got past Stripe: `in_1:off_stripe`. */
export const OFF_STRIPE = ':off_stripe';

/** The body of a snapshot, or null if Stripe has no such record. */
export async function readObject(client: Client, kind: Kind, id: string): Promise<unknown> {
  if (kind === 'payment') return readPayment(client, id);
  if (!isRead(kind)) throw new InvalidData('unknown_kind', `${TITLE} has no records of kind ${kind}`);
  const object = await client.get(`/v1/${PATH[kind]}/${encodeURIComponent(id)}`, EXPAND[kind]);
  if (object === null) return null;
  return kind === 'customer' && object['deleted'] === true
    ? remember(client, object)
    : complete(client, kind, object);
}

/** Puts in what the vendor cut off after ten entries. */
export async function complete(client: Client, kind: Kind, object: Wire): Promise<Wire> {
  const own = `/v1/${PATH[kind as keyof typeof PATH]}/${encodeURIComponent(object.id)}`;
  if (kind === 'customer') return completeList(client, object, 'tax_ids', `${own}/tax_ids`);
  if (kind === 'invoice') return completeInvoice(client, object, own);
  if (kind === 'credit_note') return completeCreditNote(client, object, own);
  if (kind === 'refund') return completeRefund(client, object);
  return object;
}

/** Of a deleted customer Stripe keeps the id alone; who it was stands on its invoices. */
async function remember(client: Client, stub: Wire): Promise<Wire> {
  const { data } = await client.page('/v1/invoices', [
    ['customer', stub.id],
    ['limit', 1],
  ]);
  return data[0] === undefined ? stub : { ...stub, last_invoice: data[0] };
}

async function completeInvoice(client: Client, invoice: Wire, own: string): Promise<Wire> {
  const whole = await completeList(client, invoice, 'lines', `${own}/lines`);
  return completeList(client, whole, 'payments', '/v1/invoice_payments', [['invoice', invoice.id]]);
}

/** The credited invoice comes along, because only its lines know the products. */
async function completeCreditNote(client: Client, note: Wire, own: string): Promise<Wire> {
  const whole = await completeList(client, note, 'lines', `${own}/lines`);
  const invoice = whole['invoice'];
  if (!isRecord(invoice) || typeof invoice['id'] !== 'string') return whole;
  const path = `/v1/invoices/${encodeURIComponent(invoice['id'])}/lines`;
  return { ...whole, invoice: await completeList(client, invoice as Wire, 'lines', path) };
}

/** Only the booking that returns the money knows when a refund failed. */
async function completeRefund(client: Client, refund: Wire): Promise<Wire> {
  const booking = refund['failure_balance_transaction'];
  if (typeof booking !== 'string') return refund;
  const returned = await client.get(`/v1/balance_transactions/${encodeURIComponent(booking)}`);
  return returned === null ? refund : { ...refund, failure_balance_transaction: returned };
}

async function completeList(
  client: Client,
  object: Wire,
  field: string,
  path: string,
  params: [string, string][] = [],
): Promise<Wire> {
  const list = object[field];
  if (!isRecord(list) || list['has_more'] !== true || !Array.isArray(list['data'])) return object;
  const first = list['data'] as Wire[];
  const rest = await client.all(path, params, first.at(-1)?.id ?? null);
  return { ...object, [field]: { ...list, data: [...first, ...rest], has_more: false } };
}

async function readPayment(client: Client, id: string): Promise<unknown> {
  if (id.endsWith(OFF_STRIPE)) {
    const invoice = await readObject(client, 'invoice', id.slice(0, -OFF_STRIPE.length));
    return invoice === null ? null : { invoice };
  }
  const type = id.startsWith('pi_') ? 'payment_intent' : 'charge';
  const object = await client.get(
    `/v1/${type}s/${encodeURIComponent(id)}`,
    type === 'payment_intent' ? ['latest_charge'] : [],
  );
  if (object === null) return null;
  return { [type]: object, invoice_payments: await allocationsOf(client, type, id) };
}

/** Which invoices a payment paid: all pages. */
export function allocationsOf(
  client: Client,
  type: 'payment_intent' | 'charge',
  id: string,
): Promise<Wire[]> {
  return client.all('/v1/invoice_payments', [
    ['payment[type]', type],
    [`payment[${type}]`, id],
  ]);
}
