/** Writing deliveries: the lane's row first, its delivery second, the counters last and only for what is new. */
import type { Connections } from './connections.ts';
import type { Deliveries } from './deliveries.ts';
import type { Lanes } from './lanes.ts';
import type { NewDelivery } from '../../domain/delivery.ts';
import { priorityOf } from '../../domain/priority.ts';
import { laneClassOf } from '../../domain/reference.ts';
import type { PutResult } from '../store.ts';

/** The one way into the inbox. */
export interface Intake {
  /** To be called inside a transaction. Throws InvalidData for a row that cannot be stored. */
  one(delivery: NewDelivery): PutResult;
}

/** Used by puts and by effects of acks alike. */
export function makeIntake(parts: {
  connections: Connections;
  lanes: Lanes;
  deliveries: Deliveries;
}): Intake {
  const { connections, lanes, deliveries } = parts;
  return {
    one: (delivery) => {
      const { id, kind, externalId, receivedAt } = delivery;
      const ref = { connection: delivery.connection, kind, externalId };
      const connection = connections.idOf(delivery.connection);
      const lane = lanes.ensure(ref, connection);
      if (!deliveries.insert(delivery, connection, lane)) return { id, duplicate: true };
      lanes.added(lane, priorityOf(delivery));
      connections.received(connection, laneClassOf(kind), receivedAt);
      return { id, duplicate: false };
    },
  };
}
