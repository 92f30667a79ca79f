/** The demo's world: Odoo with the addons and people, the simulated systems, and the sidecar between them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Odoo, OdooServer, Progress } from '../odoo/index.ts';
import { logIn, type Person } from '../support/admin.ts';
import { ADDONS, addonsDigest, prepareCompany } from '../support/prepare.ts';
import { startSidecar, type Sidecar } from '../support/sidecar.ts';
import { settingsFor, startSystems, STRIPE, type Systems } from './connections.ts';
import { portsOf } from './ports.ts';

export interface Company {
  odoo: Odoo;
  server: OdooServer;
  admin: Person;
  systems: Systems;
  sidecar: Sidecar;
  /** Folder of everything the demo keeps. */
  home: string;
  close(): Promise<void>;
}

/** Starts everything, making only what is not there yet. `database`: its name in PostgreSQL. */
export async function openCompany(
  odoo: Odoo,
  { home, database }: { home: string; database: string },
  progress: Progress,
): Promise<Company> {
  const fresh = !(await odoo.databaseExists(database));
  if (fresh) await odoo.createDatabase(database, { install: ADDONS });
  else await updateIfChanged(odoo, database, home);
  if (fresh) rememberAddons(home);
  const apiKey = await apiKeyOf(odoo, { home, database, fresh }, progress);
  const ports = await portsOf(home);
  const server = await odoo.start(database, { port: ports.odoo });
  const systems = await startSystems(home, ports);
  const sidecar = await startSidecar({
    home: join(home, 'sidecar'),
    port: ports.sidecar,
    odoo: { url: server.url, database, apiKey },
    ...settingsFor(systems, ports),
  });
  const admin = await logIn(server.url, database, server.login, server.password);
  const close = async () => {
    await sidecar.stop();
    await systems.stop();
    await server.stop();
  };
  return { odoo, server, admin, systems, sidecar, home, close };
}

/** The sidecar's key is shown once by Odoo, so it is kept beside the demo's state. */
async function apiKeyOf(
  odoo: Odoo,
  { home, database, fresh }: { home: string; database: string; fresh: boolean },
  progress: Progress,
): Promise<string> {
  const file = join(home, 'odoo_api_key');
  if (!fresh && existsSync(file)) return readFileSync(file, 'utf8').trim();
  const key = await progress.step('Company, people and accounting', async () => {
    const made = await prepareCompany(odoo, database, { connection: STRIPE, systemName: 'Stripe' });
    if (fresh) await odoo.shell(database, readFileSync(new URL('past.py', import.meta.url), 'utf8'));
    return made;
  });
  writeFileSync(file, key, { mode: 0o600 });
  return key;
}

const addonsFile = (home: string): string => join(home, 'addons');

async function updateIfChanged(odoo: Odoo, database: string, home: string): Promise<void> {
  const known = existsSync(addonsFile(home)) ? readFileSync(addonsFile(home), 'utf8') : '';
  if (known === addonsDigest()) return;
  await odoo.update(database, ADDONS);
  rememberAddons(home);
}

function rememberAddons(home: string): void {
  writeFileSync(addonsFile(home), addonsDigest());
}
