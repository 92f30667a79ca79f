/** What must hold after any fault: nothing lost, nothing twice, the books to the cent, the store whole. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { booksOfOdoo, compare } from '../../dev/demo/books.ts';
import { until } from './sidecar-story.ts';
import type { World } from './world.ts';

/** How many of each were looked at; all were right, or `judge` would have thrown. */
export interface Verdict {
  acknowledged: number;
  receipts: number;
  partners: number;
  documents: number;
  payments: number;
  books: number;
}

interface Link {
  kind: string;
  external_id: string;
  res_id: number;
}

/** To be called when the business has closed; waits until all is told and done. Throws what does not hold. */
export async function judge(world: World, patienceMs = 120_000): Promise<Verdict> {
  await world.sandbox.webhooks.idle(patienceMs);
  await world.sidecar.idle(patienceMs);
  await noExceptions(world);
  const rows = compare('stripe', world.sandbox.books(), await booksOfOdoo(world.admin, world.connection), {});
  expect(
    rows.filter((row) => !row.agrees),
    'the books',
  ).to.deep.equal([]);
  const links = await world.admin.search<Link>(
    'saas.sync.link',
    [['connection_id.code', '=', world.connection]],
    ['kind', 'external_id', 'res_id'],
  );
  return {
    acknowledged: keptWhatWasAcknowledged(world),
    receipts: await receiptsAreUnique(world),
    partners: await partnersAreRight(world, links),
    documents: await nothingIsBeside(world, links, 'account.move', ['invoice', 'credit_note']),
    payments: await nothingIsBeside(world, links, 'account.payment', ['payment', 'refund']),
    books: rows.length,
  };
}

/** One line for people, e.g. of a log of CI. */
export function summary(
  name: string,
  faults: Record<string, number>,
  seed: number,
  verdict: Verdict,
): string {
  const list = (counts: object) =>
    Object.entries(counts as Record<string, number>)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what.replaceAll('_', ' ')}`)
      .join(', ');
  return `    ${name} (seed ${seed}): injected ${list(faults)}; checked ${list(verdict)}; 0 lost, 0 twice`;
}

/** Also Odoo's desk has none open; it hears of the last ones a little later. */
async function noExceptions({ admin, connection }: World): Promise<void> {
  const open = [
    ['connection_id.code', '=', connection],
    ['state', '=', 'open'],
  ];
  await until(
    'Odoo has no open exception',
    async () => {
      const found = await admin.search<object>('saas.sync.exception', open, [
        'label',
        'cause',
        'code',
        'message',
      ]);
      return found.length === 0 || found;
    },
    15_000,
  );
}

/** Every event that was answered with 202 is in the store, and the store is whole. */
function keptWhatWasAcknowledged({ home, sandbox }: World): number {
  const store = new Database(join(home, 'saas-sync.sqlite'), { readonly: true });
  try {
    expect(store.pragma('integrity_check', { simple: true })).to.equal('ok');
    // An event that speaks of several records is kept as one delivery for each: `evt_1:invoice:in_1`.
    const ids = store.prepare('select id from delivery').pluck().all() as string[];
    const kept = new Set(ids.map((id) => id.split(':')[0]));
    const told = new Set(
      sandbox.webhooks.log.filter(({ status }) => status === 202).map(({ event }) => event),
    );
    const lost = [...told].filter((event) => !kept.has(event));
    expect(lost, 'acknowledged, but not in the store').to.deep.equal([]);
    return told.size;
  } finally {
    store.close();
  }
}

async function receiptsAreUnique({ admin, connection }: World): Promise<number> {
  const receipts = await admin.search<{ kind: string; external_id: string; rung: string }>(
    'saas.sync.receipt',
    [['connection_id.code', '=', connection]],
    ['kind', 'external_id', 'rung'],
  );
  const names = receipts.map(({ kind, external_id: id, rung }) => `${kind}:${id}:${rung}`);
  expect(new Set(names).size, 'receipts').to.equal(names.length);
  return names.length;
}

/** One partner for each customer, under the name and in the city that Stripe has now, and none beside it. */
async function partnersAreRight({ admin, sandbox }: World, links: Link[]): Promise<number> {
  const customers = sandbox.memory.all('customer').filter((row) => !row['deleted']);
  const partnerOf = new Map(
    links.filter(({ kind }) => kind === 'customer').map((link) => [link.external_id, link.res_id]),
  );
  expect(new Set(partnerOf.values()).size, 'a partner for each customer').to.equal(customers.length);
  const emails = customers.map((row) => String(row['email']));
  const rows = await admin.search<{ id: number; name: string; city: string; email: string }>(
    'res.partner',
    [['email', 'in', emails]],
    ['name', 'city', 'email'],
  );
  expect(rows.length, 'partners with these addresses').to.equal(customers.length);
  const partners = new Map(rows.map((row) => [row.id, row]));
  for (const row of customers) {
    const partner = partners.get(partnerOf.get(row.id) ?? 0);
    expect(partner, `the partner of ${row.id}`).to.include({
      name: row['name'],
      city: row['address']?.city ?? false,
    });
  }
  return rows.length;
}

/** What stands in the journals of the connection is linked, record for record. */
async function nothingIsBeside(
  { admin, connection }: World,
  links: Link[],
  model: 'account.move' | 'account.payment',
  kinds: string[],
): Promise<number> {
  const linked = links.filter(({ kind }) => kinds.includes(kind)).map((link) => link.res_id);
  const [row] = await admin.search<Record<string, [number, string] | false>>(
    'saas.sync.connection',
    [['code', '=', connection]],
    ['sale_journal_id', 'payment_journal_id', 'external_journal_id'],
  );
  const names =
    model === 'account.move' ? ['sale_journal_id'] : ['payment_journal_id', 'external_journal_id'];
  const journals = names.flatMap((name) => row?.[name] || []).filter((value) => typeof value === 'number');
  const found = await admin.search<{ id: number }>(model, [['journal_id', 'in', journals]], ['id']);
  expect(found.map(({ id }) => id).sort(), `${model}: all linked, none twice`).to.deep.equal(linked.sort());
  return linked.length;
}
