/** Single records and collections of up to 200, as callers of the API read and write them. */
import { ApiError, invalid, notFound } from './errors.ts';
import { eighteen } from './ids.ts';
import type { WriteOptions } from './changing.ts';
import type { Org } from './org.ts';
import { attributes } from './query.ts';
import type { Row } from './table.ts';
import { checkAccess } from './values.ts';

type Values = Record<string, unknown>;

export interface Saved {
  id: string;
  created: boolean;
}

const MOST = 200;

/** A record with every field the user sees. */
export function shown(org: Org, object: string, row: Row, version: string): Values {
  const fields = [...org.object(object).fields.values()].filter(({ hidden }) => !hidden);
  return {
    attributes: attributes(version, object, row.Id),
    ...Object.fromEntries(fields.map(({ name }) => [name, row[name] ?? null])),
  };
}

export function read(org: Org, object: string, id: string, version: string): Values {
  const row = org.object(object) && org.find(object, id);
  if (!row || row['IsDeleted'] === true) throw notFound();
  return shown(org, object, row, version);
}

export function create(org: Org, object: string, body: Values, how: WriteOptions): Saved {
  const values = bare(body);
  checkAccess(org.object(object), values, 'create');
  return { id: org.insert(object, values, how).Id, created: true };
}

export function change(org: Org, object: string, id: string, body: Values, how: WriteOptions): Saved {
  const values = bare(body);
  checkAccess(org.object(object), values, 'update');
  return { id: org.update(object, id, values, how).Id, created: false };
}

/** By an external-id field: 201, 200, or 300 with the addresses of several. */
export function upsert(
  org: Org,
  object: string,
  by: { field: string; value: string },
  body: Values,
  how: WriteOptions,
): Saved {
  const def = org.object(object);
  const field = def.fields.get(by.field);
  if (!field?.externalId || field.hidden)
    throw notFound(`Provided external ID field does not exist or is not accessible: ${by.field}`);
  const alive = org
    .table(object)
    .where(by.field, by.value)
    .filter((row) => row['IsDeleted'] !== true);
  if (alive.length > 1)
    throw new ApiError(
      300,
      'DUPLICATE_EXTERNAL_ID',
      `${by.field}: more than one record found for external id field: [${alive.map(({ Id }) => Id).join(', ')}]`,
    );
  const values = { ...bare(body), [by.field]: by.value };
  return alive[0] ? change(org, object, alive[0].Id, values, how) : create(org, object, values, how);
}

const bare = (body: Values): Values =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !['attributes', 'id', 'Id'].includes(name)));

const typeOf = (record: Values): string =>
  String((record['attributes'] as Values | undefined)?.['type'] ?? '');

/** A collection: every row by itself, or, with `allOrNone`, all of them or none. */
export function collection(
  org: Org,
  body: Values,
  allowDuplicates: boolean,
  write: (object: string, record: Values, how: WriteOptions) => Saved,
): unknown[] {
  const records = Array.isArray(body['records']) ? (body['records'] as Values[]) : [];
  if (records.length > MOST) throw invalid('INVALID_INPUT', `Maximum number of records allowed is ${MOST}.`);
  checkColumns(org, records);
  const how = { by: org.apiUser, allowDuplicates };
  const one = (record: Values): unknown => {
    const { id, created } = org.transaction(() => write(typeOf(record), record, how));
    return { id, success: true, errors: [], ...(write.length > 0 ? { created } : {}) };
  };
  if (body['allOrNone'] === true) return atOnce(org, records, one);
  return records.map((record) => rowOf(() => one(record)));
}

function rowOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApiError) return error.row();
    throw error;
  }
}

function atOnce(org: Org, records: readonly Values[], one: (record: Values) => unknown): unknown[] {
  try {
    return org.transaction(() => records.map(one));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const rolledBack = new ApiError(
      400,
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'Record rolled back because not all records were valid and the request was using AllOrNone header',
    );
    return records.map((_, index) => (index === 0 ? error.row() : rolledBack.row()));
  }
}

/** A column that is not there makes the whole body unreadable. */
function checkColumns(org: Org, records: readonly Values[]): void {
  for (const record of records) {
    const def = org.object(typeOf(record));
    for (const name of Object.keys(bare(record))) {
      const field = def.fields.get(name);
      if (!field || field.hidden)
        throw invalid('INVALID_FIELD', `No such column '${name}' on sobject of type ${def.name}`, [name]);
    }
  }
}

/** `/composite/sobjects/X`: many records with some of their fields; null where there is none. */
export function retrieve(
  org: Org,
  object: string,
  ids: readonly string[],
  fields: readonly string[],
  version: string,
): unknown[] {
  return ids.map((id) => {
    const row = org.find(object, eighteen(id));
    if (!row || row['IsDeleted'] === true) return null;
    const all = shown(org, object, row, version);
    return Object.fromEntries(
      ['attributes', 'Id', ...fields].map((name) => {
        if (!(name in all)) throw invalid('INVALID_FIELD', `No such column '${name}' on entity '${object}'`);
        return [name, all[name]];
      }),
    );
  });
}
