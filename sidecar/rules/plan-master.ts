/** Plans masters: customers and products field by field, tax rates and prices as links to what Odoo has. */
import type {
  Domain,
  FieldValue,
  Link,
  LinkChange,
  RefValue,
  Scalar,
  UpsertChange,
} from '../domain/change.ts';
import type { Event } from '../domain/event.ts';
import { InvalidData } from '../domain/failure.ts';
import type { CompiledRule, MergedRule } from './load.ts';
import { scopeOf, type Draft, type Nothing, type Towards } from './draft.ts';
import { termsOf, type Terms } from './ownership.ts';
import type { FieldRule, LinkRule } from './rule.ts';

type Linking = LinkRule & CompiledRule;

export function upsertDraft(
  event: Event,
  rule: MergedRule,
  link: Link | undefined,
  towards: Towards,
): Draft<UpsertChange> | Nothing {
  return event.action === 'deleted'
    ? archiveDraft(event, rule, link, towards)
    : liveDraft(event, rule, link, towards);
}

/** `more`: values of fields that the rule does not list; they are the vendor's. */
export function liveDraft(
  event: Event,
  rule: MergedRule,
  link: Link | undefined,
  towards: Towards,
  more: Record<string, FieldValue> = {},
): Draft<UpsertChange> {
  const scope = scopeOf(event, towards.system);
  const values: Record<string, FieldValue> = {};
  for (const [name, field] of Object.entries(rule.fields)) {
    const value = valueOf(field, rule, scope, event);
    if (value !== undefined) values[name] = value;
  }
  Object.assign(values, more);
  const terms = termsOf(rule, towards.system, towards.systems);
  const names = Object.keys(values);
  return {
    op: 'upsert',
    model: rule.odoo,
    values,
    base: link?.base ?? null,
    match: rule.match.flatMap((match) => domainOf(match, rule, values, scope)),
    create: rule.expression(rule.create)(scope) === true,
    create_only: names.filter((name) => terms.createOnly.has(name)),
    overwrite: names.filter((name) => name in more || terms.overwrite.has(name)),
    ...askedOf(terms, values),
  };
}

/** The fields that Odoo may have to answer for, rather than take what this vendor says. */
function askedOf(
  terms: Terms,
  values: Readonly<Record<string, FieldValue>>,
): Pick<UpsertChange, 'outward' | 'yields_to'> {
  // What the vendor keeps from us (a field our user may not see) is not told blindly.
  const outward = terms.outward.filter(([name, , always]) => always || name in values);
  const yields = terms.yieldsTo.filter(([name]) => name in values);
  return {
    ...(outward.length > 0 ? { outward: Object.fromEntries(outward) } : {}),
    ...(yields.length > 0 ? { yields_to: Object.fromEntries(yields) } : {}),
  };
}

/**
 * Archives what is linked. What never came to Odoo is made, archived, if documents need it: it is somebody's past, so no
 * living twin is adopted for it.
 */
function archiveDraft(
  event: Event,
  rule: MergedRule,
  link: Link | undefined,
  towards: Towards,
): Draft<UpsertChange> | Nothing {
  if (rule.deleted === 'keep')
    return { nothing: `deleted at the vendor; rule ${rule.name} keeps it in Odoo` };
  if (!link && event.entity.kind === 'customer' && event.entity.billed) {
    const draft = liveDraft(event, rule, link, towards);
    return { ...draft, values: { ...draft.values, active: false }, match: [], overwrite: ['active'] };
  }
  return {
    op: 'upsert',
    model: rule.odoo,
    values: { active: false },
    base: link?.base ?? null,
    match: [],
    create: false,
    create_only: [],
    overwrite: ['active'],
  };
}

export function linkDraft(event: Event, rule: Linking, system: string): Draft<LinkChange> {
  const scope = scopeOf(event, system);
  const { kind: _kind, ...details } = event.entity;
  return {
    op: 'link',
    model: rule.odoo,
    match: rule.match.flatMap((match) => domainOf(match, rule, {}, scope)),
    ...(rule.to
      ? { to: { ref: { kind: rule.to.kind, external_id: String(rule.expression(rule.to.id)(scope)) } } }
      : {}),
    details,
  };
}

/** `undefined` = the vendor did not tell, so it is not written; texts that are only blank count as empty. */
function valueOf(
  field: FieldRule,
  rule: MergedRule,
  scope: Record<string, unknown>,
  event: Event,
): FieldValue | undefined {
  if (field.from === undefined) return undefined;
  const value = rule.expression(field.from)(scope);
  if (value === undefined) return undefined;
  const blank = value === null || (typeof value === 'string' && value.trim() === '');
  const scalar = blank ? null : (value as Scalar);
  if (field.ref && scalar !== null) return referenceTo(field.ref, String(scalar), event);
  if (!field.lookup || scalar === null) return scalar;
  if (typeof field.lookup === 'string') {
    const dot = field.lookup.lastIndexOf('.');
    return { lookup: [field.lookup.slice(0, dot), field.lookup.slice(dot + 1), String(scalar)] };
  }
  const { model, field: by } = field.lookup;
  const within = conditions(field.lookup.within ?? [], rule, scope);
  return { lookup: within ? [model, by, String(scalar), within] : [model, by, String(scalar)] };
}

/** Throws InvalidData for a record that points to itself; longer loops only Odoo can see. */
function referenceTo(kind: RefValue['ref']['kind'], externalId: string, event: Event): RefValue {
  if (kind === event.ref.kind && externalId === event.ref.externalId)
    throw new InvalidData('parent_loop', `${event.label} is its own parent`, {
      hint: 'Take the parent out at the source, or choose another one.',
    });
  return { ref: { kind, external_id: externalId } };
}

/** A search for an unlinked twin; none when a value it needs is empty, for empty matches everybody. */
function domainOf(
  match: string | [string, string, string][],
  rule: MergedRule | Linking,
  values: Record<string, FieldValue>,
  scope: Record<string, unknown>,
): Domain[] {
  if (typeof match !== 'string') {
    const domain = conditions(match, rule, scope);
    return domain ? [domain] : [];
  }
  const value = values[match];
  if (value === undefined || value === null || typeof value === 'object') return [];
  return [[typeof value === 'string' ? [match, '=ilike', literal(value)] : [match, '=', value]]];
}

/** `=ilike` ignores case, but would read % and _ as wildcards: a_b@x must not find aXb@x. */
const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function conditions(
  list: readonly (readonly [string, string, string])[],
  rule: MergedRule | Linking,
  scope: Record<string, unknown>,
): Domain | undefined {
  const domain = list.map(([field, operator, source]) => {
    const value = rule.expression(source)(scope);
    return [field, operator, operator.includes('like') && typeof value === 'string' ? literal(value) : value];
  });
  return domain.every(([, , value]) => value !== null && value !== undefined && value !== '')
    ? domain
    : undefined;
}
