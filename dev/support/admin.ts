/** Odoo's web client in a few lines: a person's session, for the demo and for tests that act as people. */
import axios, { type AxiosInstance } from 'axios';

/** A logged-in person. `call` does what the web client's `orm.call` does. Throws Error with Odoo's own message. */
export interface Person {
  call<T>(model: string, method: string, args?: unknown[], kwargs?: Record<string, unknown>): Promise<T>;
  /** Sums and counts: one row per group, as `formatted_read_group` answers. */
  groups(
    model: string,
    domain: unknown[],
    by: string[],
    aggregates: string[],
  ): Promise<Record<string, unknown>[]>;
  search<T>(
    model: string,
    domain: unknown[],
    fields: string[],
    options?: Record<string, unknown>,
  ): Promise<T[]>;
}

interface Answer<T> {
  result?: T;
  error?: { message: string; data?: { message?: string } };
}

export async function logIn(url: string, database: string, login: string, password: string): Promise<Person> {
  const http = axios.create({ baseURL: url, timeout: 120_000 });
  const { data, headers } = await http.post<Answer<{ uid: number | false }>>('/web/session/authenticate', {
    jsonrpc: '2.0',
    params: { db: database, login, password },
  });
  if (!data.result?.uid)
    throw new Error(`${login} cannot log in to ${database} at ${url}: ${reasonOf(data)}`);
  const cookie = (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  return person(http, cookie);
}

function person(http: AxiosInstance, cookie: string): Person {
  const call: Person['call'] = async <T>(
    model: string,
    method: string,
    args: unknown[] = [],
    kwargs: Record<string, unknown> = {},
  ) => {
    const { data } = await http.post<Answer<T>>(
      `/web/dataset/call_kw/${model}/${method}`,
      { jsonrpc: '2.0', params: { model, method, args, kwargs } },
      { headers: { Cookie: cookie } },
    );
    if (data.error) throw new Error(`${model}.${method}: ${reasonOf(data)}`);
    return data.result as T;
  };
  return {
    call,
    groups: (model, domain, by, aggregates) => call(model, 'formatted_read_group', [domain, by, aggregates]),
    search: (model, domain, fields, options = {}) => call(model, 'search_read', [domain, fields], options),
  };
}

const reasonOf = (answer: Answer<unknown>): string =>
  answer.error?.data?.message ?? answer.error?.message ?? 'wrong login or password';
