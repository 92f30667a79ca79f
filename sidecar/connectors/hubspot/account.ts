/** What the account says of itself and changes rarely: portal, properties, pipelines, owners. Read once, kept for a while. */
import * as z from 'zod';
import { InvalidData } from '../../domain/failure.ts';
import type { Client } from './client.ts';
import { nextOf } from './client.ts';
import { isRecord } from '../kit/json.ts';
import { remember, type Remembered } from './remember.ts';
import type { WireAccount, WireStage } from './schema.ts';
import { TITLE, type Options } from './settings.ts';
import { PROPERTIES, type ObjectType } from './vocabulary.ts';

export const Portal = z.object({
  portalId: z.int(),
  accountType: z.string().optional(),
  timeZone: z.string().optional(),
  companyCurrency: z.string().nullish(),
  uiDomain: z.string().optional(),
});
export type Portal = z.infer<typeof Portal>;

const Property = z.object({
  name: z.string(),
  type: z.string(),
  hubspotDefined: z.boolean().optional(),
  archived: z.boolean().optional(),
  hasUniqueValue: z.boolean().optional(),
  modificationMetadata: z.object({ readOnlyValue: z.boolean().optional() }).optional(),
});
export type Property = z.infer<typeof Property>;

const Pipeline = z.object({
  id: z.string(),
  label: z.string(),
  stages: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const Owner = z.object({
  id: z.string(),
  userId: z.number().nullish(),
  userIdIncludingInactive: z.number().nullish(),
  email: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
});

export interface Pipelines {
  /** Label by id. */
  labels: ReadonlyMap<string, string>;
  /** By `pipeline/stage`. */
  stages: ReadonlyMap<string, WireStage>;
}

/** E-mail address, else name; by the owner's id and by the id of the user behind it. */
export interface Owners {
  byId: ReadonlyMap<string, string>;
  byUser: ReadonlyMap<string, string>;
}

export interface Account {
  portal: Remembered<Portal>;
  properties(type: ObjectType): Remembered<ReadonlyMap<string, Property>>;
  /** Names of the properties to ask for: ours as far as they exist, and all of the account's own. */
  names(type: ObjectType): Promise<string[]>;
  pipelines: Remembered<Pipelines>;
  owners: Remembered<Owners>;
  /** What travels with each snapshot. */
  shown(): Promise<WireAccount>;
}

const HOUR_MS = 3_600_000;
const TEN_MINUTES_MS = 600_000;

/** Reads with `client`, which speaks for all priorities: everybody waits for what is asked here. */
export function openAccount(client: Client, options: Options, now: () => number): Account {
  const portal = remember(() => readPortal(client), HOUR_MS, now);
  const known = new Map<ObjectType, Remembered<ReadonlyMap<string, Property>>>();
  const properties: Account['properties'] = (type) => {
    const found = known.get(type) ?? remember(() => readProperties(client, type), HOUR_MS, now);
    known.set(type, found);
    return found;
  };
  return {
    portal,
    properties,
    names: async (type) => namesOf(type, await properties(type).get()),
    pipelines: remember(() => readPipelines(client), TEN_MINUTES_MS, now),
    owners: remember(() => readOwners(client), TEN_MINUTES_MS, now),
    shown: async () => shownOf(await portal.get(), options),
  };
}

/** Throws InvalidData naming what was asked for. */
function readAs<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidData('unexpected_shape', `${TITLE}'s ${what} are not as documented`, {
    hint: `Report this message: ${TITLE} may have changed its API.`,
  });
}

const resultsOf = (body: unknown): unknown => (isRecord(body) ? body['results'] : undefined);

async function readPortal(client: Client): Promise<Portal> {
  const { body } = await client.get('/account-info/v3/details');
  return readAs(Portal, body, 'account details');
}

async function readProperties(client: Client, type: ObjectType): Promise<ReadonlyMap<string, Property>> {
  const { body } = await client.get(`/crm/v3/properties/${type}`, [['archived', false]]);
  const found = readAs(z.array(Property), resultsOf(body), `properties of ${type}`);
  return new Map(found.filter(({ archived }) => archived !== true).map((one) => [one.name, one]));
}

function namesOf(type: ObjectType, known: ReadonlyMap<string, Property>): string[] {
  const own = [...known.values()].filter(({ hubspotDefined }) => hubspotDefined !== true);
  const standard = PROPERTIES[type].filter((name) => known.has(name));
  return [...new Set([...standard, ...own.map(({ name }) => name).sort()])];
}

async function readPipelines(client: Client): Promise<Pipelines> {
  const { body } = await client.get('/crm/v3/pipelines/deals');
  const found = readAs(z.array(Pipeline), resultsOf(body), 'pipelines');
  const stages = found.flatMap(({ id, stages: all }) =>
    all.map((stage) => [`${id}/${stage.id}`, stageOf(stage.label, stage.metadata ?? {})] as const),
  );
  return { labels: new Map(found.map(({ id, label }) => [id, label])), stages: new Map(stages) };
}

/** Values of metadata are texts, as everywhere: `{isClosed: "true", probability: "1.0"}`. */
function stageOf(label: string, metadata: Record<string, unknown>): WireStage {
  const probability = Number.parseFloat(String(metadata['probability']));
  return {
    label,
    closed: String(metadata['isClosed']) === 'true',
    probability: Number.isNaN(probability) ? null : probability,
  };
}

/** Those who left are asked for, too: their records keep naming them. */
async function readOwners(client: Client): Promise<Owners> {
  const byId = new Map<string, string>();
  const byUser = new Map<string, string>();
  for (const archived of [true, false])
    for (const owner of await ownersOf(client, archived)) {
      const name = owner.email || [owner.firstName, owner.lastName].filter(Boolean).join(' ');
      if (!name) continue;
      byId.set(owner.id, name);
      const user = owner.userId ?? owner.userIdIncludingInactive;
      if (user !== null && user !== undefined) byUser.set(String(user), name);
    }
  return { byId, byUser };
}

async function ownersOf(client: Client, archived: boolean): Promise<z.infer<typeof Owner>[]> {
  const all: z.infer<typeof Owner>[] = [];
  let after: string | null = null;
  do {
    const place = after === null ? [] : [['after', after] as const];
    const { body } = await client.get('/crm/v3/owners/', [['limit', 500], ['archived', archived], ...place]);
    all.push(...readAs(z.array(Owner), resultsOf(body), 'owners'));
    after = nextOf(body);
  } while (after !== null);
  return all;
}

function shownOf(portal: Portal, options: Options): WireAccount {
  const currency = options.currency ?? portal.companyCurrency ?? null;
  return {
    portal: portal.portalId,
    host: portal.uiDomain ?? 'app.hubspot.com',
    currency: currency && /^[A-Z]{3}$/.test(currency) ? currency : null,
    key_property: options.key_property,
    fields: options.fields,
  };
}
