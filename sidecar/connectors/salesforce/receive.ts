/** From a message to things to look at: one delivery per record, told by the object's name or by the first letters of its id. */
import type { Connection } from '../../domain/connection.ts';
import type { RawDelivery, Received } from '../../domain/connector.ts';
import type { NewDelivery } from '../../domain/delivery.ts';
import type { Kind } from '../../domain/reference.ts';
import { longId } from './ids.ts';
import { ACK, readMessage, type Message, type Named } from './messages.ts';
import { SPECS } from './objects.ts';
import { checkOrganization, verify } from './verify.ts';

/** The vendor's standard key prefixes of the objects we read. */
const KIND_OF_PREFIX: Readonly<Record<string, Kind>> = {
  '001': 'customer',
  '003': 'contact',
  '01t': 'product',
  '01u': 'price',
  '006': 'deal',
};

/** Checks a message and says which records to re-read. Throws Refused. */
export function receive(raw: RawDelivery, connection: Connection): Received {
  verify(raw, connection);
  const message = readMessage(raw.body);
  checkOrganization(message.organization, connection);
  const deliveries = deliveriesOf(message, raw, connection);
  const answer = message.form === 'outbound_message' ? { answer: ACK } : {};
  if (deliveries.length > 0) return { deliveries, ...answer };
  const objects = [...new Set(message.named.map(({ object, id }) => object ?? id.slice(0, 3)))].sort();
  return {
    deliveries,
    ignored: `no record that is synchronised is named (${objects.join(', ')})`,
    ...answer,
  };
}

function deliveriesOf(message: Message, raw: RawDelivery, connection: Connection): NewDelivery[] {
  const found = new Map<string, NewDelivery>();
  for (const named of message.named) {
    const kind = kindOf(named);
    const externalId = longId(named.id);
    if (kind === undefined || externalId === undefined) continue;
    const id =
      named.notification === null
        ? `flow:${raw.receivedAt}:${kind}:${externalId}`
        : `message:${named.notification}:${externalId}`;
    found.set(id, {
      id,
      connection: connection.id,
      kind,
      externalId,
      origin: 'hook',
      form: 'hint',
      reason: message.form === 'flow' ? 'flow' : 'outbound message',
      occurredAt: null,
      receivedAt: raw.receivedAt,
      body: raw.body,
    });
  }
  return [...found.values()];
}

function kindOf({ object, id }: Named): Kind | undefined {
  if (object !== null) return SPECS.find((spec) => spec.object === object)?.kind;
  return KIND_OF_PREFIX[id.slice(0, 3)];
}
