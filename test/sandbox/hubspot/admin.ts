/** Handles of the sandbox that HubSpot does not have, under `/_sandbox`: records by hand, mishaps, what was sent. */
import express, { type Router } from 'express';
import { mishapRoutes } from '../kit/admin.ts';
import { ApiError } from './errors.ts';
import type { Sandbox } from './sandbox.ts';
import { TYPES, typeOf, type ObjectType } from './schema.ts';
import type { WebhookOptions } from './webhooks.ts';

type Values = Record<string, string | number | boolean | null>;

export function adminRouter(sandbox: Sandbox): Router {
  const { portal, webhooks, faults, access } = sandbox;
  const router = express.Router();
  router.use(express.json({ limit: '20mb' }));
  router.get('/state', (_req, res) => {
    const counts = TYPES.map((type) => [type, sandbox.all(type).length]);
    res.json({
      portal: portal.id,
      now: portal.now(),
      objects: Object.fromEntries(counts),
      calls: sandbox.calls.length,
      faults: faults.pending,
    });
  });
  router.post('/objects/:type', (req, res) => {
    res.json({ id: sandbox.create(typed(req.params.type), req.body as Values) });
  });
  router.get('/objects/:type/:id', (req, res) => {
    res.json(sandbox.get(typed(req.params.type), req.params.id) ?? null);
  });
  router.patch('/objects/:type/:id', (req, res) => {
    sandbox.update(typed(req.params.type), req.params.id, req.body as Values);
    res.json({});
  });
  router.delete('/objects/:type/:id', (req, res) => {
    sandbox.archive(typed(req.params.type), req.params.id);
    res.json({});
  });
  router.post('/objects/:type/:id/merge', (req, res) => {
    const { other } = req.body as { other: string };
    res.json({ id: sandbox.merge(typed(req.params.type), req.params.id, other) });
  });
  router.post('/associate', (req, res) => {
    const { from, id, to, toId, label } = req.body as Record<string, string>;
    sandbox.associate(typed(from), id ?? '', typed(to), toId ?? '', label);
    res.json({});
  });
  router.post('/lag', (req, res) => {
    portal.indexLagMs = (req.body as { ms: number }).ms;
    res.json({});
  });
  router.use(mishapRoutes(faults, webhooks));
  router.post('/webhook', (req, res) => {
    webhooks.pointTo(req.body as WebhookOptions);
    res.json({});
  });
  // Scopes that the app does not have from now on.
  router.post('/lacking', (req, res) => {
    access.lacking.clear();
    for (const scope of [req.body].flat() as string[]) access.lacking.add(scope);
    res.json([...access.lacking]);
  });
  router.post('/revoke', (_req, res) => {
    access.revoke();
    res.json({});
  });
  router.use((error: unknown, _req: express.Request, res: express.Response, next: express.NextFunction) => {
    if (!(error instanceof ApiError)) return next(error);
    res.status(error.status).json(error.body());
  });
  return router;
}

function typed(text: string | undefined): ObjectType {
  const found = typeOf(text ?? '');
  if (found) return found;
  throw new ApiError(400, 'VALIDATION_ERROR', `There are no objects of type ${text}`);
}
