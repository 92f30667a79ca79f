/** What Odoo is asked to watch for a system, and records of Odoo as that system shall hold them. */
import type { OdooRecord, Telling, Watch } from '../domain/agreement.ts';
import type { Kind } from '../domain/reference.ts';
import type { CompiledRule, MergedRule, Rules } from './load.ts';
import { lookupOf, mayBeTold, policiesOf, preceding, type Policy, type Systems } from './ownership.ts';
import type { FieldRule } from './rule.ts';
import { isEmpty, tellable, tellingOf } from './telling.ts';

/** The rule if its records are merged field by field. */
export const mergedRule = (rule: CompiledRule | undefined): MergedRule | undefined =>
  rule && 'fields' in rule ? rule : undefined;

/** By kind. Fields that nobody else owns and that the system cannot be told are left out. */
export function watchOf(rules: Rules, system: string, systems: Systems): Partial<Record<Kind, Watch>> {
  const watches: Partial<Record<Kind, Watch>> = {};
  for (const [kind, compiled] of rules.byKind) {
    const rule = mergedRule(compiled);
    if (!rule) continue;
    const born = systems[system]?.[kind] ? rule.born[system] : undefined;
    const fields = watchedFields(rule, system, systems);
    watches[kind] = { model: rule.odoo, fields, ...(born ? { born } : {}) };
  }
  return watches;
}

function watchedFields(rule: MergedRule, system: string, systems: Systems): Watch['fields'] {
  const policies = policiesOf(rule, system, systems);
  const watched: Watch['fields'] = {};
  for (const [name, field] of Object.entries(rule.fields)) {
    const policy = policies[name]!;
    const outward = mayBeTold(policy, system, systems) || comesBack(policy, system, rule.entity, systems);
    const owner = ownerOf(field.owner, system, systems);
    if (!outward && !Array.isArray(owner)) continue;
    const lookup = lookupOf(field);
    watched[name] = { owner, against: policy.against, outward, ...(lookup ? { lookup } : {}) };
  }
  return watched;
}

/** A system that a list names sees to its word at once, where there is one that can be told; of a mere source the next news
 * does, unless the rule says what an edit shall lead to. */
function comesBack({ owner, against }: Policy, system: string, kind: Kind, systems: Systems): boolean {
  if (!Array.isArray(owner)) return owner === 'source' && against === 'warn';
  return (
    owner.includes(system) && Object.values(systems).some((writable) => (writable?.[kind] ?? []).length > 0)
  );
}

function ownerOf(
  owner: FieldRule['owner'],
  system: string,
  systems: Systems,
): Watch['fields'][string]['owner'] {
  if (owner === 'source') return [system];
  if (typeof owner === 'string') return owner;
  return [...preceding(owner, system, systems), system, ...owner.filter((each) => each in systems)].filter(
    (each, index, all) => all.indexOf(each) === index,
  );
}

/** Undefined: the rules make no such record at this system. */
export function birthOf(
  rules: Rules,
  kind: Kind,
  system: string,
  record: OdooRecord,
  systems: Systems,
): Telling | undefined {
  const rule = mergedRule(rules.byKind.get(kind));
  if (!rule?.born[system]) return undefined;
  const policies = policiesOf(rule, system, systems);
  const told = Object.entries(record.values).filter(([name, value]) => {
    const policy = policies[name];
    return policy && !isEmpty(value) && tellable(policy, value);
  });
  return told.length === 0 ? undefined : tellingOf(Object.fromEntries(told), policies, record.values);
}
