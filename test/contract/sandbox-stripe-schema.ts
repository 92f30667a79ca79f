/** Judges the sandbox's answers by the schemas of the vendor's own OpenAPI file. */
import { Ajv, type ValidateFunction } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The vendor's file lives beside the product, not in it. */
export const SPEC = fileURLToPath(
  new URL('../../../shared/vendors/stripe/stripe.2026-10-28.endive.trimmed.json', import.meta.url),
);

export const specIsThere = (): boolean => existsSync(SPEC);

type Operation = { responses: Record<string, { content?: Record<string, { schema: object }> }> };
type Spec = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

/** Object names of the API whose schema is called otherwise than CamelCase says. */
const NAMES: Record<string, string> = {
  line_item: 'InvoiceLineItem',
  invoiceitem: 'InvoiceItem',
};

/** The file lists the values of a nullable enum without null, which Ajv takes literally and Stripe's typings do not. */
function nullIsAValue(_key: string, value: { nullable?: boolean; enum?: unknown[] } | null): unknown {
  if (value?.nullable && Array.isArray(value.enum))
    return { ...value, enum: [...new Set([...value.enum, null])] };
  return value;
}

/** Compiled schemas by path and by object. */
export class VendorSchemas {
  private readonly spec: Spec;
  private readonly ajv: Ajv;
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly patterns: { pattern: RegExp; path: string }[];

  constructor() {
    this.spec = JSON.parse(readFileSync(SPEC, 'utf8'), nullIsAValue) as Spec;
    this.ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    this.ajv.addSchema({ $id: 'stripe', components: this.spec.components });
    const paths = Object.keys(this.spec.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    this.patterns = paths.map((path) => ({
      path,
      pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
    }));
  }

  /** What is wrong with an answer; undefined when the file does not describe the operation. */
  faultsOfAnswer(method: string, url: string, status: number, body: unknown): string[] | undefined {
    const path = url.split('?')[0] ?? '';
    const known = this.patterns.find(({ pattern }) => pattern.test(path))?.path;
    const operation = known ? this.spec.paths[known]?.[method.toLowerCase()] : undefined;
    const response = operation?.responses[status] ?? operation?.responses['default'];
    const schema = response?.content?.['application/json']?.schema;
    return schema ? this.check(`${method} ${known} ${status}`, schema, body) : undefined;
  }

  /** What is wrong with an object, judged by its `object` field; undefined when the file does not know it. */
  faultsOfObject(value: { object: string }): string[] | undefined {
    const name =
      NAMES[value.object] ??
      value.object.replaceAll(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
    if (!this.spec.components.schemas[name]) return undefined;
    return this.check(name, { $ref: `#/components/schemas/${name}` }, value);
  }

  private check(name: string, schema: object, value: unknown): string[] {
    let validate = this.compiled.get(name);
    if (!validate) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"stripe#/components/');
      validate = this.ajv.compile(JSON.parse(text) as object);
      this.compiled.set(name, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      (error) => `${name}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  }
}
