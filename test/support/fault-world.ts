/** A world whose parts may be killed: an Odoo server and PostgreSQL of this run, and toxic lines to Odoo and to Stripe. */
import { provision, type Odoo, type OdooServer } from '../../dev/odoo/index.ts';
import { freePort } from '../../dev/odoo/ports.ts';
import { openToxicProxy, type ToxicProxy } from './toxic-proxy.ts';
import { openWorld, type World } from './world.ts';

/** How many times as much as usual; `SAAS_SYNC_FAULT_ROUNDS=10 npm test -- faults` for more. */
export const ROUNDS = Number(process.env['SAAS_SYNC_FAULT_ROUNDS'] || 1);
/** Printed with every summary; `SAAS_SYNC_FAULT_SEED` repeats it. */
export const SEED = Number(process.env['SAAS_SYNC_FAULT_SEED'] || Math.floor(Math.random() * 1e6));

export interface FaultWorld extends World {
  server: OdooServer;
  /** Undefined while somebody else uses the same PostgreSQL: then it is not ours to crash. */
  postgres: Odoo['postgres'];
  toOdoo: ToxicProxy;
  toStripe: ToxicProxy;
}

interface OdooOfTheFaults {
  odoo: Odoo;
  server: OdooServer;
  postgres: Odoo['postgres'];
  apiKey: string;
}

let shared: Promise<OdooOfTheFaults> | undefined;

after(async () => {
  const started = await shared?.catch(() => undefined);
  await started?.server.stop();
  await started?.odoo.release();
});

/** The database that `npm test` prepared, served by us; undefined (said loudly) when there is none. */
function odooOfTheFaults(): Promise<OdooOfTheFaults> | undefined {
  const { ODOO_FAULTS_DB: database, ODOO_FAULTS_KEY: apiKey } = process.env;
  if (!database || !apiKey) {
    console.error('SKIPPED: needs an Odoo that may be killed; use `npm test -- faults` on Debian.');
    return undefined;
  }
  return (shared ??= (async () => {
    const odoo = await provision();
    const postgres = isOurs(odoo) ? odoo.postgres : undefined;
    await postgres?.settle();
    return { odoo, server: await odoo.start(database, { keepUp: true }), postgres, apiKey };
  })());
}

/** Nobody but this run uses the PostgreSQL of this Odoo. */
const isOurs = ({ postgres }: Odoo): boolean =>
  postgres?.isUsedBeside([process.pid, Number(process.env['SAAS_SYNC_TEST_RUN'] ?? 0)]) === false;

export interface FaultOptions {
  /** Names the connection, the customers and the summary: a word. */
  name: string;
  env?: Record<string, string>;
}

/** Opened and idle, with nothing wrong yet; undefined where nothing may be killed. */
export async function openFaultWorld(options: FaultOptions): Promise<FaultWorld | undefined> {
  const given = await odooOfTheFaults();
  if (!given) return undefined;
  const { server, postgres, apiKey } = given;
  const port = await freePort();
  const toOdoo = await openToxicProxy({ port: Number(new URL(server.url).port) });
  const toStripe = await openToxicProxy({ port });
  const world = await openWorld(
    { url: server.url, database: server.database, apiKey },
    {
      connection: `stripe-${options.name}-${SEED}`,
      seed: `${options.name}-${SEED}`,
      odooUrl: toOdoo.url,
      stripeUrl: toStripe.url,
      env: { ODOO_TIMEOUT_S: '6', ...options.env },
      sandbox: {
        port,
        now: Math.floor(Date.now() / 1000),
        delivery: { retryMs: 50, retryMaxMs: 500, timeoutMs: 3_000, attempts: 2_000, concurrency: 8 },
      },
    },
  );
  await world.sidecar.idle(60_000);
  // A world is one object for its whole life: it replaces its own `sidecar` when that is killed.
  const { close } = world;
  return Object.assign(world, {
    server,
    postgres,
    toOdoo,
    toStripe,
    close: async () => {
      await close();
      await toOdoo.close();
      await toStripe.close();
    },
  });
}
