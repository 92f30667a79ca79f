/** Texts of queries: what is asked of each object, as far as the org shows it to us. */
import type { Kind } from '../../domain/reference.ts';
import { ConnectionBroken } from '../../domain/failure.ts';
import { OBJECT_MISSING } from './errors.ts';
import { readable, type Shapes } from './describe.ts';
import { wantedOf, type ObjectSpec } from './objects.ts';
import { TITLE, type Options } from './settings.ts';

/** A text as SOQL takes it. */
export const quoted = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

/** An instant (UTC ms) as SOQL takes it; the vendor keeps whole seconds. */
export const instant = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

export const among = (field: string, ids: readonly string[]): string =>
  `${field} IN (${ids.map(quoted).join(',')})`;

/** `SELECT … FROM …` of a record with its children. Throws ConnectionBroken where our user may not see the object at all. */
export async function selectOf(shapes: Shapes, spec: ObjectSpec, options: Options): Promise<string> {
  const shape = await shapes.of(spec.object);
  if (!shape) throw unseen(spec.object, spec.kind);
  const columns = await readable(shapes, shape, wantedOf(spec, options));
  for (const child of spec.children) {
    const inner = shape.children.has(child.relationship) ? await shapes.of(child.object) : null;
    if (!inner) continue;
    const fields = await readable(shapes, inner, child.fields);
    const order = inner.fields.has('SortOrder') ? 'SortOrder, Id' : 'Id';
    const alive = inner.fields.has('IsDeleted') ? ' WHERE IsDeleted = false' : '';
    columns.push(`(SELECT ${fields.join(', ')} FROM ${child.relationship}${alive} ORDER BY ${order})`);
  }
  return `SELECT ${columns.join(', ')} FROM ${spec.object}`;
}

export function unseen(object: string, kind: Kind | undefined): ConnectionBroken {
  return new ConnectionBroken(OBJECT_MISSING, `Our user at ${TITLE} may not read the object ${object}`, {
    hint: 'Give the user a permission set with the right to read it; see docs/connect-salesforce.md.',
    args: { object, ...(kind ? { kind } : {}) },
  });
}
