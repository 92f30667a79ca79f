/** HubSpot's HTTP API as far as we use it: who we are, how quick we may be, and the calls. */
import type { Connection } from '../../domain/connection.ts';
import type { Budget, SessionDeps } from '../../domain/connector.ts';
import { ConfigurationError, ConnectionBroken, InvalidData } from '../../domain/failure.ts';
import type { Priority } from '../../domain/priority.ts';
import type { BudgetHeaders } from '../kit/budget.ts';
import { createHttp, type Answer, type Http, type HttpOptions, type Params } from '../kit/http.ts';
import { isRecord } from '../kit/json.ts';
import { tokenKeeper, type Token } from '../kit/token.ts';
import { errorOf, explain } from './errors.ts';
import { WireObject } from './schema.ts';
import { BASE_URL, optionsOf, TITLE } from './settings.ts';

export interface Client {
  get(path: string, params?: Params, accept?: readonly number[]): Promise<Answer>;
  /** A POST that only asks. */
  ask(path: string, json: unknown, params?: Params, accept?: readonly number[]): Promise<Answer>;
  write(method: 'POST' | 'PATCH', path: string, json: unknown, accept?: readonly number[]): Promise<Answer>;
}

/** One account's line: clients for calls of each priority, all below the same limits. */
export interface Line {
  at(priority: Priority): Client;
  /** What is left of the vendor's limits; nothing is asked. */
  budget(): Budget;
}

/** The app's calls within ten seconds, and the account's within a day (documentation, "API usage guidelines"). */
const BUDGETS: readonly BudgetHeaders[] = [
  {
    left: 'x-hubspot-ratelimit-remaining',
    of: 'x-hubspot-ratelimit-max',
    perMs: { header: 'x-hubspot-ratelimit-interval-milliseconds', otherwise: 10_000 },
  },
  {
    left: 'x-hubspot-ratelimit-daily-remaining',
    of: 'x-hubspot-ratelimit-daily',
    perMs: 24 * 3_600_000,
  },
];

/** A line with the connection's token. Throws ConfigurationError if there are no credentials. */
export function openLine(connection: Connection, deps: SessionDeps): Line {
  const options = optionsOf(connection);
  const common = {
    title: TITLE,
    baseUrl: connection.baseUrl ?? BASE_URL,
    perSecond: options.rate_per_second,
  };
  const machine = { now: deps.now, signal: deps.signal, sleep: deps.sleep, transport: deps.transport };
  const oauth = connection.secrets['refresh_token'] !== undefined;
  const http = createHttp({
    ...common,
    ...machine,
    ...proofOf(connection, { ...common, ...machine, headers: {} }),
    budgets: BUDGETS,
    explain: (answer, path) => explain(answer, path, deps.now(), oauth),
  });
  return { at: (priority) => clientOf(http, priority), budget: () => http.budget() };
}

function clientOf(http: Http, priority: Priority): Client {
  return {
    get: (path, params = [], accept = []) => http.get(path, params, accept, priority),
    ask: (path, json, params = [], accept = []) =>
      http.send('POST', path, { json, params, asks: true }, accept, priority),
    write: (method, path, json, accept = []) => http.send(method, path, { json }, accept, priority),
  };
}

/** The token of a private app as it is, or tokens that are refreshed before they end. */
function proofOf(
  connection: Connection,
  options: HttpOptions,
): Pick<HttpOptions, 'headers' | 'authorize' | 'unauthorized'> {
  const secret = (name: string) => connection.secrets[name]?.[0];
  const refresh = secret('refresh_token');
  if (refresh === undefined) {
    const token = secret('access_token');
    if (token) return { headers: { Authorization: `Bearer ${token}` } };
    throw new ConfigurationError('no_access_token', `Connection ${connection.id} has no access_token`, {
      hint: 'Make a private app at HubSpot and let credentials.access_token point to where its token is kept.',
    });
  }
  const [id, key] = [secret('client_id'), secret('client_secret')];
  if (!id || !key)
    throw new ConfigurationError(
      'no_client',
      `Connection ${connection.id} has no client_id or client_secret`,
      {
        hint: 'Both are on the Auth page of the app at HubSpot; OAuth needs them beside refresh_token.',
      },
    );
  const form = {
    grant_type: 'refresh_token',
    client_id: id,
    client_secret: key,
    refresh_token: refresh,
  };
  const http = createHttp(options);
  const tokens = tokenKeeper({ fetch: () => fetchToken(http, form, options.now), now: options.now });
  return { headers: {}, authorize: tokens.authorize, unauthorized: tokens.unauthorized };
}

const TOKEN_PATH = '/oauth/v1/token';

async function fetchToken(http: Http, form: Record<string, string>, now: () => number): Promise<Token> {
  const asked = now();
  const { status, body } = await http.send('POST', TOKEN_PATH, { form, asks: true }, [400, 401, 403], 0);
  const answer = isRecord(body) ? body : {};
  if (status !== 200) throw revoked(errorOf(body).status);
  const { access_token: value, expires_in: seconds } = answer;
  if (typeof value !== 'string' || typeof seconds !== 'number')
    throw new InvalidData('unexpected_shape', `${TITLE} handed out a token that is none`);
  return { value, expiresAt: asked + seconds * 1000 };
}

function revoked(said: string): ConnectionBroken {
  const client = /client/i.test(said);
  return new ConnectionBroken(
    client ? 'client_refused' : 'authorization_revoked',
    client
      ? `${TITLE} does not know our app by its client id and secret`
      : `${TITLE} no longer lets our app in: its authorization was revoked`,
    {
      hint: client
        ? 'Compare client_id and client_secret with the Auth page of the app.'
        : `Connect the app to ${TITLE} again and keep the new refresh token where credentials.refresh_token points.`,
      args: { path: TOKEN_PATH, ...(said ? { said } : {}) },
    },
  );
}

/** The objects of an answer that lists or batches some. Throws InvalidData if it is none. */
export function objectsOf({ body }: Answer, path: string): WireObject[] {
  const results = isRecord(body) ? body['results'] : undefined;
  const parsed = WireObject.array().safeParse(results);
  if (parsed.success) return parsed.data;
  throw new InvalidData('not_a_list', `${TITLE} answered ${path} with something that is no list of records`);
}

/** Errors of single records in an answer of several. */
export function rowErrors({ body }: Answer): ReturnType<typeof errorOf>[] {
  const errors = isRecord(body) && Array.isArray(body['errors']) ? body['errors'] : [];
  return errors.map(errorOf);
}

/** Where the next page begins; null = this was the last. */
export function nextOf(body: unknown): string | null {
  const paging = isRecord(body) && isRecord(body['paging']) ? body['paging'] : {};
  const next = isRecord(paging['next']) ? paging['next']['after'] : undefined;
  return typeof next === 'string' || typeof next === 'number' ? String(next) : null;
}
