/** Everything there is, listing by listing, as complete snapshots; resumable after each page by the last id. */
import type { Page, Snapshot } from '../../domain/connector.ts';
import { ConfigurationError } from '../../domain/failure.ts';
import type { Kind } from '../../domain/reference.ts';
import { isRecord } from '../kit/json.ts';
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

/** See `Session.list`. Throws ConfigurationError for a name that is no listing of ours. */
export async function* list(
  client: Client,
  now: () => number,
  stream: string,
  cursor: string | null,
): AsyncGenerator<Page<Snapshot>> {
  if (stream === 'payments') {
    yield* listPayments(client, now, cursor);
    return;
  }
  if (!Object.hasOwn(KIND_OF, stream))
    throw new ConfigurationError('unknown_stream', `Stripe has no listing "${stream}"`, {
      hint: `Choose one of ${STREAMS.join(', ')}.`,
    });
  yield* listObjects(client, now, stream as keyof typeof KIND_OF, cursor);
}

async function* listObjects(
  client: Client,
  now: () => number,
  stream: keyof typeof KIND_OF,
  cursor: string | null,
): AsyncGenerator<Page<Snapshot>> {
  const kind = KIND_OF[stream];
  const params = expandParams(EXPAND[kind].map((name) => `data.${name}`));
  let readAt = now();
  for await (const page of client.walk(`/v1/${stream}`, params, cursor)) {
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
): AsyncGenerator<Page<Snapshot>> {
  const params = [
    ['status', 'paid'] as const,
    ...expandParams(['data.payment.payment_intent.latest_charge', 'data.payment.charge']),
  ];
  let readAt = now();
  for await (const page of client.walk('/v1/invoice_payments', params, cursor)) {
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
