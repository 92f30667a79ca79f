/** Which values a property takes, and how HubSpot keeps them. */
import type { Wrong } from './errors.ts';
import type { PropertyDefinition } from './schema.ts';

/** What is wrong with a value, if anything. */
export function judged(
  property: PropertyDefinition | undefined,
  name: string,
  value: unknown,
): Wrong | undefined {
  const wrong = (error: string, message: string): Wrong => ({ name, error, message });
  if (!property) return wrong('PROPERTY_DOESNT_EXIST', `Property "${name}" does not exist`);
  if (property.readOnly) return wrong('READ_ONLY_VALUE', `"${name}" is a read only property`);
  const text = textOf(value);
  if (text === '') return undefined;
  if (name === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text))
    return wrong('INVALID_EMAIL', `Email address ${text} is invalid`);
  if (property.type === 'number' && Number.isNaN(Number(text)))
    return wrong('INVALID_DOUBLE', `${text} was not a valid number.`);
  if (property.type === 'bool' && !/^(true|false)$/.test(text))
    return wrong('INVALID_BOOLEAN', `${text} is not true or false`);
  if (property.type.startsWith('date') && Number.isNaN(instant(text)))
    return wrong('INVALID_DATE', `${text} was not a valid date.`);
  if (property.type === 'enumeration' && !property.options.some((option) => option.value === text))
    return wrong('INVALID_OPTION', `${text} was not one of the allowed options`);
  return undefined;
}

/** Everything is kept as text; e-mail addresses in small letters. */
export function kept(name: string, value: unknown): string {
  const text = textOf(value);
  return name === 'email' ? text.toLowerCase() : text;
}

const textOf = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** UTC ms of an ISO text or of milliseconds as text. */
export const instant = (text: string): number =>
  /^-?\d{10,14}$/.test(text) ? Number(text) : Date.parse(text);
