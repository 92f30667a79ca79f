/** Brings a store to the current schema: numbered SQL files, one transaction each, their checksums kept. */
import type { Database } from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { ConfigurationError } from '../../domain/failure.ts';

/** Marks a SQLite file as ours: "saas" in ASCII. */
const APPLICATION_ID = 0x73616173;
const FOLDER = new URL('migrations/', import.meta.url);

interface Migration {
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
 * Applies what is missing. Throws ConfigurationError when the file is not ours (`store_foreign`), comes from a newer
 * version (`store_newer`), or was made by migrations that have been changed since (`store_changed`).
 */
export function migrate(db: Database, path: string, now: () => number): void {
  const all = migrations();
  const version = Number(db.pragma('user_version', { simple: true }));
  refuseForeign(db, path, version);
  refuseNewer(path, version, all.at(-1)?.version ?? 0);
  refuseChanged(db, path, version, all);
  for (const migration of all) if (migration.version > version) applyOne(db, migration, now());
}

function applyOne(db: Database, migration: Migration, at: number): void {
  db.transaction(() => {
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
  }).immediate();
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
      hint: 'Start the newer version again, or restore the copy of the store made before the update.',
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
