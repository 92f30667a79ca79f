/** What all kinds share: putting an entity into an Event, reading texts of properties, errors that name the field. */
import type { Snapshot, TranslationContext } from '../../../domain/connector.ts';
import { Entity, type Address } from '../../../domain/entity/index.ts';
import type { Event } from '../../../domain/event.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { businessDate } from '../../kit/time.ts';
import { countryCode } from '../../kit/country.ts';
import { WireBody, type WireObject } from '../schema.ts';
import { TITLE } from '../settings.ts';
import { modifiedProperty, PROPERTIES, TYPE_ID, TYPE_OF, type HubSpotKind } from '../vocabulary.ts';

/** What the translators of each kind are handed. */
export interface Input {
  kind: HubSpotKind;
  externalId: string;
  readAt: number;
  body: WireBody;
  context: TranslationContext;
}

/** Throws InvalidData naming the part that is not as documented. */
export function inputOf(kind: HubSpotKind, snapshot: Snapshot, context: TranslationContext): Input {
  const parsed = WireBody.safeParse(snapshot.body);
  const { externalId, readAt } = snapshot;
  if (parsed.success) return { kind, externalId, readAt, body: parsed.data, context };
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new InvalidData(
    'unexpected_shape',
    `${kind} ${externalId} is not as ${TITLE} documents it: ${field}: ${issue?.message ?? 'wrong'}`,
    { hint: `Report this message: ${TITLE} may have changed the object.`, args: { field } },
  );
}

/** The event about an entity, once its invariants hold. Throws InvalidData with what does not. */
export function eventOf(input: Input, entity: Entity, label: string, extra?: Record<string, unknown>): Event {
  const { kind, context, body, readAt } = input;
  const { object } = body;
  const parsed = Entity.safeParse(entity);
  if (!parsed.success) throw notAcceptable(kind, object.id, parsed.error.issues[0]);
  return {
    ref: { connection: context.connection, kind, externalId: object.id },
    version: readAt,
    action: object.archived === true ? 'deleted' : 'observed',
    ...told({ changedAt: instantOf(object, modifiedProperty(TYPE_OF[kind])) ?? undefined }),
    ...(body.editor ? { changedBy: body.editor } : {}),
    reason: context.reason,
    url: `https://${body.account.host}/contacts/${body.account.portal}/record/${TYPE_ID[kind]}/${object.id}`,
    label,
    entity: parsed.data,
    extra: { properties: ownProperties(kind, object), ...extra },
  };
}

/** What only this account has, for its rules; the rest is in the entity. */
function ownProperties(kind: HubSpotKind, { properties }: WireObject): WireObject['properties'] {
  const standard = new Set(PROPERTIES[TYPE_OF[kind]]);
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !standard.has(name)));
}

interface Issue {
  path: PropertyKey[];
  message: string;
}

function notAcceptable(kind: string, id: string, issue: Issue | undefined): InvalidData {
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  return new InvalidData(
    'not_acceptable',
    `${kind} ${id}: ${where}${issue?.message ?? 'is not acceptable'}`,
    {
      hint: `Correct the record at ${TITLE}; nothing was written to Odoo.`,
    },
  );
}

/** A property's text: undefined = the account has no such property, null = empty. */
export function textOf(object: WireObject, name: string | undefined): string | null | undefined {
  const value = name === undefined ? undefined : object.properties[name];
  if (value === undefined) return undefined;
  return value?.trim() ? value.trim() : null;
}

/** HubSpot writes instants as ISO texts, older properties as milliseconds. UTC ms; null = empty or unreadable. */
export function instantOf(object: WireObject, name: string): number | null | undefined {
  const text = textOf(object, name);
  if (text === undefined || text === null) return text;
  const at = /^\d{10,14}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(at) || at < 0 ? null : at;
}

/** An instant's calendar day in the connection's time zone. */
export function dayOf({ context }: Input, object: WireObject, name: string): string | null | undefined {
  const at = instantOf(object, name);
  return typeof at === 'number' ? businessDate(at, context.timeZone) : at;
}

/** A `date` property: a day as such, however it is written, without a time zone. */
export function plainDayOf(object: WireObject, name: string | undefined): string | null | undefined {
  if (name === undefined) return undefined;
  const at = instantOf(object, name);
  return typeof at === 'number' ? businessDate(at, 'UTC') : at;
}

/** The one address that companies and contacts have; empty where every part is. */
export function addressesOf(object: WireObject): Address[] | undefined {
  const part = (name: string) => textOf(object, name);
  const parts = ['address', 'address2', 'city', 'state', 'zip', 'country'].map(part);
  if (parts.every((text) => text === undefined)) return undefined;
  if (parts.every((text) => !text)) return [];
  return [
    {
      role: 'main',
      lines: [part('address'), part('address2')].filter((line) => typeof line === 'string'),
      ...told({
        city: part('city'),
        region: part('state'),
        postcode: part('zip'),
        country: countryOf(object),
      }),
    },
  ];
}

/** A country in words that nobody knows tells nothing. */
function countryOf(object: WireObject): string | null | undefined {
  const text = textOf(object, 'country');
  if (text) return countryCode(text) ?? codeOf(object);
  return text === undefined ? codeOf(object) : null;
}

function codeOf(object: WireObject): string | undefined {
  const code = textOf(object, 'hs_country_code');
  return code ? countryCode(code) : undefined;
}

/** Leaves out keys whose value is undefined: absent is not empty. */
export function told<T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
