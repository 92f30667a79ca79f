/** First contact: what records of two systems are known by before any of them is linked, and what is found of them. */
import type { Kind } from './reference.ts';

/** Kinds whose records people look through before a connection's first sync. */
export const REVIEWED: ReadonlySet<Kind> = new Set<Kind>(['customer', 'contact', 'product']);

/** What tells records apart, in both systems alike. */
export interface Traits {
  name: string;
  vat?: string | null;
  email?: string | null;
  /** Of the web site, or of an e-mail address that is a company's own. */
  domain?: string | null;
  zip?: string | null;
  city?: string | null;
  /** ISO 3166-1 alpha-2. */
  country?: string | null;
  phone?: string | null;
  sku?: string | null;
  company?: boolean | null;
  /** External id of the customer that a person works for. */
  parent?: string | null;
}

/** A record of Odoo that could be meant. */
export interface Candidate extends Traits {
  id: number;
  website?: string | null;
  /** How it was found; `email` and `domain` also by somebody who works there. */
  how?: readonly string[];
  /** Whether it belongs to what the person's company will be in Odoo. */
  sameCompany?: boolean;
}

/** A record for which Odoo is asked for candidates. */
export interface Stranger {
  kind: Kind;
  externalId: string;
  /** Odoo's. */
  model: string;
  traits: Traits;
}

/** A candidate with its points, 0 to 100, and what they are for: "same VAT number (60)". */
export interface Scored {
  id: number;
  name: string;
  score: number;
  why: string[];
  traits: Traits;
}

/** What is told to Odoo of one record. `ignored`: no rule wants it; `faulty`: it cannot be translated. */
export interface Finding {
  kind: Kind;
  externalId: string;
  name: string;
  /** What tells it apart, for lists. */
  details: string;
  traits: Traits;
  url: string | null;
  finding: 'match' | 'ambiguous' | 'create' | 'ignored' | 'faulty';
  /** Of the best candidate. */
  score: number;
  /** In words. */
  why: string;
  /** Best first. */
  suggestions: Scored[];
  model: string | null;
  /** With `match`. */
  resId: number | null;
  /** Equal in one of these: one and the same by all appearance. */
  twins: { vat?: string; mail?: string; place?: string };
}

/** How a first contact stands, as Odoo keeps it. `unknown`: Odoo has not heard of the connection; `none`: it never began. */
export type ContactState = 'unknown' | 'none' | 'looking' | 'review' | 'starting' | 'started';

/** A page of what people decided about records that get no link. */
export interface Decisions {
  rows: {
    kind: Kind;
    externalId: string;
    verdict: 'create' | 'ignore' | 'decide';
    candidates: { id: number; name: string }[];
  }[];
  /** `after` of the next page, null on the last. */
  next: number | null;
}

/** The calls of first contact to `saas.sync.api` (docs/protocol.md). Throw Failures only. */
export interface ContactPort {
  contactState(connection: string): Promise<ContactState>;
  /** A look begins, or ends: what it did not see and nobody decided about is forgotten. */
  contactStep(connection: string, step: 'begin' | 'end' | 'done', run: string): Promise<void>;
  /** Per record, in order: whether a person decided about it already, and what it could be. */
  candidates(
    connection: string,
    records: readonly Stranger[],
  ): Promise<{ decided: boolean; candidates: Candidate[] }[]>;
  /** Keeps what was found; repeating it changes nothing. `looked`: records so far. */
  findings(connection: string, rows: readonly Finding[], looked: number): Promise<void>;
  /** Makes the links that were decided on, page by page, and tells what else was. */
  decisions(connection: string, after: number): Promise<Decisions>;
}
