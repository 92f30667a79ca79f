/**
 * XML-RPC by odoo-await, for sites that allow only that. Requests and answers travel as JSON text, because XML-RPC has
 * no null and only 32-bit integers.
 */
import OdooAwait from 'odoo-await';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ConfigurationError, ConnectionBroken, type Failure } from '../domain/failure.ts';
import type { OdooSettings, OdooTransport } from './client.ts';
import { makeDeadline } from './deadline.ts';
import * as failures from './failures.ts';

const MODEL = 'saas.sync.api';

/** Opens nothing yet: the first call signs in. Throws ConfigurationError without a login. */
export function makeXmlrpc(settings: OdooSettings): OdooTransport {
  const login = loginOf(settings);
  const address = failures.addressOf(settings.url);
  const agent = settings.url.startsWith('https:')
    ? new HttpsAgent({ keepAlive: true })
    : new HttpAgent({ keepAlive: true });
  let uid: number | undefined;

  return {
    name: 'xmlrpc',
    call: async (method, request, options = {}) => {
      const call = { address, database: settings.database, method };
      const deadline = makeDeadline(options.timeoutMs ?? settings.timeoutMs, options.signal);
      const line = new Line(settings, login, agent, deadline.signal);
      const run = async (work: () => Promise<unknown>, as: failures.Call): Promise<unknown> => {
        try {
          return await ended(work(), deadline.signal);
        } catch (error) {
          throw deadline.failure(as) ?? thrown(error, as);
        }
      };
      uid ??= Number(await run(() => line.connect(), { ...call, method: 'authenticate' }));
      line.uid = uid;
      try {
        return parse(await run(() => line.execute_kw(MODEL, method, [[asciiJson(request)]]), call), call);
      } catch (error) {
        // The user may have been made anew: sign in again next time.
        if (error instanceof ConnectionBroken) uid = undefined;
        throw error;
      }
    },
  };
}

function loginOf({ login }: OdooSettings): string {
  if (login) return login;
  throw new ConfigurationError('odoo_login', 'XML-RPC needs the login of the sidecar’s Odoo user.', {
    hint: 'Set the login shown in Settings › SaaS Sync, or use JSON-2, which needs only the key.',
  });
}

/** odoo-await with what it has no options for: a path before /xmlrpc, an agent, and an end to waiting. */
class Line extends OdooAwait {
  declare uid: number;
  readonly #more: { agent: HttpAgent; signal: AbortSignal };
  readonly #prefix: string;

  constructor(settings: OdooSettings, login: string, agent: HttpAgent, signal: AbortSignal) {
    super({ baseUrl: settings.url, db: settings.database, username: login, password: settings.apiKey });
    this.#more = { agent, signal };
    this.#prefix = new URL(settings.url).pathname.replace(/\/$/, '');
  }

  override createClientOptions(path: string): ReturnType<OdooAwait['createClientOptions']> {
    return { ...super.createClientOptions(`${this.#prefix}${path}`), ...this.#more };
  }
}

/** Settles when the signal fires, even if the library has lost its own answer (a body that ends halfway). */
function ended<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('ended'));
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** JSON in ASCII: XML 1.0 forbids some characters that names may hold. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function parse(text: unknown, call: failures.Call): unknown {
  try {
    return JSON.parse(text as string);
  } catch {
    throw failures.answerLost(call, 'the answer is not complete');
  }
}

interface Fault {
  faultCode?: unknown;
  faultString?: string;
  code?: unknown;
  message?: unknown;
  res?: { statusCode?: number; headers: Record<string, string | undefined> };
}

/** odoo-await rejects with a text for a refused sign-in, with a fault of Odoo, or with an error of node's http. */
function thrown(error: unknown, call: failures.Call): Failure {
  if (typeof error === 'string') return failures.keyRefused(call);
  const fault = error as Fault;
  if (fault.faultCode !== undefined) return faultFailure(fault, call);
  const status = fault.res?.statusCode;
  if (status !== undefined && status !== 200) return statusFailure(status, fault, call);
  if (fault.res?.headers['content-type']?.includes('html'))
    return failures.notOdoo(call, 'a page instead of data');
  return failures.networkFailure(typeof fault.code === 'string' ? fault.code : '', call);
}

/** Codes of Odoo's XML-RPC controller: 1 error with traceback, 2 user error, 3 access denied, 4 access error. */
function faultFailure({ faultCode, faultString = '' }: Fault, call: failures.Call): Failure {
  const said = failures.lastLine(faultString);
  if (faultCode === 3) return failures.keyRefused(call);
  if (faultCode === 4) return failures.rightsMissing(call, said);
  if (/Object saas\.sync\.api doesn't exist/.test(said)) return failures.addonMissing(call);
  if (faultCode === 2) return failures.refused(call, said);
  return errorFailure(faultString, said, call);
}

function errorFailure(trace: string, said: string, call: failures.Call): Failure {
  if (/database ".*" does not exist/.test(said) || /KeyError: '?DatabaseNotFound/.test(trace))
    return failures.databaseMissing(call);
  if (/The method '.*' does not exist/.test(said)) return failures.addonOutdated(call);
  if (failures.isOfDatabase(trace)) return failures.busy(call, 409);
  return failures.odooError(call, said);
}

function statusFailure(status: number, fault: Fault, call: failures.Call): Failure {
  const retryAfter = failures.retryAfterMs(fault.res?.headers['retry-after']);
  if (status >= 300 && status < 400) return failures.notOdoo(call, 'it redirects');
  if (status === 404) return failures.notOdoo(call, 'no XML-RPC at this address');
  if (status === 401) return failures.keyRefused(call);
  if (status === 403) return failures.rightsMissing(call, 'the proxy before Odoo forbids it');
  if (status === 413) return failures.tooLarge(call, 'request');
  if (status === 429) return failures.slowDown(call, retryAfter);
  return status >= 500 || status === 408 || status === 409
    ? failures.busy(call, status, retryAfter)
    : failures.odooError(call, `status ${status}`);
}
