/** What may be asked of a store: which lanes, exceptions, journal lines, deliveries, records. */
import type { Reference } from '../domain/reference.ts';

/** Every given field must fit; an empty selector means all lanes. */
export interface RetrySelector {
  connection?: string;
  lanes?: readonly string[];
  /** Code of the lane's open exception. */
  code?: string;
}

export interface ParkedFilter {
  connection?: string;
  lane?: string;
  /** UTC ms of the last failure. */
  changedSince?: number;
  /** At most this many, newest first; 1000 unless given. */
  limit?: number;
}

export interface JournalFilter {
  delivery?: string;
  lane?: string;
  connection?: string;
  /** At most this many of the newest; 200 unless given. */
  limit?: number;
}

export interface DeliveryFilter {
  connection?: string;
  lane?: string;
  /** Received at or after, UTC ms. */
  from?: number;
  /** Received before, UTC ms. */
  to?: number;
  /** Only what arrived after this `seq`: the next page. */
  after?: number;
  /** At most this many, oldest first; 100 unless given, never more than 1000. */
  limit?: number;
}

export interface RecordFilter {
  connection?: string;
  /** Only records with a delivery received at or after, UTC ms. */
  from?: number;
  /** Only records with a delivery received at or before, UTC ms. */
  to?: number;
  /** `next` of the page before. */
  after?: number;
  /** At most this many; 1000 unless given. */
  limit?: number;
}

/** A page may be empty and still have a `next`; null is the end. */
export interface RecordPage {
  refs: Reference[];
  next: number | null;
}
