/** Failures → problem+json (RFC 9457): the only place that decides what an HTTP client is told. */
import type { ServerResponse } from 'node:http';
import { asFailure, Failure, Refused, type FailureClass } from '../domain/failure.ts';

export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: {
    type: string;
    title: string;
    status: number;
    detail: string;
    /** One of the ten classes: says whether trying again can help. */
    class: FailureClass;
    code: string;
    hint?: string;
  };
}

const STATUS: Record<FailureClass, number> = {
  transient: 503,
  rate_limited: 503,
  unknown_outcome: 502,
  connection: 502,
  missing_mapping: 422,
  invalid_data: 400,
  conflict: 409,
  business_rule: 422,
  duplicate: 409,
  bug: 500,
};

const TITLE: Record<number, string> = {
  400: 'Not understood',
  401: 'Not authorised',
  404: 'Not found',
  405: 'Wrong method',
  409: 'Conflict',
  413: 'Too large',
  422: 'Not possible',
  500: 'Unexpected error',
  502: 'The system behind does not work',
  503: 'Not now',
};

/** What to answer to a failure; defects of ours tell nothing of the inside. */
export function problemOf(error: unknown, given?: number): Problem {
  const failure = asFailure(error);
  const status =
    given ??
    (failure instanceof Refused ? failure.status : (NOT_FOUND.get(failure.code) ?? STATUS[failure.class]));
  const detail =
    failure.class === 'bug'
      ? 'Something unexpected happened here; the log has the details.'
      : failure.message;
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (status === 503) headers['retry-after'] = String(Math.ceil((failure.retryAfterMs ?? 30_000) / 1_000));
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return {
    status,
    headers,
    body: {
      type: `urn:saas-sync:problem:${failure.code}`,
      title: TITLE[status] ?? 'Error',
      status,
      detail,
      class: failure.class,
      code: failure.code,
      ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    },
  };
}

const NOT_FOUND = new Map([
  ['unknown_connection', 404],
  ['unknown_delivery', 404],
  ['no_route', 404],
]);

/** Writes a problem to the response, unless one was begun already. */
export function sendProblem(response: ServerResponse, error: unknown, given?: number): number {
  const { status, headers, body } = problemOf(error, given);
  if (response.headersSent) response.destroy();
  else response.writeHead(status, headers).end(JSON.stringify(body));
  return status;
}

/** A failure that exists only towards HTTP clients. */
export const refusal = (code: string, message: string, hint?: string): Failure =>
  new Failure('invalid_data', code, message, hint === undefined ? {} : { hint });
