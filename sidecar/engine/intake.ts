/** The one door: whatever comes from hook, poll, backfill, replay or Odoo's outbox enters the store here. */
import type { NewDelivery, Origin } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import type { Reference } from '../domain/reference.ts';
import type { PutResult, Store } from '../store/store.ts';

export interface Intake {
  /** Resolves when all of it is on disk; same order. Throws `Transient('store_full')` when the disk refuses. */
  put(deliveries: readonly NewDelivery[]): Promise<PutResult[]>;
}

export function createIntake(store: Store): Intake {
  return {
    async put(deliveries) {
      if (deliveries.length === 0) return [];
      try {
        return await store.put(deliveries);
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

/** A reason to re-read one record. `id` decides what counts as a repeat. */
export function hint(
  ref: Reference,
  about: { id: string; origin: Origin; reason: string; now: number; force?: boolean },
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
  };
}
