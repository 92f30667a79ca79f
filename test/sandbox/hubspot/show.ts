/** Records as the API shows them. */
import type { Row } from './records.ts';
import { modifiedName, type ObjectType } from './schema.ts';

const STANDARD: Record<ObjectType, readonly string[]> = {
  companies: ['createdate', 'domain', 'hs_lastmodifieddate', 'hs_object_id', 'name'],
  contacts: ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'],
  products: ['createdate', 'description', 'hs_lastmodifieddate', 'hs_object_id', 'name', 'price'],
  deals: [
    'amount',
    'closedate',
    'createdate',
    'dealname',
    'dealstage',
    'hs_lastmodifieddate',
    'hs_object_id',
    'pipeline',
  ],
  line_items: ['createdate', 'hs_lastmodifieddate', 'hs_object_id', 'quantity'],
};

const iso = (at: number): string => new Date(at).toISOString();

export interface Shown {
  id: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
  archivedAt?: string;
}

/** With the properties asked for, or the usual few; unknown names are left out without a word. */
export function show(row: Row, known: ReadonlyMap<string, unknown>, asked: readonly string[] = []): Shown {
  const always = ['hs_object_id', 'createdate', modifiedName(row.type)];
  const names = asked.length > 0 ? [...new Set([...asked, ...always])] : STANDARD[row.type];
  const properties = names
    .filter((name) => known.has(name))
    .map((name) => [name, row.values.get(name) ?? null] as const);
  return {
    id: row.id,
    properties: Object.fromEntries(properties),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    archived: row.archivedAt !== null,
    ...(row.archivedAt === null ? {} : { archivedAt: iso(row.archivedAt) }),
  };
}
