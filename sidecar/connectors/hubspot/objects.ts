/** Reading records of ours from HubSpot, a hundred at a time, complete: what belongs to them, who owns them, what their stages mean. */
import { InvalidData } from '../../domain/failure.ts';
import type { Priority } from '../../domain/priority.ts';
import type { Account } from './account.ts';
import { related } from './associations.ts';
import { objectsOf, type Client } from './client.ts';
import { errorOf } from './errors.ts';
import { parentsOf } from './hierarchy.ts';
import { WireObject, type WireBody } from './schema.ts';
import { TITLE } from './settings.ts';
import { MERGED_PROPERTIES, TYPE_OF, type HubSpotKind, type ObjectType } from './vocabulary.ts';

export interface Reader {
  client(priority: Priority): Client;
  account: Account;
}

/** The vendor takes no more inputs in one batch. */
export const BATCH = 100;

/** By the id asked for: the body of a snapshot, null where HubSpot has no such record. Merged ones answer with their winner. */
export async function readMany(
  reader: Reader,
  kind: HubSpotKind,
  ids: readonly string[],
  priority: Priority,
): Promise<Map<string, WireBody | null>> {
  const client = reader.client(priority);
  const type = TYPE_OF[kind];
  const asked = [...new Set(ids)];
  const found = await findAll(client, reader.account, type, asked);
  const objects = [...new Map([...found.values()].flatMap((one) => (one ? [[one.id, one]] : []))).values()];
  const bodies = await dress(client, reader.account, kind, objects);
  return new Map(
    asked.map((id) => {
      const object = found.get(id) ?? null;
      return [id, object && (bodies.get(object.id) ?? null)];
    }),
  );
}

/** Living records by one call, archived ones by a second; what neither knows is asked for by itself, as it may have been merged. */
async function findAll(
  client: Client,
  account: Account,
  type: ObjectType,
  asked: readonly string[],
): Promise<Map<string, WireObject | null>> {
  const found = new Map<string, WireObject | null>();
  for (const archived of [false, true]) {
    const open = asked.filter((id) => !found.has(id));
    if (open.length === 0) return found;
    const objects = await batchRead(client, account, type, open, archived);
    for (const [id, object] of match(open, objects)) found.set(id, { ...object, archived });
  }
  for (const id of asked) if (!found.has(id)) found.set(id, await readOne(client, account, type, id));
  return found;
}

/** An answer has another id where the record was merged; the winner names the ids it swallowed. */
function match(asked: readonly string[], objects: readonly WireObject[]): Map<string, WireObject> {
  const byId = new Map(objects.map((object) => [object.id, object]));
  for (const object of objects) for (const id of swallowedBy(object)) if (!byId.has(id)) byId.set(id, object);
  return new Map(asked.flatMap((id) => (byId.has(id) ? [[id, byId.get(id)!] as const] : [])));
}

/** Ids of records that were merged into this one. */
export function swallowedBy({ properties }: WireObject): string[] {
  return MERGED_PROPERTIES.flatMap((name) => (properties[name] ?? '').split(';'))
    .map((part) => part.split(':')[0]!.trim())
    .filter((id) => /^\d+$/.test(id));
}

/** Objects by their ids, at most a hundred at a time; those that are not there are left out. */
export async function batchRead(
  client: Client,
  account: Account,
  type: ObjectType,
  ids: readonly string[],
  archived = false,
): Promise<WireObject[]> {
  const objects: WireObject[] = [];
  for (let from = 0; from < ids.length; from += BATCH)
    objects.push(...(await readBatch(client, account, type, ids.slice(from, from + BATCH), archived)));
  return objects;
}

/** A property may be removed while we know it: then the schema is read again, once. */
async function readBatch(
  client: Client,
  account: Account,
  type: ObjectType,
  ids: readonly string[],
  archived: boolean,
): Promise<WireObject[]> {
  const path = `/crm/v3/objects/${type}/batch/read`;
  const inputs = ids.map((id) => ({ id }));
  const ask = async () => {
    const properties = await account.names(type);
    const json = { inputs, properties, propertiesWithHistory: [] };
    return client.ask(path, json, [['archived', archived]], [400]);
  };
  let answer = await ask();
  if (answer.status === 400 && missesProperty(answer.body)) {
    account.properties(type).forget();
    answer = await ask();
  }
  if (answer.status === 400)
    throw new InvalidData('request_refused', `${TITLE} refused to read ${type}`, {
      hint: 'Report this message with the category.',
      args: { category: errorOf(answer.body).category },
    });
  return objectsOf(answer, path);
}

export const missesProperty = (body: unknown): boolean =>
  /PROPERTY_DOESNT_EXIST|property .* does not exist/i.test(JSON.stringify(body ?? ''));

async function readOne(
  client: Client,
  account: Account,
  type: ObjectType,
  id: string,
): Promise<WireObject | null> {
  // Words such as "search" would be another address.
  if (!/^\d+$/.test(id)) return null;
  const path = `/crm/v3/objects/${type}/${id}`;
  const { status, body } = await client.get(path, [['properties', 'hs_object_id']], [404]);
  if (status === 404) return null;
  const winner = WireObject.safeParse(body);
  if (!winner.success)
    throw new InvalidData('not_an_object', `${TITLE} answered ${path} with something that is no record`);
  return (await batchRead(client, account, type, [winner.data.id]))[0] ?? null;
}

type Bodies = Map<string, WireBody>;

/** Adds what a record of the kind needs to be understood by itself. Archived ones have lost their associations. */
async function dress(
  client: Client,
  account: Account,
  kind: HubSpotKind,
  objects: readonly WireObject[],
): Promise<Bodies> {
  if (objects.length === 0) return new Map();
  const living = objects.filter(({ archived }) => archived !== true).map(({ id }) => id);
  const [shown, people, parts] = await Promise.all([
    account.shown(),
    peopleOf(account, objects),
    living.length === 0 ? undefined : PARTS[kind]?.(client, account, living),
  ]);
  const stages = kind === 'deal' ? await stagesOf(account, objects) : undefined;
  return new Map(
    objects.map((object) => [
      object.id,
      { object, account: shown, ...people(object), ...parts?.(object.id), ...stages?.(object) },
    ]),
  );
}

type Parts = (id: string) => Partial<WireBody>;

const PARTS: Partial<
  Record<HubSpotKind, (client: Client, account: Account, ids: string[]) => Promise<Parts>>
> = {
  customer: async (client, _account, ids) => {
    const parents = await parentsOf(client, ids);
    return (id) => ({ parents: parents.get(id) ?? [] });
  },
  contact: async (client, _account, ids) => {
    const companies = await related(client, 'contacts', 'companies', ids);
    return (id) => ({ companies: companies.get(id) ?? [] });
  },
  deal: async (client, account, ids) => {
    const [companies, contacts, items] = await Promise.all([
      related(client, 'deals', 'companies', ids),
      related(client, 'deals', 'contacts', ids),
      related(client, 'deals', 'line_items', ids),
    ]);
    const wanted = [...new Set([...items.values()].flat().map(({ id }) => id))];
    const lines = await batchRead(client, account, 'line_items', wanted);
    const byId = new Map(lines.map((line) => [line.id, line]));
    return (id) => ({
      companies: companies.get(id) ?? [],
      contacts: contacts.get(id) ?? [],
      lines: (items.get(id) ?? []).flatMap((item) => byId.get(item.id) ?? []),
    });
  },
};

/** Names of owner and last editor. Somebody who is not known is asked for once more: they may be new. */
async function peopleOf(account: Account, objects: readonly WireObject[]) {
  const idOf = (object: WireObject, name: string) => object.properties[name] || undefined;
  const wanted = objects.flatMap((object) => idOf(object, 'hubspot_owner_id') ?? []);
  let owners = await account.owners.get();
  if (wanted.some((id) => !owners.byId.has(id))) owners = await account.owners.fresh();
  return (object: WireObject): Partial<WireBody> => {
    const owner = idOf(object, 'hubspot_owner_id');
    const editor = idOf(object, 'hs_updated_by_user_id');
    return {
      ...(object.properties['hubspot_owner_id'] === undefined
        ? {}
        : { owner: owner === undefined ? null : (owners.byId.get(owner) ?? null) }),
      ...(editor === undefined ? {} : { editor: owners.byUser.get(editor) ?? `user ${editor}` }),
    };
  };
}

/** Stages as their pipelines have them; one that is not known is asked for once more, then left to the deal's own words. */
async function stagesOf(account: Account, objects: readonly WireObject[]) {
  const keyOf = ({ properties }: WireObject) => `${properties['pipeline']}/${properties['dealstage']}`;
  let pipelines = await account.pipelines.get();
  if (objects.some((object) => !pipelines.stages.has(keyOf(object))))
    pipelines = await account.pipelines.fresh();
  return (object: WireObject): Partial<WireBody> => ({
    stage: pipelines.stages.get(keyOf(object)) ?? null,
    pipeline: pipelines.labels.get(object.properties['pipeline'] ?? '') ?? null,
  });
}
