/** Handles that every simulator with webhooks has: mishaps to come, and what was sent. */
import express, { type Router } from 'express';
import type { Mishap, Mishaps } from './mishaps.ts';

interface Messages {
  readonly log: readonly unknown[];
  releaseHeld(): void;
}

/** `/faults` and `/deliveries`; expects JSON to be parsed. */
export function mishapRoutes<T extends Mishap>(mishaps: Mishaps<T>, messages: Messages): Router {
  const router = express.Router();
  router.post('/faults', (req, res) => {
    mishaps.add(...([req.body].flat() as T[]));
    res.json({ faults: mishaps.pending });
  });
  router.delete('/faults', (_req, res) => {
    mishaps.clear();
    res.json({ faults: [] });
  });
  router.get('/deliveries', (_req, res) => void res.json(messages.log));
  router.post('/deliveries/release', (_req, res) => {
    messages.releaseHeld();
    res.json({});
  });
  return router;
}
