/** Odoo's values as a vendor is told them: compared, and turned into the canonical notation. */
import type { FieldValue, Scalar } from '../domain/change.ts';
import type { Telling } from '../domain/agreement.ts';
import { canonical } from './digest.ts';
import { lookupText, type Policies, type Policy } from './ownership.ts';

/** Odoo's and the vendors' ways to say "nothing" are one. */
export const isEmpty = (value: FieldValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  (typeof value === 'string' && value.trim() === '');

/** Whether two sides hold the same. Blanks around a text, and how a lookup narrows its search, make no difference. */
export const sameValue = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  canonical(comparable(a)) === canonical(comparable(b));

function comparable(value: FieldValue | undefined): unknown {
  if (isEmpty(value) || value === 0) return null;
  if (typeof value === 'string') return value.trim().replaceAll('\r\n', '\n');
  if (typeof value === 'object' && value !== null && 'lookup' in value) return value.lookup.slice(0, 3);
  return value;
}

/** Whether the system has a name for the field, and a notation for this value of it. */
export const tellable = (policy: Policy, value: FieldValue): boolean =>
  policy.tell !== undefined && !(policy.relation === true && typeof value === 'number');

/** Undefined: there is nothing to tell. `held`: what Odoo holds beside that, for texts that are told as a whole. */
export function tellingOf(
  agreed: Readonly<Record<string, FieldValue>>,
  policies: Policies,
  held: Readonly<Record<string, FieldValue>> = {},
): Telling | undefined {
  if (Object.keys(agreed).length === 0) return undefined;
  const telling: Telling = { values: {}, custom: {}, agreed: { ...agreed } };
  for (const [field, value] of Object.entries(agreed)) {
    const target = policies[field]?.tell;
    if (!target) continue;
    if ('custom' in target) telling.custom[target.custom] = told(value);
    else if (target.line === undefined) telling.values[target.name] = told(value);
    else telling.values[target.name] = linesOf(target.name, policies, { ...held, ...agreed });
  }
  return telling;
}

function linesOf(
  name: string,
  policies: Policies,
  values: Readonly<Record<string, FieldValue>>,
): string | null {
  const lines: string[] = [];
  for (const [field, { tell }] of Object.entries(policies)) {
    if (!tell || !('name' in tell) || tell.name !== name || tell.line === undefined) continue;
    if (!isEmpty(values[field])) lines[tell.line] = String(told(values[field] ?? null));
  }
  return lines.filter((line) => line !== undefined).join('\n') || null;
}

function told(value: FieldValue): Scalar {
  if (value !== null && typeof value === 'object')
    return 'ref' in value ? value.ref.external_id : lookupText(value);
  return typeof value === 'string' && value.trim() === '' ? null : value;
}
