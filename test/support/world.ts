/** The whole path for flow tests: the real Odoo of the test run, a fresh sandbox account, and a sidecar process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logIn, type Person } from '../../dev/support/admin.ts';
import { freePort } from '../../dev/odoo/ports.ts';
import { pause, runSidecarCommand, startSidecar, type Sidecar } from '../../dev/support/sidecar.ts';
import { startStripeSandbox, type SandboxOptions, type StripeSandbox } from '../sandbox/stripe/index.ts';

export const CONNECTION = 'stripe-demo';
export const WEBHOOK_SECRET = 'whsec_flow_tests';

export interface World {
  admin: Person;
  sandbox: StripeSandbox;
  /** Id of the connection in the sidecar and code of it in Odoo. */
  connection: string;
  /** The running sidecar; replaced by `restart` and `kill`. */
  sidecar: Sidecar;
  /** State folder of the sidecar. */
  home: string;
  /** Stops in good order and starts again; `forget` loses the store in between, `env` changes the environment for good. */
  restart(options?: { forget?: boolean; env?: Record<string, string> }): Promise<void>;
  /** kill -9, without starting again. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** `saas-sync …` with the sidecar's settings. */
  cli(...words: string[]): Promise<{ code: number; output: string }>;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** A connection of its own, made ready in Odoo; else the one that the test run prepared. */
  connection?: string;
  /** Other ids than those of the other worlds. */
  seed?: string;
  /** What the sidecar uses as Odoo, e.g. something that stands before it; people log in to the real one. */
  odooUrl?: string;
  /** What the sidecar uses as Stripe, e.g. something that stands before the sandbox. */
  stripeUrl?: string;
  /** Added to the sidecar's environment. */
  env?: Record<string, string>;
  /** Active signing secrets of the sidecar, as names of environment variables; the sandbox signs with the usual one. */
  secretNames?: string[];
  sandbox?: SandboxOptions;
  /** What the vendor holds before the sidecar ever meets it. */
  fill?: (sandbox: StripeSandbox) => Promise<void>;
  /** People review what the first sync would do. */
  review?: boolean;
}

/** The Odoo that `npm test` prepared; undefined (said loudly) when a test file is run alone without one. */
export function odooOfTheRun(): { url: string; database: string; apiKey: string; login: string } | undefined {
  const {
    ODOO_TEST_URL: url,
    ODOO_TEST_DB: database,
    ODOO_TEST_KEY: apiKey,
    ODOO_TEST_LOGIN: login,
  } = process.env;
  if (url && database && apiKey && login) return { url, database, apiKey, login };
  console.error('SKIPPED: needs the real Odoo of a test run; use `npm test -- flow`.');
  return undefined;
}

export async function openWorld(
  odoo: { url: string; database: string; apiKey: string },
  options: WorldOptions = {},
): Promise<World> {
  const { connection = CONNECTION, secretNames = ['STRIPE_WEBHOOK_SECRET'] } = options;
  const folder = mkdtempSync(join(tmpdir(), 'saas-sync-flow-'));
  const home = join(folder, 'sidecar');
  const port = await freePort();
  const admin = await logIn(odoo.url, odoo.database, 'admin', 'admin');
  const sandbox = await startStripeSandbox({
    port: await freePort(),
    ...(options.seed ? { seed: options.seed } : {}),
    ...options.sandbox,
    webhook: { url: `http://127.0.0.1:${port}/hooks/${connection}`, secret: WEBHOOK_SECRET },
  });
  let env = { STRIPE_KEY: sandbox.apiKey, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET, ...options.env };
  await options.fill?.(sandbox);
  const connections = connectionsOf(connection, sandbox, {
    baseUrl: options.stripeUrl ?? sandbox.url,
    secretNames,
    review: options.review ?? false,
  });
  const settings = () => ({
    home,
    port,
    odoo: { ...odoo, url: options.odooUrl ?? odoo.url },
    connections,
    env,
  });
  const start = () => startSidecar(settings());
  const world: World = {
    admin,
    sandbox,
    connection,
    sidecar: await start(),
    home,
    restart: async ({ forget = false, env: more = {} } = {}) => {
      await world.sidecar.stop();
      if (forget) rmSync(home, { recursive: true, force: true });
      env = { ...env, ...more };
      world.sidecar = await start();
    },
    kill: () => world.sidecar.kill(),
    start: async () => {
      world.sidecar = await start();
    },
    cli: (...words) => runSidecarCommand(settings(), ...words),
    close: async () => {
      await world.sidecar.stop();
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  if (options.connection) await prepareConnection(admin, connection);
  return world;
}

function connectionsOf(
  id: string,
  { account }: StripeSandbox,
  { baseUrl, secretNames, review }: { baseUrl: string; secretNames: string[]; review: boolean },
): unknown {
  return {
    connections: [
      {
        id,
        name: 'Stripe',
        system: 'stripe',
        environment: 'test',
        base_url: baseUrl,
        time_zone: 'Europe/Berlin',
        ...(review ? { first_contact: 'review' } : {}),
        credentials: {
          api_key: { env: 'STRIPE_KEY' },
          webhook_secret: secretNames.map((env) => ({ env })),
        },
        options: { account },
      },
    ],
  };
}

/** What an admin of Odoo does when the sidecar has told of a new connection: one press of "Set up accounting". */
async function prepareConnection(admin: Person, code: string): Promise<void> {
  const model = 'saas.sync.connection';
  for (let tries = 0; tries < 100; tries += 1) {
    const [row] = await admin.search<{ id: number }>(model, [['code', '=', code]], ['id']);
    if (row) return void (await admin.call(model, 'action_setup_accounting', [[row.id]]));
    await pause(100);
  }
  throw new Error(`The sidecar did not tell Odoo of the connection ${code}.`);
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
