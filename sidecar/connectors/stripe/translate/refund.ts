/** Stripe refund → refund. */
import type { Translation } from '../../../domain/connector.ts';
import type { Refund } from '../../../domain/entity/billing.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { WireRefund } from '../schema_money.ts';
import { currencyOf, minor } from './amounts.ts';
import { dateOf, eventOf, readWire, told, type Input } from './event.ts';

const STATUS: Record<string, Refund['status']> = {
  pending: 'pending',
  requires_action: 'requested',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'cancelled',
};

export function translateRefund(input: Input): Translation {
  const wire = readWire(WireRefund, input);
  const status = statusOf(wire);
  if (status === undefined)
    throw new InvalidData('unknown_status', `Refund ${wire.id} has a status we do not know: ${wire.status}`, {
      args: { status: wire.status },
    });
  const currency = currencyOf(wire.currency);
  const amount = minor(wire.amount, currency);
  const paid = wire.payment_intent ?? wire.charge;
  const payment = typeof paid === 'string' ? paid : (paid?.id ?? null);
  const event = eventOf(input, {
    entity: {
      kind: 'refund',
      ...told({ failedAt: status === 'failed' ? dateOf(input, failedAt(wire)) : null }),
      // A payment's lane is its intent's; only a charge without an intent has its own.
      payment,
      customer: customerOf(wire),
      amount,
      currency,
      status,
      date: dateOf(input, wire.created),
      reason: wire.reason,
      failure: wire.failure_reason ?? null,
    },
    label: `Refund ${wire.id}`,
    at: payment === null ? 'refunds' : `payments/${payment}`,
    extra: { metadata: wire.metadata ?? {} },
  });
  return { events: [event], follow: [] };
}

/** Until Stripe has booked the refund (lack of balance, or the customer must act first), no money has moved. */
function statusOf(wire: WireRefund): Refund['status'] | undefined {
  const status = STATUS[wire.status ?? ''];
  return status === 'pending' && wire.balance_transaction === null ? 'requested' : status;
}

function customerOf(wire: WireRefund): string | null {
  const ofPayment = [wire.payment_intent, wire.charge].map((paid) =>
    typeof paid === 'object' ? paid?.customer : undefined,
  );
  return wire.customer ?? ofPayment.find((customer) => typeof customer === 'string') ?? null;
}

/** Stripe keeps no date of failure; the booking that returns the money has one. */
function failedAt(wire: WireRefund): number {
  const returned = wire.failure_balance_transaction;
  return typeof returned === 'object' ? returned.created : wire.created;
}
