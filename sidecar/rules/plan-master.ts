/** Plans masters: customers and products field by field, tax rates and prices as links to what Odoo has. */
import type { Domain, FieldValue, Link, LinkChange, Scalar, UpsertChange } from '../domain/change.ts';
import type { Event } from '../domain/event.ts';
import type { CompiledRule } from './load.ts';
import { scopeOf, type Draft, type Nothing } from './draft.ts';
import type { FieldRule, LinkRule, MasterRule } from './rule.ts';

type Master = MasterRule & CompiledRule;
type Linking = LinkRule & CompiledRule;

export function upsertDraft(
  event: Event,
  rule: Master,
  link: Link | undefined,
): Draft<UpsertChange> | Nothing {
  return event.action === 'deleted' ? archiveDraft(event, rule, link) : liveDraft(event, rule, link);
}

function liveDraft(event: Event, rule: Master, link: Link | undefined): Draft<UpsertChange> {
  const scope = scopeOf(event);
  const values: Record<string, FieldValue> = {};
  for (const [name, field] of Object.entries(rule.fields)) {
    const value = valueOf(field, rule, scope);
    if (value !== undefined) values[name] = value;
  }
  const written = (owner: string) => Object.keys(values).filter((name) => rule.fields[name]?.owner === owner);
  return {
    op: 'upsert',
    model: rule.odoo,
    values,
    base: link?.base ?? null,
    match: rule.match.flatMap((match) => domainOf(match, rule, values, scope)),
    create: rule.expression(rule.create)(scope) === true,
    create_only: written('odoo'),
    overwrite: written('source'),
  };
}

/**
 * Archives what is linked. What never came to Odoo is made, archived, if documents need it: it is somebody's past, so no
 * living twin is adopted for it.
 */
function archiveDraft(event: Event, rule: Master, link: Link | undefined): Draft<UpsertChange> | Nothing {
  if (rule.deleted === 'keep')
    return { nothing: `deleted at the vendor; rule ${rule.name} keeps it in Odoo` };
  if (!link && event.entity.kind === 'customer' && event.entity.billed) {
    const draft = liveDraft(event, rule, link);
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

export function linkDraft(event: Event, rule: Linking): Draft<LinkChange> {
  const scope = scopeOf(event);
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
function valueOf(field: FieldRule, rule: Master, scope: Record<string, unknown>): FieldValue | undefined {
  const value = rule.expression(field.from)(scope);
  if (value === undefined) return undefined;
  const blank = value === null || (typeof value === 'string' && value.trim() === '');
  const scalar = blank ? null : (value as Scalar);
  if (!field.lookup || scalar === null) return scalar;
  if (typeof field.lookup === 'string') {
    const dot = field.lookup.lastIndexOf('.');
    return { lookup: [field.lookup.slice(0, dot), field.lookup.slice(dot + 1), String(scalar)] };
  }
  const { model, field: by } = field.lookup;
  const within = conditions(field.lookup.within ?? [], rule, scope);
  return { lookup: within ? [model, by, String(scalar), within] : [model, by, String(scalar)] };
}

/** A search for an unlinked twin; none when a value it needs is empty, for empty matches everybody. */
function domainOf(
  match: string | [string, string, string][],
  rule: Master | Linking,
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
  rule: Master | Linking,
  scope: Record<string, unknown>,
): Domain | undefined {
  const domain = list.map(([field, operator, source]) => [field, operator, rule.expression(source)(scope)]);
  return domain.every(([, , value]) => value !== null && value !== undefined && value !== '')
    ? domain
    : undefined;
}
