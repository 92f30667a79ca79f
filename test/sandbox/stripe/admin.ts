/** Handles of the sandbox that Stripe does not have, under `/_sandbox`: clock, faults, story, books. */
import express, { type Router } from 'express';
import { mishapRoutes } from '../kit/admin.ts';
import { completeRefund, failRefund } from './resources/refunds.ts';
import type { Sandbox } from './sandbox.ts';

export function adminRouter(sandbox: Sandbox): Router {
  const { memory: account, webhooks, faults } = sandbox;
  const router = express.Router();
  router.use(express.json());
  router.get('/books', (_req, res) => void res.json(sandbox.books()));
  router.get('/state', (_req, res) => {
    const tables = Object.entries(account.tables).map(([kind, table]) => [kind, table.rows.size]);
    res.json({
      account: account.id,
      now: account.now,
      story: account.story,
      tables: Object.fromEntries(tables),
      faults: faults.pending,
    });
  });
  router.post('/clock', (req, res) => {
    const { to, seconds } = req.body as { to?: number | string; seconds?: number };
    const target = typeof to === 'string' ? Date.parse(to) / 1000 : (to ?? account.now + (seconds ?? 0));
    sandbox.advance(target);
    res.json({ now: account.now });
  });
  router.use(mishapRoutes(faults, webhooks));
  router.post('/rate_limit', (req, res) => {
    sandbox.limit((req.body as { per_second: number }).per_second);
    res.json({});
  });
  router.post(
    '/refunds/:id/fail',
    (req, res) => void res.json(failRefund(account, account.get('refund', req.params.id))),
  );
  router.post('/refunds/:id/succeed', (req, res) => {
    res.json(completeRefund(account, account.get('refund', req.params.id)));
  });
  router.post('/webhook_endpoints/:id/roll', (req, res) => {
    const { secret, overlap } = req.body as { secret?: string; overlap?: boolean };
    res.json({ secret: sandbox.rollSecret(req.params.id, secret, overlap ?? true) });
  });
  router.post('/play', async (req, res) => {
    const played: string[] = [];
    const { until } = req.body as { until?: string };
    await sandbox.play({ until, onChapter: ({ name }) => void played.push(name) });
    res.json({ played });
  });
  router.post('/seed', (req, res) => void res.json(sandbox.seedMany((req.body as { n: number }).n)));
  router.post('/reset', (_req, res) => {
    sandbox.reset();
    res.json({});
  });
  return router;
}
