/** One sidecar per store: a lock that the operating system itself drops when its holder dies. */
import Database from 'better-sqlite3';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ConfigurationError } from '../../domain/failure.ts';

/**
 * Takes the lock of the store at `path` and returns its release. The lock is an exclusive SQLite lock on
 * `<path>.lock`; `<path>.pid` only names the holder for the message. Throws ConfigurationError `store_in_use`.
 */
export function lockStore(path: string): () => void {
  const lock = new Database(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw inUse(path, error);
  }
  writeFileSync(`${path}.pid`, `${process.pid}\n`);
  return () => {
    rmSync(`${path}.pid`, { force: true });
    lock.close();
  };
}

function inUse(path: string, cause: unknown): ConfigurationError {
  const pid = holderOf(path);
  return new ConfigurationError(
    'store_in_use',
    `Another sidecar (process ${pid ?? 'unknown'}) already works with the store ${path}.`,
    {
      hint: 'Stop that process first, or give this sidecar a store of its own.',
      args: { path, pid },
      cause,
    },
  );
}

function holderOf(path: string): number | null {
  try {
    return Number.parseInt(readFileSync(`${path}.pid`, 'utf8'), 10) || null;
  } catch {
    return null;
  }
}
