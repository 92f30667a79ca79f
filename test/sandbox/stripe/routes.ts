/** What a resource's file exports: a list of endpoints. */
import type { Account } from './account.ts';
import type { Page } from './lists.ts';
import type { Params } from './params.ts';
import type { StripeObject } from './state.ts';

export type Call = {
  account: Account;
  params: Params;
  /** Named parts of the path. */
  path: Record<string, string>;
};

/**
 * One endpoint. `params` are the parameters it honours: any other is refused. The answer is a stored object, which is
 * shown and expanded by the server, or a page, or ready-made JSON marked by `raw`.
 */
export type Route = {
  method: 'get' | 'post' | 'delete';
  path: string;
  params: readonly string[];
  handle: (call: Call) => StripeObject | Page | { raw: unknown };
};

export function get(path: string, params: readonly string[], handle: Route['handle']): Route {
  return { method: 'get', path, params: ['expand', ...params], handle };
}

export function post(path: string, params: readonly string[], handle: Route['handle']): Route {
  return { method: 'post', path, params: ['expand', ...params], handle };
}

export function del(path: string, handle: Route['handle'], params: readonly string[] = []): Route {
  return { method: 'delete', path, params: ['expand', ...params], handle };
}

/** Finds the route of a method and a path, and the named parts of the path. */
export function matcherOf(
  routes: readonly Route[],
): (method: string, path: string) => { route: Route; path: Record<string, string> } | undefined {
  const table = routes.map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`),
  }));
  return (method, path) => {
    for (const { route, pattern } of table) {
      if (route.method !== method.toLowerCase()) continue;
      const found = pattern.exec(path);
      if (!found) continue;
      const parts = Object.entries(found.groups ?? {});
      return { route, path: Object.fromEntries(parts.map(([k, v]) => [k, decodeURIComponent(v)])) };
    }
    return undefined;
  };
}
