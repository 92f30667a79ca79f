/** Makes a fresh database ready for the sync; see prepare.py for what that takes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Odoo } from '../odoo/index.ts';

export const ADDONS = ['saas_sync', 'saas_sync_billing', 'saas_sync_sales'];
export const SERVICE_LOGIN = 'saas_sync_sidecar';

/** Returns the service user's API key. */
export async function prepareCompany(
  odoo: Odoo,
  database: string,
  { connection, system = 'stripe', systemName }: { connection: string; system?: string; systemName: string },
): Promise<string> {
  const facts = `CONNECTION, SYSTEM, SYSTEM_NAME = ${JSON.stringify([connection, system, systemName])}\n`;
  const script = readFileSync(new URL('prepare.py', import.meta.url), 'utf8');
  const output = await odoo.shell(database, facts + script);
  const key = /^KEY (\S+)$/m.exec(output)?.[1];
  if (!key) throw new Error(`Odoo was not made ready; its shell said:\n${output.slice(-2000)}`);
  return key;
}

/** Changes when the addons do: a database made with others wants an update. */
export function addonsDigest(): string {
  const hash = createHash('sha256');
  for (const addon of ADDONS)
    for (const entry of readdirSync(join('odoo_addon', addon), { recursive: true, withFileTypes: true }))
      if (entry.isFile() && !entry.name.endsWith('.pyc')) {
        hash.update(entry.name);
        hash.update(readFileSync(join(entry.parentPath, entry.name)));
      }
  return hash.digest('hex');
}
