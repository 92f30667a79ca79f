/** Brings a store to the current schema: numbered SQL files, all or nothing, their checksums kept. */
import type { Database } from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { ConfigurationError, Transient } from '../../domain/failure.ts';

/** Marks a SQLite file as ours: "saas" in ASCII. */
const APPLICATION_ID = 0x73616173;
const FOLDER = new URL('migrations/', import.meta.url);

export interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

/** The migrations in the folder, by number. */
export function migrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, FOLDER), 'utf8');
      return { version: Number(name.slice(0, 4)), name, sql, checksum: checksumOf(sql) };
    });
}

/**
 * Applies what is missing, all of it or nothing: a power cut leaves the old schema or the new one. A store that holds
 * something is copied before, to `<path>.before-NNNN` (the first migration applied). Throws ConfigurationError when the
 * file is not ours (`store_foreign`), comes from a newer version (`store_newer`), or was made by migrations that have been
 * changed since (`store_changed`); Transient when there is no room for the copy.
 */
export function migrate(db: Database, path: string, now: () => number, all = migrations()): void {
  const version = checkOrigin(db, path, all);
  const missing = all.filter((migration) => migration.version > version);
  const first = missing[0];
  if (!first) return;
  if (version > 0 && !db.memory)
    keepCopy(db, path, `${path}.before-${String(first.version).padStart(4, '0')}`);
  db.transaction(() => {
    for (const migration of missing) applyOne(db, migration, now());
  }).immediate();
}

/** The version of a file that is ours and not newer than we are; 0 for an empty one. Throws like `migrate`. */
export function checkOrigin(db: Database, path: string, all = migrations()): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  refuseForeign(db, path, version);
  refuseNewer(path, version, all.at(-1)?.version ?? 0);
  refuseChanged(db, path, version, all);
  return version;
}

/** For the way back to the version before: it refuses a store that a newer one has migrated. */
function keepCopy(db: Database, path: string, copy: string): void {
  const part = `${copy}.part`;
  try {
    rmSync(part, { force: true });
    closeSync(openSync(part, 'w', 0o600));
    db.prepare('vacuum into ?').run(part);
    const handle = openSync(part, 'r');
    fsyncSync(handle);
    closeSync(handle);
    renameSync(part, copy);
  } catch (error) {
    rmSync(part, { force: true });
    throw new Transient(
      'store_not_copied',
      `The store ${path} is not updated: its copy ${copy} cannot be written.`,
      {
        hint: `Free ${megabytesOf(db)} MB on that disk and start again; until then the version before goes on working.`,
        args: { path, copy },
        cause: error,
      },
    );
  }
}

const megabytesOf = (db: Database): number =>
  Math.ceil(
    (Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))) /
      1e6,
  );

function applyOne(db: Database, migration: Migration, at: number): void {
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.exec(
    'create table if not exists migration (version integer primary key, name text not null, ' +
      'checksum text not null, at integer not null) strict',
  );
  db.exec(migration.sql);
  db.prepare('insert into migration (version, name, checksum, at) values (?, ?, ?, ?)').run(
    migration.version,
    migration.name,
    migration.checksum,
    at,
  );
  db.pragma(`user_version = ${migration.version}`);
}

function refuseForeign(db: Database, path: string, version: number): void {
  const tables = db.prepare("select count(*) from sqlite_schema where type = 'table'").pluck().get();
  const application = Number(db.pragma('application_id', { simple: true }));
  if (application === APPLICATION_ID || (version === 0 && tables === 0)) return;
  throw new ConfigurationError('store_foreign', `${path} is a SQLite database of another program.`, {
    hint: 'Name a file that does not exist yet; the sidecar will make it.',
    args: { path },
  });
}

function refuseNewer(path: string, found: number, known: number): void {
  if (found <= known) return;
  throw new ConfigurationError(
    'store_newer',
    `The store ${path} was written by a newer saas_sync (schema ${found}; this one knows ${known}).`,
    {
      hint: 'Start the newer version again, or restore the copy made before the update (its name ends in .before-…).',
      args: { path, found, known },
    },
  );
}

function refuseChanged(db: Database, path: string, version: number, all: Migration[]): void {
  if (version === 0) return;
  const applied = db.prepare('select version, checksum from migration').all() as Migration[];
  const known = new Map(all.map((migration) => [migration.version, migration]));
  for (const { version: number, checksum } of applied)
    if (known.get(number)?.checksum !== checksum)
      throw new ConfigurationError(
        'store_changed',
        `The store ${path} was made by another text of migration ${number}.`,
        {
          hint: 'A migration that was released must not be edited: undo the edit and add a new migration instead.',
          args: { path, migration: number },
        },
      );
}

const checksumOf = (sql: string): string => createHash('sha256').update(sql).digest('hex');
