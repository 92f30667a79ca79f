/** Two contacts of Odoo become one: links of all connections and what points to the loser follow to the survivor. */
import { plain, type CrmRecord, type Office, type Values } from './office.ts';

export function mergeInto(office: Office, loser: CrmRecord, winner: CrmRecord, connection: string): void {
  if (loser.model !== 'res.partner') {
    office.write(loser, { active: false }, undefined, connection);
    return;
  }
  const agreed = new Set(office.linksOf(winner).flatMap(({ base }) => Object.keys(base ?? {})));
  const filled = Object.entries(loser.values).filter(
    ([name, value]) => plain(winner.values[name]) === null && plain(value) !== null && !agreed.has(name),
  );
  office.write(winner, Object.fromEntries(filled) as Values, undefined, connection);
  for (const link of office.links.values())
    if (link.model === loser.model && link.res_id === loser.id) link.res_id = winner.id;
  youngerAreDuplicates(office, winner);
  for (const record of office.records.values())
    for (const field of ['parent_id', 'partner_id'])
      if (record.values[field] === loser.id) record.values[field] = winner.id;
  office.records.delete(`${loser.model},${loser.id}`);
  office.writes++;
}

function youngerAreDuplicates(office: Office, winner: CrmRecord): void {
  const seen = new Set<string>();
  for (const link of office.linksOf(winner).sort((a, b) => a.id - b.id)) {
    const name = `${link.connection} ${link.kind}`;
    if (seen.has(name)) link.state = 'duplicate';
    seen.add(name);
  }
}
