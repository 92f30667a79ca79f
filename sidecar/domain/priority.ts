/** What is done first: four classes of work, and how they take turns so that none starves another. */
import type { NewDelivery } from './delivery.ts';
import type { Kind } from './reference.ts';

/**
 * 0: a person waits for it, or money is in trouble (a payment failed, a refund, a dispute). 1: documents and customers as
 * they happen. 2: the catalogue. 3: bulk (listings, sweeps, replay of many).
 */
export const PRIORITIES = [0, 1, 2, 3] as const;
export type Priority = (typeof PRIORITIES)[number];

const CATALOGUE: ReadonlySet<Kind> = new Set<Kind>(['tax_rate', 'product', 'price']);
const BULK: ReadonlySet<string> = new Set(['backfill', 'sweep', 'replay']);

/** The class of one delivery. The vendor's own words are read by its connector, which sets `urgent`. */
export function priorityOf(delivery: Pick<NewDelivery, 'kind' | 'origin' | 'urgent'>): Priority {
  if (delivery.urgent ?? delivery.origin === 'outbox') return 0;
  if (BULK.has(delivery.origin)) return 3;
  return CATALOGUE.has(delivery.kind) ? 2 : 1;
}

/** Of a hundred turns, with work in all four classes. What a class does not use goes to the others. */
const SHARE = { 0: 60, 1: 25, 2: 10, 3: 5 } as const satisfies Record<Priority, number>;

/**
 * Hands out turns: every class that has work gets at least its share, evenly spread, and the best one comes first.
 * Keeps its count between calls, so that a share smaller than one call is not lost.
 */
export class Turns {
  readonly #credit = { 0: 0, 1: 0, 2: 0, 3: 0 };

  /** The class whose turn it is among those with work; undefined if there is none. */
  next(hasWork: (priority: Priority) => boolean): Priority | undefined {
    const able = PRIORITIES.filter(hasWork);
    let chosen: Priority | undefined;
    for (const priority of able) {
      this.#credit[priority] += SHARE[priority];
      if (chosen === undefined || this.#credit[priority] > this.#credit[chosen]) chosen = priority;
    }
    if (chosen !== undefined)
      this.#credit[chosen] -= able.reduce<number>((total, priority) => total + SHARE[priority], 0);
    return chosen;
  }
}
