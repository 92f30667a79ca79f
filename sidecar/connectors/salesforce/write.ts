/** Our canonical names → Salesforce's fields, and values as its fields take them. */
import { Failure } from '../../domain/failure.ts';
import type { Scalar } from '../../domain/change.ts';
import type { Push } from '../../domain/connector.ts';
import type { Kind } from '../../domain/reference.ts';
import { countryName } from '../kit/country.ts';
import { mayNotWrite } from '../kit/status.ts';
import type { FieldShape, ObjectShape } from './describe.ts';
import { FIELD_MISSING } from './errors.ts';
import { longId } from './ids.ts';
import { TITLE, type Options } from './settings.ts';

type Values = Record<string, Scalar>;
/** One canonical value → the fields it fills. */
type Writer = (value: Scalar, shape: ObjectShape, options: Options, born: boolean) => Values;

const to =
  (field: string): Writer =>
  (value) => ({ [field]: value });

const own =
  (name: keyof Options['fields']): Writer =>
  (value, shape, options, born) => {
    const field = options.fields[name];
    if (field !== undefined) return { [field]: value };
    // A record is born with what the org has a place for.
    if (born) return {};
    throw new Failure('missing_mapping', FIELD_MISSING, `${TITLE} has no field of its own for ${name}`, {
      hint: `Create one on ${shape.name} and name it in options.fields.${name} of the connection.`,
      args: { object: shape.name, name },
    });
  };

const reference =
  (field: string): Writer =>
  (value) => ({ [field]: typeof value === 'string' ? (longId(value) ?? value) : value });

/** Orgs with lists of countries and states take codes in fields of their own, others take words. */
const address = (prefix: string): Record<string, Writer> => ({
  'address.street': to(`${prefix}Street`),
  'address.city': to(`${prefix}City`),
  'address.postcode': to(`${prefix}PostalCode`),
  'address.region': (value, { fields }) =>
    fields.has(`${prefix}StateCode`) && (value === null || /^[A-Z0-9]{1,3}$/.test(String(value)))
      ? { [`${prefix}StateCode`]: value }
      : { [`${prefix}State`]: value },
  'address.country': (value, { fields }) =>
    fields.has(`${prefix}CountryCode`)
      ? { [`${prefix}CountryCode`]: value }
      : { [`${prefix}Country`]: value === null ? null : countryName(String(value)) },
});

/** A person's one name: the last word is the family's, which Salesforce insists on. */
const personName: Writer = (value) => {
  const words = String(value ?? '')
    .trim()
    .split(/\s+/);
  return { FirstName: words.slice(0, -1).join(' ') || null, LastName: words.at(-1) ?? null };
};

const WRITERS: Partial<Record<Kind, Readonly<Record<string, Writer>>>> = {
  customer: {
    name: to('Name'),
    phone: to('Phone'),
    website: to('Website'),
    note: to('Description'),
    parent: reference('ParentId'),
    vat: own('vat'),
    legalName: own('legal_name'),
    email: own('email'),
    language: own('language'),
    paymentTerms: own('customer_terms'),
    ...address('Billing'),
  },
  contact: {
    name: personName,
    title: to('Title'),
    email: to('Email'),
    phone: to('Phone'),
    mobile: to('MobilePhone'),
    customer: reference('AccountId'),
    ...address('Mailing'),
  },
  product: {
    name: to('Name'),
    sku: to('ProductCode'),
    description: to('Description'),
    unit: to('QuantityUnitOfMeasure'),
  },
  price: { unitAmount: to('UnitPrice') },
  deal: {
    name: to('Name'),
    stage: to('StageName'),
    probability: to('Probability'),
    closeDate: to('CloseDate'),
    description: to('Description'),
    customer: reference('AccountId'),
  },
};

/** See `Connector.writable`. */
export const WRITABLE: Readonly<Partial<Record<Kind, readonly string[]>>> = Object.fromEntries(
  Object.entries(WRITERS).map(([kind, writers]) => [kind, Object.keys(writers)]),
);

/** The row to send for a push, without its id. Throws Failures about the field in question. */
export function rowOf(push: Push, shape: ObjectShape, options: Options): Values {
  const row: Values = {};
  const born = push.externalId === null;
  const writers = WRITERS[push.kind] ?? {};
  for (const [name, value] of Object.entries(push.values)) {
    const writer = writers[name];
    if (!writer)
      throw new Failure(
        'missing_mapping',
        'field_not_writable',
        `${TITLE} cannot be told ${push.kind}.${name}`,
        {
          hint: `Of a ${push.kind} it can be told ${Object.keys(writers).join(', ')}, and fields of its own by their API names.`,
          args: { name },
        },
      );
    Object.assign(row, writer(value, shape, options, born));
  }
  Object.assign(row, push.custom);
  return Object.fromEntries(
    Object.entries(row).map(([field, value]) => [field, valueFor(fieldOf(shape, field, born), value)]),
  );
}

function fieldOf(shape: ObjectShape, name: string, born: boolean): FieldShape {
  const field = shape.fields.get(name);
  if (!field)
    throw new Failure('missing_mapping', FIELD_MISSING, `${TITLE} has no field ${name} on ${shape.name}`, {
      hint: `Create ${name} on ${shape.name} and let our user edit it, or take it out of the rules.`,
      args: { object: shape.name, field: name },
    });
  if (born ? field.createable : field.updateable) return field;
  throw mayNotWrite(
    TITLE,
    `${name} of ${shape.name}`,
    `Give our user at ${TITLE} the right to edit ${shape.name} and this field of it, by a permission set, or take the field out of the rules.`,
    { object: shape.name, field: name },
  );
}

const NUMBERS = new Set(['double', 'currency', 'percent', 'int', 'long']);

function valueFor({ type }: FieldShape, value: Scalar): Scalar {
  if (type === 'boolean') return value === true || value === 'true' || value === 1;
  if (value === null || value === '') return null;
  if (NUMBERS.has(type)) return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (type === 'datetime' && typeof value === 'number') return new Date(value).toISOString();
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
}
