/** Ids of connections inside the store, and their running totals. */
import type { Base } from './base.ts';
import type { LaneClass } from '../../domain/reference.ts';

/** Running totals of one connection; `lastEventAt` in UTC ms. */
export interface Totals {
  received: number;
  applied: number;
  unchanged: number;
  failed: number;
  lastEventAt: number | null;
}

const NOTHING: Totals = { received: 0, applied: 0, unchanged: 0, failed: 0, lastEventAt: null };

/** How much is pending, and how much of that are documents. */
export interface Backlog {
  id: number;
  name: string;
  pending: number;
  documents: number;
}

/** Inside the store a connection is a small number. */
export interface Connections {
  /** The id of a connection, made on first sight. */
  idOf(name: string): number;
  /** Undefined for a connection never seen. */
  find(name: string): number | undefined;
  all(): Backlog[];
  received(id: number, laneClass: LaneClass, at: number): void;
  addPending(id: number, laneClass: LaneClass, change: number): void;
  count(id: number, step: 'applied' | 'unchanged' | 'failed'): void;
  totals(name: string): Totals;
}

const isDocument = (laneClass: LaneClass): 0 | 1 => (laneClass === 'document' ? 1 : 0);

/** Prepares the statements. */
export function makeConnections({ db }: Base): Connections {
  const select = db.prepare<[string], number>('select id from connection where name = ?').pluck();
  const insert = db
    .prepare<[string], number>('insert into connection (name) values (?) returning id')
    .pluck();
  const all = db.prepare<[], Backlog>(
    'select id, name, pending, pending_documents as documents from connection order by id',
  );
  const received = db.prepare<{ id: number; at: number; document: number }>(
    `update connection set received = received + 1, pending = pending + 1,
       pending_documents = pending_documents + @document,
       last_event_at = max(coalesce(last_event_at, 0), @at) where id = @id`,
  );
  const addPending = db.prepare<{ id: number; change: number; document: number }>(
    `update connection set pending = pending + @change,
       pending_documents = pending_documents + @change * @document where id = @id`,
  );
  const counts = {
    applied: db.prepare<[number]>('update connection set applied = applied + 1 where id = ?'),
    unchanged: db.prepare<[number]>('update connection set unchanged = unchanged + 1 where id = ?'),
    failed: db.prepare<[number]>('update connection set failed = failed + 1 where id = ?'),
  };
  const totals = db.prepare<[string], Totals>(
    'select received, applied, unchanged, failed, last_event_at as lastEventAt from connection where name = ?',
  );
  return {
    idOf: (name) => select.get(name) ?? (insert.get(name) as number),
    find: (name) => select.get(name),
    all: () => all.all(),
    received: (id, laneClass, at) => void received.run({ id, at, document: isDocument(laneClass) }),
    addPending: (id, laneClass, change) =>
      void addPending.run({ id, change, document: isDocument(laneClass) }),
    count: (id, step) => void counts[step].run(id),
    totals: (name) => totals.get(name) ?? { ...NOTHING },
  };
}
