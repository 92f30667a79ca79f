/** What HubSpot is to be told, in its own words: names of properties, and texts for everything. */
import type { Push } from '../../domain/connector.ts';
import type { Scalar } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import { businessDate } from '../kit/time.ts';
import type { Property } from './account.ts';
import { countryName } from '../kit/country.ts';
import { TITLE } from './settings.ts';
import { isKind, WRITABLE } from './vocabulary.ts';

/** Properties with their values. Throws Failures for what the account has no property for, or lets nobody write. */
export function propertiesOf(
  push: Push,
  known: ReadonlyMap<string, Property>,
  timeZone: string,
): Record<string, string> {
  const told: Record<string, string> = {};
  for (const [name, value] of Object.entries(push.values)) Object.assign(told, canonical(push, name, value));
  // A new record is told what the account has properties for; a value that was to change and cannot is worth a question.
  if (push.externalId === null)
    for (const name of Object.keys(told)) if (!isWritable(known.get(name))) delete told[name];
  for (const [name, value] of Object.entries(push.custom)) told[name] = textOf(value);
  for (const [name, text] of Object.entries(told)) {
    const property = known.get(name);
    if (property === undefined) throw missing(push, name);
    if (property.modificationMetadata?.readOnlyValue === true) throw readOnly(push, name);
    told[name] = dateText(text, property.type, timeZone);
  }
  return told;
}

const isWritable = (property: Property | undefined): boolean =>
  property !== undefined && property.modificationMetadata?.readOnlyValue !== true;

/** "" empties, whatever the type. */
function textOf(value: Scalar): string {
  if (typeof value === 'number') return plainNumber(value);
  return value === null ? '' : String(value);
}

/** Never with an exponent. */
const plainNumber = (value: number): string =>
  /e/i.test(String(value)) ? value.toFixed(Math.abs(value) < 1 ? 20 : 0) : String(value);

function canonical({ kind, externalId }: Push, name: string, value: Scalar): Record<string, string> {
  const names = isKind(kind) ? WRITABLE[kind] : undefined;
  if (names === undefined || !Object.hasOwn(names, name))
    throw new Failure('missing_mapping', 'field_not_writable', `${TITLE} cannot be told ${kind}.${name}`, {
      hint: `In the rule, let "to" name one of ${Object.keys(names ?? {}).join(', ') || 'the fields it can be told'}, or a property.`,
      args: { field: name, externalId },
    });
  const text = textOf(value).trim();
  if (kind === 'contact' && name === 'name') return nameParts(text);
  return { [names[name]!]: name === 'address.country' ? countryName(text) : text };
}

/** The last word is the last name, as in the lists HubSpot shows. */
export function nameParts(name: string): { firstname: string; lastname: string } {
  const words = name.split(/\s+/);
  return { firstname: words.slice(0, -1).join(' '), lastname: words.at(-1) ?? '' };
}

/** A calendar day as an instant of that day in the connection's time zone; a `date` property takes the day itself. */
function dateText(text: string, type: string, timeZone: string): string {
  if (type !== 'datetime' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const noon = Date.parse(`${text}T12:00:00Z`);
  const fits = [0, -11, 11].map((hours) => noon + hours * 3_600_000);
  return new Date(fits.find((at) => businessDate(at, timeZone) === text) ?? noon).toISOString();
}

function missing({ kind, externalId }: Push, name: string): Failure {
  return new Failure(
    'missing_mapping',
    'field_missing_there',
    `${TITLE} has no property ${name} for ${kind === 'customer' ? 'companies' : `${kind}s`}`,
    {
      hint: `Make the property ${name} at ${TITLE} (Settings, Properties), or take it out of the rule's "to". Then press Retry.`,
      args: { field: name, externalId },
    },
  );
}

function readOnly({ externalId }: Push, name: string): Failure {
  return new Failure('missing_mapping', 'field_not_writable', `${TITLE} lets nobody write property ${name}`, {
    hint: 'HubSpot computes it: choose another property in the rule\'s "to".',
    args: { field: name, externalId },
  });
}
