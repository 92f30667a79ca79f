/** What can be done with a leased lane, each with its effects in one transaction; a lost fence changes nothing. */
import type { Base } from './base.ts';
import type { Deliveries } from './deliveries.ts';
import type { Exceptions } from './exceptions.ts';
import type { Intake } from './intake.ts';
import type { Journal } from './journal.ts';
import type { LaneRow, Lanes } from './lanes.ts';
import type { Links } from './links.ts';
import type { Waits } from './waits.ts';
import { laneOf } from '../../domain/reference.ts';
import type { AckItem, Effects, LaneBatch, Store } from '../store.ts';

interface Parts {
  intake: Intake;
  lanes: Lanes;
  deliveries: Deliveries;
  exceptions: Exceptions;
  journal: Journal;
  links: Links;
  waits: Waits;
  /** To be called when lanes may have become ready. */
  ready: () => void;
}

type Work = Pick<Store, 'ack' | 'ackAll' | 'fail' | 'wait' | 'park' | 'extend' | 'ignore'>;

/** See Store: every word a worker may say about its lane, and `ignore`. */
export function makeWork(base: Base, parts: Parts): Work {
  const { lanes, ready } = parts;
  /** Runs `leave` and the effects if the batch still holds its lane. */
  const leaving = (
    batch: LaneBatch,
    effects: Effects | undefined,
    leave: (lane: LaneRow) => void,
  ): 'ok' | 'lost' => {
    const outcome = base.write(() => {
      const lane = lanes.leased(batch.lane, batch.fence);
      if (!lane) return 'lost';
      writeEffects(parts, batch.lane, effects);
      leave(lane);
      return 'ok';
    });
    ready();
    return outcome;
  };
  const ackAll = (items: readonly AckItem[]): ('ok' | 'lost')[] => {
    if (items.length === 0) return [];
    const outcomes = base.write(() => items.map((item) => ackOne(parts, item)));
    ready();
    return outcomes;
  };
  return {
    ackAll,
    ack: (batch, upTo, effects) => ackAll([{ batch, upTo, ...(effects ? { effects } : {}) }])[0] ?? 'lost',
    fail: (batch, retryAt, effects) => leaving(batch, effects, ({ id }) => lanes.sleep(id, retryAt)),
    wait: (batch, on, until, effects) =>
      leaving(batch, effects, ({ id }) => waitOrRetry(base, parts, batch, id, on.map(laneOf), until)),
    park: (batch, parked, effects) =>
      leaving(batch, effects, ({ id, connection }) => {
        lanes.park(id);
        parts.exceptions.open(id, connection, parked);
      }),
    extend: (batch, leaseMs, now) =>
      base.writeRelaxed(() => lanes.extend(batch.lane, batch.fence, now + leaseMs)),
    ignore: (ref, line) => base.write(() => ignoreLane(parts, laneOf(ref), line)),
  };
}

function ackOne(parts: Parts, { batch, upTo, effects }: AckItem): 'ok' | 'lost' {
  const lane = parts.lanes.leased(batch.lane, batch.fence);
  if (!lane) return 'lost';
  writeEffects(parts, batch.lane, effects);
  const done = parts.deliveries.finish(lane.id, upTo, 'done');
  parts.lanes.release(lane, done, parts.lanes.currentFence());
  parts.exceptions.resolve(lane.id);
  parts.waits.wakeAfter(batch.lane);
  return 'ok';
}

function writeEffects(parts: Parts, lane: string, effects: Effects = {}): void {
  for (const delivery of effects.deliveries ?? []) parts.intake.one(delivery);
  for (const { connection, ...link } of effects.links ?? []) {
    parts.links.save(connection, link);
    const linked = laneOf({ connection, kind: link.kind, externalId: link.externalId });
    if (linked !== lane) parts.waits.wakeAfter(linked);
  }
  for (const line of effects.journal ?? []) parts.journal.write(line);
}

/** If what it needs was acknowledged while this lane was being worked on, its call to wake up has passed already. */
function waitOrRetry(
  { now }: Base,
  { lanes, waits }: Parts,
  batch: LaneBatch,
  id: number,
  on: readonly string[],
  until: number,
): void {
  const passed = on.some((key) => key !== batch.lane && lanes.ackedSince(key, batch.fence));
  lanes.wait(id, passed ? now() : until);
  if (!passed) waits.add(id, on);
}

function ignoreLane(parts: Parts, key: string, line: Parameters<Store['ignore']>[1]): boolean {
  const { lanes, deliveries, exceptions, waits, journal } = parts;
  const lane = lanes.find(key);
  if (!lane) return false;
  const forgotten = deliveries.finish(lane.id, Number.MAX_SAFE_INTEGER, 'ignored');
  const ended = exceptions.resolve(lane.id);
  if (forgotten === 0 && !ended) return false;
  lanes.empty(lane, forgotten, lanes.nextFence());
  waits.forget(lane.id);
  journal.write(line);
  return true;
}
