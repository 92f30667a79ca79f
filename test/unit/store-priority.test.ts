/** A store with a backlog from before priorities: after the update everything that waits has its class and is handed out. */
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { migrate, migrations } from '../../sidecar/store/sqlite/migrate.ts';

/** A store as the first migration left it, with these lanes. */
function before(lanes: { key: string; bulk: 0 | 1; pending?: number; origin?: string }[]): Database.Database {
  const db = new Database(':memory:');
  const [first] = migrations();
  db.exec(first!.sql);
  db.exec(
    `pragma application_id = 1935761779; pragma user_version = 1;
     create table migration (version integer primary key, name text not null, checksum text not null, at integer not null) strict;
     insert into connection (id, name, pending) values (1, 'a', 9)`,
  );
  db.prepare('insert into migration values (1, ?, ?, 0)').run(first!.name, first!.checksum);
  const lane = db.prepare(
    "insert into lane (id, key, connection, class, state, bulk, pending, ready_at) values (?, ?, 1, 'master', ?, ?, ?, ?)",
  );
  const delivery = db.prepare(
    `insert into delivery (lane, connection, id, origin, form, reason, received_at, body)
     values (?, 1, ?, ?, 'hint', 'changed', 0, x'')`,
  );
  lanes.forEach(({ key, bulk, pending = 1, origin = bulk ? 'backfill' : 'hook' }, index) => {
    lane.run(index + 1, key, pending > 0 ? 'ready' : 'idle', bulk, pending, pending > 0 ? 5 : null);
    if (pending > 0) delivery.run(index + 1, `d${index}`, origin);
  });
  return db;
}

describe('store: priorities come to a live store', () => {
  const lanes = [
    { key: 'a/customer:c1', bulk: 0 },
    { key: 'a/product:p1', bulk: 0 },
    { key: 'a/price:p1', bulk: 0 },
    { key: 'a/tax_rate:t1', bulk: 0 },
    { key: 'a/customer:odd/product:x', bulk: 0 },
    { key: 'a/customer:c2', bulk: 1 },
    { key: 'a/customer:c3', bulk: 0, origin: 'outbox' },
    { key: 'a/customer:idle', bulk: 1, pending: 0 },
  ] as const;

  it('knows afterwards how much of the backlog are documents', () => {
    const db = before([...lanes]);
    db.exec(
      `insert into lane (id, key, connection, class, state, pending, ready_at) values (90, 'a/invoice:i1', 1, 'document', 'ready', 3, 5)`,
    );
    migrate(db, ':memory:', () => 0);
    expect(db.prepare('select pending_documents from connection').pluck().get()).to.equal(3);
    db.close();
  });

  it('classes what waits by what is known of it, and loses no lane', () => {
    const db = before([...lanes]);
    migrate(db, ':memory:', () => 0);
    const rows = db
      .prepare('select key, priority, state, pending, ready_at from lane order by id')
      .raw()
      .all();
    expect(rows).to.deep.equal([
      ['a/customer:c1', 1, 'ready', 1, 5],
      ['a/product:p1', 2, 'ready', 1, 5],
      ['a/price:p1', 2, 'ready', 1, 5],
      ['a/tax_rate:t1', 2, 'ready', 1, 5],
      ['a/customer:odd/product:x', 1, 'ready', 1, 5],
      ['a/customer:c2', 3, 'ready', 1, 5],
      ['a/customer:c3', 0, 'ready', 1, 5],
      ['a/customer:idle', 1, 'idle', 0, null],
    ]);
    expect(db.pragma('foreign_key_check')).to.deep.equal([]);
    expect(db.pragma('integrity_check', { simple: true })).to.equal('ok');
    db.close();
  });
});
