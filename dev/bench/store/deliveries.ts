/** Listed customers as deliveries, for stores with a backlog: one lane each, one kilobyte, ready to be translated. */
import type { NewDelivery } from '../../../sidecar/domain/delivery.ts';
import type { Snapshot } from '../../../sidecar/domain/connector.ts';
import { wireCustomer } from '../../../test/support/stripe-wire.ts';
import { CONNECTION } from '../ingest/connection.ts';

const BYTES = 1_000;

function body(number: number, filler: string): Record<string, unknown> {
  const name = `Customer ${String(number).padStart(7, '0')}`;
  return wireCustomer({
    id: `cus_${number.toString(36).padStart(10, '0')}`,
    name,
    email: `customer-${number}@example.com`,
    metadata: { filler },
  });
}

const filler = 'x'.repeat(Math.max(0, BYTES - JSON.stringify(body(0, '')).length));

export function snapshot(number: number): Snapshot {
  const object = body(number, filler);
  return { kind: 'customer', externalId: String(object['id']), readAt: Date.now(), body: object };
}

export function delivery(number: number): NewDelivery {
  const { externalId, readAt, body: object } = snapshot(number);
  return {
    id: `bench:${externalId}`,
    connection: CONNECTION,
    kind: 'customer',
    externalId,
    origin: 'backfill',
    form: 'state',
    reason: 'listed in customers',
    occurredAt: null,
    receivedAt: readAt,
    body: Buffer.from(JSON.stringify(object)),
  };
}
