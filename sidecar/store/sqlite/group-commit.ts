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

/** `commit` writes rows in one transaction and throws if any of them cannot be written. */
export function makeGroupCommit(commit: (rows: readonly NewDelivery[]) => PutResult[]): GroupCommit {
  let waiting: Request[] = [];
  let rows = 0;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  let busyUntil = 0;

  const flush = (): void => {
    clearTimeout(timer);
    clearImmediate(immediate);
    timer = immediate = undefined;
    const group = waiting;
    waiting = [];
    rows = 0;
    if (group.length > 0) settle(group, commit);
    // A lone caller has nobody to wait for; where several met, more are on their way.
    busyUntil = group.length > 1 ? performance.now() + LONGEST_WAIT_MS : 0;
  };
  const schedule = (): void => {
    if (immediate) return;
    if (rows >= MOST_ROWS || performance.now() >= busyUntil) immediate = setImmediate(flush);
    else timer ??= setTimeout(flush, LONGEST_WAIT_MS);
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
