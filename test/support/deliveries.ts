/** Deliveries, exceptions and journal lines for tests, with only what a test cares about spelled out. */
import type { NewDelivery } from '../../sidecar/domain/delivery.ts';
import type { JournalLine, Parked } from '../../sidecar/store/store.ts';

/** The moment at which tests begin, UTC ms. */
export const T0 = Date.UTC(2026, 10, 22, 8);

/** A hook about an invoice of stripe-eu. */
export function delivery(id: string, externalId: string, more: Partial<NewDelivery> = {}): NewDelivery {
  return {
    id,
    connection: 'stripe-eu',
    kind: 'invoice',
    externalId,
    origin: 'hook',
    form: 'hint',
    reason: 'invoice.updated',
    occurredAt: null,
    receivedAt: T0,
    body: Buffer.from(`{"id":"${id}"}`),
    ...more,
  };
}

/** An exception about a missing tax mapping. */
export function parked(externalId: string, more: Partial<Parked> = {}): Parked {
  return {
    ref: { connection: 'stripe-eu', kind: 'invoice', externalId },
    cause: 'missing_mapping',
    code: 'tax_unmapped',
    message: 'The tax rate txr_1 has no Odoo tax.',
    hint: 'Choose the tax in the exception.',
    args: { tax_rate: 'txr_1' },
    label: `Invoice ${externalId}`,
    rule: 'invoice@1',
    reason: 'invoice.updated',
    delivery: 'd1',
    attempts: 1,
    firstAt: T0,
    lastAt: T0,
    amount: 11900,
    currency: 'EUR',
    partner: 'A•••',
    url: undefined,
    payload: { id: externalId },
    ...more,
  };
}

/** A line that says the invoice was applied. */
export const journalLine = (externalId: string, more: Partial<JournalLine> = {}): JournalLine => ({
  at: T0,
  delivery: 'd1',
  lane: `stripe-eu/invoice:${externalId}`,
  step: 'applied',
  detail: 'created account.move',
  ...more,
});
