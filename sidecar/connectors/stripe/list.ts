/** Everything there is, listing by listing, as complete snapshots; resumable after each page by the last id. */
import type { ListOptions, Page, Snapshot } from '../../domain/connector.ts';
import { ConfigurationError, Failure } from '../../domain/failure.ts';
import type { Kind } from '../../domain/reference.ts';
import type { Params } from '../kit/http.ts';
import { isRecord } from '../kit/json.ts';
import type { RawPage } from '../kit/paging.ts';
import { expandParams, type Client, type Wire } from './client.ts';
import { allocationsOf, complete, EXPAND } from './objects.ts';

/** In the order of a first load: what others point to comes first. */
export const STREAMS = [
  'tax_rates',
  'customers',
  'products',
  'prices',
  'invoices',
  'payments',
  'credit_notes',
  'refunds',
] as const;
export type Stream = (typeof STREAMS)[number];

const KIND_OF: Record<Exclude<Stream, 'payments'>, keyof typeof EXPAND> = {
  tax_rates: 'tax_rate',
  customers: 'customer',
  products: 'product',
  prices: 'price',
  invoices: 'invoice',
  credit_notes: 'credit_note',
  refunds: 'refund',
};

/**
 * What a listing that lacks a record may mean. Customers, products and drafts of invoices can be deleted and are then in
 * no listing. Prices that were archived or made inline are left out of theirs by the vendor (API reference, "List all
 * prices"), and payments are found by paid invoices only: what is missing there says nothing.
 */
export const WHOLE = {
  tax_rates: ['tax_rate'],
  customers: ['customer'],
  products: ['product'],
  invoices: ['invoice'],
  credit_notes: ['credit_note'],
  refunds: ['refund'],
} as const satisfies Partial<Record<Stream, readonly Kind[]>>;

/** See `Session.list`. Throws ConfigurationError for a name that is no listing of ours. */
export async function* list(
  client: Client,
  now: () => number,
  stream: string,
  cursor: string | null,
  { createdSince }: ListOptions = {},
): AsyncGenerator<Page<Snapshot>> {
  const since: Params =
    createdSince === undefined ? [] : [['created[gte]', Math.floor(createdSince / 1_000)]];
  if (stream === 'payments') {
    yield* listPayments(client, now, cursor, since);
    return;
  }
  if (!Object.hasOwn(KIND_OF, stream))
    throw new ConfigurationError('unknown_stream', `Stripe has no listing "${stream}"`, {
      hint: `Choose one of ${STREAMS.join(', ')}.`,
    });
  yield* listObjects(client, now, stream as keyof typeof KIND_OF, cursor, since);
}

/** Page after page. A listing goes on after the last record it saw; if that was deleted since, it begins anew. */
async function* walk(
  client: Client,
  path: string,
  params: Params,
  cursor: string | null,
): AsyncGenerator<RawPage<Wire>> {
  let last = cursor;
  try {
    for await (const page of client.walk(path, params, cursor)) {
      last = page.next;
      yield page;
    }
  } catch (error) {
    if (last === null || !isUnknownCursor(error)) throw error;
    yield* client.walk(path, params, null);
  }
}

function isUnknownCursor(error: unknown): boolean {
  return (
    error instanceof Failure &&
    error.code === 'request_refused' &&
    (error.args['status'] === 400 || error.args['status'] === 404)
  );
}

async function* listObjects(
  client: Client,
  now: () => number,
  stream: keyof typeof KIND_OF,
  cursor: string | null,
  since: Params,
): AsyncGenerator<Page<Snapshot>> {
  const kind = KIND_OF[stream];
  const params = [...since, ...expandParams(EXPAND[kind].map((name) => `data.${name}`))];
  let readAt = now();
  for await (const page of walk(client, `/v1/${stream}`, params, cursor)) {
    const items = await Promise.all(
      page.items.map(async (object) =>
        snapshot(kind, object.id, readAt, await complete(client, kind, object)),
      ),
    );
    yield { items, cursor: page.items.at(-1)?.id ?? cursor ?? '' };
    readAt = now();
  }
}

/** Payments are found by what they paid: a payment that no invoice knows is none of the books' business here. */
async function* listPayments(
  client: Client,
  now: () => number,
  cursor: string | null,
  since: Params,
): AsyncGenerator<Page<Snapshot>> {
  const params: Params = [
    ...since,
    ['status', 'paid'],
    ...expandParams(['data.payment.payment_intent.latest_charge', 'data.payment.charge']),
  ];
  let readAt = now();
  for await (const page of walk(client, '/v1/invoice_payments', params, cursor)) {
    const groups = [...groupByPayment(page.items).values()];
    const items = await Promise.all(groups.map((group) => paymentSnapshot(client, group, readAt)));
    yield { items, cursor: page.items.at(-1)?.id ?? cursor ?? '' };
    readAt = now();
  }
}

interface PaymentGroup {
  type: 'payment_intent' | 'charge';
  object: Wire;
  allocations: Wire[];
}

/** Money recorded from outside (`payment_record`) comes with its invoice and is left out here. */
function groupByPayment(allocations: Wire[]): Map<string, PaymentGroup> {
  const groups = new Map<string, PaymentGroup>();
  for (const allocation of allocations) {
    const payment = isRecord(allocation['payment']) ? allocation['payment'] : {};
    const type = payment['type'];
    if (type !== 'payment_intent' && type !== 'charge') continue;
    const object = payment[type];
    if (!isRecord(object) || typeof object['id'] !== 'string') continue;
    const group = groups.get(object['id']) ?? { type, object: object as Wire, allocations: [] };
    group.allocations.push({ ...allocation, payment: { ...payment, [type]: object['id'] } });
    groups.set(object['id'], group);
  }
  return groups;
}

/** A payment may pay invoices on other pages too: unless this page explains all of it, all of its parts are read. */
async function paymentSnapshot(client: Client, group: PaymentGroup, readAt: number): Promise<Snapshot> {
  const { type, object } = group;
  const received = object[type === 'payment_intent' ? 'amount_received' : 'amount_captured'];
  const allocated = group.allocations.reduce((total, part) => total + Number(part['amount_paid']), 0);
  const whole = allocated === received ? group.allocations : await allocationsOf(client, type, object.id);
  return snapshot('payment', object.id, readAt, { [type]: object, invoice_payments: whole });
}

function snapshot(kind: Kind, externalId: string, readAt: number, body: unknown): Snapshot {
  return { kind, externalId, readAt, body };
}
