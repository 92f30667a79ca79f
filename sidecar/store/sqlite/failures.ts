/** Turns what SQLite reports into failures that tell an operator what to do. */
import Database from 'better-sqlite3';
import { ConfigurationError, Failure, InvalidData, Transient } from '../../domain/failure.ts';

const isSqlite = (error: unknown): error is InstanceType<typeof Database.SqliteError> =>
  error instanceof Database.SqliteError;

/** Node's own errors carry a code, too (`EACCES` of a directory that may not be made). */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/**
 * The failure behind an error of the store at `path`. Full disk and locks are transient (a webhook is answered 503 and
 * comes again); missing rights, a damaged or foreign file stop the sidecar; a constraint is one bad row.
 */
export function storeFailure(error: unknown, path: string): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const details = { cause: error, args: { path, code } };
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'SQLITE_IOERR_WRITE')
    return new Transient('store_full', `The store ${path} cannot grow: the disk is full.`, {
      ...details,
      hint: 'Free space on that disk. Nothing that was acknowledged is lost; vendors will send the rest again.',
    });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new Transient('store_busy', `The store ${path} is locked by another program.`, {
      ...details,
      hint: 'Close whatever else has the file open for writing (a SQLite shell, a backup tool).',
    });
  if (/^(EACCES|EPERM|EROFS|EEXIST|ENOTDIR|EISDIR|SQLITE_READONLY|SQLITE_PERM|SQLITE_CANTOPEN)/.test(code))
    return new ConfigurationError('store_not_writable', `The store ${path} cannot be opened for writing.`, {
      ...details,
      hint: 'Give the user of the sidecar the right to write the file and its folder, or choose another path.',
    });
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return new ConfigurationError('store_damaged', `The store ${path} is damaged or is no SQLite database.`, {
      ...details,
      hint: 'Move the file away and start again: the sidecar rebuilds itself from Odoo’s links and the vendors’ listings.',
    });
  if (code.startsWith('SQLITE_IOERR'))
    return new Transient('store_io', `The disk of the store ${path} failed (${code}).`, {
      ...details,
      hint: 'Check the disk and the system log.',
    });
  if (isBadRow(error))
    return new InvalidData('bad_row', `The store refused a row: ${(error as Error).message}.`, details);
  return new Failure('bug', 'store_error', `The store ${path} failed: ${messageOf(error)}.`, {
    ...details,
    hint: 'This is a defect of saas_sync. Report it with this message.',
  });
}

/** True when one row is to blame and its neighbours are not: a constraint, or a value SQLite cannot hold. */
function isBadRow(error: unknown): boolean {
  if (isSqlite(error)) return /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(error.code);
  return error instanceof TypeError && error.message.includes('bind');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
