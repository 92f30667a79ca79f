/** What a portal holds, and what happens in it. */
import type { ObjectType } from './schema.ts';

export interface Row {
  id: string;
  type: ObjectType;
  /** Values that are set; "" and absent mean the same. */
  values: Map<string, string>;
  /** UTC ms. */
  createdAt: number;
  updatedAt: number;
  archivedAt: number | null;
  /** As the search index had it before the last change; undefined: not at all. */
  before: { values: Map<string, string>; updatedAt: number } | undefined;
}

/** What a portal holds, as JSON can say it. */
export interface Kept {
  rows: (Omit<Row, 'values'> & { values: [string, string][] })[];
  mergedInto: [string, string][];
  unique: [string, string][];
  ids: Record<ObjectType, number>;
  /** By record and type of the other side: its ids, and the types of each edge. */
  edges: [string, [string, number[]][]][];
}

export interface Owner {
  id: string;
  userId: number;
  email: string;
  firstName: string;
  lastName: string;
  archived: boolean;
}

export interface Stage {
  id: string;
  label: string;
  closed: boolean;
  probability: string;
}

export interface Pipeline {
  id: string;
  label: string;
  stages: Stage[];
}

/** Who makes a change: shown in the events and on the record. */
export interface Actor {
  source: 'CRM_UI' | 'INTEGRATION' | 'IMPORT' | 'API';
  userId?: number;
}

export type HookEvent = Record<string, unknown> & { subscriptionType: string; occurredAt: number };

/** Ids of the records that were merged into this one. */
const swallowedBy = (row: Row): string[] =>
  (row.values.get('hs_merged_object_ids') ?? '').split(';').filter((id) => id !== '');

/** What the survivor lacks comes from the other; it remembers every id that leads to it now. */
export function mergeValues(survivor: Row, other: Row, losers: readonly Row[]): void {
  for (const [name, value] of other.values) if (!survivor.values.get(name)) survivor.values.set(name, value);
  const ids = [...swallowedBy(survivor), ...losers.flatMap((row) => [...swallowedBy(row), row.id])];
  survivor.values.set('hs_merged_object_ids', [...new Set(ids)].join(';'));
}
