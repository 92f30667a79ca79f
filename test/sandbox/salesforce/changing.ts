/** How an org is set up, how a write is made, and what is told of it. */
import type { Row } from './table.ts';

export interface OrgOptions {
  /** UTC ms; the machine's clock unless given. */
  now?: () => number;
  /** The org keeps several currencies; otherwise no record says which. */
  currencies?: boolean;
  /** What new records are in, where it keeps several. */
  currency?: string;
  /** A sandbox org, by the vendor's word; true unless given. */
  isSandbox?: boolean;
}

export interface WriteOptions {
  /** User who writes; the API's own unless given. */
  by?: string;
  /** The row is committed now, with a stamp of so many ms ago: a long transaction. */
  stampedAgoMs?: number;
  /** Duplicate rules only warn. */
  allowDuplicates?: boolean;
}

/** What an org holds, as JSON can say it. */
export interface Kept {
  rows: [object: string, row: Row][];
  /** How many ids of each prefix were given. */
  ids: [string, number][];
}

export interface ChangeNews {
  object: string;
  id: string;
  what: 'created' | 'updated' | 'deleted' | 'undeleted';
}

/** What an administrator forbids: words for the user, or undefined. */
export type ValidationRule = { object: string; check: (row: Row) => string | undefined };

/** `2026-11-22T08:00:00.000+0000`: whole seconds, no colon in the offset. */
export const stampOf = (at: number): string =>
  `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}.000+0000`;
