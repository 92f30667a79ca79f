/** The resources of the REST API: which method on which path does what. */
import { ApiError, invalid, noObject, notFound } from './errors.ts';
import { describe, summary } from './describe.ts';
import { stampOf } from './changing.ts';
import type { Org } from './org.ts';
import type { Queries } from './queries.ts';
import { change, collection, create, read, retrieve, shown, upsert } from './rows.ts';
import type { Row } from './table.ts';

export interface Call {
  org: Org;
  queries: Queries;
  version: string;
  /** Below `/services/data/vNN.0`. */
  path: string;
  params: URLSearchParams;
  body: Record<string, unknown>;
  allowDuplicates: boolean;
  batch: number;
  usage: { used: number; of: number };
  /** Runs a part of a composite request. */
  inner: (method: string, call: Call) => Reply;
}

export interface Reply {
  status: number;
  body: unknown;
}

interface Resource {
  method: string;
  path: RegExp;
  run: (call: Call, found: string[]) => Reply;
}

const ok = (body: unknown, status = 200): Reply => ({ status, body });
const how = ({ org, allowDuplicates }: Call) => ({ by: org.apiUser, allowDuplicates });

const route = (method: string, path: RegExp, run: (call: Call, ...found: string[]) => Reply): Resource => ({
  method,
  path,
  run: (call, found) => run(call, ...found),
});

export const resources: readonly Resource[] = [
  route('GET', /^\/query\/?$/, (call) => queried(call, false)),
  route('GET', /^\/queryAll\/?$/, (call) => queried(call, true)),
  route('GET', /^\/query(?:All)?\/([\w-]+)$/, ({ queries }, locator) => ok(queries.more(locator!))),
  route('GET', /^\/limits\/?$/, ({ usage: { used, of } }) =>
    ok({ DailyApiRequests: { Max: of, Remaining: of - used } }),
  ),
  route('GET', /^\/sobjects\/?$/, ({ org, version }) =>
    ok({
      encoding: 'UTF-8',
      maxBatchSize: 200,
      sobjects: [...org.objects.values()].filter(({ hidden }) => !hidden).map((def) => summary(def, version)),
    }),
  ),
  route('GET', /^\/sobjects\/(\w+)\/describe\/?$/, ({ org, version }, object) => {
    const def = org.objects.get(object!);
    if (!def || def.hidden) throw notFound();
    return ok(describe(org, def, version));
  }),
  route('GET', /^\/sobjects\/(\w+)\/updated\/?$/, (call, object) => ok(updated(call, object!))),
  route('GET', /^\/sobjects\/(\w+)\/deleted\/?$/, (call, object) => ok(deleted(call, object!))),
  route('POST', /^\/sobjects\/(\w+)\/?$/, (call, object) => {
    const { id } = call.org.transaction(() => create(call.org, object!, call.body, how(call)));
    return ok({ id, success: true, errors: [] }, 201);
  }),
  route('GET', /^\/sobjects\/(\w+)\/(\w{15,18})$/, (call, object, id) =>
    ok(some(read(call.org, object!, id!, call.version), call.params.get('fields'))),
  ),
  route('PATCH', /^\/sobjects\/(\w+)\/(\w{15,18})$/, (call, object, id) => {
    call.org.transaction(() => change(call.org, object!, id!, call.body, how(call)));
    return ok(undefined, 204);
  }),
  route('DELETE', /^\/sobjects\/(\w+)\/(\w{15,18})$/, ({ org }, object, id) => {
    org.remove(org.object(object!).name, id!, { by: org.apiUser });
    return ok(undefined, 204);
  }),
  route('GET', /^\/sobjects\/(\w+)\/(\w+)\/([^/]+)$/, (call, object, field, value) => {
    const rows = call.org.table(call.org.object(object!).name).where(field!, value);
    const row = rows.find((each) => each['IsDeleted'] !== true);
    if (!row) throw notFound();
    return ok(shown(call.org, object!, row, call.version));
  }),
  route('PATCH', /^\/sobjects\/(\w+)\/(\w+)\/([^/]+)$/, (call, object, field, value) =>
    upserted(call, object!, field!, value!),
  ),
  route('POST', /^\/composite\/?$/, (call) => composite(call)),
  route('POST', /^\/composite\/sobjects\/?$/, (call) =>
    ok(
      collection(call.org, call.body, call.allowDuplicates, (object, record, by) =>
        create(call.org, object, record, by),
      ).map(withoutCreated),
    ),
  ),
  route('PATCH', /^\/composite\/sobjects\/?$/, (call) =>
    ok(
      collection(call.org, call.body, call.allowDuplicates, (object, record, by) =>
        change(call.org, object, String(record['id'] ?? record['Id'] ?? ''), record, by),
      ).map(withoutCreated),
    ),
  ),
  route('DELETE', /^\/composite\/sobjects\/?$/, (call) => removed(call)),
  route('PATCH', /^\/composite\/sobjects\/(\w+)\/(\w+)$/, (call, _, field) =>
    ok(
      collection(call.org, call.body, call.allowDuplicates, (object, record, by) =>
        upsert(call.org, object, { field: field!, value: String(record[field!]) }, record, by),
      ),
    ),
  ),
  route('GET', /^\/composite\/sobjects\/(\w+)$/, (call, object) =>
    ok(
      retrieve(
        call.org,
        object!,
        list(call.params.get('ids')),
        list(call.params.get('fields')),
        call.version,
      ),
    ),
  ),
  route('POST', /^\/composite\/sobjects\/(\w+)$/, (call, object) =>
    ok(
      retrieve(
        call.org,
        object!,
        call.body['ids'] as string[],
        call.body['fields'] as string[],
        call.version,
      ),
    ),
  ),
];

const list = (text: string | null): string[] => (text ? text.split(',') : []);

const withoutCreated = (row: unknown): unknown => {
  const { created: _, ...rest } = row as Record<string, unknown>;
  return rest;
};

function some(record: Record<string, unknown>, fields: string | null): Record<string, unknown> {
  if (fields === null) return record;
  const names = ['attributes', ...list(fields), 'Id'];
  return Object.fromEntries(names.filter((name) => name in record).map((name) => [name, record[name]]));
}

function queried({ queries, params, batch, version }: Call, all: boolean): Reply {
  const soql = params.get('q');
  if (soql === null) throw invalid('MALFORMED_QUERY', 'A query string has to be specified');
  return ok(queries.run(soql, all, batch, version));
}

function upserted(call: Call, object: string, field: string, value: string): Reply {
  try {
    const by = { field, value };
    const { id, created } = call.org.transaction(() => upsert(call.org, object, by, call.body, how(call)));
    return ok({ id, success: true, errors: [], created }, created ? 201 : 200);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 300) throw error;
    const rows = call.org.table(object).where(field, value);
    return ok(
      rows.map(({ Id }) => `/services/data/v${call.version}/sobjects/${object}/${Id}`),
      300,
    );
  }
}

function removed({ org, params }: Call): Reply {
  const results = list(params.get('ids')).map((id) => {
    const object = [...org.objects.values()].find(({ prefix }) => id.startsWith(prefix));
    try {
      if (!object) throw noObject(id);
      org.remove(object.name, id, { by: org.apiUser });
      return { id, success: true, errors: [] };
    } catch (error) {
      if (error instanceof ApiError) return error.row();
      throw error;
    }
  });
  return ok(results);
}

const MOST_PARTS = 25;
const MOST_QUERIES = 5;

function composite(call: Call): Reply {
  const parts = (call.body['compositeRequest'] ?? []) as {
    method: string;
    url: string;
    referenceId: string;
    body?: Record<string, unknown>;
  }[];
  const asking = parts.filter(({ url }) => /\/(query|queryAll|composite\/sobjects)\b/.test(url));
  if (parts.length > MOST_PARTS || asking.length > MOST_QUERIES)
    throw invalid(
      'LIMIT_EXCEEDED',
      `Composite requests are limited to ${MOST_PARTS} parts and ${MOST_QUERIES} queries.`,
    );
  const compositeResponse = parts.map(({ method, url, referenceId, body = {} }) => {
    const { pathname, searchParams } = new URL(url, 'http://sandbox');
    const path = pathname.replace(/^\/services\/data\/v\d{2}\.0/, '');
    const reply = answered(call, method, { ...call, path, params: searchParams, body });
    return { body: reply.body ?? null, httpHeaders: {}, httpStatusCode: reply.status, referenceId };
  });
  return ok({ compositeResponse });
}

function answered(call: Call, method: string, part: Call): Reply {
  try {
    return call.inner(method, part);
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.body() };
    throw error;
  }
}

function within({ org, params }: Call, object: string, fits: (row: Row) => boolean): Row[] {
  const def = org.object(object);
  const [from, to] = ['start', 'end'].map((name) => Date.parse(params.get(name) ?? '')) as [number, number];
  if (Number.isNaN(from) || Number.isNaN(to)) throw invalid('INVALID_FIELD', 'start and end are required');
  return [...org.table(def.name).rows.values()].filter((row) => {
    const at = Date.parse(String(row['SystemModstamp']).replace('+0000', 'Z'));
    return at >= from && at < to && fits(row);
  });
}

function updated(call: Call, object: string): unknown {
  const rows = within(call, object, (row) => row['IsDeleted'] !== true);
  return { ids: rows.map(({ Id }) => Id), latestDateCovered: stampOf(call.org.now()) };
}

function deleted(call: Call, object: string): unknown {
  const rows = within(call, object, (row) => row['IsDeleted'] === true);
  return {
    deletedRecords: rows.map((row) => ({ id: row.Id, deletedDate: row['SystemModstamp'] })),
    earliestDateAvailable: stampOf(call.org.now() - 15 * 86_400_000),
    latestDateCovered: stampOf(call.org.now()),
  };
}
