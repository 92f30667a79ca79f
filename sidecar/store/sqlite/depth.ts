/** How much there is to do, per connection; read from counters and small indexes, never from the backlog. */
import type { Base } from './base.ts';
import type { Connections } from './connections.ts';
import type { Deliveries } from './deliveries.ts';
import type { Exceptions } from './exceptions.ts';
import type { Depth } from '../store.ts';

/** See Store. */
export function makeDepth(
  { db }: Base,
  parts: { connections: Connections; deliveries: Deliveries; exceptions: Exceptions },
): () => Depth {
  const waiting = db
    .prepare<[number], number>("select count(*) from lane where connection = ? and state = 'waiting'")
    .pluck();
  return () => {
    const depth: Depth = { pending: 0, byConnection: {} };
    for (const { id, name, pending, documents } of parts.connections.all()) {
      depth.pending += pending;
      depth.byConnection[name] = {
        pending,
        documents,
        parked: parts.exceptions.count(id),
        waiting: waiting.get(id) as number,
        oldestAt: parts.deliveries.oldest(id),
      };
    }
    return depth;
  };
}
