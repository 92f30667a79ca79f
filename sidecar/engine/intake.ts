/** The one door: whatever comes from hook, poll, backfill, replay or Odoo's outbox enters the store here. */
import type { NewDelivery, Origin } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import { laneOf, type Reference } from '../domain/reference.ts';
import type { PutResult, Store } from '../store/store.ts';
import type { Logger, Meter } from './types.ts';

export interface Intake {
  /** Resolves when all of it is on disk; same order. Throws `Transient('store_full')` when the disk refuses. */
  put(deliveries: readonly NewDelivery[]): Promise<PutResult[]>;
}

export function createIntake(store: Store, logger: Logger, meter: Meter): Intake {
  return {
    async put(deliveries) {
      if (deliveries.length === 0) return [];
      try {
        const results = await store.put(deliveries);
        tell(deliveries, results, logger, meter);
        return results;
      } catch (error) {
        if (error instanceof Failure) throw error;
        throw new Failure('transient', 'store_full', 'The store could not write what arrived', {
          hint: 'Free space on the disk that holds SAAS_SYNC_HOME, and check its permissions.',
          retryAfterMs: 30_000,
          cause: error,
        });
      }
    },
  };
}

function tell(
  deliveries: readonly NewDelivery[],
  results: readonly PutResult[],
  logger: Logger,
  meter: Meter,
): void {
  const counts = new Map<string, { of: NewDelivery; stored: number; duplicates: number }>();
  deliveries.forEach((delivery, index) => {
    const { id, connection, origin, reason } = delivery;
    const duplicate = results[index]?.duplicate === true;
    const key = `${connection} ${origin}`;
    const count = counts.get(key) ?? { of: delivery, stored: 0, duplicates: 0 };
    counts.set(key, count);
    count[duplicate ? 'duplicates' : 'stored']++;
    logger.debug(duplicate ? 'Received again' : 'Received', {
      delivery: id,
      lane: laneOf(delivery),
      connection,
      origin,
      reason,
    });
  });
  for (const { of, stored, duplicates } of counts.values())
    meter.received(of.connection, of.origin, stored, duplicates);
}

/** A reason to re-read one record. `id` decides what counts as a repeat. */
export function hint(
  ref: Reference,
  about: { id: string; origin: Origin; reason: string; now: number; force?: boolean; urgent?: boolean },
): NewDelivery {
  return {
    ...ref,
    id: about.id,
    origin: about.origin,
    form: 'hint',
    reason: about.reason,
    occurredAt: null,
    receivedAt: about.now,
    body: Buffer.alloc(0),
    ...(about.force ? { force: true } : {}),
    ...(about.urgent === undefined ? {} : { urgent: about.urgent }),
  };
}
