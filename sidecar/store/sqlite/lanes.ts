/** Lane rows: made on first sight, moved between their five states; every change of a leased lane checks the fence. */
import type { Base } from './base.ts';
import { checkReference } from './base.ts';
import type { Connections } from './connections.ts';
import type { LaneState } from '../store.ts';
import { laneClassOf, laneOf, type Reference } from '../../domain/reference.ts';

/** What others need to know of a lane; `connection` is the id inside the store. */
export interface LaneRow {
  id: number;
  connection: number;
  pending: number;
}

/** All but `find` and `stateOf` are to be called inside a transaction. */
export interface Lanes {
  /** The lane's id, made on first sight. Throws InvalidData for a name that is none. */
  ensure(ref: Reference, connection: number): number;
  find(lane: string): LaneRow | undefined;
  stateOf(ref: Reference): LaneState | undefined;
  /** The lane if this fence still holds its lease. */
  leased(lane: string, fence: number): LaneRow | undefined;
  /** One more delivery: an idle or parked lane becomes ready; a sleeping one goes on sleeping. */
  added(id: number, bulk: boolean): void;
  lease(id: number, fence: number, until: number): void;
  /** Work succeeded: `done` deliveries fewer; ready again if any are left. */
  release(id: number, connection: number, done: number, acked: number): void;
  sleep(id: number, until: number): void;
  wait(id: number, until: number): void;
  /** Stays ready if news came during the work: they may resolve it. */
  park(id: number): void;
  /** Takes the lane away from whoever has it; nothing of its `forgotten` deliveries is pending any more. */
  empty(id: number, connection: number, forgotten: number, fence: number): void;
  /** True if the lane was acknowledged after this fence was given out. */
  ackedSince(lane: string, fence: number): boolean;
  extend(lane: string, fence: number, until: number): boolean;
  reap(now: number): number;
  nextFence(): number;
  currentFence(): number;
}

/** Prepares the statements. */
export function makeLanes(base: Base, connections: Connections): Lanes {
  const { db, now } = base;
  const select = db.prepare<[string], LaneRow>('select id, connection, pending from lane where key = ?');
  const selectId = db.prepare<[string], number>('select id from lane where key = ?').pluck();
  const insert = db
    .prepare<[string, number, string], number>(
      'insert into lane (key, connection, class) values (?, ?, ?) returning id',
    )
    .pluck();
  const added = db.prepare<{ id: number; bulk: number; now: number }>(
    `update lane set pending = pending + 1,
         bulk = case when pending = 0 then @bulk else min(bulk, @bulk) end,
         ready_at = case when state in ('idle', 'parked') then @now else ready_at end,
         state = case when state in ('idle', 'parked') then 'ready' else state end
       where id = @id`,
  );
  const standing = db.prepare<[string], LaneState>('select state, pending from lane where key = ?');
  const acked = db.prepare<[string], number>('select acked from lane where key = ?').pluck();
  const fence = db.prepare<[], number>("select value from counter where name = 'fence'").pluck();
  const raise = db
    .prepare<[], number>("update counter set value = value + 1 where name = 'fence' returning value")
    .pluck();
  return {
    ensure: (ref, connection) => {
      const key = laneOf(ref);
      const known = selectId.get(key);
      if (known !== undefined) return known;
      checkReference(ref);
      return insert.get(key, connection, laneClassOf(ref.kind)) as number;
    },
    find: (lane) => select.get(lane),
    stateOf: (ref) => standing.get(laneOf(ref)),
    added: (id, bulk) => void added.run({ id, bulk: bulk ? 1 : 0, now: now() }),
    ackedSince: (lane, since) => (acked.get(lane) ?? 0) >= since,
    nextFence: () => raise.get() as number,
    currentFence: () => fence.get() as number,
    ...leases(base),
    ...exits(base, connections),
  };
}

/** Leases: given with a claim, guarded by their fence, taken back when they run out. */
function leases({ db, now: clock }: Base): Pick<Lanes, 'leased' | 'lease' | 'extend' | 'reap'> {
  const leased = db.prepare<[string, number], LaneRow>(
    "select id, connection, pending from lane where key = ? and fence = ? and state = 'leased'",
  );
  const lease = db.prepare<[number, number, number]>(
    "update lane set state = 'leased', fence = ?, lease_until = ?, ready_at = null, pending_at_lease = pending where id = ?",
  );
  const extend = db.prepare<[number, string, number]>(
    "update lane set lease_until = ? where key = ? and fence = ? and state = 'leased'",
  );
  // Counted as a failed try: work that kills the process must not be repeated without end.
  const reap = db.prepare<{ now: number; ready: number }>(
    `update lane set state = 'ready', ready_at = @ready, lease_until = null, attempts = attempts + 1
     where lease_until <= @now`,
  );
  return {
    leased: (lane, fence) => leased.get(lane, fence),
    lease: (id, fence, until) => void lease.run(fence, until, id),
    extend: (lane, fence, until) => extend.run(until, lane, fence).changes === 1,
    reap: (now) => reap.run({ now, ready: Math.min(now, clock()) }).changes,
  };
}

/** The ways out of a lease. */
function exits(
  { db, now }: Base,
  connections: Connections,
): Pick<Lanes, 'release' | 'sleep' | 'wait' | 'park' | 'empty'> {
  const release = db.prepare<{ id: number; done: number; acked: number; now: number }>(
    `update lane set pending = pending - @done, attempts = 0, acked = @acked, lease_until = null,
       state = case when pending > @done then 'ready' else 'idle' end,
       ready_at = case when pending > @done then @now end
     where id = @id`,
  );
  const sleep = db.prepare<[number, number]>(
    "update lane set state = 'ready', ready_at = ?, attempts = attempts + 1, lease_until = null where id = ?",
  );
  const wait = db.prepare<[number, number]>(
    "update lane set state = 'waiting', ready_at = ?, lease_until = null where id = ?",
  );
  const park = db.prepare<{ id: number; now: number }>(
    `update lane set attempts = attempts + 1, lease_until = null,
       state = case when pending > pending_at_lease then 'ready' else 'parked' end,
       ready_at = case when pending > pending_at_lease then @now end
     where id = @id`,
  );
  const empty = db.prepare<[number, number]>(
    `update lane set state = 'idle', pending = 0, attempts = 0, fence = ?, ready_at = null, lease_until = null
     where id = ?`,
  );
  return {
    release: (id, connection, done, acked) => {
      release.run({ id, done, acked, now: now() });
      connections.addPending(connection, -done);
    },
    sleep: (id, until) => void sleep.run(until, id),
    wait: (id, until) => void wait.run(until, id),
    park: (id) => void park.run({ id, now: now() }),
    empty: (id, connection, forgotten, fence) => {
      empty.run(fence, id);
      connections.addPending(connection, -forgotten);
    },
  };
}
