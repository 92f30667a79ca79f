/** Speaks to the sidecar that runs on this home, through its admin API. */
import http from 'node:http';
import { Failure, Transient } from '../domain/failure.ts';
import type { Instance } from '../instance.ts';

/** One request to the admin API; `body` makes it a POST. Throws what the problem document says. */
export function ask<T>(instance: Instance, path: string, body?: unknown): Promise<T> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${instance.url}/admin/v1${path}`,
      {
        method: text === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${instance.token}`,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as T & {
            detail?: string;
            code?: string;
            hint?: string;
          };
          if ((response.statusCode ?? 500) < 400) return resolve(answer);
          const { code = 'refused', detail = 'The sidecar refused', hint } = answer;
          reject(new Failure('invalid_data', code, detail, hint === undefined ? {} : { hint }));
        });
      },
    );
    request.on('error', (cause) =>
      reject(
        new Transient(
          'sidecar_silent',
          `The sidecar (process ${instance.pid}) does not answer at ${instance.url}`,
          {
            hint: 'Look at its log; stop that process if it hangs.',
            cause,
          },
        ),
      ),
    );
    request.end(text);
  });
}
