/** What HubSpot's events look like, and which records each is about. */
import * as z from 'zod';
import { Refused } from '../../domain/failure.ts';
import { parseJson } from '../kit/json.ts';
import { KIND_OF_WORD, type HubSpotKind } from './vocabulary.ts';

/** Numbers of the wire; those beyond 2^53 arrive as texts, see `readEvents`. */
const Id = z.union([z.int().nonnegative().transform(String), z.string().regex(/^\d+$/)]);

const WireEvent = z.object({
  subscriptionType: z.string(),
  subscriptionId: Id.optional(),
  portalId: Id,
  occurredAt: z.int().nonnegative(),
  objectId: Id.optional(),
  objectTypeId: z.string().optional(),
  propertyName: z.string().optional(),
  propertyValue: z.unknown().optional(),
  changeFlag: z.string().optional(),
  primaryObjectId: Id.optional(),
  mergedObjectIds: z.array(Id).optional(),
  newObjectId: Id.optional(),
  associationType: z.string().optional(),
  fromObjectId: Id.optional(),
  toObjectId: Id.optional(),
  fromObjectTypeId: z.string().optional(),
  toObjectTypeId: z.string().optional(),
});
export type WireEvent = z.infer<typeof WireEvent>;

/** The events of one message. Throws Refused. */
export function readEvents(body: Buffer): WireEvent[] {
  const json = parseJson(keepLongNumbers(body.toString('utf8')));
  if (!Array.isArray(json))
    throw new Refused(400, 'not_a_list', 'The webhook is no JSON list of events', {
      hint: 'Let the address in the app lead here directly: whatever stands between must not change the body.',
    });
  const parsed = z.array(WireEvent).safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Refused(400, 'not_an_event', `The webhook holds no events: ${z.prettifyError(parsed.error)}`);
}

/** Ids may be longer than a double can hold: such numbers become texts before anybody reads them as numbers. */
function keepLongNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

export interface Concern {
  kind: HubSpotKind;
  id: string;
}

/** Verbs of subscriptions that speak of one record. */
const PLAIN = /^(creation|propertyChange|deletion|restore|privacyDeletion)$/;

/** The records to look at because of an event; none where it is about something else. */
export function concernsOf(event: WireEvent): Concern[] {
  const [word = '', verb = ''] = event.subscriptionType.split('.');
  if (verb === 'associationChange') return associationConcerns(event, word);
  const kind = KIND_OF_WORD.get(word === 'object' ? (event.objectTypeId ?? '') : word);
  // A line item does not know its deal: the feed of changes asks for it.
  if (kind === undefined || kind === 'line_item') return [];
  if (verb === 'merge') return mergeConcerns(event, kind);
  return PLAIN.test(verb) && event.objectId !== undefined ? [{ kind, id: event.objectId }] : [];
}

/** A merge may leave the winner's id or make a new one: all of them are looked at. */
function mergeConcerns(event: WireEvent, kind: HubSpotKind): Concern[] {
  const { objectId, newObjectId, primaryObjectId, mergedObjectIds = [] } = event;
  const ids = [newObjectId, primaryObjectId, objectId, ...mergedObjectIds];
  return [...new Set(ids)].flatMap((id) => (id === undefined ? [] : [{ kind, id }]));
}

/** An association is part of the deal, else of the person; between companies it is part of both. */
function associationConcerns(event: WireEvent, word: string): Concern[] {
  const [from = '', to = ''] = (event.associationType ?? '').split('_TO_');
  const sides = [
    { kind: sideOf(event.fromObjectTypeId, from) ?? KIND_OF_WORD.get(word), id: event.fromObjectId },
    { kind: sideOf(event.toObjectTypeId, to), id: event.toObjectId },
  ].filter((side): side is Concern => side.id !== undefined && side.kind !== undefined);
  for (const kind of ['deal', 'contact'] as const) {
    const found = sides.filter((side) => side.kind === kind);
    if (found.length > 0) return found;
  }
  return sides.filter((side) => side.kind === 'customer');
}

function sideOf(typeId: string | undefined, name: string): HubSpotKind | 'line_item' | undefined {
  const byId = KIND_OF_WORD.get(typeId ?? '');
  if (byId !== undefined) return byId;
  const word = [...KIND_OF_WORD.keys()].find((known) => name.toLowerCase().endsWith(known));
  return KIND_OF_WORD.get(word ?? '');
}
