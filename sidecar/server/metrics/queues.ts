/** How many records wait for a worker, by how much they matter, and since when. */
import { Gauge, type Registry } from 'prom-client';
import type { Priority } from '../../domain/priority.ts';
import type { Picture } from '../metrics.ts';

/** The classes of `domain/priority.ts`, in words. */
export const PRIORITY_NAMES: Record<Priority, string> = {
  0: 'urgent',
  1: 'usual',
  2: 'catalogue',
  3: 'bulk',
};

export function createQueueGauges(registry: Registry): (now: Picture) => void {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['connection', 'priority'], registers: [registry] });
  const lanes = gauge(
    'saas_sync_queue_lanes',
    'Records that wait for a worker, or sleep until they are tried again',
  );
  const oldest = gauge(
    'saas_sync_queue_oldest_timestamp_seconds',
    'Since when the first of them could have been worked on; in the future if all of them sleep',
  );
  return ({ queues, status }) => {
    oldest.reset();
    for (const { id: connection } of status.connections)
      for (const priority of Object.values(PRIORITY_NAMES)) lanes.set({ connection, priority }, 0);
    for (const { connection, priority, lanes: count, oldestAt } of queues) {
      const labels = { connection, priority: PRIORITY_NAMES[priority] };
      lanes.set(labels, count);
      oldest.set(labels, oldestAt / 1_000);
    }
  };
}
