/** What a person has to look at: one open exception per lane, and the news of it that Odoo has not had yet. */
import type { Base } from './base.ts';
import { bounded, refOf } from './base.ts';
import type { ExceptionNews, ExceptionTotal, Parked, ParkedFilter } from '../store.ts';

interface Row {
  details: string;
  first_at: number;
}

/** Lanes and connections by their ids inside the store. */
export interface Exceptions {
  /** Opens the lane's exception, or refreshes it and keeps when it first happened. */
  open(lane: number, connection: number, parked: Parked): void;
  /** Opens the lane's exception unless it has one, and tells nobody: Odoo is where it comes from. */
  recall(lane: number, connection: number, parked: Parked): void;
  /** Ends the lane's exception; false if there was none. */
  resolve(lane: number): boolean;
  list(filter: ParkedFilter): Parked[];
  count(connection: number): number;
  totals(): ExceptionTotal[];
  news(limit: number): ExceptionNews;
  dropNews(position: number): void;
}

/** Prepares the statements. */
export function makeExceptions({ db }: Base): Exceptions {
  const upsert = db.prepare(
    `insert into exception (lane, connection, code, first_at, last_at, details)
     values (@lane, @connection, @code, @firstAt, @lastAt, @details)
     on conflict (lane) do update set code = excluded.code, last_at = excluded.last_at, details = excluded.details`,
  );
  const recall = db.prepare(
    `insert into exception (lane, connection, code, first_at, last_at, details)
     values (@lane, @connection, @code, @firstAt, @lastAt, @details) on conflict (lane) do nothing`,
  );
  const remove = db.prepare<[number]>('delete from exception where lane = ?');
  const count = db.prepare<[number], number>('select count(*) from exception where connection = ?').pluck();
  const note = makeNote(db);
  return {
    open: (lane, connection, parked) => {
      const { code, firstAt, lastAt } = parked;
      upsert.run({ lane, connection, code, firstAt, lastAt, details: JSON.stringify(parked) });
      note(lane);
    },
    recall: (lane, connection, parked) => {
      const { code, firstAt, lastAt } = parked;
      recall.run({ lane, connection, code, firstAt, lastAt, details: JSON.stringify(parked) });
    },
    resolve: (lane) => {
      const ended = remove.run(lane).changes === 1;
      if (ended) note(lane);
      return ended;
    },
    list: (filter) => listExceptions(db, filter),
    count: (connection) => count.get(connection) as number,
    totals: makeTotals(db),
    ...makeNews(db),
  };
}

/** Every exception's details are read for this, so the counts are kept until the number of the news has moved. */
function makeTotals(db: Base['db']): () => ExceptionTotal[] {
  const position = db.prepare<[], number>("select value from counter where name = 'news'").pluck();
  const select = db.prepare<[], ExceptionTotal>(
    `select connection.name as connection, details ->> '$.cause' as cause, details ->> '$.code' as code,
       details ->> '$.currency' as currency, count(*) as open, min(first_at) as oldestAt, total(details ->> '$.amount') as amount
     from exception join connection on connection.id = exception.connection group by 1, 2, 3, 4`,
  );
  let known: { at: number | undefined; totals: ExceptionTotal[] } | undefined;
  return () => {
    const at = position.get();
    if (!known || known.at !== at) known = { at, totals: select.all() };
    return known.totals;
  };
}

/** Puts the lane at the end of the news; older news of the same lane is replaced. */
function makeNote(db: Base['db']): (lane: number) => void {
  const raise = db
    .prepare<[], number>("update counter set value = value + 1 where name = 'news' returning value")
    .pluck();
  const insert = db.prepare<[number, number]>(
    `insert into exception_news (lane, position) values (?, ?)
     on conflict (lane) do update set position = excluded.position`,
  );
  return (lane) => void insert.run(lane, raise.get() as number);
}

function makeNews(db: Base['db']): Pick<Exceptions, 'news' | 'dropNews'> {
  const select = db.prepare<[number], { position: number; key: string } & Partial<Row>>(
    `select position, key, details, first_at from exception_news
     join lane on lane.id = exception_news.lane left join exception on exception.lane = exception_news.lane
     order by position limit ?`,
  );
  const drop = db.prepare<[number]>('delete from exception_news where position <= ?');
  return {
    news: (limit) => {
      const rows = select.all(bounded(limit, limit, 1000));
      return {
        position: rows.at(-1)?.position ?? 0,
        opened: rows.flatMap((row) => (row.details ? [toParked(row as Row)] : [])),
        resolved: rows.flatMap((row) => (row.details ? [] : [refOf(row.key)])),
      };
    },
    dropNews: (position) => void drop.run(position),
  };
}

function listExceptions(db: Base['db'], filter: ParkedFilter): Parked[] {
  const where: string[] = [];
  if (filter.connection !== undefined)
    where.push('connection = (select id from connection where name = @connection)');
  if (filter.lane !== undefined) where.push('lane = (select id from lane where key = @lane)');
  if (filter.changedSince !== undefined) where.push('last_at >= @changedSince');
  return db
    .prepare<unknown[], Row>(
      `select details, first_at from exception ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
       order by last_at desc, lane limit @limit`,
    )
    .all({ ...filter, limit: bounded(filter.limit, 1000) })
    .map(toParked);
}

/** JSON drops what is undefined; every field of an exception is there again afterwards. */
const EMPTY = {
  hint: undefined,
  rule: undefined,
  amount: undefined,
  currency: undefined,
  partner: undefined,
  url: undefined,
  payload: undefined,
};

const toParked = (row: Row): Parked => ({
  ...EMPTY,
  ...(JSON.parse(row.details) as Parked),
  firstAt: row.first_at,
});
