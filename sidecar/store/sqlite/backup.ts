/** Copies of a store: made while it is in use, proved to be whole before they get their name, and put back. */
import Database from 'better-sqlite3';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigurationError, InvalidData } from '../../domain/failure.ts';
import { storeFailure } from './failures.ts';
import { openStore } from './index.ts';
import { lockStore } from './lock.ts';
import { checkOrigin } from './migrate.ts';

/** What a copy holds; times in UTC ms. */
export interface BackupContents {
  file: string;
  bytes: number;
  /** Number of its newest migration. */
  schema: number;
  /** When the newest delivery in it arrived; null if there is none. */
  newestAt: number | null;
  connections: { name: string; deliveries: number; pending: number; links: number; exceptions: number }[];
}

export interface BackupOptions {
  /** Replace a file of that name. */
  force?: boolean;
  /** Hears how far it is, in pages. */
  told?: (done: number, of: number) => void;
}

/** Pages copied between two breaths. */
const STEP = 2_000;

/**
 * Copies the store at `path` to `file` as it is at this moment, whoever writes to it meanwhile: a read transaction on a
 * connection of its own keeps the view, so the sidecar neither waits nor has to be asked. Throws InvalidData
 * (`backup_exists`, `backup_onto_store`), ConfigurationError (no store, not writable, damaged) or Transient (disk full).
 */
export async function backupStore(
  path: string,
  file: string,
  options: BackupOptions = {},
): Promise<BackupContents> {
  refuseTarget(path, file, options.force ?? false);
  const part = `${file}.${process.pid}.part`;
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true, mode: 0o700 });
    await copyPages(path, part, options.told ?? (() => {}));
    const contents = verifyBackup(part);
    settle(part, file);
    return { ...contents, file };
  } catch (error) {
    throw storeFailure(error, file);
  } finally {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${part}${end}`, { force: true });
  }
}

function refuseTarget(path: string, file: string, force: boolean): void {
  if (!existsSync(path))
    throw new ConfigurationError('store_missing', `There is no store at ${path}`, {
      hint: 'Set SAAS_SYNC_HOME (or SAAS_SYNC_STORE) as the sidecar has it.',
      args: { path },
    });
  if (['', '-wal', '-shm', '.lock', '.pid'].some((end) => resolve(file) === resolve(`${path}${end}`)))
    throw new InvalidData('backup_onto_store', `${file} is the store itself`, { hint: 'Name another file.' });
  if (existsSync(file) && !force)
    throw new InvalidData('backup_exists', `${file} exists already`, {
      hint: 'Name another file, or add --force to replace it.',
    });
}

async function copyPages(
  path: string,
  part: string,
  told: (done: number, of: number) => void,
): Promise<void> {
  closeSync(openSync(part, 'w', 0o600));
  chmodSync(part, 0o600);
  const source = new Database(path, { readonly: true, fileMustExist: true });
  try {
    // Without it every page written meanwhile by the sidecar would start the copy over.
    source.exec('begin');
    source.pragma('user_version');
    source.prepare('select count(*) from sqlite_schema').get();
    await source.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        told(totalPages - remainingPages, totalPages);
        return STEP;
      },
    });
  } finally {
    source.close();
  }
  const copy = new Database(part);
  // One file, complete in itself, that opens read-only too.
  copy.pragma('journal_mode = delete');
  copy.close();
}

/**
 * Opens a copy read-only and proves it: every page and every index, every reference, our own mark, a known schema, and
 * that each table can be read. Throws ConfigurationError (`backup_missing`, `store_damaged`, `store_foreign`, `store_newer`).
 */
export function verifyBackup(file: string): BackupContents {
  if (!existsSync(file))
    throw new ConfigurationError('backup_missing', `There is no backup ${file}`, {
      hint: 'Name a file that `saas-sync backup` has made.',
      args: { file },
    });
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    prove(db, file);
    return contentsOf(db, file);
  } catch (error) {
    throw storeFailure(error, file);
  } finally {
    db?.close();
  }
}

function prove(db: Database.Database, file: string): void {
  if (Number(db.pragma('user_version', { simple: true })) === 0)
    throw new ConfigurationError('store_foreign', `${file} is no store of the sidecar.`, {
      hint: 'Name a file that `saas-sync backup` has made.',
      args: { file },
    });
  checkOrigin(db, file);
  const whole = db.pragma('integrity_check', { simple: true });
  const loose = db.pragma('foreign_key_check') as unknown[];
  if (whole === 'ok' && loose.length === 0) return;
  const why = whole === 'ok' ? `${loose.length} rows point to nothing` : String(whole);
  throw new ConfigurationError('store_damaged', `${file} is damaged: ${why}.`, {
    hint: 'Take another backup. Without any the sidecar rebuilds itself: docs/recovery.md, "Start without a store".',
    args: { file },
  });
}

function contentsOf(db: Database.Database, file: string): BackupContents {
  const connections = db
    .prepare<[], BackupContents['connections'][number]>(
      `select name, pending,
         (select count(*) from delivery where connection = connection_.id) as deliveries,
         (select count(*) from link where connection = connection_.id) as links,
         (select count(*) from exception where connection = connection_.id) as exceptions
       from connection as connection_ order by name`,
    )
    .all();
  return {
    file,
    bytes: statSync(file).size,
    schema: Number(db.pragma('user_version', { simple: true })),
    newestAt: db.prepare<[], number | null>('select max(last_event_at) from connection').pluck().get() as
      number | null,
    connections,
  };
}

/**
 * Puts a proved copy in the place of the store at `path`, which must not be in use; the old one, if any, is kept aside and
 * its new name returned. What the copy remembers of Odoo is forgotten, for Odoo has moved on: links are learnt from there
 * anew, every record is listed once and compared, the event feed goes on from the copy's place, and what waited or stood
 * still is tried again. Throws ConfigurationError `store_in_use`, and what `verifyBackup` throws.
 */
export function restoreStore(
  path: string,
  file: string,
  now: number,
): { contents: BackupContents; aside: string | null } {
  const contents = verifyBackup(file);
  mkdirSync(dirname(resolve(path)), { recursive: true, mode: 0o700 });
  const unlock = lockStore(path);
  const part = `${path}.restoring`;
  let restored: { contents: BackupContents; aside: string | null };
  try {
    rmSync(part, { force: true });
    copyFileSync(file, part);
    chmodSync(part, 0o600);
    forgetOdoo(part);
    const aside = setAside(path, now);
    settle(part, path);
    restored = { contents, aside };
  } catch (error) {
    throw storeFailure(error, path);
  } finally {
    rmSync(part, { force: true });
    unlock();
  }
  const store = openStore(path, { now: () => now });
  store.retry({});
  store.close();
  return restored;
}

function forgetOdoo(file: string): void {
  const db = new Database(file);
  try {
    db.exec("delete from link; delete from setting where name glob 'ready:*'");
  } finally {
    db.close();
  }
}

/** Moves what is there out of the way: a log left without its store would be played into the one that comes. */
function setAside(path: string, now: number): string | null {
  const aside = `${path}.replaced-${stamp(now)}`;
  const there = ['-wal', '-shm', ''].filter((end) => existsSync(`${path}${end}`));
  for (const end of there) renameSync(`${path}${end}`, `${aside}${end}`);
  return there.length > 0 ? aside : null;
}

/** On disk under its final name, or not at all. */
function settle(part: string, file: string): void {
  sync(part);
  renameSync(part, file);
  sync(dirname(resolve(file)));
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A moment as part of a file's name: `20261122T080000Z`. */
export const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
