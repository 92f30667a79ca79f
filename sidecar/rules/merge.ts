/**
 * The three-way merge: base (last agreed), wanted (the vendor's news), current (Odoo now). Asked only after Odoo
 * answered `diverged`; fields with a deciding owner never get here undecided. Pure.
 */
import type { FieldValue, UpsertChange } from '../domain/change.ts';
import { canonical } from './digest.ts';

export type Merged = { change: UpsertChange } | { conflict: string[] };

/**
 * Per field: unchanged by the vendor → Odoo's edit stays; unchanged in Odoo → the news is written; both changed to the
 * same → agreed; both changed differently → a conflict of exactly that field.
 */
export function merge(
  change: UpsertChange,
  current: Record<string, FieldValue>,
  base: Record<string, FieldValue> | null,
): Merged {
  const values: Record<string, FieldValue> = {};
  const conflict: string[] = [];
  for (const [name, wanted] of Object.entries(change.values)) {
    const decided =
      change.overwrite.includes(name) || change.create_only.includes(name) || !(name in current);
    if (decided || same(wanted, current[name]) || (base && same(current[name], base[name])))
      values[name] = wanted;
    else if (!base || !same(wanted, base[name])) conflict.push(name);
  }
  if (conflict.length > 0) return { conflict };
  // What Odoo holds now is the new base: the next compare-and-set succeeds unless somebody edits in between.
  return { change: { ...change, values, base: { ...base, ...current } } };
}

const same = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  canonical(a ?? null) === canonical(b ?? null);
