/** How large the store is, and how much room its disk still has. */
import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Gauge, type Registry } from 'prom-client';

/** Without a path (a store in memory) there is nothing to show. */
export function createFileGauges(registry: Registry, path: string | undefined): () => void {
  if (path === undefined || path === ':memory:') return () => {};
  const registers = [registry];
  const bytes = new Gauge({
    name: 'saas_sync_store_bytes',
    help: 'Size of the store: the file itself, and the log of what is not yet worked into it',
    labelNames: ['file'],
    registers,
  });
  const free = new Gauge({
    name: 'saas_sync_store_disk_free_bytes',
    help: 'Room left for the sidecar on the disk that holds the store',
    registers,
  });
  const size = new Gauge({
    name: 'saas_sync_store_disk_bytes',
    help: 'Size of the disk that holds the store',
    registers,
  });
  return () => {
    bytes.reset();
    bytes.set({ file: 'main' }, sizeOf(path));
    bytes.set({ file: 'wal' }, sizeOf(`${path}-wal`));
    try {
      const disk = statfsSync(dirname(path));
      free.set(disk.bavail * disk.bsize);
      size.set(disk.blocks * disk.bsize);
    } catch {
      // A file system that tells nothing: the other metrics are still worth having.
    }
  };
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
