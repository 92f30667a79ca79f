// Who uses PostgreSQL now: each provisioned process keeps a lease until it releases it or dies.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { inVar } from './paths.ts';
import { startTimeOf, writeWhole } from './process.ts';

/** Says that this process uses PostgreSQL. */
export interface Lease {
  /** Gives the lease back; true when other processes still hold one. */
  end(): boolean;
}

let taken = 0;

/** Takes a lease for this process. */
export function takeLease(): Lease {
  const file = inVar('run', `lease-${process.pid}-${++taken}`);
  writeWhole(file, startTimeOf(process.pid) ?? '');
  return {
    end() {
      rmSync(file, { force: true });
      return othersRemain();
    },
  };
}

/** Whether a process other than these holds a lease now. */
export const isUsedBeside = (ours: readonly number[]): boolean =>
  leases()
    .filter((name) => !ours.includes(pidOf(name)))
    .some(isHeld);

function othersRemain(): boolean {
  return leases().filter(isHeld).length > 0;
}

const leases = (): string[] => readdirSync(inVar('run')).filter((name) => /^lease-\d+-\d+$/.test(name));
const pidOf = (name: string): number => Number(name.split('-')[1]);

function isHeld(name: string): boolean {
  const file = inVar('run', name);
  const held = startTimeOf(pidOf(name)) === readFileSync(file, 'utf8');
  if (!held) rmSync(file, { force: true });
  return held;
}
