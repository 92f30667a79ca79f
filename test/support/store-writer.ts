/**
 * A process that puts and acks without pause and says on stdout what the store has confirmed, until it is killed:
 * `put <id> <bytes>` or `done <id> <bytes>`, one a line, with the size of the write-ahead log by then. Started by tests
 * that kill it: node store-writer.ts <path> <prefix>.
 */
import { statSync, writeSync } from 'node:fs';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { delivery, journalLine } from './deliveries.ts';

const [path = '', prefix = ''] = process.argv.slice(2);
const store = openStore(path);

/** Written by the kernel before the next step, so that a kill cannot swallow it. */
const say = (word: string, ids: readonly string[]): void => {
  const { size } = statSync(`${path}-wal`);
  writeSync(1, ids.map((id) => `${word} ${id} ${size}\n`).join(''));
};

async function putForever(worker: number): Promise<never> {
  for (let n = 0; ; n += 1) {
    const rows = [0, 1, 2].map((part) =>
      delivery(`${prefix}.${worker}.${n}.${part}`, `in_${(n * 7 + worker) % 50}`, {
        body: Buffer.alloc(900, part),
      }),
    );
    const results = await store.put(rows);
    say(
      'put',
      results.map(({ id }) => id),
    );
  }
}

async function ackForever(): Promise<never> {
  for (;;) {
    const now = Date.now();
    const batches = store.claim({ laneClass: 'document', lanes: 10, perLane: 5, now, leaseMs: 60_000 });
    const items = batches.map((batch) => ({
      batch,
      upTo: batch.deliveries.at(-1)?.seq ?? 0,
      effects: { journal: [journalLine(batch.ref.externalId)] },
    }));
    store.ackAll(items);
    say(
      'done',
      batches.flatMap((batch) => batch.deliveries.map(({ id }) => id)),
    );
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

say('started', [String(process.pid)]);
await Promise.all([ackForever(), ...[1, 2, 3, 4].map(putForever)]);
