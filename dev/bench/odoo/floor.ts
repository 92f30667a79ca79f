/** Floors: the same records made by Odoo's own ORM, inside Odoo, without anybody asking for them over a network. */
import { readFileSync } from 'node:fs';
import type { World } from './world.ts';

/** Runs a script of this folder in the floor's database with DATA filled in; returns the seconds it measured. */
export async function floorSeconds(world: World, script: string, data: unknown): Promise<number> {
  const json = JSON.stringify(JSON.stringify(data));
  const source = readFileSync(new URL(script, import.meta.url), 'utf8');
  const output = await world.odoo.shell(world.floor, `import json\nDATA = json.loads(${json})\n${source}`);
  const seconds = /^SECONDS (\S+)$/m.exec(output)?.[1];
  if (!seconds) throw new Error(`The floor was not measured; Odoo's shell said:\n${output.slice(-2_000)}`);
  return Number(seconds);
}
