/**
 * Hands out ready lanes. Cost depends on what is handed out, never on the backlog: each queue (connection × live or
 * bulk) is read from the head of its own index, and the queues take turns so that none starves another.
 */
import type { Base } from './base.ts';
import { refOf } from './base.ts';
import type { Connections } from './connections.ts';
import type { Deliveries } from './deliveries.ts';
import type { Lanes } from './lanes.ts';
import type { Waits } from './waits.ts';
import type { ClaimOptions, LaneBatch } from '../store.ts';

interface Head {
  id: number;
  key: string;
  attempts: number;
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
const SPEEDS = [0, 1] as const;

/** Prepares the statements. */
export function makeClaims(base: Base, parts: Parts): Claims {
  const heads = base.db.prepare<[number, string, number, number, number], Head>(
    `select id, key, attempts from lane
     where connection = ? and class = ? and bulk = ? and ready_at <= ?
     order by ready_at, id limit ?`,
  );
  const earliest = base.db
    .prepare<[number, string, number], number | null>(
      'select min(ready_at) from lane where connection = ? and class = ? and bulk = ? and ready_at is not null',
    )
    .pluck();
  const open = (except: readonly string[] = []): number[] =>
    parts.connections
      .all()
      .filter(({ name, pending }) => pending > 0 && !except.includes(name))
      .map(({ id }) => id);

  const claim = (options: ClaimOptions): LaneBatch[] => {
    const queues = open(options.except).flatMap((id) =>
      SPEEDS.map((speed) => heads.all(id, options.laneClass, speed, options.now, options.lanes)),
    );
    const chosen = takeTurns(queues, options.lanes);
    if (chosen.length === 0) return [];
    return base.writeRelaxed(() => chosen.map((head) => lease(parts, head, options)));
  };

  const nextReadyAt = (except?: readonly string[]): number | null => {
    const moments = open(except).flatMap((id) =>
      CLASSES.flatMap((laneClass) => SPEEDS.map((speed) => earliest.get(id, laneClass, speed) ?? null)),
    );
    const known = moments.filter((moment) => moment !== null);
    return known.length === 0 ? null : Math.min(...known);
  };
  return { claim, nextReadyAt };
}

function lease(parts: Parts, head: Head, options: ClaimOptions): LaneBatch {
  const fence = parts.lanes.nextFence();
  parts.lanes.lease(head.id, fence, options.now + options.leaseMs);
  parts.waits.forget(head.id);
  const ref = refOf(head.key);
  const deliveries = parts.deliveries.pending(head.id, ref, options.perLane);
  return { lane: head.key, ref, fence, attempts: head.attempts, deliveries };
}

/** One lane of each queue in turn, at most `most`. */
function takeTurns(queues: Head[][], most: number): Head[] {
  const chosen: Head[] = [];
  for (let round = 0; chosen.length < most; round += 1) {
    const turn = queues.flatMap((queue) => queue[round] ?? []);
    if (turn.length === 0) break;
    chosen.push(...turn.slice(0, most - chosen.length));
  }
  return chosen;
}
