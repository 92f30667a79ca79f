/** The whole of it, for benchmarks with a real Odoo: made once per run and vendor, and removed at its end. */
import { join } from 'node:path';
import { freePort } from '../../odoo/ports.ts';
import { provision, silent, type Odoo, type OdooServer } from '../../odoo/index.ts';
import { logIn, type Person } from '../../support/admin.ts';
import { ADDONS, prepareCompany } from '../../support/prepare.ts';
import { startSidecar, type Sidecar, type SidecarOptions } from '../../support/sidecar.ts';
import { startHelper, type Helper } from '../child.ts';
import { inHome } from '../home.ts';
import { STRIPE, type Vendor } from './vendor.ts';

export interface World {
  /** Its connection's id. */
  connection: string;
  odoo: Odoo;
  server: OdooServer;
  admin: Person;
  /** Another database made the same way, without the path's records: floors are measured there. */
  floor: string;
  sandbox: Helper;
  sidecar: Sidecar;
  settings: Omit<SidecarOptions, 'connections'>;
  /** Its connection in connections.yaml. */
  entry: Record<string, unknown> & { options: Record<string, unknown> };
  storeFile: string;
}

const opened = new Map<Vendor, Promise<World>>();
const closing: (() => Promise<void>)[] = [];

/** The world of this run with this vendor. */
export function theWorld(say: (text: string) => void, vendor: Vendor = STRIPE): Promise<World> {
  const world = opened.get(vendor) ?? open(say, vendor);
  opened.set(vendor, world);
  return world;
}

async function open(say: (text: string) => void, vendor: Vendor): Promise<World> {
  const { connection, system, systemName, database } = vendor;
  const floor = `${database}_floor`;
  say('Preparing two databases …');
  const odoo = await provision({ progress: silent });
  closing.push(() => odoo.release());
  const keys: string[] = [];
  for (const name of [database, floor]) {
    await odoo.dropDatabase(name);
    closing.push(() => odoo.dropDatabase(name));
    await odoo.createDatabase(name, { install: ADDONS });
    keys.push(await prepareCompany(odoo, name, { connection, system, systemName }));
  }
  const server = await odoo.start(database);
  closing.push(() => server.stop());
  const port = await freePort();
  const hook = `http://127.0.0.1:${port}/hooks/${connection}`;
  const sandbox = await startHelper(vendor.program, { webhook: { url: hook, secret: vendor.secret } });
  closing.push(() => sandbox.stop());
  const home = inHome(`sidecar-${system}`);
  const known = await vendor.connect(sandbox, hook);
  const odooAt = { url: server.url, database, apiKey: keys[0]! };
  const settings = { home, port, odoo: odooAt, env: known.env };
  const entry = { id: connection, system, environment: 'test', ...known.entry };
  const sidecar = await startSidecar({ ...settings, connections: { connections: [entry] } });
  const admin = await logIn(server.url, database, server.login, server.password);
  const storeFile = join(home, 'saas-sync.sqlite');
  const world = { connection, odoo, server, admin, floor, sandbox, sidecar, settings, entry, storeFile };
  closing.push(() => world.sidecar.stop());
  await sidecar.idle();
  return world;
}

/** Stops the sidecar and starts it again on what it knows, with these variables and options besides its own. */
export async function restartSidecar(
  world: World,
  { env = {}, options = {} }: { env?: Record<string, string>; options?: Record<string, unknown> },
): Promise<void> {
  const { settings, entry } = world;
  const changed = { ...entry, options: { ...entry.options, ...options } };
  await world.sidecar.stop();
  world.sidecar = await startSidecar({
    ...settings,
    env: { ...settings.env, ...env },
    connections: { connections: [changed] },
  });
  await world.sidecar.idle();
}

/** Stops and removes everything, in the opposite order of its making. */
export async function closeWorld(): Promise<void> {
  for (const close of closing.splice(0).reverse())
    await close().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
  opened.clear();
}
