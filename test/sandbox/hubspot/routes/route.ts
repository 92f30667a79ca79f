/** What a route is handed, and how routes are found. */
import type { Access } from '../access.ts';
import { ApiError, invalid } from '../errors.ts';
import type { Portal } from '../portal.ts';
import type { Actor } from '../records.ts';
import { typeOf, type ObjectType } from '../schema.ts';
import type { SearchIndex } from '../search.ts';

export interface Call {
  portal: Portal;
  index: SearchIndex;
  access: Access;
  /** Whoever calls is an app. */
  actor: Actor;
  path: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
}

export interface Result {
  status?: number;
  body?: unknown;
}

export interface Route {
  method: string;
  /** `{name}` stands for one part. */
  path: string;
  handle: (call: Call) => Result;
}

export const route = (method: string, path: string, handle: Route['handle']): Route => ({
  method,
  path,
  handle,
});

/** Finds the route; the one with fewer placeholders first. Throws 404 and 405. */
export function matcherOf(routes: readonly Route[]) {
  const compiled = routes
    .map((one) => ({ one, pattern: new RegExp(`^${one.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`) }))
    .sort((a, b) => placeholders(a.one) - placeholders(b.one));
  return (method: string, path: string): { route: Route; path: Record<string, string> } => {
    const fitting = compiled.filter(({ pattern }) => pattern.test(path));
    const found = fitting.find(({ one }) => one.method === method);
    if (found) {
      const groups = found.pattern.exec(path)?.groups ?? {};
      const parts = Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]);
      return { route: found.one, path: Object.fromEntries(parts) as Record<string, string> };
    }
    throw fitting.length > 0
      ? new ApiError(405, 'METHOD_NOT_ALLOWED', 'Method not allowed')
      : new ApiError(404, 'NOT_FOUND', `No such address: ${path}`);
  };
}

const placeholders = ({ path }: Route): number => path.split('{').length;

/** Throws 400 for a type that there is not. */
export function objectType(text: string | undefined): ObjectType {
  const found = typeOf(text ?? '');
  if (found) return found;
  throw invalid(`Unable to infer object type from: ${text}`);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The list of inputs of a batch. Throws 400 where it is none or too long. */
export function inputsOf(body: unknown, most: number): Record<string, unknown>[] {
  const inputs = isRecord(body) ? body['inputs'] : undefined;
  if (!Array.isArray(inputs) || !inputs.every(isRecord))
    throw invalid('Invalid input JSON: inputs is required');
  if (inputs.length > most)
    throw invalid(`The maximum number of inputs supported in a batch request is ${most}`);
  return inputs;
}

export const textIn = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** The answer to a batch: 207 with errors of single rows, if there are any. */
export function batchResult(
  { portal }: Call,
  results: unknown[],
  errors: unknown[] = [],
  status = 200,
): Result {
  const at = new Date(portal.now()).toISOString();
  const common = { status: 'COMPLETE', results, startedAt: at, completedAt: at };
  if (errors.length === 0) return { status, body: common };
  return { status: 207, body: { ...common, numErrors: errors.length, errors } };
}
