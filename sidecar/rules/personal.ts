/** Which values a rule calls personal. */
import type { CompiledRule } from './load.ts';

/** Odoo's fields that the rule marks with `pii: true`. */
export function personalFields(rule: CompiledRule | undefined): ReadonlySet<string> {
  if (!rule || !('fields' in rule)) return new Set();
  return new Set(
    Object.entries(rule.fields)
      .filter(([, field]) => field.pii)
      .map(([name]) => name),
  );
}
