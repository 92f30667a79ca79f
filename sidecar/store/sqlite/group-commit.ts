/** Many puts, one commit: whoever arrives while the disk was just busy shares the next one. */
import type { NewDelivery } from '../../domain/delivery.ts';
import { asFailure, InvalidData } from '../../domain/failure.ts';
import type { PutResult } from '../store.ts';

interface Request {
  rows: readonly NewDelivery[];
  resolve: (results: PutResult[]) => void;
  reject: (error: unknown) => void;
}

/** See `put` of Store. */
export interface GroupCommit {
  put(rows: readonly NewDelivery[]): Promise<PutResult[]>;
  /** Commits what is still waiting. */
  flush(): void;
}

/** A group is committed at the latest after this many milliseconds, or once it holds this many rows. */
const LONGEST_WAIT_MS = 2;
const MOST_ROWS = 256;

/** When groups are committed; replaced by simulations. */
export interface Timing {
  /** Runs `work` after `ms`, 0 = once this turn of the event loop has ended. Returns how to call it off. */
  later(work: () => void, ms: number): () => void;
  /** Milliseconds on a clock that never jumps. */
  elapsed(): number;
}

const MACHINE: Timing = {
  later(work, ms) {
    if (ms === 0) {
      const immediate = setImmediate(work);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  elapsed: () => performance.now(),
};

/** `commit` writes rows in one transaction and throws if any of them cannot be written. */
export function makeGroupCommit(
  commit: (rows: readonly NewDelivery[]) => PutResult[],
  timing: Timing = MACHINE,
): GroupCommit {
  let waiting: Request[] = [];
  let rows = 0;
  let callOffLate: (() => void) | undefined;
  let callOffSoon: (() => void) | undefined;
  let busyUntil = 0;

  const flush = (): void => {
    callOffLate?.();
    callOffSoon?.();
    callOffLate = callOffSoon = undefined;
    const group = waiting;
    waiting = [];
    rows = 0;
    if (group.length > 0) settle(group, commit);
    // A lone caller has nobody to wait for; where several met, more are on their way.
    busyUntil = group.length > 1 ? timing.elapsed() + LONGEST_WAIT_MS : 0;
  };
  const schedule = (): void => {
    if (callOffSoon) return;
    if (rows >= MOST_ROWS || timing.elapsed() >= busyUntil) callOffSoon = timing.later(flush, 0);
    else callOffLate ??= timing.later(flush, LONGEST_WAIT_MS);
  };
  return {
    put: (added) =>
      new Promise((resolve, reject) => {
        waiting.push({ rows: added, resolve, reject });
        rows += added.length;
        schedule();
      }),
    flush,
  };
}

function settle(group: Request[], commit: (rows: readonly NewDelivery[]) => PutResult[]): void {
  try {
    const results = commit(group.flatMap((request) => request.rows));
    let from = 0;
    for (const { rows, resolve } of group) resolve(results.slice(from, (from += rows.length)));
  } catch (error) {
    if (isOneRowsFault(error)) for (const request of group) settleAlone(request, commit);
    else for (const { reject } of group) reject(error);
  }
}

/** Row by row, so that a bad row fails its own caller only, and costs that caller nothing but the bad row. */
function settleAlone(request: Request, commit: (rows: readonly NewDelivery[]) => PutResult[]): void {
  const results: PutResult[] = [];
  const failures: { id: unknown; error: unknown }[] = [];
  for (const row of request.rows)
    try {
      results.push(...commit([row]));
    } catch (error) {
      failures.push({ id: row?.id, error });
    }
  const [first] = failures;
  if (!first) return request.resolve(results);
  if (!isOneRowsFault(first.error)) return request.reject(first.error);
  const reason = first.error instanceof Error ? first.error.message : String(first.error);
  request.reject(
    new InvalidData('delivery_not_stored', `Delivery ${String(first.id)} cannot be stored: ${reason}`, {
      hint: 'The other deliveries of this call are stored. Mend the connector that made this one.',
      args: { ids: failures.map(({ id }) => id) },
      cause: first.error,
    }),
  );
}

/** Disk, locks and rights concern every row alike; anything else may be the fault of one. */
const isOneRowsFault = (error: unknown): boolean =>
  !['transient', 'connection'].includes(asFailure(error).class);
