/** Which records the store has ever heard of, page by page: what a replay goes through. */
import type { Base } from './base.ts';
import { bounded, refOf } from './base.ts';
import type { RecordFilter, RecordPage } from '../store.ts';

/** Lanes looked at per call: a webhook that comes meanwhile waits some ten milliseconds, however long the table is. */
const WINDOW = 10_000;

/** Prepares the statements. */
export function makeRecords({ db }: Base): (filter: RecordFilter) => RecordPage {
  const last = db.prepare<[], number | null>('select max(id) from lane').pluck();
  const page = db.prepare<unknown[], { id: number; key: string }>(
    `select id, key from lane
     where id > @after and id <= @until
       and (@connection is null or connection = (select id from connection where name = @connection))
       and (@anytime or exists (select 1 from delivery
         where delivery.lane = lane.id and received_at >= @from and received_at <= @to))
     order by id limit @limit`,
  );
  return ({ connection, from, to, after = 0, limit }) => {
    const until = after + WINDOW;
    const most = bounded(limit, 1_000);
    const rows = page.all({
      after,
      until,
      connection: connection ?? null,
      anytime: from === undefined && to === undefined ? 1 : 0,
      from: from ?? Number.MIN_SAFE_INTEGER,
      to: to ?? Number.MAX_SAFE_INTEGER,
      limit: most,
    });
    const seen = rows.length === most && most > 0 ? rows.at(-1)!.id : until;
    return { refs: rows.map((row) => refOf(row.key)), next: seen >= (last.get() ?? 0) ? null : seen };
  };
}
