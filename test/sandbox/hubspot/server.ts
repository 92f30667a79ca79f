/** The HTTP side of the sandbox: tokens, limits, faults, and HubSpot's answers. */
import type { Router } from 'express';
import { headerOf, routerOf, type ApiAnswer, type ApiRequest, type Cut } from '../kit/wire.ts';
import type { Access } from './access.ts';
import { ApiError, invalid, missingScope } from './errors.ts';
import type { ApiFault, Faults } from './faults.ts';
import { tooMany, type Meter } from './limits.ts';
import type { Portal } from './portal.ts';
import { associations } from './routes/associations.ts';
import { batch } from './routes/batch.ts';
import { meta } from './routes/meta.ts';
import { objects } from './routes/objects.ts';
import { matcherOf, type Result } from './routes/route.ts';
import { SearchIndex } from './search.ts';

export type { ApiAnswer, ApiRequest, Cut };

export interface Observed {
  method: string;
  path: string;
  status: number;
}

const APP = { source: 'INTEGRATION' } as const;

export class ApiServer {
  /** Every answered request, in order. */
  readonly log: Observed[] = [];
  readonly #portal: Portal;
  readonly #access: Access;
  readonly #meter: Meter;
  readonly #faults: Faults;
  readonly #index: SearchIndex;
  readonly #match = matcherOf([...objects, ...batch, ...associations, ...meta]);

  constructor(portal: Portal, access: Access, meter: Meter, faults: Faults) {
    this.#portal = portal;
    this.#access = access;
    this.#meter = meter;
    this.#faults = faults;
    this.#index = new SearchIndex(portal);
  }

  /** The API behind HTTP. */
  router(): Router {
    return routerOf((request) => this.handle(request));
  }

  /** What the API says to a request, whichever way it came. */
  handle(request: ApiRequest): ApiAnswer | Cut {
    const { method, path } = request;
    const fault = this.#faults.forRequest(method, path);
    const answer = this.#answer(request, fault);
    if (fault?.kind === 'timeout') return { cutAfterMs: fault.ms ?? 5_000 };
    this.log.push({ method, path, status: answer.status });
    return answer;
  }

  #answer(request: ApiRequest, fault: ApiFault | undefined): ApiAnswer {
    const search = request.path.endsWith('/search');
    try {
      if (fault && fault.after !== true) throw faultError(fault);
      if (request.path === '/oauth/v1/token')
        return { ...this.#access.token(new URLSearchParams(request.body)), headers: {} };
      this.#access.check(headerOf(request, 'authorization'));
      this.#access.checkScope(request.method, request.path);
      this.#meter.count(search);
      const { status = 200, body } = this.#run(request);
      if (fault) throw faultError(fault);
      return { status, body, headers: search ? {} : this.#meter.headers() };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.status, body: error.body(), headers: error.headers };
    }
  }

  #run({ method, path, query, body }: ApiRequest): Result {
    const { route, path: parts } = this.#match(method, path);
    return route.handle({
      portal: this.#portal,
      index: this.#index,
      access: this.#access,
      actor: APP,
      path: parts,
      query: new URLSearchParams(query),
      body: body === '' ? undefined : parsed(body),
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Invalid input JSON');
  }
}

function faultError({ kind, ms }: ApiFault): ApiError {
  const after: Record<string, string> =
    ms === undefined ? {} : { 'Retry-After': String(Math.ceil(ms / 1000)) };
  if (kind === 'rate_limit') {
    const { status, category, message, more } = tooMany('TEN_SECONDLY_ROLLING');
    return new ApiError(status, category, message, more, after);
  }
  if (kind === 'daily_limit') return tooMany('DAILY');
  if (kind === 'moving')
    return new ApiError(477, 'MIGRATION_IN_PROGRESS', 'The account is being migrated', {}, after);
  if (kind === 'bad_gateway') return new ApiError(502, 'GATEWAY', 'Bad gateway', {}, after);
  if (kind === 'forbidden') return missingScope('crm.objects.deals.read');
  return new ApiError(500, 'INTERNAL_ERROR', 'internal error');
}
