/** What the platform refuses to store: unknown or forbidden fields, wrong types, missing and dangling values. */
import { ApiError, invalid, noColumn } from './errors.ts';
import { eighteen } from './ids.ts';
import type { Org } from './org.ts';
import type { Field, FieldType, ObjectDef } from './fields.ts';
import type { Row } from './table.ts';

/** Checks what a caller wrote; the row is changed where values take another form. Throws ApiError. */
export function checkValues(
  org: Org,
  def: ObjectDef,
  row: Row,
  written: Record<string, unknown>,
  mode: 'create' | 'update',
): void {
  for (const [name, value] of Object.entries(written)) {
    const field = def.fields.get(name);
    if (!field) throw noColumn(name, def.name);
    if (value === undefined) continue;
    row[name] = checked(org, def, field, value);
  }
  const missing = [...def.fields.values()].filter(({ name, required }) => required && isEmpty(row[name]));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name);
    throw invalid('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names);
  }
  checkUnique(org, def, row);
  if (mode === 'create') return;
  const fixed = Object.keys(written).find((name) => def.fields.get(name)?.createOnly);
  if (fixed) throw forbidden(fixed);
}

/** What a caller of the API may not write. Throws ApiError. */
export function checkAccess(
  def: ObjectDef,
  written: Record<string, unknown>,
  mode: 'create' | 'update',
): void {
  if (def.frozen)
    throw new ApiError(403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
  for (const name of Object.keys(written)) {
    const field = def.fields.get(name);
    if (!field || field.hidden) throw noColumn(name, def.name);
    if (field.readOnly || field.frozen || (mode === 'update' && field.createOnly)) throw forbidden(name);
  }
}

const forbidden = (name: string): ApiError =>
  invalid(
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    [name],
  );

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '';

const isNumber = (value: unknown): boolean => !Number.isNaN(Number(value));

/** What JSON may hold for a field; of other types any text will do. */
const READABLE: Partial<Record<FieldType, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  double: isNumber,
  currency: isNumber,
  percent: isNumber,
  int: isNumber,
  date: (value) => /^\d{4}-\d{2}-\d{2}$/.test(String(value)),
};

function checked(org: Org, def: ObjectDef, field: Field, value: unknown): unknown {
  if (value === null || value === '') return field.type === 'boolean' ? false : null;
  const readable = READABLE[field.type];
  if (readable && !readable(value)) throw unreadable(def, field, value);
  if (field.type === 'reference') return pointed(org, field, String(value));
  if (field.type === 'boolean' || field.type === 'date') return value;
  return readable ? Number(value) : text(field, value);
}

function text(field: Field, value: unknown): unknown {
  const written = String(value);
  if (field.type === 'datetime') return written;
  if (written.length > field.length)
    throw invalid('STRING_TOO_LONG', `${field.name}: data value too large: (max length=${field.length})`, [
      field.name,
    ]);
  if (field.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(written))
    throw invalid('INVALID_EMAIL_ADDRESS', `${field.name}: invalid email address: ${written}`, [field.name]);
  if (field.values && !field.values.includes(written))
    throw invalid(
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `${field.name}: bad value for restricted picklist field: ${written}`,
      [field.name],
    );
  return written;
}

function pointed(org: Org, field: Field, value: string): string {
  if (!/^[A-Za-z0-9]{15,18}$/.test(value))
    throw invalid('MALFORMED_ID', `${field.name}: id value of incorrect type: ${value}`, [field.name]);
  const target = org.find(field.to ?? '', value);
  if (!target) throw invalid('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name]);
  if (target['IsDeleted'] === true) throw invalid('ENTITY_IS_DELETED', 'entity is deleted', [field.name]);
  return eighteen(value);
}

function unreadable(def: ObjectDef, field: Field, value: unknown): ApiError {
  return invalid(
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${field.type} from VALUE_STRING value ${JSON.stringify(value)} or request may be missing a required field at ${def.name}.${field.name}`,
  );
}

function checkUnique(org: Org, def: ObjectDef, row: Row): void {
  for (const field of def.fields.values()) {
    if (!field.unique || isEmpty(row[field.name])) continue;
    const twin = org
      .table(def.name)
      .where(field.name, row[field.name])
      .find((other) => other.Id !== row.Id && other['IsDeleted'] !== true);
    if (twin)
      throw invalid(
        'DUPLICATE_VALUE',
        `duplicate value found: ${field.name} duplicates value on record with id: ${twin.Id}`,
        [field.name],
      );
  }
}
