/** What webhooks tell of a change; nothing of what the record holds. */
import type { Actor, HookEvent, Row } from './records.ts';
import { TYPE_ID, TYPES, WORD } from './schema.ts';

/** `number`: a count of the portal's events. The vendor's own ids of events are not unique either. */
export function hookEvent(
  portal: { id: number; now: () => number },
  number: number,
  row: Row,
  verb: string,
  more: Record<string, unknown>,
  by: Actor,
): HookEvent {
  return {
    eventId: 500 + (number % 97),
    subscriptionId: 700 + TYPES.indexOf(row.type),
    portalId: portal.id,
    appId: 301,
    occurredAt: portal.now(),
    subscriptionType: `${WORD[row.type]}.${verb}`,
    attemptNumber: 0,
    objectId: Number(row.id),
    objectTypeId: TYPE_ID[row.type],
    changeSource: by.source,
    sourceId: by.userId === undefined ? 'app' : `userId:${by.userId}`,
    ...more,
  };
}

/** Names both sides, and no object of its own. */
export const associationOf = (row: Row, other: Row, removed: boolean): Record<string, unknown> => ({
  associationType: `${WORD[row.type]}_to_${WORD[other.type]}`.toUpperCase(),
  fromObjectId: Number(row.id),
  toObjectId: Number(other.id),
  associationRemoved: removed,
  isPrimaryAssociation: false,
  objectId: undefined,
});

/** Speaks of the primary, under the id it had; what both became has another. */
export const mergeOf = (primary: string, other: string, survivor: string): Record<string, unknown> => ({
  primaryObjectId: Number(primary),
  mergedObjectIds: [Number(other)],
  newObjectId: Number(survivor),
  numberOfPropertiesMoved: 0,
  objectId: Number(primary),
});
