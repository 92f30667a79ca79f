/** Records that Stripe deleted: what is still known of them, so that Odoo can be told. */
import type { Translation } from '../../../domain/connector.ts';
import type { Entity } from '../../../domain/entity/index.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { WireDeleted } from '../schema_money.ts';
import { businessDate } from '../../kit/time.ts';
import { eventOf, type Input } from './event.ts';

/** True for the stub that Stripe leaves of a deleted record, and for no record at all. */
export function isGone(body: unknown): boolean {
  return body === null || WireDeleted.safeParse(body).success;
}

/**
 * Customers, products and draft invoices can be deleted, and prices in the dashboard. Anything else that is missing was
 * never there: throws InvalidData.
 */
export function translateGone(input: Input): Translation {
  const { kind, externalId } = input.snapshot;
  if (kind === 'price') return { events: [], follow: [] };
  const made = TOMBSTONE[kind]?.(input);
  if (!made)
    throw new InvalidData('unknown_at_vendor', `Stripe has no ${kind.replace('_', ' ')} ${externalId}`, {
      hint: 'Check that the key belongs to the account the id comes from.',
    });
  return { events: [eventOf(input, { ...made, action: 'deleted' })], follow: [] };
}

interface Tombstone {
  entity: Entity;
  label: string;
  at: string;
}

const TOMBSTONE: Partial<Record<string, (input: Input) => Tombstone>> = {
  customer: ({ snapshot: { externalId } }) => ({
    entity: { kind: 'customer', name: externalId, status: 'archived' },
    label: `Customer ${externalId}`,
    at: `customers/${externalId}`,
  }),
  product: ({ snapshot: { externalId } }) => ({
    entity: { kind: 'product', name: externalId, type: 'service', status: 'archived' },
    label: `Product ${externalId}`,
    at: `products/${externalId}`,
  }),
  invoice: ({ snapshot, context }) => ({
    entity: {
      kind: 'invoice',
      number: null,
      customer: '',
      status: 'deleted',
      issueDate: businessDate(snapshot.readAt, context.timeZone),
      // ISO 4217 for "no currency": nothing is known of its amounts any more.
      currency: 'XXX',
      lines: [],
      taxes: [],
      totals: { net: 0, discount: 0, tax: 0, total: 0, prepaid: 0, paid: 0, due: 0 },
      subscriptions: [],
    },
    label: `Invoice ${snapshot.externalId}`,
    at: `invoices/${snapshot.externalId}`,
  }),
};
