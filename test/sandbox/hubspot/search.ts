/** The search index: filters, one sort, pages, at most 10,000 answers, and some seconds behind the records. */
import * as z from 'zod';
import { invalid } from './errors.ts';
import { instant } from './judge.ts';
import type { Portal } from './portal.ts';
import type { Row } from './records.ts';
import type { ObjectType } from './schema.ts';

const CAP = 10_000;

const Filter = z.object({
  propertyName: z.string(),
  operator: z.enum([
    'EQ',
    'NEQ',
    'LT',
    'LTE',
    'GT',
    'GTE',
    'HAS_PROPERTY',
    'NOT_HAS_PROPERTY',
    'IN',
    'CONTAINS_TOKEN',
  ]),
  value: z.string().optional(),
  values: z.array(z.string()).optional(),
});
type Filter = z.infer<typeof Filter>;

const Sort = z.union([
  z.string(),
  z.object({ propertyName: z.string(), direction: z.enum(['ASCENDING', 'DESCENDING']).optional() }),
]);

const Request = z.object({
  filterGroups: z
    .array(z.object({ filters: z.array(Filter).max(6) }))
    .max(5)
    .default([]),
  sorts: z.array(Sort).max(1, 'only one sort is allowed').default([]),
  query: z.string().optional(),
  properties: z.array(z.string()).default([]),
  limit: z.coerce.number().int().min(1).max(200).default(10),
  after: z.union([z.string(), z.number()]).optional(),
});

export interface Found {
  total: number;
  rows: Row[];
  properties: string[];
  after: string | null;
}

type Indexed = { row: Row; values: ReadonlyMap<string, string> };

/** Answers the questions of one portal; remembers the last one, as its pages are asked for one by one. */
export class SearchIndex {
  readonly #portal: Portal;
  #last: { key: string; hits: Indexed[] } | undefined;

  constructor(portal: Portal) {
    this.#portal = portal;
  }

  find(type: ObjectType, body: unknown): Found {
    const parsed = Request.safeParse(body);
    if (!parsed.success) throw invalid(`Invalid input JSON: ${z.prettifyError(parsed.error)}`);
    const { limit, properties, after = 0 } = parsed.data;
    const hits = this.#hits(type, parsed.data);
    const from = Number(after);
    if (Number.isNaN(from) || from + limit > CAP)
      throw invalid(`There was a problem with the request: after + limit exceeds ${CAP}`);
    const next = from + limit;
    return {
      total: hits.length,
      rows: hits.slice(from, next).map(({ row, values }) => ({ ...row, values: new Map(values) })),
      properties,
      after: next < hits.length && next < CAP ? String(next) : next < hits.length ? String(CAP) : null,
    };
  }

  #hits(type: ObjectType, request: z.infer<typeof Request>): Indexed[] {
    const { filterGroups, sorts, query } = request;
    const { version, indexLagMs, lateInIndex, now } = this.#portal;
    const moment = indexLagMs === 0 && lateInIndex.size === 0 ? 0 : now();
    const key = JSON.stringify([type, filterGroups, sorts, query, version, moment]);
    if (this.#last?.key === key) return this.#last.hits;
    const hits = this.#indexed(type).filter(
      ({ values }) =>
        (filterGroups.length === 0 ||
          filterGroups.some(({ filters }) => this.#fits(type, values, filters))) &&
        (query === undefined ||
          [...values.values()].some((text) => text.toLowerCase().includes(query.toLowerCase()))),
    );
    const [sort] = sorts;
    const name = typeof sort === 'string' ? sort : sort?.propertyName;
    if (name !== undefined) {
      const sign = typeof sort === 'object' && sort.direction === 'DESCENDING' ? -1 : 1;
      hits.sort((a, b) => sign * compare(a.values.get(name), b.values.get(name)));
    }
    this.#last = { key, hits };
    return hits;
  }

  /** Records as the index has them: a change that is younger than the lag is not in it yet. */
  #indexed(type: ObjectType): Indexed[] {
    const { indexLagMs, lateInIndex, now } = this.#portal;
    const at = now();
    return this.#portal.all(type).flatMap((row) => {
      if (row.archivedAt !== null) return [];
      const late = (lateInIndex.get(`${type}/${row.id}`) ?? 0) > at;
      if (!late && at - row.updatedAt >= indexLagMs) return [{ row, values: row.values }];
      return row.before ? [{ row, values: row.before.values }] : [];
    });
  }

  #fits(type: ObjectType, values: ReadonlyMap<string, string>, filters: readonly Filter[]): boolean {
    return filters.every((filter) => {
      if (!this.#portal.properties(type).has(filter.propertyName))
        throw invalid(`There was a problem with the request: property ${filter.propertyName} does not exist`);
      return fits(values.get(filter.propertyName), filter);
    });
  }
}

function fits(have: string | undefined, { operator, value = '', values = [] }: Filter): boolean {
  if (operator === 'HAS_PROPERTY') return have !== undefined;
  if (operator === 'NOT_HAS_PROPERTY') return have === undefined;
  if (have === undefined) return operator === 'NEQ';
  if (operator === 'IN') return values.includes(have);
  if (operator === 'CONTAINS_TOKEN')
    return have.toLowerCase().includes(value.replaceAll('*', '').toLowerCase());
  const order = compare(have, value);
  if (operator === 'EQ') return order === 0;
  if (operator === 'NEQ') return order !== 0;
  if (operator === 'LT') return order < 0;
  if (operator === 'LTE') return order <= 0;
  return operator === 'GT' ? order > 0 : order >= 0;
}

/** Numbers and instants by their size, everything else as text. */
function compare(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 1 : 0) - (b === undefined ? 1 : 0);
  const [x, y] = [sizeOf(a), sizeOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

function sizeOf(text: string): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const at = instant(text);
  return Number.isNaN(at) ? undefined : at;
}
