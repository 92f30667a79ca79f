/** Stores with a backlog: made once per size and run, then copied for whoever needs one. */
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { openStore } from '../../../sidecar/store/sqlite/index.ts';
import { CONNECTION } from '../ingest/connection.ts';
import { inHome } from '../home.ts';
import { delivery } from './deliveries.ts';

const AT_ONCE = 1_000;

/** A store in which `count` deliveries wait, on a connection that needs no first listing any more; returns its file. */
export async function storeWith(count: number, say: (text: string) => void): Promise<string> {
  const file = inHome('stores', `${count}.sqlite`);
  if (existsSync(file)) return file;
  mkdirSync(inHome('stores'), { recursive: true });
  const begun = performance.now();
  const store = openStore(file);
  for (let from = 0; from < count; from += AT_ONCE) {
    const size = Math.min(AT_ONCE, count - from);
    await store.put(Array.from({ length: size }, (_, index) => delivery(from + index)));
  }
  store.saveSetting(`ready:${CONNECTION}`, new Date().toISOString());
  store.saveCursor(CONNECTION, 'events', 'evt_bench', Date.now());
  store.close();
  const seconds = (performance.now() - begun) / 1_000;
  const megabytes = statSync(file).size / 1_000_000;
  say(`${count} deliveries stored in ${seconds.toFixed(1)} s: ${megabytes.toFixed(0)} MB`);
  return file;
}

/** A copy that may be worked on. */
export function copyOf(file: string, to: string): string {
  copyFileSync(file, to);
  return to;
}
