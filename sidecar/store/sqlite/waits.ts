/** Who waits for whom: a lane sleeps until one of the lanes it needs is acknowledged. */
import type { Base } from './base.ts';

/** Lanes that sleep by their ids, lanes they wait for by their keys. */
export interface Waits {
  /** Notes that a lane waits for others, by their keys. */
  add(lane: number, on: readonly string[]): void;
  forget(lane: number): void;
  /** Makes every lane ready that waits for this one; returns how many. What it waited for is forgotten at its claim. */
  wakeAfter(lane: string): number;
}

/** Prepares the statements. */
export function makeWaits({ db, now }: Base): Waits {
  const insert = db.prepare<[string, number]>('insert or ignore into wait (waits_for, lane) values (?, ?)');
  const forget = db.prepare<[number]>('delete from wait where lane = ?');
  // The plus keeps SQLite from walking through all waiting lanes.
  const wake = db.prepare<[number, string]>(
    `update lane set state = 'ready', ready_at = ?
     where +state = 'waiting' and id in (select lane from wait where waits_for = ?)`,
  );
  return {
    add: (lane, on) => {
      for (const key of on) insert.run(key, lane);
    },
    forget: (lane) => void forget.run(lane),
    wakeAfter: (key) => wake.run(now(), key).changes,
  };
}
