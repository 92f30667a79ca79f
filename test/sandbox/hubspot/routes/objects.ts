/** Records one by one: list, create, read, change, archive, merge, forget. */
import { invalid, notFound } from '../errors.ts';
import type { Portal } from '../portal.ts';
import type { Row } from '../records.ts';
import type { ObjectType } from '../schema.ts';
import { show } from '../show.ts';
import { isRecord, objectType, route, textIn, type Call, type Result } from './route.ts';

const ROOT = '/crm/v3/objects/{type}';

const listOf = (query: URLSearchParams, name: string): string[] =>
  query.getAll(name).flatMap((text) => text.split(',').filter((part) => part !== ''));

const shown = (portal: Portal, row: Row, asked: readonly string[] = []) =>
  show(row, portal.properties(row.type), asked);

function list({ portal, path, query }: Call): Result {
  const type = objectType(path['type']);
  const limit = Number(query.get('limit') ?? 10);
  if (!(limit >= 1 && limit <= 100)) throw invalid('limit must be between 1 and 100');
  const archived = query.get('archived') === 'true';
  const after = query.get('after');
  const rows = portal.listing(type, archived);
  const from = after === null ? 0 : placeOf(rows, Number(after));
  const page = rows.slice(from, from + limit);
  const next = rows[from + limit];
  const properties = listOf(query, 'properties');
  return {
    body: {
      results: page.map((row) => shown(portal, row, properties)),
      ...(next ? { paging: { next: { after: next.id, link: '?' } } } : {}),
    },
  };
}

/** Where the first record whose id is not smaller stands. */
function placeOf(rows: readonly Row[], id: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(rows[middle]!.id) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function create(call: Call): Result {
  const { portal, path, body, actor } = call;
  const row = portal.create(objectType(path['type']), propertiesIn(body), actor);
  associateNew(call, row, isRecord(body) ? body['associations'] : undefined);
  return { status: 201, body: shown(portal, row) };
}

/** `associations: [{to: {id}, types: [{associationCategory, associationTypeId}]}]`. */
export function associateNew({ portal, actor }: Call, row: Row, associations: unknown): void {
  for (const one of Array.isArray(associations) ? associations.filter(isRecord) : []) {
    const toId = isRecord(one['to']) ? textIn(one['to']['id']) : '';
    const types = (Array.isArray(one['types']) ? one['types'] : [])
      .filter(isRecord)
      .map((type) => Number(type['associationTypeId']));
    const known = portal.associations.types.find(
      ({ from, typeId }) => from === row.type && typeId === types[0],
    );
    if (!known) throw invalid('One or more association types are invalid');
    portal.associate(row.type, row.id, known.to, toId, types, actor);
  }
}

export const propertiesIn = (body: unknown): Record<string, unknown> =>
  isRecord(body) && isRecord(body['properties']) ? body['properties'] : {};

function rowFor(portal: Portal, type: ObjectType, id: string, query: URLSearchParams): Row {
  const idProperty = query.get('idProperty');
  const row = idProperty === null ? portal.find(type, id) : portal.findBy(type, idProperty, id);
  const archived = query.get('archived') === 'true';
  if (!row || (row.archivedAt !== null) !== archived) throw notFound(id);
  return row;
}

function read({ portal, path, query }: Call): Result {
  const row = rowFor(portal, objectType(path['type']), path['id'] ?? '', query);
  return { body: shown(portal, row, listOf(query, 'properties')) };
}

function change({ portal, path, query, body, actor }: Call): Result {
  const type = objectType(path['type']);
  const row = rowFor(portal, type, path['id'] ?? '', query);
  return { body: shown(portal, portal.update(type, row.id, propertiesIn(body), actor)) };
}

function archive({ portal, path, actor }: Call): Result {
  portal.archive(objectType(path['type']), path['id'] ?? '', actor);
  return { status: 204 };
}

function merge({ portal, path, body, actor }: Call): Result {
  const own = isRecord(body) ? body : {};
  const [primary, other] = [textIn(own['primaryObjectId']), textIn(own['objectIdToMerge'])];
  return { body: shown(portal, portal.merge(objectType(path['type']), primary, other, actor)) };
}

function forget({ portal, body }: Call): Result {
  portal.forget('contacts', isRecord(body) ? textIn(body['objectId']) : '');
  return { status: 204 };
}

function search({ portal, index, path, body }: Call): Result {
  const type = objectType(path['type']);
  const { total, rows, properties, after } = index.find(type, body);
  return {
    body: {
      total,
      results: rows.map((row) => shown(portal, row, properties)),
      ...(after === null ? {} : { paging: { next: { after } } }),
    },
  };
}

export const objects = [
  route('GET', ROOT, list),
  route('POST', ROOT, create),
  route('POST', `${ROOT}/search`, search),
  route('POST', `${ROOT}/merge`, merge),
  route('POST', '/crm/v3/objects/contacts/gdpr-delete', forget),
  route('GET', `${ROOT}/{id}`, read),
  route('PATCH', `${ROOT}/{id}`, change),
  route('DELETE', `${ROOT}/{id}`, archive),
];
