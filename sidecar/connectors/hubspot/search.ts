/** HubSpot's search: a lagging index with its own pace, at most 10,000 records for one question. */
import { setTimeout as wait } from 'node:timers/promises';
import type { SessionDeps } from '../../domain/connector.ts';
import { InvalidData } from '../../domain/failure.ts';
import { limiter } from '../kit/limit.ts';
import { nextOf, objectsOf, type Client } from './client.ts';
import type { WireObject } from './schema.ts';
import { TITLE } from './settings.ts';
import { MERGED_PROPERTIES, modifiedProperty, type ObjectType } from './vocabulary.ts';

/** The vendor's ceilings (documentation, "CRM search", limits). */
export const PAGE = 200;
const CAP = 10_000;
const PER_SECOND = 4;

interface Filter {
  propertyName: string;
  operator: 'GTE' | 'GT' | 'EQ';
  value: string;
}

interface Question {
  filters: Filter[];
  sortBy: string;
  properties: readonly string[];
  after?: string | null;
}

export interface Found {
  objects: WireObject[];
  next: string | null;
}

export type Search = (client: Client, type: ObjectType, question: Question) => Promise<Found>;

/** Searches of one account; all of them together keep the pace that the vendor sets for searches. */
export function openSearch({ now, sleep, signal }: SessionDeps): Search {
  const pace = limiter({
    concurrency: 2,
    perSecond: PER_SECOND,
    now,
    sleep: async (ms) => {
      await (sleep ? sleep(ms) : wait(ms, undefined, signal ? { signal } : {}));
      signal?.throwIfAborted();
    },
  });
  return async (client, type, { filters, sortBy, properties, after }) => {
    const path = `/crm/v3/objects/${type}/search`;
    const answer = await pace.run(() =>
      client.ask(path, {
        filterGroups: [{ filters }],
        sorts: [{ propertyName: sortBy, direction: 'ASCENDING' }],
        properties,
        limit: PAGE,
        ...(after ? { after } : {}),
      }),
    );
    return { objects: objectsOf(answer, path), next: nextOf(answer.body) };
  };
}

/** Records made at or after a moment (UTC ms), in the order of their ids, from the one after `after` on. */
export async function createdSince(
  search: Search,
  client: Client,
  type: ObjectType,
  since: number,
  after: string | null,
): Promise<WireObject[]> {
  const { objects } = await search(client, type, {
    filters: [
      { propertyName: 'createdate', operator: 'GTE', value: String(since) },
      ...(after ? [{ propertyName: 'hs_object_id', operator: 'GT' as const, value: after }] : []),
    ],
    sortBy: 'hs_object_id',
    properties: ['hs_object_id'],
  });
  return objects;
}

export interface Change {
  id: string;
  /** UTC ms. */
  at: number;
  object: WireObject;
}

/**
 * What was changed at or after a moment (UTC ms), oldest first, page by page. Where a question has more answers than the vendor gives,
 * the last moment seen is walked through by ids, as an import may fill it, and the next question begins after it.
 */
export async function* changedSince(
  search: Search,
  client: Client,
  type: ObjectType,
  since: number,
): AsyncGenerator<Change[]> {
  for (let from = since; ;) {
    let last = from;
    let count = 0;
    let after: string | null = null;
    do {
      const found: Found = await search(client, type, byTime(type, 'GTE', from, after));
      const changes = found.objects.map((object) => changeOf(object, type));
      count += changes.length;
      last = changes.at(-1)?.at ?? last;
      yield changes;
      after = found.next;
      if (count >= CAP && after !== null) break;
    } while (after !== null);
    if (after === null) return;
    yield* atMoment(search, client, type, last);
    from = last + 1;
  }
}

/** All records changed at the very same moment, by rising ids. */
async function* atMoment(
  search: Search,
  client: Client,
  type: ObjectType,
  at: number,
): AsyncGenerator<Change[]> {
  const base = byTime(type, 'EQ', at, null);
  for (let lastId: string | null = null; ;) {
    const above: Filter[] =
      lastId === null ? [] : [{ propertyName: 'hs_object_id', operator: 'GT', value: lastId }];
    const { objects } = await search(client, type, {
      ...base,
      filters: [...base.filters, ...above],
      sortBy: 'hs_object_id',
    });
    yield objects.map((object) => changeOf(object, type));
    lastId = objects.at(-1)?.id ?? null;
    if (objects.length < PAGE || lastId === null) return;
  }
}

function byTime(type: ObjectType, operator: 'GTE' | 'EQ', at: number, after: string | null): Question {
  const modified = modifiedProperty(type);
  return {
    filters: [{ propertyName: modified, operator, value: String(at) }],
    sortBy: modified,
    properties: ['hs_object_id', modified, ...MERGED_PROPERTIES],
    after,
  };
}

function changeOf(object: WireObject, type: ObjectType): Change {
  const text = object.properties[modifiedProperty(type)] ?? '';
  const at = /^\d{10,14}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(at))
    throw new InvalidData('unexpected_shape', `${TITLE} does not say when ${type} ${object.id} was changed`);
  return { id: object.id, at, object };
}
