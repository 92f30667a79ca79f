/** The HTTP side of the sandbox: keys, versions, idempotency, rate limits, faults, and Stripe's answers. */
import type { Router } from 'express';
import { createHash } from 'node:crypto';
import { headerOf, routerOf, type ApiAnswer, type ApiRequest, type Cut } from '../kit/wire.ts';
import { API_VERSION, type Account } from './account.ts';
import { ApiError, invalid, unauthenticated } from './errors.ts';
import type { ApiFault, Faults } from './faults.ts';
import { parseForm } from './form.ts';
import type { Page } from './lists.ts';
import { Params } from './params.ts';
import { expand, show } from './render.ts';
import { matcherOf, type Route } from './routes.ts';
import type { StripeObject } from './state.ts';

export type ApiOptions = {
  apiKey: string;
  /** Requests per second before 429; 0 = no limit. */
  rateLimit: number;
  /** The clock that requests per second are counted by, in ms; Date.now unless given. */
  clock?: (() => number) | undefined;
  /** Sees every answer as it leaves. */
  observe?: ((answer: Observed) => void) | undefined;
};

export type Observed = { method: string; url: string; status: number; body: unknown };

export type { ApiAnswer, ApiRequest, Cut };
type Remembered = { fingerprint: string; answer: ApiAnswer };

/** The API under `/v1`. */
export class ApiServer {
  private readonly account: Account;
  private readonly faults: Faults;
  private readonly options: ApiOptions;
  private readonly match: ReturnType<typeof matcherOf>;
  private readonly replies = new Map<string, Remembered>();
  private second = 0;
  private count = 0;

  constructor(account: Account, faults: Faults, routes: readonly Route[], options: ApiOptions) {
    this.account = account;
    this.faults = faults;
    this.match = matcherOf(routes);
    this.options = options;
  }

  /** Changes the limit of requests per second; 0 lifts it. */
  limit(perSecond: number): void {
    this.options.rateLimit = perSecond;
  }

  /** The API behind HTTP. */
  router(): Router {
    return routerOf((request) => this.handle(request), '/v1/{*rest}');
  }

  /** What the API says to a request, whichever way it came. */
  handle(req: ApiRequest): ApiAnswer | Cut {
    const requestId = this.account.ids.next('request');
    const fault = this.faults.forRequest(req.method, req.path);
    let answer: ApiAnswer;
    try {
      this.authenticate(req);
      if (fault && !fault.after) throw faultError(fault);
      this.countRequest();
      answer = this.remembered(req, requestId, fault, () => this.run(req, requestId));
    } catch (error) {
      answer = failed(error, requestId);
    }
    if (fault?.kind === 'timeout') return { cutAfterMs: fault.ms ?? 5000 };
    this.options.observe?.({
      method: req.method,
      url: req.query === '' ? req.path : `${req.path}?${req.query}`,
      status: answer.status,
      body: answer.body,
    });
    return { ...answer, headers: { ...this.commonHeaders(req, requestId), ...answer.headers } };
  }

  private commonHeaders(req: ApiRequest, requestId: string): Record<string, string> {
    const key = headerOf(req, 'idempotency-key');
    return {
      'Request-Id': requestId,
      'Stripe-Version': headerOf(req, 'stripe-version') ?? API_VERSION,
      ...(key ? { 'Idempotency-Key': key } : {}),
    };
  }

  private authenticate(req: ApiRequest): void {
    const header = headerOf(req, 'authorization');
    if (!header) {
      throw unauthenticated(
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
      );
    }
    const [scheme = '', value = ''] = header.split(' ');
    const key =
      scheme.toLowerCase() === 'basic'
        ? (Buffer.from(value, 'base64').toString().split(':')[0] ?? '')
        : value;
    if (key !== this.options.apiKey) {
      throw unauthenticated(`Invalid API Key provided: ${key.slice(0, 8)}${'*'.repeat(12)}${key.slice(-4)}`);
    }
    const other = headerOf(req, 'stripe-account');
    if (other && other !== this.account.id) {
      const message = `The provided key does not have access to account '${other}' (or that account does not exist).`;
      throw new ApiError(403, 'invalid_request_error', message, { code: 'account_invalid' });
    }
    const version = headerOf(req, 'stripe-version');
    if (version && version !== API_VERSION)
      throw invalid(`Invalid Stripe API version: ${version}. This sandbox speaks ${API_VERSION}.`);
  }

  private countRequest(): void {
    if (this.options.rateLimit === 0) return;
    const second = Math.floor((this.options.clock ?? Date.now)() / 1000);
    this.count = second === this.second ? this.count + 1 : 1;
    this.second = second;
    if (this.count > this.options.rateLimit) throw rateLimited('global-rate');
  }

  /** The same key with the same request gives the same answer, errors of the server included. */
  private remembered(
    req: ApiRequest,
    requestId: string,
    fault: ApiFault | undefined,
    run: () => ApiAnswer,
  ): ApiAnswer {
    const key = req.method === 'POST' ? headerOf(req, 'idempotency-key') : undefined;
    if (!key) return this.finish(requestId, fault, run);
    const fingerprint = createHash('sha256').update(`${req.path}\n${req.body}`).digest('hex');
    const known = this.replies.get(key);
    if (known && known.fingerprint !== fingerprint) {
      throw new ApiError(
        400,
        'idempotency_error',
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    if (known) {
      return { ...known.answer, headers: { ...known.answer.headers, 'Idempotent-Replayed': 'true' } };
    }
    const answer = this.finish(requestId, fault, run);
    if (answer.status < 500 || fault?.after) this.replies.set(key, { fingerprint, answer });
    return answer;
  }

  /** Runs the request; a fault that strikes afterwards hides the answer but keeps the change. */
  private finish(requestId: string, fault: ApiFault | undefined, run: () => ApiAnswer): ApiAnswer {
    let answer: ApiAnswer;
    try {
      answer = run();
    } catch (error) {
      answer = failed(error, requestId);
    }
    return fault?.after && fault.kind !== 'timeout' ? failed(faultError(fault), requestId) : answer;
  }

  private run(req: ApiRequest, requestId: string): ApiAnswer {
    const found = this.match(req.method, req.path);
    if (!found) {
      throw new ApiError(
        404,
        'invalid_request_error',
        `Unrecognized request URL (${req.method}: ${req.path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
      );
    }
    const params = new Params({ ...parseForm(req.query), ...parseForm(req.body) });
    params.only(found.route.params);
    this.account.request = {
      id: req.method === 'GET' ? null : requestId,
      idempotency_key: headerOf(req, 'idempotency-key') ?? null,
    };
    const result = found.route.handle({ account: this.account, params, path: found.path });
    return { status: 200, body: this.shown(result, params), headers: {} };
  }

  private shown(result: StripeObject | Page | { raw: unknown }, params: Params): unknown {
    if ('raw' in result) return result['raw'];
    const shown = result.object === 'list' ? (result as Page) : show(this.account, result as StripeObject);
    return expand(this.account, shown, params.strings('expand') ?? []);
  }
}

function failed(error: unknown, requestId: string): ApiAnswer {
  if (error instanceof ApiError) {
    return { status: error.status, body: error.body(requestId), headers: error.headers };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const bug = new ApiError(
    500,
    'api_error',
    `The sandbox has a bug: ${message}`,
    {},
    { 'Stripe-Should-Retry': 'false' },
  );
  return { status: 500, body: bug.body(requestId), headers: bug.headers };
}

function rateLimited(reason: string, code = 'rate_limit'): ApiError {
  const message =
    code === 'lock_timeout'
      ? 'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.'
      : 'Request rate limit exceeded. Learn more about rate limits at https://stripe.com/docs/rate-limits.';
  return new ApiError(
    429,
    'invalid_request_error',
    message,
    { code },
    {
      'Stripe-Rate-Limited-Reason': reason,
      'Stripe-Should-Retry': 'true',
    },
  );
}

function faultError(fault: ApiFault): ApiError {
  if (fault.kind === 'rate_limit') return rateLimited('global-rate');
  if (fault.kind === 'lock_timeout') return rateLimited('resource-specific', 'lock_timeout');
  if (fault.kind === 'forbidden') {
    const message =
      "The provided key 'rk_test_*********' does not have the required permissions for this endpoint on account.";
    return new ApiError(403, 'invalid_request_error', message, {
      code: 'more_permissions_required_for_application',
    });
  }
  return new ApiError(500, 'api_error', 'An unknown error occurred', {}, { 'Stripe-Should-Retry': 'true' });
}
