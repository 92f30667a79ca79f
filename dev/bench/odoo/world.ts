/** The whole of it, for benchmarks with a real Odoo: made once per run, and removed at its end. */
import { join } from 'node:path';
import { freePort } from '../../odoo/ports.ts';
import { provision, silent, type Odoo, type OdooServer } from '../../odoo/index.ts';
import { logIn, type Person } from '../../support/admin.ts';
import { ADDONS, prepareCompany } from '../../support/prepare.ts';
import { startSidecar, type Sidecar } from '../../support/sidecar.ts';
import { startHelper, type Helper } from '../child.ts';
import { CONNECTION, SECRET } from '../ingest/connection.ts';
import { inHome } from '../home.ts';

export interface World {
  odoo: Odoo;
  server: OdooServer;
  admin: Person;
  /** Another database made the same way, without the path's records: floors are measured there. */
  floor: string;
  sandbox: Helper;
  sidecar: Sidecar;
  storeFile: string;
}

const DATABASE = 'bench_path';
const FLOOR = 'bench_floor';

let opened: Promise<World> | undefined;
const closing: (() => Promise<void>)[] = [];

/** The world of this run. */
export function theWorld(say: (text: string) => void): Promise<World> {
  return (opened ??= open(say));
}

async function open(say: (text: string) => void): Promise<World> {
  say('Preparing two databases …');
  const odoo = await provision({ progress: silent });
  closing.push(() => odoo.release());
  const keys: string[] = [];
  for (const database of [DATABASE, FLOOR]) {
    await odoo.dropDatabase(database);
    closing.push(() => odoo.dropDatabase(database));
    await odoo.createDatabase(database, { install: ADDONS });
    keys.push(await prepareCompany(odoo, database, { connection: CONNECTION, systemName: 'Stripe' }));
  }
  const server = await odoo.start(DATABASE);
  closing.push(() => server.stop());
  const port = await freePort();
  const webhook = { url: `http://127.0.0.1:${port}/hooks/${CONNECTION}`, secret: SECRET };
  const sandbox = await startHelper('odoo/sandbox.ts', { webhook });
  closing.push(() => sandbox.stop());
  await sandbox.ask('catalogue');
  const home = inHome('sidecar');
  const sidecar = await startOn(home, port, sandbox, {
    url: server.url,
    database: DATABASE,
    apiKey: keys[0]!,
  });
  closing.push(() => sidecar.stop());
  const admin = await logIn(server.url, DATABASE, server.login, server.password);
  await sidecar.idle();
  return { odoo, server, admin, floor: FLOOR, sandbox, sidecar, storeFile: join(home, 'saas-sync.sqlite') };
}

async function startOn(
  home: string,
  port: number,
  sandbox: Helper,
  odoo: { url: string; database: string; apiKey: string },
): Promise<Sidecar> {
  const stripe = await sandbox.ask<{ url: string; apiKey: string; account: string }>('about');
  return startSidecar({
    home,
    port,
    odoo,
    connections: {
      connections: [
        {
          id: CONNECTION,
          system: 'stripe',
          environment: 'test',
          base_url: stripe.url,
          credentials: { api_key: { env: 'STRIPE_KEY' }, webhook_secret: { env: 'STRIPE_WEBHOOK_SECRET' } },
          // The vendor's own ceiling; what is measured here is us.
          options: { account: stripe.account, rate_per_second: 100 },
        },
      ],
    },
    env: { STRIPE_KEY: stripe.apiKey, STRIPE_WEBHOOK_SECRET: SECRET },
  });
}

/** Stops and removes everything, in the opposite order of its making. */
export async function closeWorld(): Promise<void> {
  for (const close of closing.splice(0).reverse())
    await close().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
  opened = undefined;
}
