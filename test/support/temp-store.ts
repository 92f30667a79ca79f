/** A fresh store file per test; thrown away when the test passes, kept and named when it fails. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import type { Store } from '../../sidecar/store/store.ts';

/** `open` may be called again after a close: a restart. */
export interface TempStore {
  path: string;
  open: () => Store;
}

const folders: string[] = [];
const opened: Store[] = [];

/** A path for a store in a folder of its own; every store opened from it is closed after the test. */
export function tempStore(now?: () => number): TempStore {
  const folder = mkdtempSync(join(tmpdir(), 'saas-sync-store-'));
  folders.push(folder);
  const path = join(folder, 'sidecar.db');
  return {
    path,
    open: () => {
      const store = openStore(path, now ? { now } : {});
      opened.push(store);
      return store;
    },
  };
}

/** To be called once per file: cleans up after each test. */
export function cleanTempStores(): void {
  afterEach(function () {
    for (const store of opened.splice(0)) store.close();
    const failed = this.currentTest?.state === 'failed';
    for (const folder of folders.splice(0))
      if (failed) process.stderr.write(`      the store of this test is kept in ${folder}\n`);
      else rmSync(folder, { recursive: true, force: true });
  });
}
