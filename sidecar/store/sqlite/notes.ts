/** Small things to remember: how far a stream was read, and settings made at run time. */
import type { Base } from './base.ts';

/** See Store. */
export interface Notes {
  cursor(connection: string, stream: string): { value: string; at: number } | undefined;
  saveCursor(connection: string, stream: string, value: string, at: number): void;
  setting(name: string): string | undefined;
  saveSetting(name: string, value: string | null): void;
}

/** Prepares the statements. */
export function makeNotes({ db, write }: Base): Notes {
  const cursor = db.prepare<[string, string], { value: string; at: number }>(
    'select value, at from cursor where connection = ? and stream = ?',
  );
  const saveCursor = db.prepare<[string, string, string, number]>(
    `insert into cursor (connection, stream, value, at) values (?, ?, ?, ?)
     on conflict (connection, stream) do update set value = excluded.value, at = excluded.at`,
  );
  const setting = db.prepare<[string], string>('select value from setting where name = ?').pluck();
  const saveSetting = db.prepare<[string, string]>(
    'insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
  );
  const removeSetting = db.prepare<[string]>('delete from setting where name = ?');
  return {
    cursor: (connection, stream) => cursor.get(connection, stream),
    saveCursor: (connection, stream, value, at) =>
      write(() => void saveCursor.run(connection, stream, value, at)),
    setting: (name) => setting.get(name),
    saveSetting: (name, value) =>
      write(() => void (value === null ? removeSetting.run(name) : saveSetting.run(name, value))),
  };
}
