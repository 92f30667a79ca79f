/** What the portal says of itself: account, properties, pipelines, owners. */
import { notFound } from '../errors.ts';
import type { Portal } from '../portal.ts';
import type { Owner, Pipeline, Stage } from '../records.ts';
import type { NewProperty, PropertyDefinition } from '../schema.ts';
import { isRecord, objectType, route, textIn, type Call, type Result } from './route.ts';

const BEGINNING = '2026-01-01T00:00:00.000Z';

const account = ({ portal }: Call): Result => ({
  body: {
    portalId: portal.id,
    accountType: portal.accountType,
    timeZone: 'Europe/Berlin',
    companyCurrency: portal.currency,
    additionalCurrencies: [],
    utcOffset: '+01:00',
    utcOffsetMilliseconds: 3_600_000,
    uiDomain: 'app-eu1.hubspot.com',
    dataHostingLocation: 'eu1',
  },
});

const propertyOf = ({ readOnly, ...property }: PropertyDefinition) => ({
  ...property,
  description: '',
  displayOrder: -1,
  hidden: false,
  formField: !readOnly,
  calculated: readOnly,
  archived: false,
  createdAt: BEGINNING,
  updatedAt: BEGINNING,
  modificationMetadata: {
    archivable: !property.hubspotDefined,
    readOnlyDefinition: property.hubspotDefined,
    readOnlyValue: readOnly,
  },
});

function properties({ portal, path, query }: Call): Result {
  const known = [...portal.properties(objectType(path['type'])).values()];
  return { body: { results: query.get('archived') === 'true' ? [] : known.map(propertyOf) } };
}

function property({ portal, path }: Call): Result {
  const found = portal.properties(objectType(path['type'])).get(path['name'] ?? '');
  if (!found) throw notFound(path['name'] ?? '');
  return { body: propertyOf(found) };
}

function addProperty({ portal, path, body }: Call): Result {
  const own = isRecord(body) ? body : {};
  const options = (Array.isArray(own['options']) ? own['options'] : []).filter(isRecord);
  const made = portal.addProperty(objectType(path['type']), {
    name: textIn(own['name']),
    label: textIn(own['label']) || textIn(own['name']),
    type: (textIn(own['type']) || 'string') as NonNullable<NewProperty['type']>,
    unique: own['hasUniqueValue'] === true,
    options: options.map((option) => textIn(option['value'])),
  });
  return { status: 201, body: propertyOf(made) };
}

function removeProperty({ portal, path }: Call): Result {
  portal.removeProperty(objectType(path['type']), path['name'] ?? '');
  return { status: 204 };
}

const stageOf = ({ id, label, closed, probability }: Stage, displayOrder: number) => ({
  id,
  label,
  displayOrder,
  metadata: { isClosed: String(closed), probability },
  createdAt: BEGINNING,
  updatedAt: BEGINNING,
  archived: false,
  writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT',
});

const pipelineOf = ({ id, label, stages }: Pipeline, displayOrder: number) => ({
  id,
  label,
  displayOrder,
  stages: stages.map(stageOf),
  createdAt: BEGINNING,
  updatedAt: BEGINNING,
  archived: false,
});

const pipelines = ({ portal, path }: Call): Result => ({
  body: { results: objectType(path['type']) === 'deals' ? portal.pipelines.map(pipelineOf) : [] },
});

function pipeline({ portal, path }: Call): Result {
  const at = portal.pipelines.findIndex(({ id }) => id === path['id']);
  if (at < 0) throw notFound(path['id'] ?? '');
  return { body: pipelineOf(portal.pipelines[at]!, at) };
}

/** Of an archived owner the user is told in another field only. */
const ownerOf = ({ userId, archived, ...owner }: Owner) => ({
  ...owner,
  type: 'PERSON',
  ...(archived ? {} : { userId }),
  userIdIncludingInactive: userId,
  archived,
  createdAt: BEGINNING,
  updatedAt: BEGINNING,
});

function owners({ portal, query }: Call): Result {
  const archived = query.get('archived') === 'true';
  const limit = Number(query.get('limit') ?? 100);
  const from = Number(query.get('after') ?? 0);
  const fitting = portal.owners.filter((owner) => owner.archived === archived);
  const next = from + limit < fitting.length ? { paging: { next: { after: String(from + limit) } } } : {};
  return { body: { results: fitting.slice(from, from + limit).map(ownerOf), ...next } };
}

function owner({ portal, path }: Call): Result {
  return { body: ownerOf(findOwner(portal, path['id'] ?? '')) };
}

function findOwner(portal: Portal, id: string): Owner {
  const found = portal.owners.find((one) => one.id === id);
  if (!found) throw notFound(id);
  return found;
}

export const meta = [
  route('GET', '/account-info/v3/details', account),
  route('GET', '/crm/v3/properties/{type}', properties),
  route('POST', '/crm/v3/properties/{type}', addProperty),
  route('GET', '/crm/v3/properties/{type}/{name}', property),
  route('DELETE', '/crm/v3/properties/{type}/{name}', removeProperty),
  route('GET', '/crm/v3/pipelines/{type}', pipelines),
  route('GET', '/crm/v3/pipelines/{type}/{id}', pipeline),
  route('GET', '/crm/v3/owners', owners),
  route('GET', '/crm/v3/owners/{id}', owner),
];
