/** Fields and objects as a describe call tells them. */

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'boolean'
  | 'double'
  | 'currency'
  | 'percent'
  | 'int'
  | 'date'
  | 'datetime'
  | 'reference';

export interface Field {
  name: string;
  type: FieldType;
  /** Filled by the platform, never by a caller. */
  readOnly: boolean;
  /** May be given when a record is made, and never afterwards. */
  createOnly: boolean;
  required: boolean;
  length: number;
  custom: boolean;
  externalId: boolean;
  unique: boolean;
  /** Of a reference. */
  to: string | null;
  relationship: string | null;
  /** Values of a restricted picklist. */
  values: string[] | null;
  /** Hidden from the API's user by field-level security. */
  hidden: boolean;
  /** Visible, but not to be written. */
  frozen: boolean;
}

export interface ObjectDef {
  name: string;
  prefix: string;
  fields: Map<string, Field>;
  /** Relationship name on this object → object and field of its children. */
  children: Map<string, { object: string; field: string }>;
  hidden: boolean;
  /** The API's user may read its records and write none. */
  frozen?: boolean;
}

export function field(name: string, type: FieldType, more: Partial<Field> = {}): Field {
  return {
    name,
    type,
    readOnly: false,
    createOnly: false,
    required: false,
    length:
      type === 'textarea' ? 32_000 : type === 'string' || type === 'url' ? 255 : type === 'email' ? 80 : 40,
    custom: name.endsWith('__c'),
    externalId: false,
    unique: false,
    to: null,
    relationship: null,
    values: null,
    hidden: false,
    frozen: false,
    ...more,
  };
}
