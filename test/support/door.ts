/** The HTTP door of a sidecar of tests. */
import type http from 'node:http';
import { createMetrics, createServer, type ServerDeps } from '../../sidecar/server/index.ts';
import { connectionNamed, thingConnector, type World } from './engine.ts';

/** What the vendor of tests sends along. */
export const SECRET = { 'x-secret': 's3cret', 'content-type': 'application/json' };

/** The HTTP server over a world, with connections `a` and `b`. */
export function serverOf(w: World, given: Partial<ServerDeps> = {}): http.Server {
  return createServer({
    engine: w.engine,
    store: w.store,
    members: ['a', 'b'].map((id) => ({ connection: connectionNamed(id), connector: thingConnector })),
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    metrics: createMetrics(),
    tokens: { admin: 'the-admin-token', local: undefined, poke: 'for-odoo' },
    version: '1.2.3',
    now: w.clock.now,
    ...given,
  });
}

/** One message of the vendor of tests. */
export const told = (id: string, type = 'changed', about = 'customer:c1') =>
  JSON.stringify({ id, type, about });
export const bearer = { authorization: 'Bearer the-admin-token' };
