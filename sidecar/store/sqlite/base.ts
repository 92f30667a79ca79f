/** What every theme of the SQLite store shares: the database, the clock, transactions, and lane names. */
import type { Database } from 'better-sqlite3';
import { InvalidData } from '../../domain/failure.ts';
import { Kind, type Reference } from '../../domain/reference.ts';
import { storeFailure } from './failures.ts';

/** Handed to every theme. */
export interface Base {
  db: Database;
  path: string;
  /** UTC ms. */
  now: () => number;
  /** Runs `work` in one IMMEDIATE transaction that is on disk when it returns; throws Failures only. */
  write: <T>(work: () => T) => T;
  /**
   * Like `write` without waiting for the disk: for leases, which die with the process anyway. A killed process loses
   * nothing; a power cut may hand the lease out again.
   */
  writeRelaxed: <T>(work: () => T) => T;
}

/** `now` is the clock, in UTC ms. */
export function makeBase(db: Database, path: string, now: () => number): Base {
  const write = <T>(work: () => T): T => {
    try {
      return db.transaction(work).immediate();
    } catch (error) {
      throw storeFailure(error, path);
    }
  };
  const writeRelaxed = <T>(work: () => T): T => {
    db.pragma('synchronous = NORMAL');
    try {
      return write(work);
    } finally {
      db.pragma('synchronous = FULL');
    }
  };
  return { db, path, now, write, writeRelaxed };
}

/** The record behind a lane key that the store itself has written. */
export function refOf(lane: string): Reference {
  const slash = lane.indexOf('/');
  const colon = lane.indexOf(':', slash);
  return {
    connection: lane.slice(0, slash),
    kind: lane.slice(slash + 1, colon) as Kind,
    externalId: lane.slice(colon + 1),
  };
}

const kinds: ReadonlySet<string> = new Set(Kind.options);

/** Throws InvalidData `bad_reference` for a name that could not be read back from its lane. */
export function checkReference(ref: Reference): void {
  const named = typeof ref.connection === 'string' && ref.connection !== '' && !ref.connection.includes('/');
  if (named && kinds.has(ref.kind) && typeof ref.externalId === 'string' && ref.externalId !== '') return;
  throw new InvalidData(
    'bad_reference',
    `No record can be called "${ref.connection}/${ref.kind}:${ref.externalId}".`,
    {
      hint: 'A record is named by connection, kind and the id its vendor gave it.',
      args: { connection: ref.connection, kind: ref.kind, externalId: ref.externalId },
    },
  );
}

/** Limits of answers, so that no call can fill the memory. */
export const bounded = (limit: number | undefined, usual: number, most = 10_000): number =>
  Math.max(0, Math.min(limit ?? usual, most));
