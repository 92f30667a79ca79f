/**
 * Deliberate defects, each as a wrapper around what the engine is given: the proof that the checks would notice. Every one
 * of them is a mistake that somebody has made in a system like this.
 */
import type { Connector, Session } from '../../sidecar/domain/connector.ts';
import type { NewDelivery } from '../../sidecar/domain/delivery.ts';
import type { SqliteStore } from '../../sidecar/store/sqlite/index.ts';
import type { AckItem, Effects, LaneBatch } from '../../sidecar/store/store.ts';
import type { Check } from './verdict.ts';
import { darkPlanOf, type Entry } from './plan.ts';
import { CONNECTION } from './account.ts';
import type { Bug } from './world.ts';

/** What is wrong, in words, and which checks are to notice it. */
export interface SeededBug {
  name: string;
  noticedBy: readonly Check[];
  bug: Bug;
  /** Histories in which it can show; the usual ones unless given. */
  plan?: (seed: number) => readonly Entry[];
}

export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: 'a webhook is acknowledged before it is on disk',
    noticedBy: ['acknowledged_is_durable'],
    bug: { store: acknowledgeEarly },
  },
  {
    name: 'the work of a lease that was taken over is accepted',
    noticedBy: ['one_lease_at_a_time'],
    bug: { store: forgetFences },
  },
  {
    name: 'records of a call come in no order',
    noticedBy: ['canonical_order'],
    bug: {
      odoo: (odoo, random) => ({
        ...odoo,
        async apply({ batch, connection, changes }) {
          const shuffled = [...changes].sort(() => random.next() - 0.5);
          const results = await odoo.apply({ batch, connection, changes: shuffled });
          return changes.map((change) => results[shuffled.indexOf(change)]!);
        },
      }),
    },
  },
  {
    name: 'what an event carries is taken for the present, ordered by its time',
    noticedBy: ['never_older_again', 'agrees_with_vendor'],
    bug: { connector: orderByTime },
  },
  {
    name: 'receipts and links are not unique',
    noticedBy: ['effects_once'],
    bug: { model: { receiptsNotUnique: true } },
  },
  {
    name: 'the feed’s place is kept before what it told is',
    noticedBy: ['agrees_with_vendor'],
    bug: { session: keepPlaceEarly },
    plan: darkPlanOf,
  },
  {
    name: 'the digest of a document is kept although a rung failed',
    noticedBy: ['agrees_with_vendor', 'comes_to_rest', 'parked_for_a_reason'],
    bug: { model: { keepsDigest: true } },
  },
];

function acknowledgeEarly(store: SqliteStore): SqliteStore {
  return {
    ...store,
    put(deliveries) {
      store.put(deliveries).catch(() => {});
      return Promise.resolve(deliveries.map(({ id }) => ({ id, duplicate: false })));
    },
  };
}

/** Every word about a lane is taken as if the speaker still held it. */
function forgetFences(store: SqliteStore): SqliteStore {
  const fences = new Map<string, number>();
  const now = (batch: LaneBatch): LaneBatch => ({ ...batch, fence: fences.get(batch.lane) ?? batch.fence });
  return {
    ...store,
    claim(options) {
      const batches = store.claim(options);
      for (const { lane, fence } of batches) fences.set(lane, fence);
      return batches;
    },
    ack: (batch, upTo, effects?: Effects) => store.ack(now(batch), upTo, effects),
    ackAll: (items: readonly AckItem[]) =>
      store.ackAll(items.map((item) => ({ ...item, batch: now(item.batch) }))),
    fail: (batch, at, effects) => store.fail(now(batch), at, effects),
    wait: (batch, on, until, effects) => store.wait(now(batch), on, until, effects),
    park: (batch, parked, effects) => store.park(now(batch), parked, effects),
  };
}

/** Customers' events become states as old as the event, which nobody reads again. */
function orderByTime(connector: Connector): Connector {
  return {
    ...connector,
    receive(raw, connection) {
      const received = connector.receive(raw, connection);
      return { ...received, deliveries: received.deliveries.map((each) => asState(each, raw.body)) };
    },
  };
}

function asState(delivery: NewDelivery, body: Buffer): NewDelivery {
  const event = JSON.parse(body.toString('utf8')) as { created: number; data: { object: { id: string } } };
  const { object } = event.data;
  if (delivery.kind !== 'customer' || object.id !== delivery.externalId) return delivery;
  return {
    ...delivery,
    form: 'state',
    receivedAt: event.created * 1000,
    body: Buffer.from(JSON.stringify(object)),
  };
}

function keepPlaceEarly(session: Session, store: SqliteStore): Session {
  return {
    ...session,
    async *changes(cursor) {
      for await (const page of session.changes(cursor)) {
        const { at } = store.cursor(CONNECTION, 'events') ?? { at: 0 };
        store.saveCursor(CONNECTION, 'events', page.cursor, at);
        yield page;
      }
    },
  };
}
