/** Where the benchmarks keep their files while they run. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VAR } from '../odoo/paths.ts';

const BENCH = join(VAR, 'bench');
const HOME = join(BENCH, `run-${process.pid}`);

/** A path inside the folder of this run. */
export const inHome = (...parts: string[]): string => join(HOME, ...parts);

/** Makes the folder, and removes those of runs that were killed: they hold gigabytes. */
export function openHome(): void {
  mkdirSync(HOME, { recursive: true });
  for (const name of readdirSync(BENCH)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(BENCH, name), { recursive: true, force: true });
  }
}

export function removeHome(): void {
  rmSync(HOME, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
