/** What sweeps ask of the store: what listings saw, what they lacked and what became of that, and links page by page. */
import type { ComparedLink } from '../domain/comparison.ts';
import type { Kind, Reference } from '../domain/reference.ts';

/** `digest`: of the vendor's object, where no link remembers it. */
export type Seen = Pick<Reference, 'kind' | 'externalId'> & { digest?: string };

export interface UnseenPage {
  /** UTC ms. */
  askedSince: number;
  /** Id after which the page begins; empty for the first. */
  after: string;
  limit: number;
}

export interface Unseen {
  /** How many links the page held. */
  looked: number;
  missing: string[];
  /** `after` of the next page, null on the last. */
  next: string | null;
}

/** `asked`: the vendor is asked about each; `held`: too many at once, a person decides. */
export interface Absent {
  stream: string;
  kind: Kind;
  ids: readonly string[];
  state: 'asked' | 'held';
  /** UTC ms. */
  at: number;
}

/** A sweep found more records gone than is credible. */
export interface Brake {
  stream: string;
  kind: Kind;
  absent: number;
  /** Linked records of this kind. */
  of: number;
  examples: string[];
  /** UTC ms. */
  since: number;
}

/** Part of the Store. */
export interface SweepStore {
  /** Forgets these links: Odoo has them otherwise, or not at all. */
  forgetLinksOf(refs: readonly Reference[]): void;
  /** The links of a connection by kind and id, after `after`: page by page, so that hooks get their turn in between. */
  linksAfter(
    connection: string,
    after: Pick<Reference, 'kind' | 'externalId'> | null,
    limit: number,
  ): ComparedLink[];

  /** A listing saw these records; `run` is its start, UTC ms. A digest stays until another is given. On disk at the latest
   * with the next cursor. */
  saw(connection: string, records: readonly Seen[], run: number): void;
  /** When and as what listings saw these records last; same order. */
  sightings(refs: readonly Reference[]): ({ run: number; digest: string | null } | undefined)[];
  /** Looks through linked records of one kind, by id: which of them the sweep `run` did not see although they were
   * linked before it. Left out: what a person decided to leave, and what was asked about since `askedSince` (UTC ms). */
  unseen(connection: string, kind: Kind, run: number, page: UnseenPage): Unseen;
  /** The sweep `run` is complete: what it saw, or is no longer linked, is absent no more. */
  seenAgain(connection: string, kind: Kind, run: number): void;
  /** Notes what becomes of records that a whole listing lacked. What is held already keeps its date. */
  markAbsent(connection: string, absent: Absent): void;
  /** Records held back because too many were missing at once. */
  brakes(connection: string): Brake[];
  /** At most `limit` of the records held back in a stream. */
  heldRecords(connection: string, stream: string, limit: number): Reference[];
  /** A person decided to leave them as they are: they are not asked about again until seen again. Returns how many. */
  keepHeld(connection: string, stream: string, at: number): number;
}
