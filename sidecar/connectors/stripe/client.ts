/** Stripe's HTTP API as far as we read it: headers, errors, lists. */
import type { Connection } from '../../domain/connection.ts';
import type { Budget, SessionDeps } from '../../domain/connector.ts';
import {
  ConfigurationError,
  ConnectionBroken,
  Failure,
  InvalidData,
  RateLimited,
  Transient,
} from '../../domain/failure.ts';
import type { Priority } from '../../domain/priority.ts';
import { createHttp, type Answer, type Http, type Params } from '../kit/http.ts';
import { isRecord } from '../kit/json.ts';
import { everything, pages, type RawPage } from '../kit/paging.ts';
import { failureOf, retryAfterMs } from '../kit/status.ts';
import { API_VERSION, BASE_URL, optionsOf, TITLE } from './settings.ts';

/** Any object of Stripe's; what is in it is checked by translate, not here. */
export type Wire = Record<string, unknown> & { id: string };

export interface Client {
  /** One object; null when Stripe says that there is none. */
  get(path: string, expand?: readonly string[]): Promise<Wire | null>;
  /** One page of a list, newest first; of 100 unless `params` has a `limit`. */
  page(path: string, params: Params): Promise<{ data: Wire[]; hasMore: boolean }>;
  /** A list page by page, from the one after `after` on. */
  walk(path: string, params: Params, after: string | null): AsyncGenerator<RawPage<Wire>>;
  /** All of a short list, from the one after `after` on. */
  all(path: string, params?: Params, after?: string | null): Promise<Wire[]>;
}

/** One account's line: clients for calls of each priority, all below the same limits. */
export interface Account {
  at(priority: Priority): Client;
  /** What is left of the vendor's limit; nothing is asked. */
  budget(): Budget;
}

/** Documented ceilings are 100 calls a second live and 25 in a sandbox; with its burst the limiter just reaches them. */
const PER_SECOND = { live: 80, test: 20 };
const PAGE_SIZE = 100;
/** A vendor that forbids an immediate retry of its own fault is asked again after this long. */
const PATIENCE_MS = 15 * 60_000;

/** A line with the connection's key. Throws ConfigurationError if there is none. */
export function openAccount(connection: Connection, deps: SessionDeps): Account {
  const options = optionsOf(connection);
  const http = createHttp({
    title: TITLE,
    baseUrl: connection.baseUrl ?? BASE_URL,
    headers: headersOf(connection, options.account),
    perSecond: options.rate_per_second ?? PER_SECOND[connection.environment],
    now: deps.now,
    signal: deps.signal,
    sleep: deps.sleep,
    transport: deps.transport,
    explain: (answer, path) => explain(answer, path, deps.now()),
  });
  return { at: (priority) => clientOf(http, priority), budget: () => http.budget() };
}

function clientOf(http: Http, priority: Priority): Client {
  const page: Client['page'] = async (path, params) => {
    const sized = params.some(([name]) => name === 'limit');
    const { body } = await http.get(path, sized ? params : [...params, ['limit', PAGE_SIZE]], [], priority);
    return pageOf(body, path);
  };
  const fetcher = (path: string, params: Params) => async (after: string | null) => {
    const { data, hasMore } = await page(
      path,
      after === null ? params : [...params, ['starting_after', after]],
    );
    return { items: data, next: hasMore ? (data.at(-1)?.id ?? null) : null };
  };
  return {
    page,
    get: async (path, expand = []) => {
      const answer = await http.get(path, expandParams(expand), [404], priority);
      if (answer.status !== 404) return objectOf(answer.body, path);
      return missing(answer, path);
    },
    walk: (path, params, after) => pages(after, fetcher(path, params)),
    all: (path, params = [], after = null) => everything(after, fetcher(path, params)),
  };
}

export const expandParams = (names: readonly string[]): Params =>
  names.map((name) => ['expand[]', name] as const);

function headersOf(connection: Connection, account: string | undefined): Record<string, string> {
  const key = connection.secrets['api_key']?.[0];
  if (!key)
    throw new ConfigurationError('no_api_key', `Connection ${connection.id} has no api_key`, {
      hint: 'Make a restricted key at Stripe and let credentials.api_key point to where it is kept.',
    });
  return {
    Authorization: `Bearer ${key}`,
    'Stripe-Version': API_VERSION,
    ...(account ? { 'Stripe-Account': account } : {}),
  };
}

function pageOf(body: unknown, path: string): { data: Wire[]; hasMore: boolean } {
  if (isRecord(body) && Array.isArray(body['data']))
    return { data: body['data'].map((item) => objectOf(item, path)), hasMore: body['has_more'] === true };
  throw new InvalidData('not_a_list', `${TITLE} answered ${path} with something that is no list`);
}

function objectOf(body: unknown, path: string): Wire {
  if (isRecord(body) && typeof body['id'] === 'string') return body as Wire;
  throw new InvalidData('not_an_object', `${TITLE} answered ${path} with something that has no id`);
}

interface ErrorBody {
  type?: string;
  code?: string;
  message?: string;
}

function errorOf(answer: Answer): ErrorBody {
  const error = isRecord(answer.body) ? answer.body['error'] : undefined;
  if (!isRecord(error)) return {};
  const text = (name: string) => (typeof error[name] === 'string' ? { [name]: error[name] } : {});
  return { ...text('type'), ...text('code'), ...text('message') };
}

/** "No such record" is an answer; "there is one, but in the other mode" or "no such path" means a wrong set-up. */
function missing(answer: Answer, path: string): null {
  const { code, message = '' } = errorOf(answer);
  const other = /similar object exists in (live|test) mode/.exec(message)?.[1];
  if (other)
    throw new ConnectionBroken('wrong_environment', `${path} exists at ${TITLE} in ${other} mode only`, {
      hint: `Use a ${other} mode key for ${other} data, or correct the connection's environment.`,
    });
  if (code === 'resource_missing') return null;
  throw new ConnectionBroken('wrong_address', `${TITLE} does not know the address ${path}`, {
    hint: "Check the connection's base_url.",
    args: { path },
  });
}

/** Stripe's own meaning of an error; undefined where the common table says it as well. */
function explain(answer: Answer, path: string, now: number): Failure | undefined {
  const { code, message } = errorOf(answer);
  const rest = retryAfterMs(answer.headers['retry-after'], now);
  if (answer.status === 429) return slowDown(answer, code, path, rest);
  const permission = /'(rak_\w+)'/.exec(message ?? '')?.[1];
  if (answer.status === 403 && permission) return permissionMissing(permission, path);
  if (answer.status === 400 && /stripe.version|api version/i.test(message ?? ''))
    return new ConnectionBroken(
      'api_version',
      `${TITLE} does not accept API version ${API_VERSION}: ${message}`,
      {
        hint: 'Update saas_sync to a release that speaks a current version.',
      },
    );
  const mayRetry = answer.headers['stripe-should-retry'];
  const retryAfter = mayRetry === 'false' && answer.status >= 500 ? Math.max(rest ?? 0, PATIENCE_MS) : rest;
  if (mayRetry === 'true' && answer.status !== 401 && answer.status !== 403)
    return new Transient('vendor_unwell', `${TITLE} asks us to repeat the request for ${path}`, {
      ...(rest === undefined ? {} : { retryAfterMs: rest }),
      args: { status: answer.status, path },
    });
  return failureOf({
    title: TITLE,
    status: answer.status,
    path,
    message: redact(message),
    retryAfterMs: retryAfter,
  });
}

function slowDown(answer: Answer, code: string | undefined, path: string, rest: number | undefined): Failure {
  const reason = answer.headers['stripe-rate-limited-reason'];
  const details = {
    ...(rest === undefined ? {} : { retryAfterMs: rest }),
    args: { status: 429, path, ...(reason ? { reason } : {}) },
  };
  if (code === 'lock_timeout')
    return new Transient('locked', `${TITLE} is busy with ${path}: somebody else is changing it`, details);
  return new RateLimited(
    'rate_limited',
    `${TITLE} asks us to slow down${reason ? ` (${reason})` : ''}`,
    details,
  );
}

function permissionMissing(permission: string, path: string): Failure {
  return new ConnectionBroken('permission_missing', `Our ${TITLE} key may not read ${path}`, {
    hint: `Give the restricted key the permission ${permission} at ${TITLE}; nothing else is needed.`,
    args: { permission, path },
  });
}

/** Stripe repeats a part of the key in its messages. */
function redact(message: string | undefined): string | undefined {
  return message?.replace(/\b(sk|rk|pk|whsec)_\S+/g, '$1_…');
}
