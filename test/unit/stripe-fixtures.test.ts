/** The fixtures are what Stripe would send: each is held against the vendor's own OpenAPI file where it is at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'chai';

const SPEC = fileURLToPath(
  new URL('../../../shared/vendors/stripe/stripe.2026-10-28.endive.trimmed.json', import.meta.url),
);
const FIXTURES = fileURLToPath(new URL('../../sidecar/connectors/stripe/fixtures/', import.meta.url));

type Json = Record<string, unknown>;

const SCHEMA_OF: Record<string, string> = {
  customer: 'Customer',
  tax_id: 'TaxId',
  product: 'Product',
  price: 'Price',
  tax_rate: 'TaxRate',
  invoice: 'Invoice',
  invoice_payment: 'InvoicePayment',
  credit_note: 'CreditNote',
  payment_intent: 'PaymentIntent',
  charge: 'Charge',
  refund: 'Refund',
};

/** The trimmed file knows expandable fields only as ids: an object with an id stands for its id there. */
function loosen(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(loosen);
  if (typeof schema !== 'object' || schema === null) return schema;
  const own = schema as Json;
  if (own['x-expandable-trimmed'])
    return {
      anyOf: [
        { type: 'string' },
        { type: 'object', required: ['id'] },
        ...(own['nullable'] ? [{ type: 'null' }] : []),
      ],
    };
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [key, loosen(value)]));
}

function validators(): (object: string) => ValidateFunction {
  const spec = JSON.parse(readFileSync(SPEC, 'utf8')) as { components: Json };
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  ajv.addSchema({ $id: 'https://vendor/', components: loosen(spec.components) as Json }, 'https://vendor/');
  return (object) => ajv.compile({ $ref: `https://vendor/#/components/schemas/${SCHEMA_OF[object]}` });
}

/** Every complete object in a snapshot, at whatever depth it was expanded. */
function objectsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = value as Json;
  const inner = Object.values(own).flatMap(objectsIn);
  const known = typeof own['object'] === 'string' && own['object'] in SCHEMA_OF && own['deleted'] !== true;
  return known ? [own, ...inner] : inner;
}

describe('fixtures of Stripe', () => {
  let validatorOf: (object: string) => ValidateFunction;

  before(function () {
    this.timeout(60_000);
    if (!existsSync(SPEC)) {
      process.stderr.write(`\n    NOT CHECKED: the vendor's OpenAPI file is not at ${SPEC}\n`);
      this.skip();
    }
    const cache = new Map<string, ValidateFunction>();
    const make = validators();
    validatorOf = (object) => {
      const made = cache.get(object) ?? make(object);
      cache.set(object, made);
      return made;
    };
  });

  for (const name of readdirSync(FIXTURES))
    it(`${name} is as the vendor's OpenAPI file describes it`, () => {
      const fixture = JSON.parse(readFileSync(FIXTURES + name, 'utf8')) as Json;
      const objects = objectsIn([fixture['snapshot'], fixture['delivery']]);
      for (const object of objects) {
        const validate = validatorOf(String(object['object']));
        const wrong = validate(object) ? [] : validate.errors!.map((e) => `${e.instancePath} ${e.message}`);
        expect(wrong, `${String(object['object'])} ${String(object['id'])}`).to.deep.equal([]);
      }
    });
});
