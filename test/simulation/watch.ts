/** Watches while it happens: leases, the order of records in a call, and that nothing older is ever shown again. */
import type { Change } from '../../sidecar/domain/change.ts';
import { rankOf } from '../../sidecar/domain/reference.ts';
import type { OdooPort } from '../../sidecar/engine/index.ts';
import type { SqliteStore } from '../../sidecar/store/sqlite/index.ts';
import type { LaneBatch } from '../../sidecar/store/store.ts';
import { type Master, type Move, type Payment } from './odoo-state.ts';
import type { Verdict } from './verdict.ts';

/** Only who leased a lane last may say how the work on it ended. */
export function watchStore(store: SqliteStore, verdict: Verdict): SqliteStore {
  const newest = new Map<string, number>();
  const ended = <T extends 'ok' | 'lost'>(batch: LaneBatch, how: string, outcome: T): T => {
    const fence = newest.get(batch.lane);
    verdict.expect(
      outcome === 'lost' || fence === batch.fence,
      'one_lease_at_a_time',
      () => `${how} of ${batch.lane} by lease ${batch.fence}, while ${fence} holds it`,
    );
    return outcome;
  };
  return {
    ...store,
    claim(options) {
      const batches = store.claim(options);
      for (const { lane, fence } of batches) newest.set(lane, fence);
      return batches;
    },
    ack: (batch, upTo, effects) => ended(batch, 'ack', store.ack(batch, upTo, effects)),
    ackAll: (items) =>
      store.ackAll(items).map((outcome, index) => ended(items[index]!.batch, 'ack', outcome)),
    fail: (batch, at, effects) => ended(batch, 'fail', store.fail(batch, at, effects)),
    wait: (batch, on, until, effects) => ended(batch, 'wait', store.wait(batch, on, until, effects)),
    park: (batch, parked, effects) => ended(batch, 'park', store.park(batch, parked, effects)),
  };
}

/** Calls that overlap lock rows in the order in which they name them: it must be the same in all calls. */
export function watchOdoo(odoo: OdooPort, verdict: Verdict): OdooPort {
  return {
    ...odoo,
    apply: (request) => {
      const places = placesOf(request.changes);
      places.forEach((place, index) => {
        const before = places[index - 1];
        verdict.expect(
          before === undefined || before <= place,
          'canonical_order',
          () => `${place} comes after ${before} in one call`,
        );
      });
      return odoo.apply(request);
    },
  };
}

/** Money past the vendor travels with its invoice, at the invoice's place; an order with its deal. */
function placesOf(changes: readonly Change[]): string[] {
  return changes.map(({ key }, index) => {
    const before = changes[index - 1]?.key;
    const along = [
      `${before?.external_id}:off_stripe`,
      ...(key.kind === 'order' ? [before?.external_id] : []),
    ];
    const place = before && along.includes(key.external_id) ? before : key;
    return `${String(rankOf(place.kind)).padStart(2, '0')} ${place.external_id}`;
  });
}

/** Told of everything Odoo writes: a customer's revision never falls, a document never steps back. */
export function watchRecords(verdict: Verdict): (key: string, record: Master | Move | Payment) => void {
  const highest = new Map<string, number>();
  return (key, record) => {
    const height = heightOf(record);
    if (height === undefined) return;
    const name = `${key} ${record.id}`;
    const before = highest.get(name) ?? 0;
    verdict.expect(
      height >= before,
      'never_older_again',
      () => `${key} went back from ${before} to ${height}`,
    );
    highest.set(name, height);
  };
}

const HEIGHT = { draft: 0, posted: 1_000_000_000, cancel: 2_000_000_000 };

/** Names of customers end with a revision; drafts only get longer. */
function heightOf(record: Master | Move | Payment): number | undefined {
  if ('values' in record) {
    // Of a deleted customer only its newest invoice still tells, as it was then.
    if (record.values['active'] === false) return undefined;
    const revision = / r(\d+)$/.exec(String(record.values['name']))?.[1];
    return revision === undefined ? undefined : Number(revision);
  }
  return 'state' in record && !record.counter ? HEIGHT[record.state] + record.total : undefined;
}
