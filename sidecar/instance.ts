/** How the `saas-sync` command finds the sidecar that runs on the same home folder, and may speak to it. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Instance {
  pid: number;
  url: string;
  /** Good for this run only; the file is readable for its owner alone. */
  token: string;
}

const fileIn = (home: string): string => join(home, 'running.json');

export const newToken = (): string => randomBytes(24).toString('base64url');

/** Writes where the server is; returns the removal. */
export function announce(home: string, instance: Instance): () => void {
  mkdirSync(home, { recursive: true });
  rmSync(fileIn(home), { force: true });
  writeFileSync(fileIn(home), JSON.stringify(instance), { mode: 0o600 });
  return () => rmSync(fileIn(home), { force: true });
}

/** The running sidecar of this home; undefined if there is none (a file left by a crash does not count). */
export function runningIn(home: string): Instance | undefined {
  try {
    const instance = JSON.parse(readFileSync(fileIn(home), 'utf8')) as Instance;
    process.kill(instance.pid, 0);
    return instance;
  } catch {
    return undefined;
  }
}
