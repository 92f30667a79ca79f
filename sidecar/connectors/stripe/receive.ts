/** From an event to things to look at: one delivery per record that the event is about. */
import type { RawDelivery, Received } from '../../domain/connector.ts';
import type { Connection } from '../../domain/connection.ts';
import type { NewDelivery, Origin } from '../../domain/delivery.ts';
import { concernsOf, isUrgent } from './concerns.ts';
import type { WireEvent } from './schema.ts';
import { verify } from './verify.ts';

/** Checks a webhook and says which records to re-read. Throws Refused. */
export function receive(raw: RawDelivery, connection: Connection): Received {
  const event = verify(raw, connection);
  const deliveries = deliveriesOf(event, {
    connection: connection.id,
    origin: 'hook',
    receivedAt: raw.receivedAt,
    body: raw.body,
  });
  if (deliveries === undefined)
    return { deliveries: [], ignored: `event type ${event.type} is not synchronised` };
  if (deliveries.length === 0)
    return { deliveries, ignored: `event ${event.id} (${event.type}) names no record that is synchronised` };
  return { deliveries };
}

/** The same for a webhook and for an event found by polling: both have the vendor's event id, so a repeat is known. */
export function deliveriesOf(
  event: WireEvent,
  how: { connection: string; origin: Origin; receivedAt: number; body: Buffer },
): NewDelivery[] | undefined {
  const concerns = concernsOf(event);
  return concerns?.map(({ kind, id }) => ({
    id: concerns.length === 1 ? event.id : `${event.id}:${kind}:${id}`,
    connection: how.connection,
    kind,
    externalId: id,
    origin: how.origin,
    form: 'hint',
    reason: event.type,
    occurredAt: event.created * 1000,
    receivedAt: how.receivedAt,
    body: how.body,
    ...(isUrgent(event.type) ? { urgent: true } : {}),
  }));
}
