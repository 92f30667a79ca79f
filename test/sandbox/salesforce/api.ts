/** The REST API behind HTTP or without it: tokens, limits, mishaps, and the way to each resource. */
import { headerOf, type ApiAnswer, type ApiRequest, type Cut } from '../kit/wire.ts';
import { ApiError, notFound } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import type { Oauth } from './oauth.ts';
import type { Org } from './org.ts';
import { Queries } from './queries.ts';
import { resources, type Call, type Reply } from './resources.ts';

export type { ApiAnswer, ApiRequest, Cut };

export interface Observed extends Omit<ApiAnswer, 'headers'> {
  method: string;
  url: string;
  sent: unknown;
}

export interface ApiOptions {
  /** Calls of 24 hours. */
  dailyLimit: number;
  /** Most rows in a page, if a caller asks for no fewer, and most children in a list. */
  batch: number;
  childBatch: number;
  /** Own address, for `instance_url`. */
  url: () => string;
  observe?: ((answer: Observed) => void) | undefined;
}

const PATH = /^\/services\/data\/v(\d{2}\.0)(\/.*)?$/;

export class Api {
  /** Requests answered, by method and path without ids; for tests that count calls. */
  readonly calls: string[] = [];
  readonly options: ApiOptions;
  used = 0;
  private readonly org: Org;
  private readonly oauth: Oauth;
  private readonly faults: Faults;
  private readonly queries: Queries;
  private day = 0;

  constructor(org: Org, oauth: Oauth, faults: Faults, options: ApiOptions) {
    this.org = org;
    this.oauth = oauth;
    this.faults = faults;
    this.options = options;
    this.queries = new Queries(org, options);
  }

  handle(request: ApiRequest): ApiAnswer | Cut {
    const fault = this.faults.take(request.method, request.path);
    const answer = this.answer(request, fault);
    if (fault?.kind === 'timeout') return { cutAfterMs: fault.ms ?? 5_000 };
    this.options.observe?.({
      method: request.method,
      url: request.query === '' ? request.path : `${request.path}?${request.query}`,
      status: answer.status,
      body: answer.body,
      sent: parsed(request.body),
    });
    return answer;
  }

  private answer(request: ApiRequest, fault: Fault | undefined): ApiAnswer {
    try {
      if (fault && !fault.after && fault.kind !== 'timeout') throw errorOf(fault);
      if (fault?.kind === 'timeout' && !fault.after) return reply(408, null);
      const answer = this.route(request);
      if (fault?.after && fault.kind !== 'timeout') throw errorOf(fault);
      return answer;
    } catch (error) {
      if (error instanceof ApiError) return this.withUsage(reply(error.status, error.body()));
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return reply(500, [{ errorCode: 'SANDBOX_BUG', message }]);
    }
  }

  private route(request: ApiRequest): ApiAnswer {
    this.calls.push(`${request.method} ${request.path}`);
    const { path, method } = request;
    if (path === '/services/oauth2/token') return this.token(request);
    if (path === '/services/data') return reply(200, VERSIONS);
    this.authenticate(request);
    const match = PATH.exec(path);
    if (!match && path.startsWith('/id/')) return reply(200, this.identity());
    if (path === '/services/oauth2/userinfo') return reply(200, this.identity());
    if (!match) throw notFound();
    this.count();
    const call = this.callOf(request, match[1]!, match[2] ?? '/');
    const found = this.dispatch(method, call);
    return this.withUsage(reply(found.status, found.body));
  }

  private callOf(request: ApiRequest, version: string, path: string): Call {
    return {
      org: this.org,
      queries: this.queries,
      version,
      path,
      params: new URLSearchParams(request.query),
      body: (parsed(request.body) ?? {}) as Record<string, unknown>,
      allowDuplicates: /allowSave=true/.test(headerOf(request, 'sforce-duplicate-rule-header') ?? ''),
      batch: batchOf(headerOf(request, 'sforce-query-options'), this.options.batch),
      usage: { used: this.used, of: this.options.dailyLimit },
      inner: (method, call) => this.dispatch(method, call),
    };
  }

  private dispatch(method: string, call: Call): Reply {
    for (const { method: own, path, run } of resources) {
      const match = own === method ? path.exec(call.path) : null;
      if (match) return run(call, match.slice(1).map(decodeURIComponent));
    }
    throw notFound();
  }

  private token({ body }: ApiRequest): ApiAnswer {
    const form = Object.fromEntries(new URLSearchParams(body));
    const answer = this.oauth.token(form, this.options.url());
    return reply(answer.status, answer.body);
  }

  private authenticate(request: ApiRequest): void {
    const token = /^(?:Bearer|OAuth) (.+)$/.exec(headerOf(request, 'authorization') ?? '')?.[1];
    if (token !== undefined && this.oauth.accepts(token)) return;
    throw new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  }

  private count(): void {
    const day = Math.floor(this.org.now() / 86_400_000);
    if (day !== this.day) this.used = 0;
    this.day = day;
    if (this.used >= this.options.dailyLimit)
      throw new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    this.used += 1;
  }

  private withUsage(answer: ApiAnswer): ApiAnswer {
    const usage = `api-usage=${this.used}/${this.options.dailyLimit}`;
    return { ...answer, headers: { ...answer.headers, 'Sforce-Limit-Info': usage } };
  }

  private identity(): Record<string, unknown> {
    const { id, apiUser } = this.org;
    const user = this.org.find('User', apiUser);
    return {
      id: `${this.options.url()}/id/${id}/${apiUser}`,
      user_id: apiUser,
      organization_id: id,
      username: user?.['Username'],
      display_name: user?.['Name'],
      active: true,
      urls: { rest: `${this.options.url()}/services/data/v{version}/` },
    };
  }
}

const reply = (status: number, body: unknown): ApiAnswer => ({ status, body, headers: {} });

const VERSIONS = ['59.0', '60.0', '61.0', '62.0', '63.0'].map((version) => ({
  label: `Release of v${version}`,
  url: `/services/data/v${version}`,
  version,
}));

function batchOf(header: string | undefined, most: number): number {
  const asked = Number(/batchSize=(\d+)/.exec(header ?? '')?.[1] ?? most);
  // The vendor takes anything between 200 and 2,000, as a wish.
  return Math.min(most, Math.max(asked, 1), 2000);
}

const UNEXPECTED =
  'An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (-123456789)';

const ERRORS: Record<
  Exclude<Fault['kind'], 'timeout'>,
  readonly [status: number, code: string, words: string]
> = {
  unavailable: [503, 'SERVER_UNAVAILABLE', 'Server too busy'],
  too_many: [429, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'],
  limit_exceeded: [403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'],
  session_expired: [401, 'INVALID_SESSION_ID', 'Session expired or invalid'],
  forbidden: [403, 'INSUFFICIENT_ACCESS', 'insufficient access rights'],
  server_error: [500, 'UNKNOWN_EXCEPTION', UNEXPECTED],
};

const errorOf = ({ kind }: Fault): ApiError =>
  new ApiError(...ERRORS[kind === 'timeout' ? 'server_error' : kind]);

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
