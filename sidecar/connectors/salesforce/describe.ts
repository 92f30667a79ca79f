/**
 * What the org's objects look like to our user. Fields that are hidden by field-level security, or were removed, are not in the
 * description: asking for one of them would fail the whole query.
 */
import { isRecord } from '../kit/json.ts';
import type { Client, Wire } from './client.ts';

export interface FieldShape {
  name: string;
  /** The vendor's word: string, double, currency, reference, … */
  type: string;
  createable: boolean;
  updateable: boolean;
  externalId: boolean;
  /** Of a reference: how its record is reached in a query, and what it may be. */
  relationship: string | null;
  targets: readonly string[];
}

export interface ObjectShape {
  name: string;
  fields: ReadonlyMap<string, FieldShape>;
  /** Relationship name → object of the children. */
  children: ReadonlyMap<string, string>;
}

export interface Shapes {
  /** Null: our user sees no such object. */
  of(object: string): Promise<ObjectShape | null>;
  /** Something was not as described: the next look asks again. */
  forget(): void;
}

/** A field that was added is read after this long. */
const FRESH_MS = 3_600_000;

/** Descriptions, kept for an hour; asked for once by however many wait. */
export function shapesOf(client: Client, now: () => number): Shapes {
  let kept = new Map<string, { at: number; shape: Promise<ObjectShape | null> }>();
  const fetch = async (object: string): Promise<ObjectShape | null> => {
    const described = await client.describe(object);
    return described === null ? null : shapeOf(object, described);
  };
  return {
    of: (object) => {
      const known = kept.get(object);
      if (known && Math.abs(now() - known.at) < FRESH_MS) return known.shape;
      const shape = fetch(object);
      const entry = { at: now(), shape };
      kept.set(object, entry);
      shape.catch(() => {
        if (kept.get(object) === entry) kept.delete(object);
      });
      return shape;
    },
    forget: () => {
      kept = new Map();
    },
  };
}

function shapeOf(name: string, described: Wire): ObjectShape {
  const records = (list: unknown): Wire[] => (Array.isArray(list) ? list.filter(isRecord) : []);
  const fields = new Map<string, FieldShape>();
  for (const field of records(described['fields'])) {
    const own = String(field['name']);
    fields.set(own, {
      name: own,
      type: String(field['type']),
      createable: field['createable'] === true,
      updateable: field['updateable'] === true,
      externalId: field['externalId'] === true,
      relationship: typeof field['relationshipName'] === 'string' ? field['relationshipName'] : null,
      targets: Array.isArray(field['referenceTo']) ? field['referenceTo'].map(String) : [],
    });
  }
  const children = new Map<string, string>();
  for (const child of records(described['childRelationships']))
    if (typeof child['relationshipName'] === 'string')
      children.set(child['relationshipName'], String(child['childSObject']));
  return { name, fields, children };
}

/** Of the fields we would like to read, those that are there. `Owner.Name` needs the reference and its target's field. */
export async function readable(
  shapes: Shapes,
  shape: ObjectShape,
  wanted: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const path of wanted) {
    const [base = '', rest] = path.split('.');
    if (rest === undefined) {
      if (shape.fields.has(base)) found.push(path);
      continue;
    }
    const reference = [...shape.fields.values()].find(({ relationship }) => relationship === base);
    const target = reference && (await shapes.of(targetOf(reference)));
    if (target?.fields.has(rest)) found.push(path);
  }
  return found;
}

/** A reference to users or queues is read through what both have: a user's fields. */
const targetOf = ({ targets }: FieldShape): string =>
  targets.includes('User') ? 'User' : (targets[0] ?? 'Name');
