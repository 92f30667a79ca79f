// An Odoo that somebody else runs: ODOO_URL, ODOO_DB, ODOO_PASSWORD.
import type { Odoo } from './index.ts';
import { SetupError } from './process.ts';

/** Wraps a remote Odoo; only `start()` has a meaning for it. */
export function remoteOdoo(url: string): Odoo {
  const refuse = (what: string) => (): Promise<never> =>
    Promise.reject(
      new SetupError(`${what} is not possible on the Odoo of ODOO_URL (${url}); unset it for a local one.`),
    );
  return {
    version: 'remote',
    createDatabase: refuse('Creating a database'),
    databaseExists: () => Promise.resolve(true),
    dropDatabase: refuse('Dropping a database'),
    update: refuse('Updating addons'),
    test: refuse("Running Odoo's tests"),
    shell: refuse('A shell'),
    start: (database) =>
      Promise.resolve({
        url: url.replace(/\/+$/, ''),
        database: process.env['ODOO_DB'] ?? database,
        login: 'admin',
        password: process.env['ODOO_PASSWORD'] ?? 'admin',
        logFile: '',
        stop: () => Promise.resolve(),
        kill: refuse('Killing Odoo'),
        ready: () => Promise.resolve(),
      }),
    release: () => Promise.resolve(),
  };
}
