/** Checks of a rule that its shape alone does not tell: what vendors can be told, and which systems it speaks of. */
import { Deal } from '../domain/entity/index.ts';
import type { Systems } from './ownership.ts';
import type { Rule } from './rule.ts';

type Mistake = (keys: readonly PropertyKey[], problem: string) => void;

/** A canonical name in `to` must be one that some connector can write. */
export function checkFields(rule: Rule, known: Systems, mistake: Mistake): void {
  if (!('fields' in rule)) return;
  const lists = Object.entries(known).map(
    ([system, writable]) => [system, writable?.[rule.entity] ?? []] as const,
  );
  for (const [name, field] of Object.entries(rule.fields)) {
    if (typeof field.to !== 'string' || lists.some(([, list]) => list.includes(field.to as string))) continue;
    const able = lists.filter(([, list]) => list.length > 0);
    const can = able.map(([system, list]) => `${system}: ${[...list].sort().join(', ')}`).join('; ');
    mistake(
      ['fields', name, 'to'],
      `fields.${name}.to: no system can be told "${field.to}" of a ${rule.entity}. ` +
        (can === '' ? `None takes a ${rule.entity} from Odoo.` : `What can be told: ${can}.`),
    );
  }
}

/** What an order requires must be something that a deal can say. */
export function checkRequired(rule: Rule, mistake: Mistake): void {
  if (rule.entity !== 'deal') return;
  const terms = Object.keys(Deal.shape.terms.unwrap().shape).map((name) => `terms.${name}`);
  const fields = [...Object.keys(Deal.shape).filter((name) => name !== 'kind' && name !== 'terms'), ...terms];
  for (const [index, path] of (rule.order?.require ?? []).entries())
    if (!fields.includes(path))
      mistake(
        ['order', 'require', index],
        `order.require: a deal has no "${path}"; it has ${fields.sort().join(', ')}`,
      );
}

/** Every system that a rule names. */
export function systemsIn(rule: Rule): ReadonlySet<string> {
  if (!('fields' in rule)) return new Set();
  const fields = Object.values(rule.fields);
  return new Set([
    ...fields.flatMap(({ owner }) => (Array.isArray(owner) ? owner : [])),
    ...fields.flatMap(({ to }) => (typeof to === 'object' ? Object.keys(to) : [])),
    ...Object.keys(rule.born),
    ...('stages' in rule ? Object.keys(rule.stages) : []).filter((system) => system !== 'default'),
  ]);
}
