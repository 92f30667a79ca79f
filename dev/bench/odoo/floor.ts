/** Floors: the same records made by Odoo's own ORM, inside Odoo, without anybody asking for them over a network. */
import { readFileSync } from 'node:fs';
import { median, type Figure } from '../benchmark.ts';
import type { Round } from './path.ts';
import type { World } from './world.ts';

export interface Floor {
  seconds: number;
  /** CPU seconds of Odoo's Python. */
  cpu: number;
}

/** Runs a script of this folder in the floor's database with DATA filled in; returns what it measured. */
export async function floorOf(world: World, script: string, data: unknown): Promise<Floor> {
  const json = JSON.stringify(JSON.stringify(data));
  const source = readFileSync(new URL(script, import.meta.url), 'utf8');
  const output = await world.odoo.shell(world.floor, `import json\nDATA = json.loads(${json})\n${source}`);
  const [, seconds, cpu] = /^SECONDS (\S+) CPU (\S+)$/m.exec(output) ?? [];
  if (!seconds) throw new Error(`The floor was not measured; Odoo's shell said:\n${output.slice(-2_000)}`);
  return { seconds: Number(seconds), cpu: Number(cpu) };
}

/** What Odoo's processes work for one record: says more than times do where others use the machine, too. */
export function cpuFigure(
  name: string,
  paths: readonly Round[],
  floors: readonly Floor[],
  count: number,
): Figure {
  const value = (1_000 * median(paths.map(({ cpu }) => cpu.odoo))) / count;
  const floor = (1_000 * median(floors.map(({ cpu }) => cpu))) / count;
  return { name, value, unit: 'ms', floor, ratio: floor / value };
}

/** Each round against the floor measured directly after it, because the neighbours' load changes from round to round. */
export const pairedRatio = (paths: readonly Round[], floors: readonly Floor[]): number =>
  median(paths.map(({ seconds }, round) => floors[round]!.seconds / seconds));
