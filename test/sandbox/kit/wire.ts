/** Requests and answers of a simulated API, whichever way they travel. */
import express, { type Router } from 'express';

/** One request as it arrived; names of headers in lower case. */
export interface ApiRequest {
  method: string;
  path: string;
  /** What follows the question mark. */
  query: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface ApiAnswer {
  status: number;
  /** Undefined: no content. */
  body: unknown;
  headers: Record<string, string>;
}

/** The line is to be cut after so many milliseconds, without an answer. */
export interface Cut {
  cutAfterMs: number;
}

export function headerOf({ headers }: ApiRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** An API behind HTTP, at the paths that `under` matches. */
export function routerOf(handle: (request: ApiRequest) => ApiAnswer | Cut, under = '/{*rest}'): Router {
  const router = express.Router();
  router.use(express.text({ type: () => true, limit: '20mb' }));
  router.all(under, (req, res) => {
    const answer = handle({
      method: req.method,
      path: req.path,
      query: req.originalUrl.split('?')[1] ?? '',
      headers: req.headers,
      body: typeof req.body === 'string' ? req.body : '',
    });
    if ('cutAfterMs' in answer) return void setTimeout(() => req.socket.destroy(), answer.cutAfterMs).unref();
    res.set(answer.headers).status(answer.status);
    if (answer.body === undefined) res.end();
    else res.type('application/json').send(JSON.stringify(answer.body));
  });
  return router;
}
