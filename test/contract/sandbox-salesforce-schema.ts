/** Judges the Salesforce sandbox's answers by the schemas of the vendor's OpenAPI file. */
import { Ajv, type ValidateFunction } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The vendor's file lives beside the product, not in it. */
export const SPEC = fileURLToPath(
  new URL('../../../shared/vendors/salesforce/salesforce.trimmed.json', import.meta.url),
);

export const specIsThere = (): boolean => existsSync(SPEC);

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  requestBody?: { content?: Record<string, { schema: object }> };
}

interface Spec {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

/** The file knows no null: what a field without a value is in JSON. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]));
}

/** Compiled schemas by path. */
export class VendorSchemas {
  private readonly spec = JSON.parse(readFileSync(SPEC, 'utf8')) as Spec;
  private readonly ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: false });
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly patterns: { pattern: RegExp; path: string }[];

  constructor() {
    this.ajv.addSchema({ $id: 'salesforce', components: this.spec.components });
    const paths = Object.keys(this.spec.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    this.patterns = paths.map((path) => ({
      path,
      pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
    }));
  }

  /** What is wrong with an answer; undefined where the file does not describe it. */
  faultsOfAnswer(method: string, url: string, status: number, body: unknown): string[] | undefined {
    const { operation, name } = this.find(method, url);
    const schema = operation?.responses[status]?.content?.['application/json']?.schema;
    return schema && this.check(`${name} ${status}`, schema, withoutNulls(body));
  }

  /** The same of what was sent; undefined where the file does not say. */
  faultsOfRequest(method: string, url: string, sent: unknown): string[] | undefined {
    const { operation, name } = this.find(method, url);
    const schema = operation?.requestBody?.content?.['application/json']?.schema;
    return schema && this.check(`${name} request`, schema, withoutNulls(sent));
  }

  private find(method: string, url: string): { operation: Operation | undefined; name: string } {
    const path = url.split('?')[0] ?? '';
    const known = this.patterns.find(({ pattern }) => pattern.test(path))?.path ?? '';
    return { operation: this.spec.paths[known]?.[method.toLowerCase()], name: `${method} ${known}` };
  }

  private check(name: string, schema: object, value: unknown): string[] {
    let validate = this.compiled.get(name);
    if (!validate) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"salesforce#/components/');
      validate = this.ajv.compile(JSON.parse(text) as object);
      this.compiled.set(name, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      (error) => `${name}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  }
}
