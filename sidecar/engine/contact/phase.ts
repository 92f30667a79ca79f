/** How the first contact of a connection stands, as kept in the store. */
import type { Context, Line } from '../context.ts';
import type { StreamProgress } from '../listing/progress.ts';

/**
 * `looking`: its records are listed and compared; `review`: a person decides; `starting`: decisions are taken over;
 * `linked`: they are, and the links are to be learnt from Odoo.
 */
export interface Phase {
  phase: 'looking' | 'review' | 'starting' | 'linked';
  /** Names this look. */
  run: string;
  streams: Record<string, StreamProgress>;
}

const settingOf = (connection: string): string => `contact:${connection}`;
export const cursorOf = (stream: string): string => `contact:${stream}`;

/** Undefined before it and after it. */
export function phaseOf({ store }: Pick<Context, 'store'>, connection: string): Phase | undefined {
  const text = store.setting(settingOf(connection));
  return text === undefined ? undefined : (JSON.parse(text) as Phase);
}

/** Null: it is over. */
export function savePhase({ store }: Pick<Context, 'store'>, connection: string, phase: Phase | null): void {
  store.saveSetting(settingOf(connection), phase === null ? null : JSON.stringify(phase));
}

/** Whether people look through this connection before its first sync. */
export const isReviewed = ({ connection }: Line): boolean => connection.first_contact === 'review';

/** Listings that hold records of a kind that is reviewed; all of them for a vendor that does not tell. */
export function streamsOf({ session }: Line, reviewed: ReadonlySet<string>): string[] {
  const { streams, whole } = session;
  return streams.filter((name) => !whole || whole[name]?.some((kind) => reviewed.has(kind)));
}
