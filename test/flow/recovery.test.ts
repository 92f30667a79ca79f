/** Backups, restores, a lost store and replays on the real path: nothing lost, nothing twice, and the books agree. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { booksOfOdoo, compare } from '../../dev/demo/books.ts';
import { sell, type Sale } from '../support/sale.ts';
import { fingerprint, odooOfTheRun, openWorld, type World } from '../support/world.ts';

const CONNECTION = 'stripe-recovery';

describe('recovering', function () {
  this.timeout(180_000);
  let world: World;
  let file: string;
  let first: Sale;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openWorld(odoo, {
      connection: CONNECTION,
      seed: 'recovery',
      sandbox: { delivery: { retryMs: 50, retryMaxMs: 500 } },
    });
    file = join(world.home, '..', 'old.sqlite');
    await world.sidecar.idle();
    first = await sell(world.sandbox, { name: 'Before Backup AG' });
    await settled();
  });

  after(() => world?.close());

  async function settled(): Promise<void> {
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle();
  }
  const disagreements = async () =>
    compare('stripe', world.sandbox.books(), await booksOfOdoo(world.admin, CONNECTION), {}).filter(
      (row) => !row.agrees,
    );
  const rename = (name: string) => world.sandbox.client.customers.update(first.customer.id, { name });
  async function nameInOdoo(): Promise<unknown> {
    const [link] = await world.admin.search<{ res_id: number }>(
      'saas.sync.link',
      [
        ['connection_id.code', '=', CONNECTION],
        ['external_id', '=', first.customer.id],
      ],
      ['res_id'],
    );
    const partners = [['id', '=', link!.res_id]];
    return (await world.admin.search<{ name: string }>('res.partner', partners, ['name']))[0]!.name;
  }

  it('begins with a backup, taken while the sidecar works, and proved', async () => {
    const selling = Promise.all([1, 2, 3].map((n) => sell(world.sandbox, { name: `Meanwhile ${n} GmbH` })));
    const { code, output } = await world.cli('backup', file);
    expect(output).to.match(/old\.sqlite: whole, .* MB, schema \d+/);
    expect(code).to.equal(0);
    await selling;
    await settled();
    expect((await world.cli('backup', '--verify', file)).output).to.contain(CONNECTION);
    expect((await world.cli('backup', file)).output).to.contain('add --force');
    expect(await disagreements()).to.deep.equal([]);
  });

  it('is refused while the sidecar runs', async () => {
    const { code, output } = await world.cli('restore', file);
    expect(code).to.equal(1);
    expect(output).to.match(/Another sidecar \(process \d+\) already works with the store/);
  });

  it('with an old backup loses nothing and doubles nothing: Odoo’s newer links win, the feed catches up', async () => {
    await rename('After Backup AG');
    await sell(world.sandbox, { name: 'Done Since SE' });
    await settled();
    expect(await nameInOdoo()).to.equal('After Backup AG');
    await world.sidecar.stop();
    // As the backup knows it, but not as Odoo does: whoever believed the backup would leave it.
    await rename('Before Backup AG');
    await sell(world.sandbox, { name: 'While Down KG' });
    const { code, output } = await world.cli('restore', file);
    expect(output).to.contain('is now the store').and.to.contain('.replaced-');
    expect(code).to.equal(0);
    await world.start();
    await settled();
    expect(await disagreements()).to.deep.equal([]);
    expect(await nameInOdoo()).to.equal('Before Backup AG');
    expect(await doubles()).to.deep.equal([]);
    const again = await fingerprint(world.admin);
    await world.restart();
    await settled();
    expect(await fingerprint(world.admin)).to.deep.equal(again);
  });

  it('without any store learns the links from Odoo, tells how far it is, and has no new effect', async () => {
    const before = await fingerprint(world.admin);
    await world.sidecar.stop();
    for (const name of readdirSync(world.home).filter((each) => each.startsWith('saas-sync.sqlite')))
      rmSync(join(world.home, name));
    await world.start();
    await settled();
    expect(await fingerprint(world.admin)).to.deep.equal(before);
    expect(await disagreements()).to.deep.equal([]);
  });

  it('by a replay first shows what a lost change would do, with persons masked, then does it', async () => {
    world.sandbox.faults.lose(1);
    await rename('Zeta Lost AG');
    await settled();
    const dry = await world.cli('replay', '--connection', CONNECTION, '--limit', '200');
    expect(dry.output).to.match(/would update name: B••• → Z•••/);
    expect(dry.output).to.match(/^ {2}1 would change$/m);
    expect(dry.output).to.contain('Nothing was changed. Add --yes to do it.');
    expect(await nameInOdoo()).to.equal('Before Backup AG');
    const done = await world.cli('replay', '--lane', `${CONNECTION}/customer:${first.customer.id}`, '--yes');
    expect(done.output).to.contain('1 record is being read again');
    await settled();
    expect(await nameInOdoo()).to.equal('Zeta Lost AG');
    expect((await world.cli('replay', '--connection', CONNECTION)).output).not.to.contain('would change');
  });

  it('by a replay of everything changes nothing where all is well', async () => {
    const before = await fingerprint(world.admin);
    expect(await world.sidecar.replayAll(CONNECTION)).to.be.greaterThan(20);
    await settled();
    expect(await fingerprint(world.admin)).to.deep.equal(before);
  });

  async function doubles(): Promise<string[]> {
    const rows = await world.admin.search<{ kind: string; external_id: string; rung: string }>(
      'saas.sync.receipt',
      [['connection_id.code', '=', CONNECTION]],
      ['kind', 'external_id', 'rung'],
    );
    const names = rows.map(({ kind, external_id: id, rung }) => `${kind}:${id}:${rung}`);
    return names.filter((name, index) => names.indexOf(name) !== index);
  }
});
