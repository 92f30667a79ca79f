/** One line to one host: paced, bounded in time and size, and with failures instead of exceptions. */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import axios, {
  AxiosError,
  isAxiosError,
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosResponse,
} from 'axios';
import type { Budget, Transport } from '../../domain/connector.ts';
import { ConfigurationError, Failure, Transient } from '../../domain/failure.ts';
import type { Priority } from '../../domain/priority.ts';
import { budgetsOf, type BudgetHeaders } from './budget.ts';
import { within } from './deadline.ts';
import { parseJson } from './json.ts';
import { limiter, type Limiter } from './limit.ts';
import { failureOf, retryAfterMs } from './status.ts';

export interface HttpOptions {
  /** The vendor for people: "Stripe". */
  title: string;
  /** The only host that is ever called. */
  baseUrl: string;
  headers: Record<string, string>;
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
}

export type Params = readonly (readonly [name: string, value: string | number | boolean])[];

export interface Http {
  /** GET of a path below the base URL. Resolves for 2xx and for the statuses in `accept`; throws Failures otherwise. */
  get(path: string, params?: Params, accept?: readonly number[], priority?: Priority): Promise<Answer>;
  /** The vendor's tightest limit as last known. */
  budget(): Budget;
}

/** Failed before a byte of an answer: nothing happened yet, and the same call may be made again at once. */
const NO_BYTE_YET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);
const QUICK_RETRIES_MS = [50, 250];
const TIMEOUT_MS = 30_000;

/** Opens the line. Throws ConfigurationError if the base URL is none or not http(s). */
export function createHttp(options: HttpOptions): Http {
  const base = baseOf(options.baseUrl);
  const limit = limiter({
    concurrency: options.concurrency ?? 8,
    perSecond: options.perSecond,
    now: options.now,
    sleep: (ms) => paused(options, ms),
  });
  const client = clientOf(options, base);
  return {
    budget: () => limit.budget(),
    get: async (path, params = [], accept = [], priority = 1) => {
      const url = urlOf(base, path, params);
      const ask = (): Promise<AxiosResponse<ArrayBuffer>> =>
        within(options.timeoutMs ?? TIMEOUT_MS, options.signal, (signal) => client.get(url, { signal }));
      const answer = await attempt(options, limit, { path, priority }, ask);
      limit.heard(budgetsOf(options.budgets ?? [], answer.headers, options.now()));
      if ((answer.status >= 200 && answer.status < 300) || accept.includes(answer.status)) {
        if (answer.body === undefined) throw notJson(options.title, path, answer.status);
        return answer;
      }
      throw failed(options, limit, path, answer);
    },
  };
}

function clientOf(options: HttpOptions, base: URL): AxiosInstance {
  const keepAlive = { keepAlive: true, maxSockets: options.concurrency ?? 8 };
  return axios.create({
    baseURL: base.href,
    headers: { Accept: 'application/json', ...options.headers },
    timeout: options.timeoutMs ?? TIMEOUT_MS,
    maxContentLength: options.maxBytes ?? 32 * 1024 * 1024,
    maxRedirects: 0,
    validateStatus: () => true,
    responseType: 'arraybuffer',
    httpAgent: new http.Agent(keepAlive),
    httpsAgent: new https.Agent(keepAlive),
    ...(options.transport ? { adapter: carriedBy(options.transport) } : {}),
  });
}

/** The given transport behind axios, so that whatever surrounds a call is the same with and without a network. */
function carriedBy(transport: Transport): AxiosAdapter {
  return async (config) => {
    const { url = '', timeout = 0 } = config;
    const headers = Object.fromEntries(Object.entries(config.headers).map(([k, v]) => [k, String(v)]));
    try {
      const answer = await transport({ method: 'GET', url, headers, timeoutMs: timeout });
      return { data: answer.body, status: answer.status, statusText: '', headers: answer.headers, config };
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      throw new AxiosError(message, code, config);
    }
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

async function attempt(
  options: HttpOptions,
  limit: Limiter,
  { path, priority }: { path: string; priority: Priority },
  call: () => Promise<AxiosResponse<ArrayBuffer>>,
): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return answerOf(await limit.run(call, priority));
    } catch (error) {
      const pause = QUICK_RETRIES_MS[tries];
      if (options.signal?.aborted || pause === undefined || !isNoByteYet(error))
        throw networkFailure(options, path, error);
      await paused(options, pause).catch((stopped: unknown) => {
        throw networkFailure(options, path, stopped);
      });
    }
  }
}

function isNoByteYet(error: unknown): boolean {
  return isAxiosError(error) && error.response === undefined && NO_BYTE_YET.has(error.code ?? '');
}

function answerOf(response: AxiosResponse<ArrayBuffer>): Answer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined && value !== null) headers[name.toLowerCase()] = String(value);
  return { status: response.status, headers, body: parseJson(Buffer.from(response.data)) };
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

function networkFailure(options: HttpOptions, path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { title, signal } = options;
  if (signal?.aborted)
    return new Transient('stopping', `The call to ${title} was stopped, as we are stopping.`);
  const code = isAxiosError(error) ? (error.code ?? 'unknown') : 'unknown';
  if (!isAxiosError(error)) throw error;
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
