/** The whole path for flow tests: the real Odoo of the test run, a fresh sandbox account, and a sidecar process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logIn, type Person } from '../../dev/support/admin.ts';
import { freePort } from '../../dev/odoo/ports.ts';
import { startSidecar, type Sidecar } from '../../dev/support/sidecar.ts';
import { startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';

export const CONNECTION = 'stripe-demo';
export const WEBHOOK_SECRET = 'whsec_flow_tests';

export interface World {
  admin: Person;
  sandbox: StripeSandbox;
  /** The running sidecar; replaced by `restart`. */
  sidecar: Sidecar;
  /** State folder of the sidecar. */
  home: string;
  restart(options?: { forget?: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** The Odoo that `npm test` prepared; undefined (said loudly) when a test file is run alone without one. */
export function odooOfTheRun(): { url: string; database: string; apiKey: string; login: string } | undefined {
  const { ODOO_TEST_URL: url, ODOO_TEST_DB: database, ODOO_TEST_KEY: apiKey, ODOO_TEST_LOGIN: login } = process.env;
  if (url && database && apiKey && login) return { url, database, apiKey, login };
  console.error('SKIPPED: needs the real Odoo of a test run; use `npm test -- flow`.');
  return undefined;
}

export async function openWorld(odoo: { url: string; database: string; apiKey: string }): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'saas-sync-flow-'));
  const home = join(folder, 'sidecar');
  const port = await freePort();
  const sandbox = await startStripeSandbox({
    port: await freePort(),
    webhook: { url: `http://127.0.0.1:${port}/hooks/${CONNECTION}`, secret: WEBHOOK_SECRET },
  });
  const start = () =>
    startSidecar({
      home,
      port,
      odoo,
      connections: {
        connections: [
          {
            id: CONNECTION,
            name: 'Stripe',
            system: 'stripe',
            environment: 'test',
            base_url: sandbox.url,
            time_zone: 'Europe/Berlin',
            credentials: { api_key: { env: 'STRIPE_KEY' }, webhook_secret: { env: 'STRIPE_WEBHOOK_SECRET' } },
            options: { account: sandbox.account },
          },
        ],
      },
      env: { STRIPE_KEY: sandbox.apiKey, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET },
    });
  const world: World = {
    admin: await logIn(odoo.url, odoo.database, 'admin', 'admin'),
    sandbox,
    sidecar: await start(),
    home,
    restart: async ({ forget = false } = {}) => {
      await world.sidecar.stop();
      if (forget) rmSync(home, { recursive: true, force: true });
      world.sidecar = await start();
    },
    close: async () => {
      await world.sidecar.stop();
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Everything the sync could have written, as counts and latest changes: equal before and after = nothing changed. */
export async function fingerprint(admin: Person): Promise<Record<string, unknown>> {
  const models = [
    'res.partner',
    'product.template',
    'account.move',
    'account.move.line',
    'account.payment',
    'account.partial.reconcile',
    'saas.sync.receipt',
  ];
  const prints: Record<string, unknown> = {};
  for (const model of models) {
    const [row] = await admin.groups(model, [], [], ['__count', 'id:max', 'write_date:max']);
    prints[model] = row;
  }
  return prints;
}
