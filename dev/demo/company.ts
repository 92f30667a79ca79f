/** The demo's world: Odoo with the addons and people, the sandbox, and the sidecar between them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Odoo, OdooServer, Progress } from '../odoo/index.ts';
import { freePort, isListening } from '../odoo/ports.ts';
import { logIn, type Person } from '../support/admin.ts';
import { ADDONS, addonsDigest, prepareCompany } from '../support/prepare.ts';
import { startSidecar, type Sidecar } from '../support/sidecar.ts';
import { startStripeSandbox, type StripeSandbox } from '../../test/sandbox/stripe/index.ts';

export interface Company {
  /** Id of the Stripe connection. */
  connection: string;
  odoo: Odoo;
  server: OdooServer;
  admin: Person;
  sandbox: StripeSandbox;
  sidecar: Sidecar;
  close(): Promise<void>;
}

const DATABASE = 'demo';
const CONNECTION = 'stripe-demo';
const WEBHOOK_SECRET = 'whsec_demo_only_for_the_sandbox';

/** Starts everything, making only what is not there yet. */
export async function openCompany(odoo: Odoo, home: string, progress: Progress): Promise<Company> {
  const fresh = !(await odoo.databaseExists(DATABASE));
  if (fresh) await odoo.createDatabase(DATABASE, { install: ADDONS });
  else await updateIfChanged(odoo, home);
  if (fresh) rememberAddons(home);
  const apiKey = await apiKeyOf(odoo, home, fresh, progress);
  const ports = await portsOf(home);
  const server = await odoo.start(DATABASE, { port: ports.odoo });
  const sidecarUrl = `http://127.0.0.1:${ports.sidecar}`;
  const sandbox = await startStripeSandbox({
    port: ports.sandbox,
    statePath: join(home, 'stripe.json'),
    webhook: { url: `${sidecarUrl}/hooks/${CONNECTION}`, secret: WEBHOOK_SECRET },
  });
  const sidecar = await startSidecar({
    home: join(home, 'sidecar'),
    port: ports.sidecar,
    odoo: { url: server.url, database: DATABASE, apiKey },
    connections: connectionsFor(sandbox),
    env: { STRIPE_KEY: sandbox.apiKey, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET },
  });
  const admin = await logIn(server.url, DATABASE, server.login, server.password);
  const close = async () => {
    await sidecar.stop();
    await sandbox.stop();
    await server.stop();
  };
  return { connection: CONNECTION, odoo, server, admin, sandbox, sidecar, close };
}

function connectionsFor(sandbox: StripeSandbox): unknown {
  return {
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
  };
}

/** The sidecar's key is shown once by Odoo, so it is kept beside the demo's state. */
async function apiKeyOf(odoo: Odoo, home: string, fresh: boolean, progress: Progress): Promise<string> {
  const file = join(home, 'odoo_api_key');
  if (!fresh && existsSync(file)) return readFileSync(file, 'utf8').trim();
  const key = await progress.step('Company, people and accounting', async () => {
    const made = await prepareCompany(odoo, DATABASE, { connection: CONNECTION, systemName: 'Stripe' });
    if (fresh) await odoo.shell(DATABASE, readFileSync(new URL('past.py', import.meta.url), 'utf8'));
    return made;
  });
  writeFileSync(file, key, { mode: 0o600 });
  return key;
}

interface Ports {
  odoo: number;
  sidecar: number;
  sandbox: number;
}

/** The same addresses at every start, so that bookmarks and the sandbox's webhook endpoint stay right. */
async function portsOf(home: string): Promise<Ports> {
  const file = join(home, 'ports.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Ports;
  const ports = { odoo: await portNear(8069), sidecar: await portNear(8070), sandbox: await portNear(12111) };
  mkdirSync(home, { recursive: true });
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

/** The usual port, or any free one when somebody has it. */
const portNear = async (usual: number): Promise<number> => ((await isListening(usual)) ? freePort() : usual);

const addonsFile = (home: string): string => join(home, 'addons');

async function updateIfChanged(odoo: Odoo, home: string): Promise<void> {
  const known = existsSync(addonsFile(home)) ? readFileSync(addonsFile(home), 'utf8') : '';
  if (known === addonsDigest()) return;
  await odoo.update(DATABASE, ADDONS);
  rememberAddons(home);
}

function rememberAddons(home: string): void {
  writeFileSync(addonsFile(home), addonsDigest());
}
