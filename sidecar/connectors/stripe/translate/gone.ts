/** Records that Stripe deleted: what is still known of them, so that Odoo can be told. */
import type { Translation } from '../../../domain/connector.ts';
import type { Customer, Entity } from '../../../domain/entity/index.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { WireDeleted } from '../schema_money.ts';
import { businessDate } from '../../kit/time.ts';
import { addressOf } from './customer.ts';
import { eventOf, told, type Input } from './event.ts';

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

/** A deleted customer as its newest invoice knew it. */
function formerCustomer(id: string, invoice: WireDeleted['last_invoice']): Customer {
  const stub = { kind: 'customer', name: id, status: 'archived' } as const;
  if (!invoice) return stub;
  const {
    customer_name: name,
    customer_email: email,
    customer_phone: phone,
    customer_address: address,
  } = invoice;
  return {
    ...stub,
    name: [name, email].find((text) => text?.trim()) ?? id,
    billed: true,
    ...told({ email, phone, addresses: address ? [addressOf('main', address)] : undefined }),
  };
}

interface Tombstone {
  entity: Entity;
  label: string;
  at: string;
}

const TOMBSTONE: Partial<Record<string, (input: Input) => Tombstone>> = {
  customer: ({ snapshot: { externalId, body } }) => ({
    entity: formerCustomer(externalId, WireDeleted.safeParse(body).data?.last_invoice),
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
