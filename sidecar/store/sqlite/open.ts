/** Opens the store's file: lock, pragmas, migrations. */
import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { storeFailure } from './failures.ts';
import { lockStore } from './lock.ts';
import { migrate } from './migrate.ts';

/** An open store file that nobody else has. */
export interface OpenDatabase {
  db: Database.Database;
  path: string;
  /** Closes the file and gives up the lock. */
  close: () => void;
}

const MEGABYTE = 1024 * 1024;

/** `from`: the content of a file, for a database in memory. */
interface OpenOptions {
  maxBytes?: number;
  from?: Buffer;
}

/**
 * Opens or makes the file at `path` (`:memory:` for none). Throws ConfigurationError when another sidecar has it, when
 * it comes from a newer version, or when it may not be written; Transient when the disk is full.
 */
export function openDatabase(path: string, now: () => number, options: OpenOptions = {}): OpenDatabase {
  let unlock = (): void => {};
  let db: Database.Database | undefined;
  try {
    if (path !== ':memory:') {
      mkdirSync(dirname(path), { recursive: true });
      unlock = lockStore(path);
    }
    db = new Database(options.from ?? path);
    setPragmas(db);
    if (options.maxBytes !== undefined) limitSize(db, options.maxBytes);
    migrate(db, path, now);
  } catch (error) {
    db?.close();
    unlock();
    throw storeFailure(error, path);
  }
  const opened = db;
  return {
    db: opened,
    path,
    close: () => {
      opened.close();
      unlock();
    },
  };
}

function setPragmas(db: Database.Database): void {
  db.pragma('busy_timeout = 5000');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma(`journal_size_limit = ${64 * MEGABYTE}`);
  db.pragma('foreign_keys = ON');
  db.pragma('cache_size = -6000');
  db.pragma('temp_store = MEMORY');
}

function limitSize(db: Database.Database, maxBytes: number): void {
  const pageSize = Number(db.pragma('page_size', { simple: true }));
  db.pragma(`max_page_count = ${Math.ceil(maxBytes / pageSize)}`);
}
