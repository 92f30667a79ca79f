/** An update in the middle of a listing: it goes on where it was, and proves nothing about what is missing. */
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { migrate, migrations } from '../../sidecar/store/sqlite/migrate.ts';
import { HandClock } from '../support/engine.ts';
import { nameOf, report, worldOf } from '../support/sweeps.ts';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';

describe('a listing under way during an update', () => {
  cleanTempStores();

  it('goes on at its page, and nobody is asked about what it saw before', async () => {
    const clock = new HandClock();
    const { path, open } = tempStore(clock.now);
    const old = new Database(path);
    migrate(
      old,
      path,
      clock.now,
      migrations().filter(({ version }) => version < 3),
    );
    const streams = { all: { listed: 2, put: 2, done: false } };
    const progress = JSON.stringify({ startedAt: clock.now(), endedAt: null, streams });
    old.exec(`insert into setting (name, value) values ('backfill:a', '${progress}'), ('ready:a', 'x');
      insert into cursor (connection, stream, value, at) values ('a', 'backfill:all', '2', 1), ('a', 'events', '0', 1);
      insert into connection (id, name) values (1, 'a');
      insert into link (connection, kind, external_id, model, res_id, version, digest)
        values (1, 'customer', 'gone', 'res.partner', 1, 1, 'd')`);
    old.close();
    const w = worldOf(6, {}, { store: open(), clock });
    expect(report(w).busy).to.equal(true);
    await w.engine.backfill('a');
    await w.engine.runUntilIdle();
    expect(report(w).busy).to.equal(false);
    expect(w.vendors['a']!.pages).to.deep.equal([2, 4]);
    expect(w.held()).to.deep.equal([2, 3, 4, 5].map((i) => `a/${nameOf(i)}`));
    expect(w.vendors['a']!.reads).to.deep.equal([]);
  });
});
