/** One request over the network, or over what stands in for it: bounded in time and size, never redirected. */
import http from 'node:http';
import https from 'node:https';
import axios, { AxiosError, isAxiosError, type AxiosAdapter, type AxiosResponse } from 'axios';
import type { Transport } from '../../domain/connector.ts';
import { within } from './deadline.ts';
import type { Answer, HttpOptions } from './http.ts';
import { parseJson } from './json.ts';

export type Method = Parameters<Transport>[0]['method'];

/** A request that is ready to go; at most one of `json`, `form` and `xml`. */
export interface Outgoing {
  method: Method;
  /** Below the base URL, for messages. */
  path: string;
  url: string;
  json?: unknown;
  form?: Readonly<Record<string, string>>;
  xml?: string;
  headers?: Readonly<Record<string, string>>;
  /** It writes nothing. */
  asks: boolean;
}

/** Sends one request with these headers of proof. Resolves for every status; rejects with what `troubleOf` reads. */
export type Wire = (outgoing: Outgoing, proof: Record<string, string>) => Promise<Answer>;

/** How far a request came that brought no answer: not a byte left us, no byte of an answer came, or only a part of one. */
export type Trouble = 'not_sent' | 'no_answer' | 'lost';

const NOT_SENT = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'ENETUNREACH', 'EHOSTUNREACH']);
const NO_ANSWER = new Set(['ECONNRESET', 'EPIPE']);
const TIMEOUT_MS = 30_000;

/** Reads an error of the network; undefined for any other. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (!isAxiosError(error)) return undefined;
  if (error.response !== undefined) return 'lost';
  if (NOT_SENT.has(error.code ?? '')) return 'not_sent';
  return NO_ANSWER.has(error.code ?? '') ? 'no_answer' : 'lost';
}

/** A line to the host of `base`. */
export function openWire(options: HttpOptions, base: URL): Wire {
  const keepAlive = { keepAlive: true, maxSockets: options.concurrency ?? 8 };
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  const client = axios.create({
    baseURL: base.href,
    headers: { Accept: 'application/json', ...options.headers },
    timeout,
    maxContentLength: options.maxBytes ?? 32 * 1024 * 1024,
    maxRedirects: 0,
    validateStatus: () => true,
    responseType: 'arraybuffer',
    httpAgent: new http.Agent(keepAlive),
    httpsAgent: new https.Agent(keepAlive),
    ...(options.transport ? { adapter: carriedBy(options.transport) } : {}),
  });
  return async (outgoing, proof) => {
    const { type, data } = contentOf(outgoing);
    const headers = { ...(type ? { 'Content-Type': type } : {}), ...outgoing.headers, ...proof };
    const { method, url } = outgoing;
    const response = await within(timeout, options.signal, (signal) =>
      client.request<ArrayBuffer>({ method, url, headers, data, signal }),
    );
    return answerOf(response);
  };
}

function contentOf({ json, form, xml }: Outgoing): { type?: string; data?: Buffer } {
  if (json !== undefined) return { type: 'application/json', data: Buffer.from(JSON.stringify(json)) };
  if (xml !== undefined) return { type: 'text/xml; charset=utf-8', data: Buffer.from(xml) };
  if (form === undefined) return {};
  return {
    type: 'application/x-www-form-urlencoded',
    data: Buffer.from(new URLSearchParams(form).toString()),
  };
}

/** The given transport behind axios, so that whatever surrounds a call is the same with and without a network. */
function carriedBy(transport: Transport): AxiosAdapter {
  return async (config) => {
    const { url = '', timeout: timeoutMs = 0, data } = config;
    const method = (config.method ?? 'get').toUpperCase() as Method;
    const headers = Object.fromEntries(Object.entries(config.headers).map(([k, v]) => [k, String(v)]));
    const body = data === undefined ? {} : { body: Buffer.from(data as Uint8Array) };
    try {
      const answer = await transport({ method, url, headers, timeoutMs, ...body });
      return { data: answer.body, status: answer.status, statusText: '', headers: answer.headers, config };
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      throw new AxiosError(message, code, config);
    }
  };
}

function answerOf(response: AxiosResponse<ArrayBuffer>): Answer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined && value !== null) headers[name.toLowerCase()] = String(value);
  const text = Buffer.from(response.data).toString('utf8');
  return { status: response.status, headers, body: parseJson(text), text };
}
