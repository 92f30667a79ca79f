/** What full sweeps saw, and what became of the linked records they did not see. */
import type { Base } from './base.ts';
import type { Connections } from './connections.ts';
import type { Kind } from '../../domain/reference.ts';
import type { Store } from '../store.ts';

/** See Store. */
type Absences = Pick<
  Store,
  'saw' | 'sightings' | 'unseen' | 'seenAgain' | 'markAbsent' | 'brakes' | 'heldRecords' | 'keepHeld'
> & {
  /** Forgets all of it: the links it is about are forgotten too. Inside a transaction. */
  clear(): void;
};

/** Named records of a brake, for people. */
const EXAMPLES = 5;

/** Prepares the statements. */
export function makeAbsences(base: Base, connections: Connections): Absences {
  return { ...sightings(base, connections), ...absences(base, connections), ...brakes(base) };
}

function sightings(
  { db, writeRelaxed }: Base,
  connections: Connections,
): Pick<Absences, 'saw' | 'sightings' | 'unseen'> {
  const saw = db.prepare<[number, string, string, number, string | null]>(
    `insert into sighting (connection, kind, external_id, run, digest) values (?, ?, ?, ?, ?)
     on conflict (connection, kind, external_id) do update set run = excluded.run,
       digest = coalesce(excluded.digest, digest)`,
  );
  const seen = db.prepare<[string, string, string], { run: number; digest: string | null }>(
    `select run, digest from sighting
     where connection = (select id from connection where name = ?) and kind = ? and external_id = ?`,
  );
  const page = db.prepare<
    { connection: number; kind: string; run: number; asked: number; after: string; limit: number },
    { id: string; missing: 0 | 1 }
  >(
    `select l.external_id as id,
       l.learnt_at <= @run and coalesce(s.run, 0) <> @run
         and not (coalesce(a.state, '') = 'kept' or coalesce(a.state, '') = 'asked' and a.since >= @asked) as missing
     from link l
     left join sighting s on s.connection = l.connection and s.kind = l.kind and s.external_id = l.external_id
     left join absence a on a.connection = l.connection and a.kind = l.kind and a.external_id = l.external_id
     where l.connection = @connection and l.kind = @kind and l.external_id > @after
     order by l.external_id limit @limit`,
  );
  return {
    // Not waited for on disk: the cursor that says how far the sweep came is written after it, and that is.
    saw: (connection, records, run) =>
      writeRelaxed(() => {
        const id = connections.idOf(connection);
        for (const { kind, externalId, digest } of records)
          saw.run(id, kind, externalId, run, digest ?? null);
      }),
    sightings: (refs) =>
      refs.map(({ connection, kind, externalId }) => seen.get(connection, kind, externalId)),
    unseen: (connection, kind, run, { askedSince, after, limit }) => {
      const id = connections.find(connection);
      const rows =
        id === undefined ? [] : page.all({ connection: id, kind, run, asked: askedSince, after, limit });
      return {
        looked: rows.length,
        missing: rows.filter((row) => row.missing === 1).map((row) => row.id),
        next: rows.length === limit ? rows.at(-1)!.id : null,
      };
    },
  };
}

function absences(
  { db, write }: Base,
  connections: Connections,
): Pick<Absences, 'seenAgain' | 'markAbsent' | 'keepHeld' | 'clear'> {
  const seenAgain = db.prepare<[number, string, number]>(
    `delete from absence as a where connection = ? and kind = ? and (
       exists (select 1 from sighting s where s.connection = a.connection and s.kind = a.kind
         and s.external_id = a.external_id and s.run = ?)
       or not exists (select 1 from link l where l.connection = a.connection and l.kind = a.kind
         and l.external_id = a.external_id))`,
  );
  const mark = db.prepare<[number, string, string, string, string, number]>(
    `insert into absence (connection, kind, external_id, stream, state, since) values (?, ?, ?, ?, ?, ?)
     on conflict (connection, kind, external_id) do update set stream = excluded.stream,
       since = iif(state = 'held' and excluded.state = 'held', since, excluded.since), state = excluded.state`,
  );
  const keep = db.prepare<[number, number, string]>(
    "update absence set state = 'kept', since = ? where connection = ? and stream = ? and state = 'held'",
  );
  const forgetAbsences = db.prepare('delete from absence');
  const forgetSightings = db.prepare('delete from sighting');
  return {
    seenAgain: (connection, kind, run) =>
      write(() => void seenAgain.run(connections.idOf(connection), kind, run)),
    markAbsent: (connection, { stream, kind, ids, state, at }) =>
      write(() => {
        const id = connections.idOf(connection);
        for (const externalId of ids) mark.run(id, kind, externalId, stream, state, at);
      }),
    keepHeld: (connection, stream, at) =>
      write(() => keep.run(at, connections.idOf(connection), stream).changes),
    clear: () => {
      forgetAbsences.run();
      forgetSightings.run();
    },
  };
}

function brakes({ db }: Base): Pick<Absences, 'brakes' | 'heldRecords'> {
  const held = db.prepare<
    [string],
    { stream: string; kind: Kind; absent: number; since: number; of: number }
  >(
    `select a.stream, a.kind, count(*) as absent, min(a.since) as since,
       (select count(*) from link l where l.connection = a.connection and l.kind = a.kind) as of
     from absence a where a.connection = (select id from connection where name = ?) and a.state = 'held'
     group by a.stream, a.kind order by a.stream, a.kind`,
  );
  const records = db.prepare<[string, string, number], { kind: Kind; externalId: string }>(
    `select kind, external_id as externalId from absence
     where connection = (select id from connection where name = ?) and stream = ? and state = 'held'
     order by kind, external_id limit ?`,
  );
  const examples = db
    .prepare<[string, string, string, number], string>(
      `select external_id from absence
       where connection = (select id from connection where name = ?) and stream = ? and kind = ? and state = 'held'
       order by external_id limit ?`,
    )
    .pluck();
  return {
    brakes: (connection) =>
      held.all(connection).map((row) => ({
        ...row,
        examples: examples.all(connection, row.stream, row.kind, EXAMPLES),
      })),
    heldRecords: (connection, stream, limit) =>
      records.all(connection, stream, limit).map((row) => ({ ...row, connection })),
  };
}
