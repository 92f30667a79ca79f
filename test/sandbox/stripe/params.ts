/** Typed reading of one request's parameters, with Stripe's own complaints about wrong ones. */
import { invalid, missingParam } from './errors.ts';
import type { Form, FormValue } from './form.ts';

/** An empty string in a form means "unset": it is read as null. */
export class Params {
  readonly raw: Form;
  readonly prefix: string;

  constructor(raw: Form, prefix = '') {
    this.raw = raw;
    this.prefix = prefix;
  }

  /** Refuses every parameter not named: what the sandbox cannot honour it must not swallow. */
  only(names: readonly string[]): void {
    for (const name of Object.keys(this.raw)) {
      if (names.includes(name)) continue;
      const param = this.nameOf(name);
      throw invalid(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
    }
  }

  has(name: string): boolean {
    return this.raw[name] !== undefined;
  }

  string(name: string): string | undefined {
    const value = this.raw[name];
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string')
      throw invalid(`Invalid string: ${this.nameOf(name)}`, { param: this.nameOf(name) });
    return value;
  }

  /** Undefined when absent, null when unset with an empty string. */
  settable(name: string): string | null | undefined {
    return this.raw[name] === '' ? null : this.string(name);
  }

  required(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw missingParam(this.nameOf(name));
    return value;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (!values.includes(value as T)) {
      const param = this.nameOf(name);
      throw invalid(`Invalid ${param}: must be one of ${values.join(', ')}`, { param });
    }
    return value as T;
  }

  integer(name: string): number | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) {
      const param = this.nameOf(name);
      throw invalid(`Invalid integer: ${value}`, { code: 'parameter_invalid_integer', param });
    }
    return Number(value);
  }

  /** A decimal as text, as `unit_amount_decimal` wants it. */
  decimal(name: string): string | undefined {
    const value = this.string(name);
    if (value !== undefined && !/^-?\d+(\.\d{1,12})?$/.test(value)) {
      throw invalid(`Invalid decimal: ${value}`, { param: this.nameOf(name) });
    }
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (value !== 'true' && value !== 'false') {
      throw invalid(`Invalid boolean: ${value}`, { param: this.nameOf(name) });
    }
    return value === 'true';
  }

  object(name: string): Params | undefined {
    const value = this.raw[name];
    if (value === undefined || value === '') return undefined;
    return this.nested(value, name);
  }

  objects(name: string): Params[] | undefined {
    const value = this.raw[name];
    if (value === undefined) return undefined;
    if (value === '') return [];
    if (!Array.isArray(value)) throw invalid('Invalid array', { param: this.nameOf(name) });
    return value.map((item, index) => this.nested(item, `${name}[${index}]`));
  }

  strings(name: string): string[] | undefined {
    const value = this.raw[name];
    if (value === undefined) return undefined;
    if (value === '') return [];
    if (!Array.isArray(value)) throw invalid('Invalid array', { param: this.nameOf(name) });
    return value.map(String);
  }

  /** Metadata as sent: null unsets all, an empty value unsets its key. */
  metadata(): Record<string, string> | null | undefined {
    const value = this.raw['metadata'];
    if (value === undefined) return undefined;
    if (value === '') return null;
    return Object.fromEntries(Object.entries(value as Form).map(([key, text]) => [key, String(text)]));
  }

  nameOf(name: string): string {
    return this.prefix ? `${this.prefix}[${name}]` : name;
  }

  private nested(value: FormValue, name: string): Params {
    if (typeof value === 'string' || Array.isArray(value)) {
      throw invalid('Invalid object', { param: this.nameOf(name) });
    }
    return new Params(value, this.nameOf(name));
  }
}

/** New metadata from old and sent. */
export function mergedMetadata(
  old: Record<string, string>,
  sent: Record<string, string> | null | undefined,
): Record<string, string> {
  if (sent === undefined) return old;
  if (sent === null) return {};
  return Object.fromEntries(Object.entries({ ...old, ...sent }).filter(([, value]) => value !== ''));
}
