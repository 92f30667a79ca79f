/** What people corrected of single records, until these change at their vendor. */
import type { Base } from './base.ts';
import type { Connections } from './connections.ts';
import type { Journal } from './journal.ts';
import type { Lanes } from './lanes.ts';
import { laneOf } from '../../domain/reference.ts';
import type { Correction, Store } from '../store.ts';

interface Row {
  source_digest: string;
  fields: string;
  note: string;
  author: string;
  at: number;
}

interface Parts {
  connections: Connections;
  lanes: Lanes;
  journal: Journal;
}

/** See Store. Prepares the statements. */
export function makeCorrections(
  { db, write }: Base,
  { connections, lanes, journal }: Parts,
): Pick<Store, 'correction' | 'saveCorrection' | 'dropCorrection'> {
  const select = db.prepare<[string], Row>(
    `select source_digest, fields, note, author, correction.at from correction
     join lane on lane.id = correction.lane where lane.key = ?`,
  );
  const upsert = db.prepare(
    `insert into correction (lane, source_digest, fields, note, author, at)
     values (@lane, @sourceDigest, @fields, @note, @author, @at)
     on conflict (lane) do update set source_digest = excluded.source_digest, fields = excluded.fields,
       note = excluded.note, author = excluded.author, at = excluded.at`,
  );
  const remove = db.prepare<[string]>(
    'delete from correction where lane = (select id from lane where key = ?)',
  );
  return {
    correction: (ref) => {
      const row = select.get(laneOf(ref));
      return row && toCorrection(row);
    },
    saveCorrection: (ref, correction, line) =>
      write(() => {
        const lane = lanes.ensure(ref, connections.idOf(ref.connection));
        upsert.run({ ...correction, lane, fields: JSON.stringify(correction.values) });
        journal.write(line);
      }),
    dropCorrection: (ref, line) =>
      write(() => {
        if (remove.run(laneOf(ref)).changes > 0) journal.write(line);
      }),
  };
}

const toCorrection = ({ source_digest, fields, note, author, at }: Row): Correction => ({
  sourceDigest: source_digest,
  values: JSON.parse(fields) as Correction['values'],
  note,
  author,
  at,
});
