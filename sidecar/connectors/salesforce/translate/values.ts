/** Values of the wire as we write them: texts, references, addresses, people, numbers that came as binary doubles. */
import type { Address } from '../../../domain/entity/index.ts';
import { toMinor } from '../../../domain/money.ts';
import { countryCode } from '../../kit/country.ts';
import { longId } from '../ids.ts';
import type { Org } from '../record.ts';
import { textIn } from '../text.ts';

type Wire = Record<string, unknown>;

/** Absent stays absent, null stays null; texts of nothing but blanks are empty. */
export function textOf(value: unknown): string | null | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return decimalOf(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** The first text that says something, else the last resort. */
export function nameOf(...texts: readonly [...(string | null | undefined)[], string]): string {
  return texts.find((text) => text?.trim()) ?? texts.at(-1)!;
}

export function idOrNull(value: string | null | undefined): string | null | undefined {
  return value === undefined ? undefined : (longId(value ?? '') ?? null);
}

/** A field of the org's own that `options.fields` names. */
export function ownText(record: Wire, org: Org, name: keyof Org['fields']): string | null | undefined {
  const field = org.fields[name];
  return field === undefined ? undefined : textOf(record[field]);
}

/** The same, of a check box or a picklist that says yes. */
export function ownFlag(record: Wire, org: Org, name: keyof Org['fields']): boolean | null | undefined {
  const field = org.fields[name];
  const value = field === undefined ? undefined : record[field];
  if (value === undefined || value === null) return value;
  return typeof value === 'boolean' ? value : /^(true|yes|1)$/i.test(textIn(value));
}

/** A double as the decimal text that people meant: never an exponent. */
export function decimalOf(value: number): string {
  const text = String(value);
  const [mantissa = '', power] = text.split('e');
  if (power === undefined) return text;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', part = ''] = mantissa.replace('-', '').split('.');
  const point = whole.length + Number(power);
  const digits = whole + part;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A double in minor units, by way of its decimal text; null where there is no amount, or no currency to count it in. */
export function minorOf(value: number | null | undefined, currency: string | null): number | null {
  return value === null || value === undefined || currency === null
    ? null
    : toMinor(decimalOf(value), currency);
}

/** ISO 4217 of the record, else the connection's. */
export function currencyOf(code: string | null | undefined, org: Org): string | null {
  return code && /^[A-Z]{3}$/.test(code) ? code : org.currency;
}

interface Person {
  Name?: string | null | undefined;
  Email?: string | null | undefined;
  IsActive?: boolean | null | undefined;
}

/** Who looks after a record. Of an owner who left we are told nothing: somebody else will, and Odoo keeps whom it has. */
export function ownerOf(owner: Person | null | undefined): string | null | undefined {
  if (owner === undefined || owner?.IsActive === false) return undefined;
  return owner === null ? null : (textOf(owner.Email) ?? textOf(owner.Name) ?? null);
}

/** An address of the record; undefined where our user sees none of its fields. */
export function addressOf(record: Wire, prefix: string, role: Address['role']): Address | undefined {
  const part = (name: string): string | null | undefined => textOf(record[`${prefix}${name}`]);
  const street = part('Street');
  const [city, region, postcode] = [part('City'), part('StateCode') ?? part('State'), part('PostalCode')];
  const country = countryOf(part('CountryCode') ?? part('Country'));
  if ([street, city, region, postcode, country].every((value) => value === undefined)) return undefined;
  return {
    role,
    lines: (street ?? '').split(/\r\n|\r|\n/).flatMap((line) => (line.trim() ? [line.trim()] : [])),
    ...told({ city, region, postcode, country }),
  };
}

/** A country's name that nobody can make out tells nothing. */
function countryOf(text: string | null | undefined): string | null | undefined {
  return text === null || text === undefined ? text : countryCode(text);
}

export const isEmpty = ({ lines, city, region, postcode, country }: Address): boolean =>
  lines.length === 0 && [city, region, postcode, country].every((value) => !value);

/** Leaves out keys whose value is undefined: absent is not empty. */
export function told<T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
