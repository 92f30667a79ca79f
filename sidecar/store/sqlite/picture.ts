/** The schema as one readable text: what sidecar/store/schema.sql has to say. */
import type { Database } from 'better-sqlite3';

const TITLE =
  '-- The schema after all migrations, as SQLite tells it. Generated; change it by adding a migration.\n';

/** Tables by name, each with its indexes. */
export function schemaPicture(db: Database): string {
  const parts = db
    .prepare(
      `select sql from sqlite_schema where sql is not null and tbl_name not like 'sqlite_%'
       order by tbl_name, type = 'index', name`,
    )
    .pluck()
    .all() as string[];
  return `${TITLE}\n${parts.map((sql) => `${sql.replace(/^CREATE (\w+(?: \w+)?)/, lower)};\n`).join('\n')}`;
}

const lower = (words: string): string => words.toLowerCase();
