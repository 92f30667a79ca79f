/** Makes sleeping, waiting and parked lanes ready again, because a person or the engine asks for it. */
import type { Base } from './base.ts';
import type { RetrySelector } from '../store.ts';

/** Returns how many lanes were made ready. */
export function makeRetry({ db, now, write }: Base): (selector: RetrySelector) => number {
  return (selector) => {
    const where = [
      "(state in ('waiting', 'parked') or (state = 'ready' and ready_at > @now))",
      'pending > 0',
    ];
    if (selector.connection !== undefined)
      where.push('connection = (select id from connection where name = @connection)');
    if (selector.lanes !== undefined) where.push('key in (select value from json_each(@lanes))');
    if (selector.code !== undefined) where.push('id in (select lane from exception where code = @code)');
    const update = db.prepare(
      `update lane set state = 'ready', ready_at = @now, attempts = 0 where ${where.join(' and ')}`,
    );
    const { connection, code, lanes } = selector;
    return write(
      () => update.run({ now: now(), connection, code, lanes: lanes && JSON.stringify(lanes) }).changes,
    );
  };
}
