/** From a message to things to look at: one delivery per record, however many of the message's events speak of it. */
import { createHash } from 'node:crypto';
import type { Connection } from '../../domain/connection.ts';
import type { RawDelivery, Received } from '../../domain/connector.ts';
import type { NewDelivery } from '../../domain/delivery.ts';
import { Refused } from '../../domain/failure.ts';
import { concernsOf, readEvents, type Concern, type WireEvent } from './hooks.ts';
import { optionsOf } from './settings.ts';
import { verify } from './verify.ts';

/** Checks a webhook and says which records to re-read. Throws Refused. */
export function receive(raw: RawDelivery, connection: Connection): Received {
  verify(raw, connection);
  const events = ownEvents(readEvents(raw.body), connection);
  if (events.length === 0) return { deliveries: [], ignored: 'the message holds no events' };
  const groups = byRecord(events);
  if (groups.length === 0) {
    const types = [...new Set(events.map(({ subscriptionType }) => subscriptionType))].sort();
    return { deliveries: [], ignored: `no record that is synchronised is named by ${types.join(', ')}` };
  }
  return { deliveries: groups.map((group) => deliveryOf(group, events.length, raw, connection)) };
}

/** One app sends the events of all its portals to one address: those of others are left to their own connections. */
function ownEvents(events: WireEvent[], connection: Connection): WireEvent[] {
  const { portal } = optionsOf(connection);
  if (portal === undefined || events.length === 0) return events;
  const own = events.filter(({ portalId }) => portalId === String(portal));
  if (own.length > 0) return own;
  const other = events[0]!.portalId;
  throw new Refused(400, 'other_account', `The events belong to portal ${other}`, {
    hint: `Set options.portal of connection ${connection.id} to ${other}, or make a connection of its own for it.`,
    args: { got: other, want: portal },
  });
}

interface Group {
  concern: Concern;
  events: WireEvent[];
}

function byRecord(events: WireEvent[]): Group[] {
  const groups = new Map<string, Group>();
  for (const event of events)
    for (const concern of concernsOf(event)) {
      const key = `${concern.kind}:${concern.id}`;
      const group = groups.get(key) ?? { concern, events: [] };
      group.events.push(event);
      groups.set(key, group);
    }
  return [...groups.values()];
}

function deliveryOf(group: Group, all: number, raw: RawDelivery, connection: Connection): NewDelivery {
  const { concern, events } = group;
  const newest = events.reduce((a, b) => (b.occurredAt >= a.occurredAt ? b : a));
  return {
    id: idOf(group),
    connection: connection.id,
    kind: concern.kind,
    externalId: concern.id,
    origin: 'hook',
    form: 'hint',
    reason: newest.subscriptionType,
    occurredAt: newest.occurredAt,
    receivedAt: raw.receivedAt,
    // A message of a hundred records is not kept a hundred times.
    body: all === events.length ? raw.body : Buffer.from(JSON.stringify(events)),
  };
}

/** `eventId` is documented as not unique: what the events say is. A repeated attempt says the same. */
function idOf({ concern, events }: Group): string {
  const told = events.map((event) =>
    JSON.stringify([
      event.portalId,
      event.subscriptionType,
      event.subscriptionId,
      event.objectId ?? [event.fromObjectId, event.toObjectId, event.associationType],
      event.occurredAt,
      event.propertyName,
      event.propertyValue,
      event.changeFlag,
      event.newObjectId,
      event.mergedObjectIds,
    ]),
  );
  const hash = createHash('sha256')
    .update([...new Set(told)].sort().join('\n'))
    .digest('hex');
  return `${concern.kind}:${concern.id}:${hash.slice(0, 32)}`;
}
