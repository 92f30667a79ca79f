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

function othersRemain(): boolean {
  const files = readdirSync(inVar('run')).filter((name) => /^lease-\d+-\d+$/.test(name));
  return files.filter(isHeld).length > 0;
}

function isHeld(name: string): boolean {
  const file = inVar('run', name);
  const held = startTimeOf(Number(name.split('-')[1])) === readFileSync(file, 'utf8');
  if (!held) rmSync(file, { force: true });
  return held;
}
