/** The real sidecar process on a prepared store, between an Odoo and a Stripe that cost nothing. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../odoo/ports.ts';
import { startSidecar, type Sidecar } from '../../support/sidecar.ts';
import { CONNECTION, SECRET } from '../ingest/connection.ts';
import { copyOf } from './fill.ts';
import type { Stub } from './stub.ts';

export const storeIn = (home: string): string => join(home, 'saas-sync.sqlite');

/** Puts a copy of the store into `home`; the sidecar started next works on it. */
export function prepareHome(home: string, store: string): void {
  mkdirSync(home, { recursive: true });
  copyOf(store, storeIn(home));
}

export async function sidecarOn(home: string, stub: Stub): Promise<Sidecar> {
  return startSidecar({
    home,
    port: await freePort(),
    odoo: { url: stub.url, database: 'bench', apiKey: 'bench-key' },
    connections: {
      connections: [
        {
          id: CONNECTION,
          system: 'stripe',
          environment: 'test',
          base_url: stub.url,
          credentials: { api_key: { env: 'STRIPE_KEY' }, webhook_secret: { env: 'STRIPE_WEBHOOK_SECRET' } },
        },
      ],
    },
    env: { STRIPE_KEY: 'sk_test_bench', STRIPE_WEBHOOK_SECRET: SECRET },
  });
}
