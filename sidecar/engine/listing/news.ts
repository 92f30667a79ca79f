/** Which of a listing's records may be news: what makes reading a million unchanged records again cheap. */
import type { Snapshot } from '../../domain/connector.ts';
import { laneOf } from '../../domain/reference.ts';
import { digestOf } from '../../rules/index.ts';
import type { Context } from '../context.ts';

/** The snapshots that may be news: those whose digest is not the link's, or whose lane is busy. */
export function unknownOf(
  context: Pick<Context, 'store'>,
  connection: string,
  snapshots: readonly Snapshot[],
): Snapshot[] {
  const refs = refsOf(connection, snapshots);
  const links = context.store.linksOf(refs);
  const same = snapshots.map((snapshot, index) => {
    const known = links[index]?.sourceDigest;
    return known !== undefined && known !== null && known === digestOf(snapshot.body);
  });
  const unchanged = refs.filter((_, index) => same[index]);
  const busy = context.store.lanesOf(unchanged).map((lane) => (lane?.pending ?? 0) > 0);
  let at = 0;
  return snapshots.filter((_, index) => !same[index] || busy[at++]);
}

/**
 * Of those, the ones that a sweep has to put into the queue: not a record that no rule wanted, that waits for a person or
 * that a person told us to ignore, as long as it is what it was when a listing saw it last.
 */
export function newsAmong(
  context: Pick<Context, 'store'>,
  connection: string,
  snapshots: readonly Snapshot[],
): Snapshot[] {
  const { store } = context;
  const refs = refsOf(connection, snapshots);
  const links = store.linksOf(refs);
  const lanes = store.lanesOf(refs);
  const seen = store.sightings(refs);
  return snapshots.filter((snapshot, index) => {
    const lane = lanes[index];
    if (!lane || !['idle', 'parked'].includes(lane.state)) return true;
    const before = seen[index];
    const same = before?.digest === digestOf(snapshot.body);
    if (lane.state === 'parked' || !links[index]) {
      if (same) return false;
      if (lane.state === 'parked') return true;
    }
    const last = store.journal({ lane: laneOf(refs[index]!), limit: 1 }).at(-1);
    if (last?.step !== 'ignored') return true;
    // First seen again since it was ignored: what it says now is what was ignored.
    return !same && before !== undefined && before.run > last.at;
  });
}

const refsOf = (connection: string, snapshots: readonly Snapshot[]) =>
  snapshots.map(({ kind, externalId }) => ({ connection, kind, externalId }));
