/** One line to one host: paced, bounded in time and size, and with failures instead of exceptions. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Budget, Transport } from '../../domain/connector.ts';
import { ConfigurationError, Failure, Transient, UnknownOutcome } from '../../domain/failure.ts';
import type { Priority } from '../../domain/priority.ts';
import { budgetsOf, type BudgetHeaders } from './budget.ts';
import { limiter, type Limiter } from './limit.ts';
import { failureOf, retryAfterMs } from './status.ts';
import { openWire, troubleOf, type Method, type Outgoing, type Wire } from './wire.ts';

export interface HttpOptions {
  /** The vendor for people: "Stripe". */
  title: string;
  /** The only host that is ever called. */
  baseUrl: string;
  headers: Record<string, string>;
  /** Headers that prove who we are, asked for right before each call: a token that is refreshed now and then. */
  authorize?: () => Promise<Record<string, string>>;
  /** The vendor answered 401 to these headers: they are to be forgotten, and the call is made once more. */
  unauthorized?: (sent: Record<string, string>) => void;
  /** Sustained calls per second; from the vendor's documented limits. */
  perSecond: number;
  concurrency?: number;
  /** Where the vendor's answers tell of its limits. */
  budgets?: readonly BudgetHeaders[];
  /** For the whole of an answer. */
  timeoutMs?: number;
  /** Larger answers are cut off and fail. */
  maxBytes?: number;
  now: () => number;
  signal?: AbortSignal | undefined;
  /** See SessionDeps. */
  sleep?: ((ms: number) => Promise<void>) | undefined;
  /** See SessionDeps. */
  transport?: Transport | undefined;
  /** The vendor's own reading of an error answer; undefined leaves it to the common table. */
  explain?: (answer: Answer, path: string) => Failure | undefined;
}

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Parsed JSON; undefined if the answer was none. */
  body: unknown;
  /** The answer as text, for what is no JSON. */
  text: string;
}

/** What goes with a request; at most one of `json`, `form` and `xml`. */
export interface Sending {
  json?: unknown;
  form?: Readonly<Record<string, string>>;
  xml?: string;
  params?: Params;
  headers?: Readonly<Record<string, string>>;
  /** It only asks, although it is no GET: a search, a batch read. A lost answer then means nothing. */
  asks?: boolean;
}

export type Params = readonly (readonly [name: string, value: string | number | boolean])[];

export interface Http {
  /** GET of a path below the base URL. Resolves for 2xx and for the statuses in `accept`; throws Failures otherwise. */
  get(path: string, params?: Params, accept?: readonly number[], priority?: Priority): Promise<Answer>;
  /**
   * Any request below the base URL, resolved and refused like `get`; an answer without JSON is fine, see `text`.
   * Throws `UnknownOutcome('answer_lost')` when a request that writes may have arrived and its answer did not.
   */
  send(
    method: Method,
    path: string,
    sending?: Sending,
    accept?: readonly number[],
    priority?: Priority,
  ): Promise<Answer>;
  /** The vendor's tightest limit as last known. */
  budget(): Budget;
}

const QUICK_RETRIES_MS = [50, 250];

/** Opens the line. Throws ConfigurationError if the base URL is none or not http(s). */
export function createHttp(options: HttpOptions): Http {
  const base = baseOf(options.baseUrl);
  const limit = limiter({
    concurrency: options.concurrency ?? 8,
    perSecond: options.perSecond,
    now: options.now,
    sleep: (ms) => paused(options, ms),
  });
  const wire = openWire(options, base);
  const send = async (outgoing: Outgoing, accept: readonly number[], priority: Priority): Promise<Answer> => {
    const answer = await attempt(options, limit, wire, outgoing, priority);
    if ((answer.status >= 200 && answer.status < 300) || accept.includes(answer.status)) return answer;
    throw failed(options, limit, outgoing.path, answer);
  };
  return {
    budget: () => limit.budget(),
    get: async (path, params = [], accept = [], priority = 1) => {
      const outgoing = { method: 'GET', path, url: urlOf(base, path, params), asks: true } as const;
      const answer = await send(outgoing, accept, priority);
      if (answer.body === undefined) throw notJson(options.title, path, answer.status);
      return answer;
    },
    send: (method, path, sending = {}, accept = [], priority = 1) => {
      const { params = [], asks = method === 'GET', ...content } = sending;
      return send({ ...content, method, path, url: urlOf(base, path, params), asks }, accept, priority);
    },
  };
}

/** Waits; throws once we are stopping, so that nobody waits for a turn that will not come. */
async function paused({ sleep, signal }: HttpOptions, ms: number): Promise<void> {
  if (sleep) await sleep(ms);
  else await wait(ms, undefined, { signal });
  signal?.throwIfAborted();
}

function baseOf(text: string): URL {
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (base && ['http:', 'https:'].includes(base.protocol) && base.username === '') return base;
  throw new ConfigurationError('base_url', `"${text}" is no base URL`, {
    hint: 'Write base_url as https://host, without user name and password.',
  });
}

/** The URL of a path below the base; a path that would leave the host is our own mistake and throws. */
function urlOf(base: URL, path: string, params: Params): string {
  const url = new URL(base.href.replace(/\/$/, '') + path);
  if (!path.startsWith('/') || url.origin !== base.origin || !url.pathname.startsWith(base.pathname))
    throw new Error(`path "${path}" leaves ${base.origin}`);
  for (const [name, value] of params) url.searchParams.append(name, String(value));
  return url.href;
}

/** One call, made again where that is harmless: nothing arrived, or the vendor asks for fresher proof of who we are. */
async function attempt(
  options: HttpOptions,
  limit: Limiter,
  wire: Wire,
  outgoing: Outgoing,
  priority: Priority,
): Promise<Answer> {
  let renewed = false;
  for (let tries = 0; ; tries += 1) {
    let proof: Record<string, string> = {};
    const call = async (): Promise<Answer> => {
      proof = (await options.authorize?.()) ?? {};
      return wire(outgoing, proof);
    };
    try {
      const answer = await limit.run(call, priority);
      limit.heard(budgetsOf(options.budgets ?? [], answer.headers, options.now()));
      if (answer.status !== 401 || renewed || !options.unauthorized) return answer;
      options.unauthorized(proof);
      renewed = true;
    } catch (error) {
      const pause = QUICK_RETRIES_MS[tries];
      if (options.signal?.aborted || pause === undefined || !mayRepeat(error, outgoing))
        throw networkFailure(options, outgoing, error);
      await paused(options, pause).catch((stopped: unknown) => {
        throw networkFailure(options, outgoing, stopped);
      });
    }
  }
}

function mayRepeat(error: unknown, { asks }: Outgoing): boolean {
  const trouble = troubleOf(error);
  return trouble === 'not_sent' || (trouble === 'no_answer' && asks);
}

function failed(options: HttpOptions, limit: Limiter, path: string, answer: Answer): Failure {
  const rest = retryAfterMs(answer.headers['retry-after'], options.now());
  const failure =
    options.explain?.(answer, path) ??
    failureOf({ title: options.title, status: answer.status, path, retryAfterMs: rest });
  if (answer.status === 429 || answer.status === 503) limit.hold(rest ?? 1000);
  if (failure.class === 'rate_limited') limit.slowDown();
  return failure;
}

function networkFailure({ title, signal }: HttpOptions, outgoing: Outgoing, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { method, path, asks } = outgoing;
  const trouble = troubleOf(error);
  if (trouble === undefined && !signal?.aborted) throw error;
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  // Before a stop the call may have arrived as well, so a call that writes is never told as merely stopped.
  if (!asks && trouble !== undefined && trouble !== 'not_sent')
    return new UnknownOutcome('answer_lost', `${title}'s answer to ${method} ${path} was lost (${code})`, {
      hint: 'Nothing to do: what the vendor holds now is read first, then it is told again if need be.',
      args: { code, path },
    });
  if (signal?.aborted)
    return new Transient('stopping', `The call to ${title} was stopped, as we are stopping.`);
  return new Transient('unreachable', `${title} could not be reached for ${path} (${code})`, {
    hint: `Nothing to do: it is tried again. If it lasts, check the network and base_url of the connection.`,
    args: { code, path },
  });
}

function notJson(title: string, path: string, status: number): Failure {
  return new Transient(
    'not_json',
    `${title} answered ${status} for ${path} with something that is not JSON`,
    {
      hint: 'A proxy or a wrong base_url is the usual reason.',
      args: { status, path },
    },
  );
}
