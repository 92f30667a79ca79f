/** Lane rows: made on first sight, moved between their five states; every change of a leased lane checks the fence. */
import type { Base } from './base.ts';
import { checkReference } from './base.ts';
import type { Connections } from './connections.ts';
import type { LaneState } from '../store.ts';
import type { Priority } from '../../domain/priority.ts';
import { laneClassOf, laneOf, type LaneClass, type Reference } from '../../domain/reference.ts';

/** What others need to know of a lane; `connection` is the id inside the store. */
export interface LaneRow {
  id: number;
  connection: number;
  class: LaneClass;
  pending: number;
}

/** All but `find`, `stateOf` and `held` are to be called inside a transaction. */
export interface Lanes {
  /** The lane's id, made on first sight. Throws InvalidData for a name that is none. */
  ensure(ref: Reference, connection: number): number;
  find(lane: string): LaneRow | undefined;
  stateOf(ref: Reference): LaneState | undefined;
  /** Deliveries in the parked lanes of a connection. */
  held(connection: string): Record<LaneClass, number>;
  /** The lane if this fence still holds its lease. */
  leased(lane: string, fence: number): LaneRow | undefined;
  /** One more delivery: an idle or parked lane becomes ready; a sleeping one goes on sleeping. The lane has the best
   * priority of what came since it was last empty. */
  added(id: number, priority: Priority): void;
  lease(id: number, fence: number, until: number): void;
  /** Work succeeded: `done` deliveries fewer; ready again if any are left. */
  release(lane: LaneRow, done: number, acked: number): void;
  sleep(id: number, until: number): void;
  wait(id: number, until: number): void;
  /** Stays ready if news came during the work: they may resolve it. */
  park(id: number): void;
  /** Takes the lane away from whoever has it; nothing of its `forgotten` deliveries is pending any more. */
  empty(lane: LaneRow, forgotten: number, fence: number): void;
  /** True if the lane was acknowledged after this fence was given out. */
  ackedSince(lane: string, fence: number): boolean;
  extend(lane: string, fence: number, until: number): boolean;
  /** Returns the lanes whose lease ran out. */
  reap(now: number): string[];
  nextFence(): number;
  currentFence(): number;
}

/** Prepares the statements. */
export function makeLanes(base: Base, connections: Connections): Lanes {
  const { db, now } = base;
  const select = db.prepare<[string], LaneRow>(
    'select id, connection, class, pending from lane where key = ?',
  );
  const selectId = db.prepare<[string], number>('select id from lane where key = ?').pluck();
  const insert = db
    .prepare<[string, number, string], number>(
      'insert into lane (key, connection, class) values (?, ?, ?) returning id',
    )
    .pluck();
  const added = db.prepare<{ id: number; priority: number; now: number }>(
    `update lane set pending = pending + 1,
         priority = case when pending = 0 then @priority else min(priority, @priority) end,
         ready_at = case when state in ('idle', 'parked') then @now else ready_at end,
         state = case when state in ('idle', 'parked') then 'ready' else state end
       where id = @id`,
  );
  const standing = db.prepare<[string], LaneState>('select state, pending from lane where key = ?');
  const held = db.prepare<[string], { class: LaneClass; pending: number }>(
    `select class, sum(pending) as pending from lane
     where connection = (select id from connection where name = ?) and state = 'parked' group by class`,
  );
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
    held: (connection) => {
      const found = held.all(connection).map((row) => [row.class, row.pending]);
      return { master: 0, document: 0, ...Object.fromEntries(found) };
    },
    added: (id, priority) => void added.run({ id, priority, now: now() }),
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
    "select id, connection, class, pending from lane where key = ? and fence = ? and state = 'leased'",
  );
  const lease = db.prepare<[number, number, number]>(
    "update lane set state = 'leased', fence = ?, lease_until = ?, ready_at = null, pending_at_lease = pending where id = ?",
  );
  const extend = db.prepare<[number, string, number]>(
    "update lane set lease_until = ? where key = ? and fence = ? and state = 'leased'",
  );
  // Counted as a failed try: work that kills the process must not be repeated without end.
  const reap = db
    .prepare<{ now: number; ready: number }, string>(
      `update lane set state = 'ready', ready_at = @ready, lease_until = null, attempts = attempts + 1
       where lease_until <= @now returning key`,
    )
    .pluck();
  return {
    leased: (lane, fence) => leased.get(lane, fence),
    lease: (id, fence, until) => void lease.run(fence, until, id),
    extend: (lane, fence, until) => extend.run(until, lane, fence).changes === 1,
    reap: (now) => reap.all({ now, ready: Math.min(now, clock()) }),
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
    release: ({ id, connection, class: laneClass }, done, acked) => {
      release.run({ id, done, acked, now: now() });
      connections.addPending(connection, laneClass, -done);
    },
    sleep: (id, until) => void sleep.run(until, id),
    wait: (id, until) => void wait.run(until, id),
    park: (id) => void park.run({ id, now: now() }),
    empty: ({ id, connection, class: laneClass }, forgotten, fence) => {
      empty.run(fence, id);
      connections.addPending(connection, laneClass, -forgotten);
    },
  };
}
