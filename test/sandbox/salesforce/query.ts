/** Answers SOQL from an org's records, as one user sees them. */
import { invalid, noColumn } from './errors.ts';
import { eighteen } from './ids.ts';
import type { Org } from './org.ts';
import type { Field, ObjectDef } from './fields.ts';
import type { Condition, Literal, Order, Query, Sign } from './soql.ts';
import type { Row } from './table.ts';

type Read = (row: Row) => unknown;

export interface Found {
  query: Query;
  def: ObjectDef;
  rows: Row[];
  all: boolean;
}

/** The rows of a query, in their order. Throws ApiError for objects and fields that the user does not see. */
export function find(org: Org, query: Query, all: boolean): Found {
  const def = org.object(query.from);
  for (const name of query.fields) reader(org, def, name);
  for (const inner of query.inner) childOf(org, def, inner);
  return { query, def, rows: matching(org, def, query, all), all };
}

function matching(org: Org, def: ObjectDef, query: Query, all: boolean, among?: Row[]): Row[] {
  const test = query.where ? tester(org, def, query.where) : () => true;
  const alive = (row: Row): boolean => all || row['IsDeleted'] !== true;
  const orders = query.order.map((order) => ({ ...order, read: reader(org, def, order.field) }));
  const pool = among ?? candidates(org, def, query.where);
  const rows = pool.filter((row) => alive(row) && test(row));
  const byId =
    orders.length === 0 || (orders.length === 1 && orders[0]!.field === 'Id' && !orders[0]!.descending);
  if (byId) rows.sort((a, b) => (a.Id < b.Id ? -1 : 1));
  else rows.sort((a, b) => compareBy(orders, a, b));
  return rows.slice(query.offset, query.limit === undefined ? undefined : query.offset + query.limit);
}

/** Rows that a condition can be about, where an index tells. */
function candidates(org: Org, def: ObjectDef, where: Condition | undefined): Row[] {
  const table = org.table(def.name);
  for (const part of where?.op === 'and' ? where.parts : where ? [where] : []) {
    const values = namedBy(part);
    if (!values || !('field' in part)) continue;
    if (part.field === 'Id') return values.flatMap((id) => table.rows.get(eighteen(String(id))) ?? []);
    if (table.isIndexed(part.field) && !values.includes(null))
      return [...new Set(values.flatMap((value) => table.where(part.field, value)))];
  }
  return [...table.rows.values()];
}

/** The values that a field must have one of; undefined for a condition of another form. */
function namedBy(part: Condition): Literal[] | undefined {
  if (part.op === 'among' && !part.not) return part.values;
  return part.op === 'compare' && part.sign === '=' ? [part.value] : undefined;
}

type Sorting = Order & { read: Read };

function compareBy(orders: readonly Sorting[], a: Row, b: Row): number {
  for (const { read, descending, nullsLast } of orders) {
    const [left, right] = [read(a), read(b)];
    if (left === right) continue;
    if (left === null || right === null) return (left === null) === nullsLast ? 1 : -1;
    return (less(left, right) ? -1 : 1) * (descending ? -1 : 1);
  }
  return 0;
}

const less = (a: unknown, b: unknown): boolean =>
  typeof a === 'number' && typeof b === 'number' ? a < b : String(a) < String(b);

/** What a path reads: `Name`, `Owner.Name`. Throws ApiError where the user sees no such field. */
function reader(org: Org, def: ObjectDef, path: string): Read {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    const field = visible(def, head);
    return (row) => row[field.name] ?? null;
  }
  const through = [...def.fields.values()].find(
    ({ relationship, hidden }) => !hidden && relationship?.toLowerCase() === head.toLowerCase(),
  );
  if (!through?.to) throw invalid('INVALID_FIELD', `Didn't understand relationship '${head}' in field path.`);
  const target = org.object(through.to);
  const inner = reader(org, target, rest.join('.'));
  return (row) => {
    const other = org.find(target.name, String(row[through.name] ?? ''));
    return other ? inner(other) : null;
  };
}

function visible(def: ObjectDef, name: string): Field {
  const field =
    def.fields.get(name) ??
    [...def.fields.values()].find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!field || field.hidden) throw noColumn(name, def.name);
  return field;
}

function tester(org: Org, def: ObjectDef, condition: Condition): (row: Row) => boolean {
  if (condition.op === 'and' || condition.op === 'or') {
    const tests = condition.parts.map((part) => tester(org, def, part));
    return condition.op === 'and'
      ? (row) => tests.every((test) => test(row))
      : (row) => tests.some((test) => test(row));
  }
  if (condition.op === 'not') {
    const test = tester(org, def, condition.part);
    return (row) => !test(row);
  }
  const read = reader(org, def, condition.field);
  const field = condition.field.includes('.') ? undefined : visible(def, condition.field);
  if (condition.op === 'among') {
    const wanted = new Set(condition.values.map((value) => comparable(field, value)));
    return (row) => wanted.has(comparable(field, read(row) as Literal)) !== condition.not;
  }
  const wanted = comparable(field, condition.value);
  return (row) => holds(condition.sign, comparable(field, read(row) as Literal), wanted);
}

/** Instants as numbers, ids with 18 characters, texts without case. */
function comparable(field: Field | undefined, value: Literal): string | number | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'object' ? value.instant : value;
  if (field?.type === 'datetime') {
    if (typeof value === 'string' && !/^\d{4}-\d{2}-\d{2}T/.test(value))
      throw invalid(
        'INVALID_FIELD',
        `value of filter criterion for field '${field.name}' must be of type dateTime and should not be enclosed in quotes`,
      );
    return Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  }
  if (field?.type === 'id' || field?.type === 'reference') {
    if (!/^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/.test(text))
      throw invalid('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
    return eighteen(text);
  }
  return text.toLowerCase();
}

type Plain = string | number | boolean | null;

function holds(op: Sign, left: Plain, right: Plain): boolean {
  if (op === '=') return left === right;
  if (op === '!=') return left !== right;
  if (left === null || right === null) return false;
  if (op === 'LIKE') {
    const pattern = String(right)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/%/g, '.*')
      .replace(/_/g, '.');
    return new RegExp(`^${pattern}$`, 's').test(String(left));
  }
  if (op === '<') return left < right;
  if (op === '>') return left > right;
  return op === '<=' ? left <= right : left >= right;
}

function childOf(org: Org, def: ObjectDef, inner: Query): { def: ObjectDef; field: string } {
  const link = def.children.get(inner.from);
  if (!link || org.objects.get(link.object)?.hidden)
    throw invalid(
      'INVALID_TYPE',
      `Didn't understand relationship '${inner.from}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`,
    );
  const child = org.object(link.object);
  for (const name of inner.fields) reader(org, child, name);
  return { def: child, field: link.field };
}

/** Cuts a list of children off and remembers the rest; gives the address where it goes on. */
export type Rest = (rest: Found) => string;

export interface Rendering {
  org: Org;
  version: string;
  /** Most children in one list. */
  childBatch: number;
  rest: Rest;
}

/** One record as a query shows it. */
export function render(view: Rendering, { query, def, all }: Found, row: Row): Record<string, unknown> {
  const shown: Record<string, unknown> = { attributes: attributes(view.version, def.name, row.Id) };
  for (const path of query.fields) place(view, def, shown, row, path.split('.'));
  for (const inner of query.inner) {
    const child = childOf(view.org, def, inner);
    const own = view.org.table(child.def.name).where(child.field, row.Id);
    const rows = matching(view.org, child.def, inner, all, own);
    shown[inner.from] = rows.length === 0 ? null : listOf(view, { query: inner, def: child.def, rows, all });
  }
  return shown;
}

function listOf(view: Rendering, found: Found): Record<string, unknown> {
  const page = found.rows.slice(0, view.childBatch);
  const done = page.length === found.rows.length;
  return {
    totalSize: found.rows.length,
    done,
    ...(done ? {} : { nextRecordsUrl: view.rest({ ...found, rows: found.rows.slice(view.childBatch) }) }),
    records: page.map((row) => render(view, found, row)),
  };
}

/** Puts `Owner.Name` where callers look for it: below Owner, null where there is none. */
function place(
  view: Rendering,
  def: ObjectDef,
  shown: Record<string, unknown>,
  row: Row,
  path: readonly string[],
): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    const { name } = visible(def, head);
    shown[name] = row[name] ?? null;
    return;
  }
  const through = [...def.fields.values()].find(
    ({ relationship }) => relationship?.toLowerCase() === head.toLowerCase(),
  )!;
  const target = view.org.object(through.to!);
  const other = view.org.find(target.name, String(row[through.name] ?? ''));
  if (!other) {
    shown[through.relationship!] = null;
    return;
  }
  const inner = (shown[through.relationship!] ??= {
    attributes: attributes(view.version, target.name, other.Id),
  }) as Record<string, unknown>;
  place(view, target, inner, other, rest);
}

export const attributes = (version: string, object: string, id: string) => ({
  type: object,
  url: `/services/data/v${version}/sobjects/${object}/${id}`,
});
