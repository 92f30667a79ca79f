/** Builders of canonical events: correct by default, every part replaceable. */
import type { Event } from '../../sidecar/domain/event.ts';
import type {
  CreditNote,
  Customer,
  DocumentLine,
  Entity,
  Invoice,
  Payment,
} from '../../sidecar/domain/entity/index.ts';

export function eventOf(entity: Entity, externalId: string, over: Partial<Event> = {}): Event {
  return {
    ref: { connection: 'stripe-eu', kind: entity.kind, externalId },
    version: 1_790_000_000_000,
    action: 'observed',
    reason: 'test',
    label: `${entity.kind} ${externalId}`,
    entity,
    ...over,
  };
}

export function customer(over: Partial<Customer> = {}): Customer {
  return { kind: 'customer', name: 'Acme GmbH', email: 'Billing@Acme.example', status: 'active', ...over };
}

export function line(over: Partial<DocumentLine> = {}): DocumentLine {
  return {
    id: 'il_1',
    description: 'Team plan',
    product: 'prod_1',
    price: 'price_1',
    quantity: '3',
    unitPrice: '33.33',
    net: 9999,
    discount: 0,
    taxes: [{ rate: 'txr_19', inclusive: false, base: 9999, amount: 1900 }],
    ...over,
  };
}

export function invoice(over: Partial<Invoice> = {}): Invoice {
  return {
    kind: 'invoice',
    number: 'ACME-0001',
    customer: 'cus_1',
    issueDate: '2026-11-01',
    dueDate: '2026-12-01',
    currency: 'EUR',
    lines: [line()],
    taxes: [{ rate: 'txr_19', inclusive: false, base: 9999, amount: 1900 }],
    totals: { net: 9999, discount: 0, tax: 1900, total: 11899, prepaid: 0, paid: 0, due: 11899 },
    status: 'open',
    subscriptions: [],
    ...over,
  };
}

export function creditNote(over: Partial<CreditNote> = {}): CreditNote {
  const { number, customer: who, issueDate, currency, lines, taxes, totals } = invoice();
  return {
    kind: 'credit_note',
    number,
    customer: who,
    issueDate,
    currency,
    lines,
    taxes,
    totals,
    invoice: 'in_1',
    status: 'issued',
    refunds: [],
    ...over,
  };
}

export function payment(over: Partial<Payment> = {}): Payment {
  return {
    kind: 'payment',
    customer: 'cus_1',
    amount: 11899,
    currency: 'EUR',
    status: 'succeeded',
    channel: 'processor',
    date: '2026-11-02',
    at: 1_793_577_600_000,
    allocations: [{ invoice: 'in_1', amount: 11899 }],
    identities: ['pi_1'],
    ...over,
  };
}
