/** Delivery rows: the inbox itself. Bodies are read only for what is handed out. */
import type { Base } from './base.ts';
import { bounded, refOf } from './base.ts';
import type { Delivery, NewDelivery } from '../../domain/delivery.ts';
import { InvalidData } from '../../domain/failure.ts';
import type { Reference } from '../../domain/reference.ts';
import type { DeliveryFilter } from '../store.ts';

interface Row {
  seq: number;
  id: string;
  origin: Delivery['origin'];
  form: Delivery['form'];
  reason: string;
  occurred_at: number | null;
  received_at: number;
  force: number;
  body: Buffer;
}

const COLUMNS = 'seq, id, origin, form, reason, occurred_at, received_at, force, body';

/** Connections and lanes by their ids inside the store; times in UTC ms. */
export interface Deliveries {
  /** False if this connection has had this id before. */
  insert(delivery: NewDelivery, connection: number, lane: number): boolean;
  /** What waits in a lane, oldest first. */
  pending(lane: number, ref: Reference, most: number): Delivery[];
  /** Marks what is pending up to `upTo`; returns how many rows. */
  finish(lane: number, upTo: number, as: 'done' | 'ignored'): number;
  one(connection: number, id: string): Delivery | undefined;
  list(filter: DeliveryFilter, connection: number | null, lane: number | null): Delivery[];
  oldest(connection: number): number | null;
  prune(connection: number, before: number, most: number): number;
}

/** Prepares the statements. */
export function makeDeliveries({ db }: Base): Deliveries {
  const insert = db.prepare(
    `insert into delivery (lane, connection, id, origin, form, reason, occurred_at, received_at, force, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (connection, id) do nothing`,
  );
  const pending = db.prepare<[number, number], Row>(
    `select ${COLUMNS} from delivery where lane = ? and state = 'pending' order by seq limit ?`,
  );
  const finish = db.prepare<[string, number, number]>(
    "update delivery set state = ? where lane = ? and state = 'pending' and seq <= ?",
  );
  const one = db.prepare<[number, string], Row & { key: string }>(
    `select lane.key, ${COLUMNS.replace('id', 'delivery.id')} from delivery join lane on lane.id = delivery.lane
     where delivery.connection = ? and delivery.id = ?`,
  );
  const oldest = db
    .prepare<[number], number | null>(
      "select min(received_at) from delivery where connection = ? and state = 'pending'",
    )
    .pluck();
  const prune = db.prepare<{ connection: number; before: number; most: number }>(
    `delete from delivery where seq in
       (select seq from delivery where connection = @connection and received_at < @before and state <> 'pending'
        order by received_at limit @most)`,
  );
  return {
    insert: (delivery, connection, lane) => insert.run(...valuesOf(delivery, connection, lane)).changes === 1,
    pending: (lane, ref, most) => upToBytes(pending.iterate(lane, most)).map((row) => toDelivery(row, ref)),
    finish: (lane, upTo, as) => finish.run(as, lane, upTo).changes,
    one: (connection, id) => {
      const row = one.get(connection, id);
      return row && toDelivery(row, refOf(row.key));
    },
    list: makeList(db),
    oldest: (connection) => oldest.get(connection) ?? null,
    prune: (connection, before, most) => prune.run({ connection, before, most }).changes,
  };
}

/** Bodies of one lane in one claim, in bytes; what is beyond comes with the next one. */
const LANE_BYTES = 4 * 1024 * 1024;

function upToBytes(found: Iterable<Row>): Row[] {
  const rows: Row[] = [];
  let bytes = 0;
  for (const row of found) {
    rows.push(row);
    bytes += row.body.length;
    if (bytes >= LANE_BYTES) break;
  }
  return rows;
}

/**
 * The part of the table a period can be in, found in an index: deliveries arrive roughly in order of time. The pluses
 * below keep SQLite from collecting and sorting the whole period for one page of it.
 */
const INSIDE = 'from delivery where connection in (select id from connection) and received_at';
const FROM_SEQ = `delivery.seq >= (select min(seq) ${INSIDE} >= @from)`;
const TO_SEQ = `delivery.seq <= (select max(seq) ${INSIDE} < @to)`;

function makeList(db: Base['db']): Deliveries['list'] {
  return (filter, connection, lane) => {
    const where: string[] = ['delivery.seq > @after'];
    if (lane !== null) where.push('delivery.lane = @lane');
    if (connection !== null) where.push('+delivery.connection = @connection');
    if (filter.from !== undefined) where.push('+delivery.received_at >= @from', FROM_SEQ);
    if (filter.to !== undefined) where.push('+delivery.received_at < @to', TO_SEQ);
    return db
      .prepare<unknown[], Row & { key: string }>(
        `select lane.key, ${COLUMNS.replace('id', 'delivery.id')} from delivery join lane on lane.id = delivery.lane
         where ${where.join(' and ')} order by delivery.seq limit @limit`,
      )
      .all({
        after: filter.after ?? 0,
        lane,
        connection,
        from: filter.from,
        to: filter.to,
        limit: bounded(filter.limit, 100, 1000),
      })
      .map((row) => toDelivery(row, refOf(row.key)));
  };
}

function valuesOf(delivery: NewDelivery, connection: number, lane: number): unknown[] {
  if (typeof delivery.id !== 'string' || delivery.id === '')
    throw new InvalidData('delivery_without_id', `A delivery of ${delivery.connection} has no id.`, {
      hint: 'The connector must name every delivery; the same news must always get the same name.',
    });
  const { id, origin, form, reason, occurredAt, receivedAt, force, body } = delivery;
  return [lane, connection, id, origin, form, reason, occurredAt, receivedAt, force ? 1 : 0, body];
}

function toDelivery(row: Row, ref: Reference): Delivery {
  return {
    seq: row.seq,
    id: row.id,
    connection: ref.connection,
    kind: ref.kind,
    externalId: ref.externalId,
    origin: row.origin,
    form: row.form,
    reason: row.reason,
    occurredAt: row.occurred_at,
    receivedAt: row.received_at,
    body: row.body,
    ...(row.force === 1 ? { force: true } : {}),
  };
}
