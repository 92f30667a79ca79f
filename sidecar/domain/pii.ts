/**
 * Personal data is marked where it is defined: a schema wrapped in `pii()` is masked wherever a delivery is shown,
 * logged or reported. The vendor's raw payload is masked by `maskPayload`, which knows the usual names of such fields.
 */
import * as z from 'zod';

const marked = new WeakSet<object>();

/** Marks a schema as holding personal data. */
export function pii<T extends z.ZodType>(schema: T): T {
  marked.add(schema);
  return schema;
}

export const isPii = (schema: z.ZodType): boolean => marked.has(schema);

const PERSONAL =
  /^(.*_)?(name|legal_name|email|emails|phone|phones|fax|line1|line2|lines|street|street2|city|postal_code|postcode|zip|description|narration|note|comment|memo|address|ip|last4|fingerprint|iban|account_number|tax_id|tax_ids|vat|value|receipt_email|customer_name|customer_email)$/i;
/** The same in vendors that join words: firstname, MailingStreet, propertyValue. */
const JOINED =
  /^((first|last|middle|full|person|deal|assistant)_?name|(person|other|assistant)?_?(mobile|home|other)?_?(phone|mobile)|person_?email|(mailing|billing|shipping|other)_?(street|city|postal_?code|state)|address2|property_?value|owner|editor)$/i;
const SECRET = /(secret|token|password|api_?key|authorization|signature|client_secret)/i;

const isPersonal = (field: string): boolean => PERSONAL.test(field) || JOINED.test(field);

/** Keeps the shape of a payload and hides who it is about: "Ada Lovelace" → "A•••", secrets vanish altogether. */
export function maskPayload(value: unknown, field = ''): unknown {
  if (value === null || value === undefined) return value;
  if (SECRET.test(field) && typeof value !== 'object') return '••••';
  if (Array.isArray(value)) return value.map((item) => maskPayload(item, field));
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskPayload(inner, name)]));
  if (isPersonal(field) && typeof value === 'string') return maskText(value);
  return value;
}

const EMAIL = /^[^\s@]+@[^\s@]+(\.[a-z]{2,24})$/i;

/** First letter and three dots; an e-mail address keeps its top-level domain, so that a person can tell records apart. */
export function maskText(text: string): string {
  if (text === '') return '';
  const topLevel = EMAIL.exec(text)?.[1];
  return topLevel === undefined ? `${text.slice(0, 1)}•••` : `${text.slice(0, 1)}•••@•••${topLevel}`;
}

/** Shorter values would mask half of every sentence, and tell nobody who is meant. */
const TELLING = 3;

/** Hides in a sentence (an error's message, a stack) what the payload it speaks of says about a person. */
export function maskIn(text: string, payload: unknown): string {
  const told = [...tellingValues(payload)].sort((a, b) => b.length - a.length);
  return told.reduce((masked, value) => masked.replaceAll(value, () => maskText(value)), text);
}

function tellingValues(value: unknown, field = '', found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) tellingValues(item, field, found);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) tellingValues(inner, name, found);
  else if (typeof value === 'string' && value.length >= TELLING)
    if (isPersonal(field) || SECRET.test(field)) found.add(value);
  return found;
}
