// Locks between processes. The kernel keeps them (flock), so a killed holder never leaves one behind.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { inVar } from './paths.ts';

/** Runs the work while no other process on this machine holds the same lock. */
export async function withLock<T>(
  name: string,
  work: () => Promise<T>,
  waiting: (holder: string) => void = () => {},
): Promise<T> {
  const file = inVar('run', `${name}.lock`);
  const release = await acquire(file, waiting);
  try {
    writeFileSync(`${file}.holder`, `process ${process.pid}`);
    return await work();
  } finally {
    release();
  }
}

// The helper holds the lock until its stdin closes, which also happens when this process is killed.
async function acquire(file: string, waiting: (holder: string) => void): Promise<() => void> {
  const helper = spawn('flock', ['-x', file, 'sh', '-c', 'echo locked; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true, // Ctrl-C is for this process; the lock goes when this process goes
  });
  helper.stdin.on('error', () => {}); // the helper may be gone before us
  const patience = setTimeout(() => waiting(holderOf(file)), 500);
  await new Promise<void>((resolve) => {
    createInterface({ input: helper.stdout }).once('line', () => resolve());
    helper.once('error', () => resolve()); // no flock on this system: nothing to coordinate with
  });
  clearTimeout(patience);
  helper.unref();
  return () => helper.stdin.end();
}

function holderOf(file: string): string {
  try {
    return readFileSync(`${file}.holder`, 'utf8');
  } catch {
    return 'another process';
  }
}
