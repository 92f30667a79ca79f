/** The sandbox's memory: one table per kind of object, kept in a JSON file when a path is given. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Kind } from './ids.ts';

/**
 * An object of the API as Stripe shows it, unexpanded. Fields that start with `_` are the sandbox's own and never
 * shown. Values are what the vendor's schemas say, which TypeScript cannot know here.
 */
export type StripeObject = { id: string; object: string; [field: string]: any };

/** Fields by which rows are found without looking at all of them. */
const INDEXED = [
  'invoice',
  'customer',
  'payment_intent',
  'charge',
  'subscription',
  'credit_note',
  '_event_object',
];

/** Rows of one kind in order of creation. */
export class Table {
  readonly rows = new Map<string, StripeObject>();
  private readonly index = new Map<string, Set<string>>();

  insert<T extends StripeObject>(row: T): T {
    this.rows.set(row.id, row);
    for (const key of keysOf(row)) {
      const ids = this.index.get(key);
      if (ids) ids.add(row.id);
      else this.index.set(key, new Set([row.id]));
    }
    return row;
  }

  delete(id: string): void {
    const row = this.rows.get(id);
    if (!row) return;
    for (const key of keysOf(row)) this.index.get(key)?.delete(id);
    this.rows.delete(id);
  }

  /** Call before and after an indexed field of a row changes hands. */
  reindex(row: StripeObject, change: () => void): void {
    for (const key of keysOf(row)) this.index.get(key)?.delete(row.id);
    change();
    for (const key of keysOf(row)) {
      const ids = this.index.get(key) ?? new Set();
      this.index.set(key, ids.add(row.id));
    }
  }

  /** Rows whose field has the value, oldest first. */
  where(field: string, value: string): StripeObject[] {
    if (!INDEXED.includes(field)) return [...this.rows.values()].filter((row) => row[field] === value);
    return [...(this.index.get(`${field}=${value}`) ?? [])].flatMap((id) => this.rows.get(id) ?? []);
  }
}

function keysOf(row: StripeObject): string[] {
  return INDEXED.flatMap((field) => {
    const value = field === 'payment_intent' && row['payment'] ? row['payment'].payment_intent : row[field];
    return typeof value === 'string' ? [`${field}=${value}`] : [];
  });
}

export type Saved = {
  seed: string;
  now: number;
  count: number;
  story: string[];
  tables: Record<string, StripeObject[]>;
};

/** Reads a saved account, or undefined if there is none yet. */
export function loadSaved(path: string): Saved | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Saved) : undefined;
}

/** Writes beside and renames, so that a kill leaves the old or the new file, never half of one. */
export function save(path: string, saved: Saved): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(saved));
  renameSync(`${path}.new`, path);
}

export type Tables = Partial<Record<Kind, Table>>;
