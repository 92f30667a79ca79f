// A real Odoo 19 for development and tests: provisioned once, cloned in a third of a second.
import { debianMachine } from './debian.ts';
import * as databases from './databases.ts';
import { dockerMachine, dockerRuns } from './docker.ts';
import { takeLease, type Lease } from './lease.ts';
import { withLock } from './lock.ts';
import { testResult } from './log.ts';
import type { Crashable, Machine } from './machine.ts';
import { prepareVar } from './paths.ts';
import { freePort } from './ports.ts';
import { endLeftovers } from './process.ts';
import { silent, type Progress } from './progress.ts';
import { remoteOdoo } from './remote.ts';
import { startServer } from './server.ts';

export { bars, plainLines, silent, terminalProgress, type Progress, type Report } from './progress.ts';
export { SetupError } from './process.ts';

/** An Odoo that answers HTTP. */
export interface OdooServer {
  /** The reverse proxy's address: everything under one port, `/websocket` included. */
  url: string;
  database: string;
  login: 'admin';
  password: string;
  /** Odoo's log; empty for a remote Odoo. */
  logFile: string;
  stop(): Promise<void>;
  /** kill -9 of the server and all its workers. Its address stays and answers 502. */
  kill(): Promise<void>;
  /** Resolves when it answers, e.g. again after `kill` if it is kept up. */
  ready(): Promise<void>;
}

export interface ServeOptions {
  workers?: number;
  port?: number;
  /** Started again whatever ends it, as a service manager does: Odoo's own master ends when PostgreSQL does. */
  keepUp?: boolean;
}

/** The outcome of a run of Odoo's own tests. */
export interface TestRun {
  passed: number;
  failed: number;
  /** At least one test ran, none failed, and Odoo ended well. */
  ok: boolean;
  log: string;
}

/** A provisioned Odoo 19. */
export interface Odoo {
  readonly version: string;
  /** Its PostgreSQL, for tests that crash it; undefined where Odoo and PostgreSQL are not processes of this machine. */
  readonly postgres?: Crashable;
  /** Clones the template (company "Northwind Europe", EUR, generic chart, no demo data) and installs addons. */
  createDatabase(name: string, options?: { install?: string[] }): Promise<void>;
  databaseExists(name: string): Promise<boolean>;
  dropDatabase(name: string): Promise<void>;
  /** Updates addons, installs those that are missing; fails with the log when Odoo logged an error. */
  update(name: string, addons: string[]): Promise<void>;
  /** Serves one database: 2 workers, 1 cron thread and the websocket process behind one address. */
  start(database: string, options?: ServeOptions): Promise<OdooServer>;
  /** Updates the addons with their tests on. Tags default to all tests of these addons. */
  test(database: string, options: { addons: string[]; tags?: string }): Promise<TestRun>;
  /** Runs Python in `odoo shell` and returns what it printed; changes stay only after env.cr.commit(). */
  shell(database: string, python: string): Promise<string>;
  /** Ends what this process started: servers, and PostgreSQL when nobody else uses it. */
  release(): Promise<void>;
}

/**
 * The Odoo of ODOO_URL, else one in Docker where an engine runs, else Debian's package. Whatever is missing is
 * fetched and built, once; a second call takes well under a second.
 */
export async function provision(options: { progress?: Progress } = {}): Promise<Odoo> {
  const progress = options.progress ?? silent;
  const url = process.env['ODOO_URL'];
  if (url) return remoteOdoo(url);
  prepareVar();
  const prepare = async (): Promise<Odoo> => {
    await endLeftovers();
    const lease = takeLease();
    try {
      const machine = (await dockerRuns()) ? await dockerMachine(progress) : await debianMachine(progress);
      const template = await databases.template(machine, progress);
      return localOdoo(machine, template, progress, lease);
    } catch (error) {
      lease.end(); // PostgreSQL stays: the next attempt will want it
      throw error;
    }
  };
  return withLock('provision', prepare, (holder) =>
    progress.note(`Waiting for ${holder}, which prepares Odoo …`),
  );
}

function localOdoo(machine: Machine, template: string, progress: Progress, lease: Lease): Odoo {
  const servers = new Set<OdooServer>();
  const existing = (name: string): Promise<void> => databases.requireDatabase(machine, name);
  return {
    version: machine.version,
    ...(machine.postgres ? { postgres: machine.postgres } : {}),
    createDatabase: (name, { install = [] } = {}) =>
      progress.step(`Database ${name}`, () =>
        withLock(`database-${databases.checkName(name)}`, () =>
          databases.create(machine, template, name, install),
        ),
      ),
    databaseExists: (name) => databases.exists(machine, name),
    dropDatabase: (name) => databases.drop(machine, name),
    update: async (name, addons) => {
      await existing(name);
      await progress.step(`Updating ${addons.join(', ')}`, () => databases.update(machine, name, addons));
    },
    start: async (database, settings = {}) => {
      await existing(database);
      const server = await progress.step(`Starting Odoo on ${database}`, () =>
        startServer(machine, database, settings),
      );
      servers.add(server);
      return server;
    },
    test: async (database, { addons, tags }) => {
      await existing(database);
      return withLock(
        'odoo-test',
        () =>
          progress.step(`Odoo tests of ${addons.join(', ')}`, () =>
            runTests(machine, database, addons, tags),
          ),
        (holder) => progress.note(`Waiting for ${holder}, which runs Odoo tests …`),
      );
    },
    shell: async (database, python) => {
      await existing(database);
      return databases.shell(machine, database, python);
    },
    release: async () => {
      await Promise.all([...servers].map((server) => server.stop()));
      await withLock('provision', () => machine.close(lease.end()));
    },
  };
}

async function runTests(
  machine: Machine,
  database: string,
  addons: string[],
  tags?: string,
): Promise<TestRun> {
  const modules = await databases.moduleOptions(machine, database, addons);
  const chosen = tags ?? addons.map((name) => `/${name}`).join(',');
  const ports = [`--http-port=${await freePort()}`, `--gevent-port=${await freePort()}`];
  const mode = [
    '--test-enable',
    `--test-tags=${chosen}`,
    '--stop-after-init',
    '--max-cron-threads=0',
    '--workers=0',
  ];
  const { code, log } = await databases.runOdoo(machine, database, [...modules, ...mode, ...ports], 'test');
  const { passed, failed } = testResult(log) ?? { passed: 0, failed: 0 };
  return { passed, failed, ok: code === 0 && failed === 0 && passed > 0, log };
}
