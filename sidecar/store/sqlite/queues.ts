/** How long the queues are that `claim` hands out from. */
import type { Base } from './base.ts';
import type { Queue } from '../store.ts';

/** See Store. */
export function makeQueues({ db }: Base): () => Queue[] {
  // Covered by lane_ready, class by class: no row of a lane is read.
  const select = db.prepare<[], Queue>(
    `select connection.name as connection, priority, sum(lanes) as lanes, min(oldest) as oldestAt
     from (select connection, priority, count(*) as lanes, min(ready_at) as oldest from lane
       where ready_at is not null group by connection, class, priority) as queue
     join connection on connection.id = queue.connection group by 1, 2 order by 1, 2`,
  );
  return () => select.all();
}
