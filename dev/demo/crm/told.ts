/** What the CRM's chapters share: waiting for what is to happen, and remembering what was played. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../support/sidecar.ts';
import type { Company } from '../company.ts';

export interface Chapter {
  name: string;
  /** One line for people. */
  caption: string;
  play(company: Company): Promise<void>;
}

/** Waits for something; throws Error naming it when it has not come about within half a minute. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`The demo waited half a minute in vain until ${what}.`);
    await pause(100);
  }
}

/** The one record of a search. Throws Error if there is none. */
export async function theOne<T extends { id: number }>(
  { admin }: Pick<Company, 'admin'>,
  model: string,
  domain: unknown[],
  fields: string[] = ['display_name'],
): Promise<T> {
  const [found] = await admin.search<T>(model, domain, fields, { limit: 1 });
  if (!found) throw new Error(`Odoo has no ${model} with ${JSON.stringify(domain)}`);
  return found;
}

/** The record of Odoo that is linked to one of a connection's; 0 while there is none. */
export async function linkedTo(
  { admin }: Pick<Company, 'admin'>,
  connection: string,
  kind: string,
  externalId: string,
): Promise<number> {
  const [link] = await admin.search<{ res_id: number }>(
    'saas.sync.link',
    [
      ['connection_id.code', '=', connection],
      ['kind', '=', kind],
      ['external_id', '=', externalId],
    ],
    ['res_id'],
  );
  return link?.res_id ?? 0;
}

/** Plays what has not been played yet, one after the other, each to its end in Odoo and at the CRM. */
export async function playChapters(company: Company, chapters: readonly Chapter[]): Promise<void> {
  const file = join(company.home, 'chapters.json');
  const played = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
  for (const { name, caption, play } of chapters) {
    if (played.includes(name)) continue;
    await play(company);
    await company.sidecar.idle();
    played.push(name);
    writeFileSync(file, JSON.stringify(played));
    console.log(`  • ${caption}`);
  }
}
