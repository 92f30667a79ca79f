/** The HTTP side of the sandbox: keys, versions, idempotency, rate limits, faults, and Stripe's answers. */
import express, { type Request, type Response, type Router } from 'express';
import { createHash } from 'node:crypto';
import { API_VERSION, type Account } from './account.ts';
import { ApiError, invalid, unauthenticated } from './errors.ts';
import type { ApiFault, Faults } from './faults.ts';
import { parseForm } from './form.ts';
import type { Page } from './lists.ts';
import { Params } from './params.ts';
import { expand, show } from './render.ts';
import type { Route } from './routes.ts';
import type { StripeObject } from './state.ts';

export type ApiOptions = {
  apiKey: string;
  /** Requests per second before 429; 0 = no limit. */
  rateLimit: number;
  /** Sees every answer as it leaves. */
  observe?: ((answer: Observed) => void) | undefined;
};

export type Observed = { method: string; url: string; status: number; body: unknown };

type Answer = { status: number; body: unknown; headers: Record<string, string> };
type Remembered = { fingerprint: string; answer: Answer };

/** The API under `/v1`. */
export class ApiServer {
  private readonly account: Account;
  private readonly faults: Faults;
  private readonly options: ApiOptions;
  private readonly replies = new Map<string, Remembered>();
  private second = 0;
  private count = 0;

  constructor(account: Account, faults: Faults, options: ApiOptions) {
    this.account = account;
    this.faults = faults;
    this.options = options;
  }

  /** Changes the limit of requests per second; 0 lifts it. */
  limit(perSecond: number): void {
    this.options.rateLimit = perSecond;
  }

  router(routes: Route[]): Router {
    const router = express.Router();
    router.use(express.text({ type: () => true, limit: '5mb' }));
    for (const route of routes) {
      router[route.method](route.path, (req, res) => this.serve(req, res, route));
    }
    router.all('/v1/{*rest}', (req, res) => this.serve(req, res, undefined));
    return router;
  }

  private serve(req: Request, res: Response, route: Route | undefined): void {
    const requestId = this.account.ids.next('request');
    const fault = this.faults.forRequest(req.method, req.path);
    let answer: Answer;
    try {
      this.authenticate(req);
      if (fault && !fault.after) throw faultError(fault);
      this.countRequest();
      answer = this.remembered(req, requestId, fault, () => this.run(req, requestId, route));
    } catch (error) {
      answer = failed(error, requestId);
    }
    if (fault?.kind === 'timeout') {
      setTimeout(() => req.socket.destroy(), fault.ms ?? 5000).unref();
      return;
    }
    this.reply(req, res, requestId, answer);
  }

  private reply(req: Request, res: Response, requestId: string, answer: Answer): void {
    const key = req.header('Idempotency-Key');
    res.set({
      'Request-Id': requestId,
      'Stripe-Version': req.header('Stripe-Version') ?? API_VERSION,
      ...(key ? { 'Idempotency-Key': key } : {}),
      ...answer.headers,
    });
    this.options.observe?.({
      method: req.method,
      url: req.originalUrl,
      status: answer.status,
      body: answer.body,
    });
    res
      .status(answer.status)
      .type('application/json')
      .send(JSON.stringify(answer.body, null, 2));
  }

  private authenticate(req: Request): void {
    const header = req.header('Authorization');
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
    const other = req.header('Stripe-Account');
    if (other && other !== this.account.id) {
      const message = `The provided key does not have access to account '${other}' (or that account does not exist).`;
      throw new ApiError(403, 'invalid_request_error', message, { code: 'account_invalid' });
    }
    const version = req.header('Stripe-Version');
    if (version && version !== API_VERSION)
      throw invalid(`Invalid Stripe API version: ${version}. This sandbox speaks ${API_VERSION}.`);
  }

  private countRequest(): void {
    if (this.options.rateLimit === 0) return;
    const second = Math.floor(Date.now() / 1000);
    this.count = second === this.second ? this.count + 1 : 1;
    this.second = second;
    if (this.count > this.options.rateLimit) throw rateLimited('global-rate');
  }

  /** The same key with the same request gives the same answer, errors of the server included. */
  private remembered(
    req: Request,
    requestId: string,
    fault: ApiFault | undefined,
    run: () => Answer,
  ): Answer {
    const key = req.method === 'POST' ? req.header('Idempotency-Key') : undefined;
    if (!key) return this.finish(requestId, fault, run);
    const fingerprint = createHash('sha256')
      .update(`${req.path}\n${textOf(req)}`)
      .digest('hex');
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
  private finish(requestId: string, fault: ApiFault | undefined, run: () => Answer): Answer {
    let answer: Answer;
    try {
      answer = run();
    } catch (error) {
      answer = failed(error, requestId);
    }
    return fault?.after && fault.kind !== 'timeout' ? failed(faultError(fault), requestId) : answer;
  }

  private run(req: Request, requestId: string, route: Route | undefined): Answer {
    if (!route) {
      throw new ApiError(
        404,
        'invalid_request_error',
        `Unrecognized request URL (${req.method}: ${req.path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
      );
    }
    const query = req.originalUrl.split('?')[1] ?? '';
    const params = new Params({ ...parseForm(query), ...parseForm(textOf(req)) });
    params.only(route.params);
    this.account.request = {
      id: req.method === 'GET' ? null : requestId,
      idempotency_key: req.header('Idempotency-Key') ?? null,
    };
    const result = route.handle({
      account: this.account,
      params,
      path: req.params as Record<string, string>,
    });
    return { status: 200, body: this.shown(result, params), headers: {} };
  }

  private shown(result: StripeObject | Page | { raw: unknown }, params: Params): unknown {
    if ('raw' in result) return result['raw'];
    const shown = result.object === 'list' ? (result as Page) : show(this.account, result as StripeObject);
    return expand(this.account, shown, params.strings('expand') ?? []);
  }
}

function textOf(req: Request): string {
  return typeof req.body === 'string' ? req.body : '';
}

function failed(error: unknown, requestId: string): Answer {
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
