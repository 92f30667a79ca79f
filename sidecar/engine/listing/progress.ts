/** How the listings of a connection stand, as kept in the store: the one under way, and what the last ones found. */
import type { Context, Line } from '../context.ts';

/**
 * Why a listing is read: the first load; a person asked for it; the event feed no longer reaches back far enough; by the
 * clock what was created lately; by the clock (or a person's "Sweep now") all of it, and then Odoo is compared too.
 */
export type Purpose = 'first' | 'person' | 'gap' | 'window' | 'full';

/** How one stream of a listing stands. */
export interface StreamProgress {
  listed: number;
  put: number;
  done: boolean;
  /** Read from its first page on in this listing, with everything seen noted: what is missing then is absent. */
  sighted?: boolean;
}

/** How a listing stands, as kept in the store. */
export interface Progress {
  purpose: Purpose;
  /** Only what was created since (UTC ms); null: everything. */
  since: number | null;
  startedAt: number;
  /** null while it runs. */
  endedAt: number | null;
  streams: Record<string, StreamProgress>;
}

const settingOf = (connection: string): string => `listing:${connection}`;
const findingsIn = (connection: string): string => `streams:${connection}`;

/** The listing under way, or the last one. */
export function progressOf(context: Pick<Context, 'store'>, connection: string): Progress | undefined {
  const text = context.store.setting(settingOf(connection));
  return text === undefined ? undefined : (JSON.parse(text) as Progress);
}

/** True while a listing is due or under way. */
export function isListing(context: Pick<Context, 'store'>, connection: string): boolean {
  return progressOf(context, connection)?.endedAt === null;
}

export function save({ store }: Pick<Context, 'store'>, connection: string, progress: Progress): void {
  store.saveSetting(settingOf(connection), JSON.stringify(progress));
}

/** What the last whole reading of a stream found, as kept in the store. */
export interface Findings {
  /** It began then, UTC ms: everything that happened before is known. */
  freshAt: number;
  listed: number;
  put: number;
  /** Linked records of the kinds that this listing holds all of; what is listed should be as many. */
  expected: number;
}

/** By stream. */
export function findingsOf({ store }: Pick<Context, 'store'>, connection: string): Record<string, Findings> {
  return JSON.parse(store.setting(findingsIn(connection)) ?? '{}') as Record<string, Findings>;
}

/** Notes that a stream was read from beginning to end. */
export function keepFindings(
  context: Context,
  line: Line,
  stream: string,
  startedAt: number,
  { listed, put }: StreamProgress,
): void {
  const kinds = line.session.whole?.[stream] ?? [];
  const expected = kinds.reduce((sum, kind) => sum + context.store.countLinks(line.id, kind), 0);
  const findings = {
    ...findingsOf(context, line.id),
    [stream]: { freshAt: startedAt, listed, put, expected },
  };
  context.store.saveSetting(findingsIn(line.id), JSON.stringify(findings));
}
