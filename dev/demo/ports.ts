/** Where the demo's parts listen: the same at every start, so that bookmarks and webhook addresses stay right. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, isListening } from '../odoo/ports.ts';

/** The usual ports; where somebody has one, any free one is taken instead. */
const USUAL = { odoo: 8069, sidecar: 8070, sandbox: 12111, salesforce: 12112, hubspot: 12113 };
export type Ports = typeof USUAL;

/** Ports of the last start, and more for parts that are new since. */
export async function portsOf(home: string): Promise<Ports> {
  const file = join(home, 'ports.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Ports>) : {};
  const ports = { ...USUAL, ...known };
  for (const part of Object.keys(USUAL) as (keyof Ports)[])
    if (known[part] === undefined && (await isListening(USUAL[part]))) ports[part] = await freePort();
  mkdirSync(home, { recursive: true });
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
