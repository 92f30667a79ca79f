/** The append-only story of every delivery, and the totals that follow from it. */
import type { Base } from './base.ts';
import { bounded, refOf } from './base.ts';
import type { Connections } from './connections.ts';
import type { Lanes } from './lanes.ts';
import type { JournalFilter, JournalLine } from '../store.ts';

interface Row {
  at: number;
  delivery: string;
  lane: string;
  step: JournalLine['step'];
  rule: string | null;
  detail: string;
}

/** See Store. `write` is to be called inside a transaction. */
export interface Journal {
  write(line: JournalLine): void;
  read(filter: JournalFilter): JournalLine[];
  prune(before: number, most: number): number;
}

/** Steps that a connection's totals count. */
const COUNTED = { applied: 'applied', unchanged: 'unchanged', parked: 'failed' } as const;

/** Prepares the statements. */
export function makeJournal({ db }: Base, connections: Connections, lanes: Lanes): Journal {
  const insert = db.prepare(
    `insert into journal (at, connection, lane, delivery, step, rule, detail)
     values (@at, @connection, @lane, @delivery, @step, @rule, @detail)`,
  );
  const prune = db.prepare<[number, number]>(
    `delete from journal where at < ? and id in (select id from journal order by id limit ?)`,
  );
  return {
    write: (line) => {
      const ref = refOf(line.lane);
      const connection = connections.idOf(ref.connection);
      const lane = lanes.ensure(ref, connection);
      insert.run({ ...line, connection, lane, rule: line.rule ?? null });
      if (line.step in COUNTED) connections.count(connection, COUNTED[line.step as keyof typeof COUNTED]);
    },
    read: (filter) => readLines(db, filter),
    prune: (before, most) => prune.run(before, most).changes,
  };
}

/** The newest lines that match, oldest first. */
function readLines(db: Base['db'], filter: JournalFilter): JournalLine[] {
  const where: string[] = [];
  if (filter.delivery !== undefined) where.push('journal.delivery = @delivery');
  if (filter.lane !== undefined) where.push('journal.lane = (select id from lane where key = @lane)');
  if (filter.connection !== undefined)
    where.push('journal.connection = (select id from connection where name = @connection)');
  const rows = db
    .prepare<unknown[], Row>(
      `select at, delivery, lane.key as lane, step, rule, detail from journal join lane on lane.id = journal.lane
       ${where.length > 0 ? `where ${where.join(' and ')}` : ''} order by journal.id desc limit @limit`,
    )
    .all({ ...filter, limit: bounded(filter.limit, 200) });
  return rows.reverse().map(({ rule, ...line }) => (rule === null ? line : { ...line, rule }));
}
