/** JSON-2, Odoo 19's own API: POST /json/2/<model>/<method> with a bearer key. */
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Failure } from '../domain/failure.ts';
import type { OdooSettings, OdooTransport } from './client.ts';
import { makeDeadline } from './deadline.ts';
import * as failures from './failures.ts';

const MODEL = 'saas.sync.api';
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Opens nothing yet: the first call does. */
export function makeJson2(settings: OdooSettings): OdooTransport {
  const http = makeClient(settings);
  const address = failures.addressOf(settings.url);
  return {
    name: 'json2',
    call: async (method, request, options = {}) => {
      const call = { address, database: settings.database, method };
      const deadline = makeDeadline(options.timeoutMs ?? settings.timeoutMs, options.signal);
      const response = await http
        .post<string>(`${address}/json/2/${MODEL}/${method}`, JSON.stringify({ request }), {
          signal: deadline.signal,
        })
        .catch((error: unknown) => {
          throw deadline.failure(call) ?? thrown(error, call);
        });
      return valueOf(response, call);
    },
  };
}

function makeClient(settings: OdooSettings): AxiosInstance {
  return axios.create({
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      Accept: 'application/json',
      Authorization: `bearer ${settings.apiKey}`,
      'X-Odoo-Database': settings.database,
      'User-Agent': 'saas-sync',
    },
    // Odoo itself closes after each answer; a proxy before it may not.
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    maxRedirects: 0,
    maxContentLength: LARGEST_ANSWER,
    maxBodyLength: Number.POSITIVE_INFINITY,
    responseType: 'text',
    transformResponse: (body: string) => body,
    transformRequest: (body: string) => body,
    validateStatus: () => true,
  });
}

/** Only the code of a network error travels on: axios' errors carry the request with its key. */
function thrown(error: unknown, call: failures.Call): Failure {
  if (!axios.isAxiosError(error)) return failures.networkFailure('', call);
  if (/maxContentLength/.test(error.message)) return failures.tooLarge(call, 'answer');
  return failures.networkFailure(error.code ?? '', call);
}

function valueOf(response: AxiosResponse<string>, call: failures.Call): unknown {
  const isJson = String(response.headers['content-type'] ?? '').includes('json');
  const body = isJson ? parse(response.data) : undefined;
  if (response.status !== 200) throw statusFailure(response, body, call);
  if (!isJson) throw failures.notOdoo(call, 'a page instead of data');
  if (body === undefined) throw failures.answerLost(call, 'the answer was cut off');
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const BUSY: ReadonlySet<number> = new Set([408, 409, 423, 425, 502, 503, 504]);

/** Odoo's statuses, as listed in its JSON-2 controller; a page instead of JSON comes from the router or a proxy. */
function statusFailure(response: AxiosResponse<string>, body: unknown, call: failures.Call): Failure {
  const { status, headers } = response;
  const said = saidIn(body);
  const retryAfter = failures.retryAfterMs(headers['retry-after']);
  if (status >= 300 && status < 400)
    return failures.notOdoo(call, `it redirects to ${hostOf(headers['location'])}`);
  if (status === 401) return failures.keyRefused(call);
  if (status === 403) return failures.rightsMissing(call, said);
  if (status === 404) return notFound(body, said, call);
  if (status === 413) return failures.tooLarge(call, 'request');
  if (status === 422) return failures.refused(call, said);
  if (status === 429) return failures.slowDown(call, retryAfter);
  if (BUSY.has(status)) return failures.busy(call, status, retryAfter);
  if (failures.isOfDatabase(nameIn(body))) return failures.busy(call, status, retryAfter);
  if (body === undefined && status >= 500) return failures.busy(call, status, retryAfter);
  return failures.odooError(call, `${said} (status ${status})`);
}

function notFound(body: unknown, said: string, call: failures.Call): Failure {
  if (body === undefined) return failures.databaseMissing(call);
  if (said.includes('the model')) return failures.addonMissing(call);
  return said.includes('The method') ? failures.addonOutdated(call) : failures.refused(call, said);
}

/** The Python class of Odoo's error, e.g. `psycopg2.errors.AdminShutdown`. */
function nameIn(body: unknown): string {
  const name = typeof body === 'object' && body !== null && 'name' in body ? body.name : '';
  return typeof name === 'string' ? name : '';
}

/** Odoo's `message`; its `debug` is a traceback of the server and stays there. */
function saidIn(body: unknown): string {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : '';
  return failures.lastLine(typeof message === 'string' ? message : '');
}

function hostOf(location: unknown): string {
  try {
    return new URL(String(location)).origin;
  } catch {
    return 'another page';
  }
}
