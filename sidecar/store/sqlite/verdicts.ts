/** Decisions of first contact about records without a link. */
import type { Base } from './base.ts';
import { laneOf, type Reference } from '../../domain/reference.ts';
import type { Verdict, VerdictStore } from '../verdicts.ts';

/** See VerdictStore; `clear` forgets all of them. Prepares the statements. */
export function makeVerdicts({ db, write }: Base): VerdictStore & { clear: () => void } {
  const select = db.prepare<[string], { verdict: Verdict['verdict']; candidates: string }>(
    'select verdict, candidates from verdict where lane = ?',
  );
  const upsert = db.prepare<[string, string, string]>(
    `insert into verdict (lane, verdict, candidates) values (?, ?, ?)
     on conflict (lane) do update set verdict = excluded.verdict, candidates = excluded.candidates`,
  );
  const remove = db.prepare<[string]>('delete from verdict where lane = ?');
  const clear = db.prepare('delete from verdict');
  return {
    verdict: (ref: Reference) => {
      const row = select.get(laneOf(ref));
      return row && { verdict: row.verdict, candidates: JSON.parse(row.candidates) as Verdict['candidates'] };
    },
    saveVerdicts: (verdicts) =>
      write(() => {
        for (const { ref, verdict, candidates } of verdicts)
          upsert.run(laneOf(ref), verdict, JSON.stringify(candidates));
      }),
    dropVerdict: (ref) => write(() => void remove.run(laneOf(ref))),
    clear: () => void clear.run(),
  };
}
