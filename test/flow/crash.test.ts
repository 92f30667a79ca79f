/** What survives kill -9, lost answers and a lost store: everything that was acknowledged, once, to the cent. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { booksOfOdoo, compare } from '../../dev/demo/books.ts';
import { openOdooGate, type OdooGate } from '../support/odoo-gate.ts';
import { sell } from '../support/sale.ts';
import { command, exceptions, until } from '../support/sidecar-story.ts';
import { fingerprint, odooOfTheRun, openWorld, type World } from '../support/world.ts';

const CONNECTION = 'stripe-crash';
const CUSTOMERS = 120;

describe('a sidecar that is killed', function () {
  this.timeout(180_000);
  let world: World;
  let gate: OdooGate;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    gate = await openOdooGate(odoo.url);
    world = await openWorld(odoo, {
      connection: CONNECTION,
      seed: 'crash',
      odooUrl: gate.url,
      sandbox: { delivery: { retryMs: 50, retryMaxMs: 500, concurrency: 8 } },
    });
    await world.sidecar.idle();
  });

  after(async () => {
    await world?.close();
    await gate?.close();
  });

  const disagreements = async () =>
    compare('stripe', world.sandbox.books(), await booksOfOdoo(world.admin, CONNECTION), {}).filter(
      (row) => !row.agrees,
    );
  const ours = async () => (await world.sidecar.status()).connections[0];
  const again = async () => {
    await world.kill();
    await world.start();
  };

  it('in the middle of a listing, five times, ends with the books of the vendor', async () => {
    world.sandbox.seedMany(CUSTOMERS);
    const before = (await ours())?.counters.applied ?? 0;
    const applied = (count: number) => async () =>
      ((await ours())?.counters.applied ?? 0) >= before + count || (await ours());
    await command(world.sidecar, `/connections/${CONNECTION}/backfill`);

    await until(
      'the first pages were listed',
      async () => ((await ours())?.counters.received ?? 0) > 0 || (await ours()),
    );
    await again();
    await until('the first masters were applied', applied(20));
    await again();
    await until('the masters were applied', applied(CUSTOMERS));
    await gate.caught('apply', 'asked');
    await again();
    await gate.caught('apply', 'answered');
    await again();
    // Asked of Odoo: what was committed before a kill counts there, and for the sidecar is unchanged afterwards.
    const posted = [
      ['connection_id.code', '=', CONNECTION],
      ['rung', '=', 'posted'],
    ];
    await until(
      'half of the documents were posted',
      async () =>
        (await world.admin.call<number>('saas.sync.receipt', 'search_count', [posted])) >= CUSTOMERS,
    );
    await again();

    await world.sidecar.idle();
    expect(await disagreements()).to.deep.equal([]);
  });

  it('books nothing twice: receipts, customers and payments are unique', async () => {
    const receipts = await world.admin.search<{ kind: string; external_id: string; rung: string }>(
      'saas.sync.receipt',
      [['connection_id.code', '=', CONNECTION]],
      ['kind', 'external_id', 'rung'],
    );
    const names = receipts.map(({ kind, external_id: id, rung }) => `${kind}:${id}:${rung}`);
    expect(new Set(names).size).to.equal(names.length);
    expect(receipts.filter(({ kind, rung }) => kind === 'payment' && rung === 'posted')).to.have.length(
      CUSTOMERS,
    );

    const partners = [['email', '=like', 'customer-%@example.com']];
    expect(await world.admin.call('res.partner', 'search_count', [partners])).to.equal(CUSTOMERS);
    const links = await world.admin.search<{ res_id: number }>(
      'saas.sync.link',
      [
        ['connection_id.code', '=', CONNECTION],
        ['kind', '=', 'customer'],
      ],
      ['res_id'],
    );
    expect(new Set(links.map((link) => link.res_id)).size).to.equal(links.length);
  });

  it('while webhooks arrive, keeps every one it has acknowledged', async () => {
    const { client, webhooks } = world.sandbox;
    const from = webhooks.log.length;
    const acknowledged = () => webhooks.log.slice(from).filter(({ status }) => status === 202);
    const making = Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        client.customers.create({ name: `Hasty ${n}`, email: `hasty-${n}@example.com` }),
      ),
    );
    await until('some were acknowledged', async () => acknowledged().length >= 10 || acknowledged().length);
    await world.kill();
    const told = acknowledged().map(({ event }) => event);
    const kept = storedIn(world);
    expect(told.filter((event) => !kept.has(event))).to.deep.equal([]);

    await making;
    await world.start();
    await webhooks.idle();
    await world.sidecar.idle();
    const hasty = [['name', '=like', 'Hasty %']];
    expect(await world.admin.call('res.partner', 'search_count', [hasty])).to.equal(60);
    expect(await disagreements()).to.deep.equal([]);
  });

  it('leaves a store that is whole', async () => {
    await world.kill();
    expect(look(world, (store) => store.pragma('integrity_check', { simple: true }))).to.equal('ok');
    await world.start();
  });

  it('repeats harmlessly what Odoo did when only its answer was lost', async () => {
    await sell(world.sandbox, { name: 'Warm Up AG' });
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle();
    gate.loseAnswers('apply', 4);
    const answered = gate.answered.length;
    await sell(world.sandbox, { name: 'Lost Answer AG' });
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle();
    expect(gate.answered.slice(answered).filter((method) => method === 'apply')).to.have.length.greaterThan(
      4,
    );
    const partners = [['name', '=', 'Lost Answer AG']];
    expect(await world.admin.call('res.partner', 'search_count', [partners])).to.equal(1);
    expect(await exceptions(world.sidecar)).to.deep.equal([]);
    expect(await disagreements()).to.deep.equal([]);
  });

  it('that loses its whole store has no new effect in Odoo when it starts again', async () => {
    const before = await fingerprint(world.admin);
    await world.restart({ forget: true });
    await world.sidecar.idle();
    expect(await fingerprint(world.admin)).to.deep.equal(before);
    expect(await disagreements()).to.deep.equal([]);
  });
});

/** Reads the store of a sidecar that does not run. */
function look<T>({ home }: World, read: (store: Database.Database) => T): T {
  const store = new Database(join(home, 'saas-sync.sqlite'));
  try {
    return read(store);
  } finally {
    store.close();
  }
}

const storedIn = (world: World): Set<string> =>
  look(world, (store) => new Set(store.prepare('select id from delivery').pluck().all() as string[]));
