/** The HTTP server: hooks on node's own server, everything else on express. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import http from 'node:http';
import { type Failure, InvalidData, Refused } from '../domain/failure.ts';
import { silentTracer, type Tracer } from '../engine/index.ts';
import { routes, type AdminDeps, type Route } from './admin.ts';
import { bearer, ringer, type Tokens } from './auth.ts';
import { createHooks, type HookDeps } from './hooks.ts';
import type { Metrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { sendProblem } from './problem.ts';

export { createOverload, machineGauges } from './overload.ts';
export { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts';

export interface ServerDeps extends AdminDeps, Pick<HookDeps, 'members' | 'logger'> {
  metrics: Metrics;
  tracer?: Tracer;
  tokens: Tokens;
  version: string;
  /** What is running short, if anything (`createOverload`): hooks are answered 503 meanwhile. */
  overload?: () => Failure | undefined;
}

/** Ready means that Odoo answered within this time. */
const ODOO_FRESH_MS = 180_000;

/** A server that is not listening yet. */
export function createServer(deps: ServerDeps): http.Server {
  const hooks = createHooks({
    ...deps,
    intake: deps.engine.intake,
    tracer: deps.tracer ?? silentTracer,
    overload: deps.overload ?? (() => undefined),
    measured: deps.metrics.hook,
  });
  const app = createApp(deps);
  const server = http.createServer(
    { headersTimeout: 15_000, requestTimeout: 30_000 },
    (request, response) => {
      if (request.url?.startsWith('/hooks/')) hooks(request, response);
      else app(request, response);
    },
  );
  return server;
}

function createApp(deps: ServerDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => void response.json({ ok: true, version: deps.version }));
  app.get('/readyz', readiness(deps));
  app.get('/metrics', async (_request, response) => {
    const { engine, store, metrics } = deps;
    const now = { status: engine.status(), exceptions: store.exceptionTotals(), queues: store.queues() };
    const text = await metrics.text(now);
    response.type(deps.metrics.contentType).send(text);
  });
  app.get(
    '/admin/v1/openapi.json',
    (_request, response) => void response.json(openApi(routes, deps.version)),
  );
  app.post('/poke', ringer(deps.tokens), (_request, response) => {
    deps.engine.poke();
    response.status(204).end();
  });
  app.use('/admin/v1', bearer(deps.tokens), express.json({ limit: '5mb' }), adminRouter(deps));
  app.use((request) => {
    throw new Refused(404, 'no_route', `There is nothing at ${request.path}`, {
      hint: 'See /admin/v1/openapi.json for what there is.',
    });
  });
  app.use(problems(deps));
  return app;
}

function readiness({ engine, store, now, overload }: ServerDeps): RequestHandler {
  return (_request, response) => {
    const reasons: string[] = [];
    try {
      store.setting('ready');
    } catch {
      reasons.push('the store cannot be read');
    }
    const { odoo } = engine.status();
    if (!odoo.reachable) reasons.push([odoo.message, odoo.hint].filter(Boolean).join(' '));
    else if (now() - odoo.lastGoodAt > ODOO_FRESH_MS) reasons.push('Odoo has not answered yet');
    const short = overload?.();
    if (short) reasons.push([short.message, short.hint].filter(Boolean).join('. '));
    response.status(reasons.length === 0 ? 200 : 503).json({ ready: reasons.length === 0, reasons });
  };
}

function adminRouter(deps: AdminDeps): express.Router {
  const router = express.Router();
  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[route.method](path, async (request, response) => {
      const answer = await route.run(deps, {
        params: request.params as Record<string, string>,
        query: checked(route.query, request.query),
        body: checked(route.body, request.body ?? {}),
      });
      if (answer === undefined)
        throw new Refused(404, 'not_found', `There is no such record (${route.summary})`);
      response.json(answer);
    });
  }
  return router;
}

function checked(schema: Route['query'], value: unknown): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`);
  throw new InvalidData('request', `The request is not understood: ${issues.join('; ')}`, {
    hint: 'See /admin/v1/openapi.json.',
  });
}

/** Express's own errors (bad JSON, too large) carry an HTTP status. */
function problems({ logger }: ServerDeps): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const status = (error as { status?: unknown }).status;
    const own =
      typeof status === 'number' && status < 500 && !(error instanceof Refused) ? status : undefined;
    const told = own === undefined ? error : new InvalidData('request', (error as Error).message);
    if (sendProblem(response, told, own) >= 500 && response.statusCode === 500)
      logger.error(`${request.method} ${request.path} failed`, { stack: (error as Error).stack });
  };
}
