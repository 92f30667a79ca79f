/** Who decides a field's value between a system and Odoo, and under which name that system can be told it. */
import type { Connector } from '../domain/connector.ts';
import type { LookupValue } from '../domain/change.ts';
import type { Kind } from '../domain/reference.ts';
import type { FieldRule } from './rule.ts';

/** Systems by the `system` of connections.yaml → what their connectors can write. */
export type Systems = Readonly<Record<string, Connector['writable']>>;

/** Where a value of Odoo goes at the vendor: one of `Connector.writable`, or a field of the vendor's own. `line`: it is this line
 * of a text of several, which is told as a whole. */
export type Target = { name: string; line?: number } | { custom: string };

export interface Policy {
  owner: FieldRule['owner'];
  against: FieldRule['against'];
  /** Absent: the system cannot be told this field. */
  tell?: Target;
  /** The field points to another record: a bare id of Odoo's cannot be told. */
  relation?: boolean;
}
export type Policies = Readonly<Record<string, Policy>>;

interface Ruled {
  entity: Kind;
  fields: Readonly<Record<string, FieldRule>>;
}

/** What a rule's ownership means for the changes of one system. Names are Odoo's fields. */
export interface Terms {
  policies: Policies;
  createOnly: ReadonlySet<string>;
  /** Edits in Odoo are written over, unless a person is to be asked or told. */
  overwrite: ReadonlySet<string>;
  /** May have to be told; `always`: also where the vendor says nothing, because it never does. */
  outward: readonly (readonly [name: string, how: { lookup?: [string, string] }, always: boolean])[];
  yieldsTo: readonly (readonly [name: string, systems: string[]])[];
}

const remembered = new WeakMap<Ruled, WeakMap<Systems, Map<string, Terms>>>();

/** Worked out once per rule and system. */
export function termsOf(rule: Ruled, system: string, systems: Systems): Terms {
  const ofRule = remembered.get(rule) ?? new WeakMap<Systems, Map<string, Terms>>();
  const ofSystems = ofRule.get(systems) ?? new Map<string, Terms>();
  const terms = ofSystems.get(system) ?? termsTowards(rule, system, systems);
  remembered.set(rule, ofRule.set(systems, ofSystems.set(system, terms)));
  return terms;
}

/** The policies of a rule's fields towards one system. */
export const policiesOf = (rule: Ruled, system: string, systems: Systems): Policies =>
  termsOf(rule, system, systems).policies;

function termsTowards(rule: Ruled, system: string, systems: Systems): Terms {
  const policies = policiesTowards(rule, system, systems);
  const names = Object.keys(rule.fields);
  const owners = names.map((name) => [name, preceding(rule.fields[name]!.owner, system, systems)] as const);
  return {
    policies,
    createOnly: new Set(names.filter((name) => policies[name]!.owner === 'odoo')),
    overwrite: new Set(names.filter((name) => isWrittenOver(policies[name]!))),
    outward: names
      .filter((name) => mayBeTold(policies[name]!, system, systems))
      .map((name) => {
        const field = rule.fields[name]!;
        const lookup = lookupOf(field);
        return [name, lookup ? { lookup } : {}, field.from === undefined] as const;
      }),
    yieldsTo: owners.filter(([, others]) => others.length > 0),
  };
}

const isWrittenOver = ({ owner, against }: Policy): boolean =>
  (owner === 'source' || Array.isArray(owner)) && (against === 'revert' || against === 'block');

function policiesTowards(rule: Ruled, system: string, systems: Systems): Policies {
  const writable = systems[system]?.[rule.entity] ?? [];
  return Object.fromEntries(
    Object.entries(rule.fields).map(([name, field]) => {
      const tell = targetOf(field, rule.entity, system, writable);
      return [
        name,
        {
          owner: field.owner,
          against: field.against === 'propose' && !tell ? 'revert' : field.against,
          ...(tell ? { tell } : {}),
          ...(field.lookup || field.ref ? { relation: true } : {}),
        },
      ];
    }),
  );
}

function targetOf(
  field: FieldRule,
  entity: Kind,
  system: string,
  writable: readonly string[],
): Target | undefined {
  if (typeof field.to === 'object') {
    const custom = field.to[system];
    if (custom !== undefined) return { custom };
    if (field.from === undefined) return undefined;
  }
  const name = typeof field.to === 'string' ? field.to : canonicalName(field.from, entity);
  if (name === undefined) return undefined;
  const line = writable.includes(SECOND_LINE) ? -1 : STREET.findIndex((each) => each === name);
  if (line >= 0) return writable.includes(STREET[0]) ? { name: STREET[0], line } : undefined;
  return writable.includes(name) ? { name } : undefined;
}

/** Systems that know no second line have both in one text. */
const STREET = ['address.street', 'address.street2'] as const;
const SECOND_LINE = STREET[1];

/** The canonical name that an expression merely reads: `lower(customer.email)` → `email`; undefined: it computes. */
export function canonicalName(from: string | undefined, entity: Kind): string | undefined {
  if (from === undefined) return undefined;
  const part = new RegExp(`^address\\(${entity}\\.addresses, *['"](\\w+)['"]\\)$`).exec(from);
  if (part) return `address.${part[1]}`;
  const bare = /^(?:lower|trim|website)\((.+)\)$/.exec(from)?.[1] ?? from;
  return new RegExp(`^${entity}\\.([A-Za-z_]+(?:\\.[A-Za-z_]+)*)$`).exec(bare)?.[1];
}

/** Systems of the list whose word counts before this one's, as far as they are connected. */
export function preceding(owner: FieldRule['owner'], system: string, systems: Systems): string[] {
  if (typeof owner === 'string') return [];
  const at = owner.indexOf(system);
  return (at < 0 ? owner : owner.slice(0, at)).filter((other) => other !== system && other in systems);
}

/** `self`: the system the news comes from; `elsewhere`: Odoo, or `by` whose word Odoo holds. */
export type Decides =
  { who: 'self' } | { who: 'elsewhere'; by: string } | { who: 'newest' } | { who: 'manual' };

/** Who decides, given the other systems that the record is linked to. A system that no list names comes last. */
export function decides(owner: FieldRule['owner'], system: string, linked: readonly string[]): Decides {
  if (owner === 'source') return { who: 'self' };
  if (owner === 'odoo') return { who: 'elsewhere', by: 'Odoo' };
  if (typeof owner === 'string') return { who: owner };
  const first = owner.find((each) => each === system || linked.includes(each));
  return first === undefined || first === system ? { who: 'self' } : { who: 'elsewhere', by: first };
}

/** How a relation is told by a field of the record it points to. */
export function lookupOf(field: FieldRule): [model: string, field: string] | undefined {
  if (!field.lookup) return undefined;
  if (typeof field.lookup === 'object') return [field.lookup.model, field.lookup.field];
  const dot = field.lookup.lastIndexOf('.');
  return [field.lookup.slice(0, dot), field.lookup.slice(dot + 1)];
}

/** Whether an edit in Odoo, or news of another system, may have to be told to this one. */
export function mayBeTold(policy: Policy, system: string, systems: Systems): boolean {
  if (!policy.tell) return false;
  if (policy.owner === 'source') return policy.against === 'propose';
  if (typeof policy.owner === 'string') return true;
  return policy.against === 'propose' || preceding(policy.owner, system, systems).length > 0;
}

/** A lookup without its domain, which only says how to find what the text names. */
export const lookupText = (value: LookupValue): string => value.lookup[2];
