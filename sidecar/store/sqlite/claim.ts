/**
 * Hands out ready lanes. Cost depends on what is handed out, never on the backlog: each queue (connection × priority) is
 * read from the head of its own index. Connections take turns, and within one the priorities do, by their shares.
 */
import type { Base } from './base.ts';
import { refOf } from './base.ts';
import type { Connections } from './connections.ts';
import type { Deliveries } from './deliveries.ts';
import type { Lanes } from './lanes.ts';
import type { Waits } from './waits.ts';
import type { ClaimOptions, LaneBatch } from '../store.ts';
import { PRIORITIES, Turns, type Priority } from '../../domain/priority.ts';

interface Head {
  id: number;
  key: string;
  attempts: number;
  priority: Priority;
}

interface Parts {
  connections: Connections;
  lanes: Lanes;
  deliveries: Deliveries;
  waits: Waits;
}

/** See Store. */
export interface Claims {
  claim(options: ClaimOptions): LaneBatch[];
  nextReadyAt(except?: readonly string[]): number | null;
}

const CLASSES = ['master', 'document'] as const;

/** Prepares the statements. */
export function makeClaims(base: Base, parts: Parts): Claims {
  const heads = base.db.prepare<[number, string, number, number, number], Head>(
    `select id, key, attempts, priority from lane
     where connection = ? and class = ? and priority = ? and ready_at <= ?
     order by ready_at, id limit ?`,
  );
  const earliest = base.db
    .prepare<[number, string, number], number | null>(
      'select min(ready_at) from lane where connection = ? and class = ? and priority = ? and ready_at is not null',
    )
    .pluck();
  const open = (except: readonly string[] = []): number[] =>
    parts.connections
      .all()
      .filter(({ name, pending }) => pending > 0 && !except.includes(name))
      .map(({ id }) => id);
  const turns = new Map<string, Turns>();
  const turnsOf = (key: string): Turns => {
    const known = turns.get(key) ?? new Turns();
    turns.set(key, known);
    return known;
  };

  const claim = (options: ClaimOptions): LaneBatch[] => {
    const { laneClass, now, lanes } = options;
    const queues = open(options.except).map((id) => {
      const ready = PRIORITIES.map((priority) => heads.all(id, laneClass, priority, now, lanes));
      return byShares(ready, turnsOf(`${id} ${laneClass}`));
    });
    const chosen = takeTurns(queues, lanes);
    if (chosen.length === 0) return [];
    return base.writeRelaxed(() => leaseAll(parts, chosen, options));
  };

  const nextReadyAt = (except?: readonly string[]): number | null => {
    const moments = open(except).flatMap((id) =>
      CLASSES.flatMap((laneClass) =>
        PRIORITIES.map((priority) => earliest.get(id, laneClass, priority) ?? null),
      ),
    );
    const known = moments.filter((moment) => moment !== null);
    return known.length === 0 ? null : Math.min(...known);
  };
  return { claim, nextReadyAt };
}

/** Bodies in one claim, in bytes: what is claimed is held in memory until it is acknowledged. */
const CLAIM_BYTES = 8 * 1024 * 1024;

/** Lanes beyond the limit stay ready, for the next claim. */
function leaseAll(parts: Parts, heads: readonly Head[], options: ClaimOptions): LaneBatch[] {
  const batches: LaneBatch[] = [];
  let bytes = 0;
  for (const head of heads) {
    if (bytes >= CLAIM_BYTES) break;
    const batch = lease(parts, head, options);
    bytes += batch.deliveries.reduce((sum, { body }) => sum + body.length, 0);
    batches.push(batch);
  }
  return batches;
}

function lease(parts: Parts, head: Head, options: ClaimOptions): LaneBatch {
  const fence = parts.lanes.nextFence();
  parts.lanes.lease(head.id, fence, options.now + options.leaseMs);
  parts.waits.forget(head.id);
  const { key, attempts, priority } = head;
  const ref = refOf(key);
  const deliveries = parts.deliveries.pending(head.id, ref, options.perLane);
  return { lane: key, ref, priority, fence, attempts, deliveries };
}

/** The lanes of one connection in the order in which its priorities get their turns. */
function* byShares(ready: readonly Head[][], turns: Turns): Generator<Head, undefined> {
  const taken = ready.map(() => 0);
  for (;;) {
    const priority = turns.next((each) => taken[each]! < ready[each]!.length);
    if (priority === undefined) return undefined;
    yield ready[priority]![taken[priority]!++]!;
  }
}

/** One lane of each queue in turn, at most `most`. */
function takeTurns(queues: Iterator<Head, undefined>[], most: number): Head[] {
  const chosen: Head[] = [];
  let open = queues;
  while (open.length > 0 && chosen.length < most) {
    const left: Iterator<Head, undefined>[] = [];
    for (const queue of open) {
      if (chosen.length >= most) break;
      const { value } = queue.next();
      if (value === undefined) continue;
      chosen.push(value);
      left.push(queue);
    }
    open = left;
  }
  return chosen;
}
