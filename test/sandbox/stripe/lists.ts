/** Lists as the API pages them: newest first, cursors by id, the filters each list documents. */
import type { Account } from './account.ts';
import { invalid, noSuch } from './errors.ts';
import type { Params } from './params.ts';
import { show } from './render.ts';
import type { StripeObject } from './state.ts';

/** Parameters that every list takes. */
export const LIST_PARAMS = ['limit', 'starting_after', 'ending_before', 'expand'] as const;

export type Page = { object: 'list'; url: string; has_more: boolean; data: StripeObject[] };

/** One page of rows given oldest first; `order` says how the API shows them. */
export function page(
  account: Account,
  params: Params,
  url: string,
  rows: StripeObject[],
  order: 'newest' | 'as given' = 'newest',
): Page {
  const limit = params.integer('limit') ?? 10;
  if (limit < 1 || limit > 100) {
    throw invalid(`Invalid limit: ${limit}. Must be between 1 and 100.`, { param: 'limit' });
  }
  const sorted = order === 'newest' ? [...rows].reverse() : rows;
  const [start, end, more] = range(params, sorted, limit);
  const data = sorted.slice(start, end).map((row) => show(account, row));
  return { object: 'list', url, has_more: more, data };
}

function range(params: Params, rows: StripeObject[], limit: number): [number, number, boolean] {
  const after = params.string('starting_after');
  const before = params.string('ending_before');
  if (after && before) throw invalid('You may only specify one of: starting_after, ending_before.');
  if (before) {
    const end = positionOf(rows, before, 'ending_before');
    const start = Math.max(0, end - limit);
    return [start, end, start > 0];
  }
  const start = after ? positionOf(rows, after, 'starting_after') + 1 : 0;
  return [start, start + limit, rows.length > start + limit];
}

function positionOf(rows: StripeObject[], id: string, param: string): number {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) throw noSuch('object', id, param);
  return at;
}

/** Keeps rows whose fields equal the given parameters; `field: param` when their names differ. */
export function equal(params: Params, rows: StripeObject[], names: string[]): StripeObject[] {
  let kept = rows;
  for (const name of names) {
    const wanted = params.string(name);
    if (wanted !== undefined) kept = kept.filter((row) => String(row[name]) === wanted);
  }
  return kept;
}

/** `created=123` or `created[gte]=…`. */
export function createdIn(params: Params, rows: StripeObject[], name = 'created'): StripeObject[] {
  if (typeof params.raw[name] === 'string') {
    const exactly = params.integer(name);
    return rows.filter((row) => row[name] === exactly);
  }
  const bounds = params.object(name);
  if (!bounds) return rows;
  bounds.only(['gt', 'gte', 'lt', 'lte']);
  const gt = bounds.integer('gt') ?? -Infinity;
  const gte = bounds.integer('gte') ?? -Infinity;
  const lt = bounds.integer('lt') ?? Infinity;
  const lte = bounds.integer('lte') ?? Infinity;
  return rows.filter((row) => row[name] > gt && row[name] >= gte && row[name] < lt && row[name] <= lte);
}
