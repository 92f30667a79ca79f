// Odoo from Debian's package, on a PostgreSQL cluster of its own.
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUsedBeside } from './lease.ts';
import type { Machine } from './machine.ts';
import { installDependencies, odooPackage, requireDebian, type OdooPackage } from './packages.ts';
import { ADDONS, ADDONS_FOR_ODOO, inVar, ordinaryAccount, privateFolder, type Account } from './paths.ts';
import {
  cluster,
  crashCluster,
  psql,
  restartCluster,
  settleCluster,
  stopCluster,
  type Cluster,
} from './postgres.ts';
import { mustRun, run, SetupError, type Command } from './process.ts';
import type { Progress } from './progress.ts';

/** Prepares everything up to a running PostgreSQL. */
export async function debianMachine(progress: Progress): Promise<Machine> {
  requireDebian();
  await installDependencies(progress);
  const odoo = await odooPackage(progress);
  const account = ordinaryAccount();
  await copyAddons();
  await requireReadable(odoo, account);
  const postgres = await cluster(progress);
  const home = privateFolder(inVar('odoo', 'home'), account); // chromium and matplotlib-like libraries write there
  const data = privateFolder(inVar('odoo', 'data'), account);
  const config = writeConfiguration(odoo, postgres, data, account);
  const files = (database: string): string => join(data, 'filestore', database);
  const asOdoo = (file: string, args: string[]): Command => ({ file, args, ...account });

  return {
    version: odoo.version,
    odoo: ([command = '', ...args]) => {
      // `odoo shell` is a word before the options; everything else is the server with options only.
      const words = command.startsWith('-')
        ? ['-c', config, command, ...args]
        : [command, '-c', config, ...args];
      const env = environment(odoo, home);
      return { ...asOdoo('/usr/bin/python3', [join(odoo.root, 'usr/bin/odoo'), ...words]), env, cwd: home };
    },
    postgres: { isUsedBeside, settle: settleCluster, crash: crashCluster, start: restartCluster },
    sql: async (database, statement) =>
      (
        await mustRun(psql(postgres, database, statement), `SQL on ${database}: ${statement.split('\n')[0]}`)
      ).trim(),
    copyFiles: async (from, to) => {
      if (existsSync(files(from)))
        await mustRun(asOdoo('cp', ['-a', '--reflink=auto', files(from), files(to)]), 'Copying files');
    },
    moveFiles: async (from, to) => {
      if (existsSync(files(from)))
        await mustRun(asOdoo('mv', ['-T', files(from), files(to)]), 'Moving files');
    },
    removeFiles: async (database) =>
      void (await mustRun(asOdoo('rm', ['-rf', files(database)]), 'Removing files')),
    close: async (shared) => {
      if (postgres.started && !shared) await stopCluster();
    },
  };
}

// The interpreter is Debian's own: another python3 on PATH does not have Debian's modules. Byte code goes to var/,
// so that no __pycache__ appears in the addon and the unpacked package can stay read-only.
const environment = (odoo: OdooPackage, home: string): NodeJS.ProcessEnv => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  HOME: home,
  PYTHONPATH: join(odoo.root, 'usr/lib/python3/dist-packages'),
  PYTHONPYCACHEPREFIX: join(home, 'pycache'),
});

/** For a checkout that Odoo's account may not enter. */
async function copyAddons(): Promise<void> {
  if (ADDONS_FOR_ODOO === ADDONS) return;
  rmSync(ADDONS_FOR_ODOO, { recursive: true, force: true });
  cpSync(ADDONS, ADDONS_FOR_ODOO, { recursive: true });
  await mustRun({ file: 'chmod', args: ['-R', 'a+rX', ADDONS_FOR_ODOO] }, 'Opening the copy of the addons');
}

async function requireReadable(odoo: OdooPackage, account: Account): Promise<void> {
  for (const path of [odoo.root, ADDONS_FOR_ODOO]) {
    if (!existsSync(path)) continue;
    if ((await run({ file: 'test', args: ['-x', path], ...account })).code === 0) continue;
    throw new SetupError(
      `Odoo runs under the account "postgres", which may not read ${path}.\n` +
        'Move the project out of a private folder, or open it: chmod o+x on each folder above it.',
    );
  }
}

function writeConfiguration(odoo: OdooPackage, postgres: Cluster, data: string, account: Account): string {
  const file = inVar('odoo', 'odoo.conf');
  const addons = [join(odoo.root, 'usr/lib/python3/dist-packages/odoo/addons'), ADDONS_FOR_ODOO];
  const lines = {
    addons_path: addons.filter((path) => existsSync(path)).join(','),
    data_dir: data,
    db_host: postgres.host,
    db_port: postgres.port,
    db_user: postgres.user,
    db_password: postgres.password,
    db_maxconn: 24,
    admin_passwd: createHash('sha256').update(postgres.password).digest('base64url'),
    http_interface: '127.0.0.1',
    // Nobody listens there: nothing that Odoo sends leaves this machine.
    smtp_server: '127.0.0.1',
    smtp_port: 1,
    limit_time_cpu: 240,
    limit_time_real: 240,
    limit_memory_soft: 4 * 2 ** 30,
    limit_memory_hard: 8 * 2 ** 30,
  };
  const text = Object.entries(lines).map(([key, value]) => `${key} = ${value}\n`);
  const content = `[options]\n${text.join('')}`;
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return file;
  // Another Odoo may be reading it: it is replaced whole.
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined)
    chownSync(`${file}.new`, account.uid, account.gid);
  renameSync(`${file}.new`, file);
  return file;
}
