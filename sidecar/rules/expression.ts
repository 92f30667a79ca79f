/**
 * Expressions of rule files, in CEL: a total language that cannot loop. An expression that reads a field the vendor did
 * not tell (`undefined`) has no value itself, so nothing is written; `null` means told to be empty, and is written.
 */
import { Environment } from '@marcbachmann/cel-js';
import { InvalidData } from '../domain/failure.ts';
import { toDecimal } from '../domain/money.ts';
import { companyDomain, personalMailbox, type Mailboxes } from './mailbox.ts';

export type Scope = Record<string, unknown>;
export type Expression = (scope: Scope) => unknown;

/** What `told` makes of nothing: as if the vendor had not spoken. */
const UNTOLD = '\u0000untold';

function environmentWith(mailboxes: Mailboxes): Environment {
  return new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })
    .registerFunction('lower(dyn): dyn', (text: unknown) =>
      typeof text === 'string' ? text.toLowerCase() : text,
    )
    .registerFunction('upper(dyn): dyn', (text: unknown) =>
      typeof text === 'string' ? text.toUpperCase() : text,
    )
    .registerFunction('trim(dyn): dyn', (text: unknown) => (typeof text === 'string' ? text.trim() : text))
    .registerFunction('number(dyn): dyn', (text: unknown) => Number(text))
    .registerFunction('major(dyn, dyn): dyn', major)
    .registerFunction('website(dyn): dyn', website)
    .registerFunction('address(dyn, string): dyn', addressPart)
    .registerFunction('or_empty(dyn): dyn', (value: unknown) => value ?? '')
    .registerFunction('told(dyn): dyn', (value: unknown) => (value === '' ? null : value) ?? UNTOLD)
    .registerFunction('personal_mailbox(dyn): dyn', (email: unknown) => personalMailbox(email, mailboxes))
    .registerFunction('company_domain(dyn, dyn): dyn', (site: unknown, email: unknown) =>
      companyDomain(site, email, mailboxes),
    );
}

const environments = new Map<string, Environment>();

/** Making one is slow, and most rules need the same. */
function environmentOf(mailboxes: Mailboxes): Environment {
  const key = JSON.stringify(mailboxes);
  const known = environments.get(key) ?? environmentWith(mailboxes);
  environments.set(key, known);
  return known;
}

/** Minor units → major units, as the number that Odoo's amounts are. */
function major(amount: unknown, currency: unknown): number | null {
  if (amount === null || amount === undefined) return null;
  return Number(toDecimal(Number(amount), typeof currency === 'string' ? currency : 'EUR'));
}

/** As Odoo writes websites: with a scheme, so that both sides agree on the text. */
function website(text: unknown): unknown {
  if (typeof text !== 'string' || text.trim() === '') return text;
  const trimmed = text.trim();
  return /^[a-z]+:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
}

/** Compiles; throws a plain Error whose message says what is wrong where, for the loader to place in its file. */
export function compile(
  source: string,
  fields: ReadonlySet<string>,
  entity: string,
  mailboxes: Mailboxes = { shared: [], free: [] },
): Expression {
  const reads = fieldsRead(source, entity);
  const unknown = reads.filter((field) => !fields.has(field));
  if (unknown.length > 0)
    throw new Error(
      `${entity} has no field "${unknown.join('", "')}"; it has ${[...fields].sort().join(', ')}`,
    );
  const path = /^[a-z_]+(\.[A-Za-z_]+)+$/.test(source) ? source.split('.') : undefined;
  if (path)
    return (scope) => path.reduce<unknown>((value, key) => (value as Scope | null | undefined)?.[key], scope);
  const optional = optionalIn(source, entity, reads);
  const program = environmentOf(mailboxes).parse(source);
  const checked = program.check();
  if (!checked.valid) throw new Error(checked.error?.message ?? 'is not a valid expression');
  return (scope) => {
    const subject = scope[entity] as Scope;
    if (reads.some((field) => subject[field] === undefined && !optional.includes(field))) return undefined;
    const silent = optional.filter((field) => subject[field] === undefined);
    if (silent.length === 0) return plain(evaluate(program, scope, source));
    const empty = Object.fromEntries(silent.map((field) => [field, null]));
    return plain(evaluate(program, { ...scope, [entity]: { ...subject, ...empty } }, source));
  };
}

function evaluate(program: (scope: Scope) => unknown, scope: Scope, source: string): unknown {
  try {
    return program(scope);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new InvalidData('rule_expression', `The rule's expression "${source}" failed: ${reason}`, {
      hint: 'Correct the expression in sync-rules, or the value at the vendor, then retry.',
    });
  }
}

/** Names of the entity's own fields that an expression mentions: "customer.name" → name. */
function fieldsRead(source: string, entity: string): string[] {
  const withoutText = source.replace(/'[^']*'|"[^"]*"/g, "''");
  const found = withoutText.matchAll(new RegExp(`\\b${entity}\\.([A-Za-z_]+)`, 'g'));
  return [...new Set([...found].map((match) => match[1] ?? ''))];
}

/** A company's domain is told by its website or by its e-mail address: neither need be known. */
function optionalIn(source: string, entity: string, reads: readonly string[]): string[] {
  const needed = fieldsRead(source.replaceAll(/company_domain\([^()]*\)/g, "''"), entity);
  return reads.filter((field) => !needed.includes(field));
}

/** CEL counts in BigInt and knows no `undefined`; Odoo and JSON do not, and we do. */
function plain(value: unknown): unknown {
  if (value === UNTOLD) return undefined;
  return typeof value === 'bigint' ? Number(value) : value;
}

interface AddressLike {
  role: string;
  lines: string[];
  city?: string | null;
  postcode?: string | null;
  region?: string | null;
  country?: string | null;
}

/** One part of the address that matters most: main, else billing, else the first. */
function addressPart(addresses: unknown, part: string): string | null {
  const list = (addresses ?? []) as AddressLike[];
  const best = list.find((a) => a.role === 'main') ?? list.find((a) => a.role === 'billing') ?? list[0];
  if (!best) return null;
  if (part === 'street') return best.lines[0] ?? null;
  if (part === 'street2') return best.lines.slice(1).join(', ') || null;
  const value = best[part as 'city' | 'postcode' | 'region' | 'country'];
  return value ?? null;
}
