// Where the development Odoo keeps its things: everything under var/, which git ignores.
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// Root hands PostgreSQL and Odoo to an ordinary account, which has to read what is written here.
if (process.getuid?.() === 0) process.umask(0o022);

/** Whether that account may read a file: every folder on the way may be entered by everybody. */
function everybodyMayRead(file: string): boolean {
  for (let path = file; path !== dirname(path); path = dirname(path))
    if (!(statSync(path).mode & (path === file ? 0o004 : 0o001))) return false;
  return true;
}

const MANIFEST = join(ROOT, 'odoo_addon', 'saas_sync', '__manifest__.py');

/** A checkout in a private folder of root's: Odoo's account gets copies outside of it. */
export const CLOSED = process.getuid?.() === 0 && existsSync(MANIFEST) && !everybodyMayRead(MANIFEST);

const outside = (): string =>
  join('/var/tmp', `saas-sync-${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}`);

/** The folder of everything that can be thrown away and built again. SAAS_SYNC_VAR moves it. */
export const VAR = process.env['SAAS_SYNC_VAR'] ?? (CLOSED ? outside() : join(ROOT, 'var'));

/** A path inside `var/`. */
export const inVar = (...parts: string[]): string => join(VAR, ...parts);

/** The addons of this repository. */
export const ADDONS = join(ROOT, 'odoo_addon');

/** Where Odoo reads them: there, or from a copy that `debianMachine` makes anew each time. */
export const ADDONS_FOR_ODOO = CLOSED ? join(VAR, 'addons') : ADDONS;

/** The account that PostgreSQL and Odoo run under. */
export interface Account {
  uid?: number;
  gid?: number;
}

/**
 * Neither PostgreSQL nor Odoo runs as root: root hands them to the ordinary account that Debian's PostgreSQL
 * package brings; anybody else runs them as themselves.
 */
export function ordinaryAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m);
  if (!line) throw new Error('The account "postgres" is missing; Debian\'s package postgresql creates it.');
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

/** Creates a folder that this account may write in, and nobody else may read. */
export function privateFolder(path: string, account: Account): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
  return path;
}

/** Creates the parts of `var/` that belong to this program itself. */
export function prepareVar(): void {
  for (const folder of ['run', 'log', 'odoo', 'apt'])
    mkdirSync(inVar(folder), { recursive: true, mode: 0o755 });
}
