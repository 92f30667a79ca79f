/** Updates: a store of the first schema with work in every state comes through all migrations, or stays as it was. */
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { laneOf, type Reference } from '../../sidecar/domain/reference.ts';
import { backupStore, restoreStore } from '../../sidecar/store/sqlite/backup.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { migrate, migrations, type Migration } from '../../sidecar/store/sqlite/migrate.ts';
import type { Store } from '../../sidecar/store/store.ts';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const [first] = migrations();
const newest = migrations().at(-1)!.version;

const invoice = (id: string): Reference => ({ connection: 'billing', kind: 'invoice', externalId: id });

/** One lane per state a lane can be in, by the words of the first schema, as [state, ready_at, lease_until, attempts]. */
const LANES: Record<string, [string, number | null, number | null, number]> = {
  idle: ['idle', null, null, 0],
  ready: ['ready', NOW - 5_000, null, 0],
  leased: ['leased', null, NOW + 60_000, 1],
  waiting: ['waiting', NOW + 900_000, null, 0],
  parked: ['parked', null, null, 2],
  sleeping: ['ready', NOW + 30_000, null, 3],
};

/** Makes the store as the first version left it, in the middle of its work. */
function firstStore(path: string, more = 0): void {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  migrate(db, path, () => NOW, [first!]);
  db.exec(`insert into connection (id, name, pending, received, applied, unchanged, failed, last_event_at)
    values (1, 'billing', ${5 + more}, ${20 + more}, 12, 2, 1, ${NOW}), (2, 'shop', 0, 0, 0, 0, 0, null)`);
  const lane = db.prepare(
    `insert into lane (id, key, connection, class, state, bulk, pending, attempts, fence, ready_at, lease_until)
     values (?, ?, 1, 'document', ?, ?, ?, ?, 7, ?, ?)`,
  );
  const delivery = db.prepare(
    `insert into delivery (lane, state, connection, id, origin, form, reason, received_at, body)
     values (?, ?, 1, ?, 'hook', 'hint', 'invoice.paid', ?, ?)`,
  );
  db.transaction(() => {
    Object.entries(LANES).forEach(([name, [state, readyAt, lease, attempts]], index) => {
      const pending = name === 'idle' ? 0 : 1;
      lane.run(index + 1, laneOf(invoice(name)), state, index % 2, pending, attempts, readyAt, lease);
      delivery.run(index + 1, 'done', `evt_${name}_0`, NOW - 9_000, Buffer.from('{"old":1}'));
      if (pending) delivery.run(index + 1, 'pending', `evt_${name}_1`, NOW - 1_000, Buffer.from('{"new":1}'));
    });
    for (let n = 0; n < more; n++) {
      lane.run(100 + n, laneOf(invoice(`more_${n}`)), 'ready', 1, 1, 0, NOW, null);
      delivery.run(100 + n, 'pending', `evt_more_${n}`, NOW, Buffer.alloc(900, 'x'));
    }
  })();
  const parked = {
    ref: invoice('parked'),
    cause: 'missing_mapping',
    code: 'tax_unmapped',
    message: 'VAT 7 %',
  };
  db.prepare('insert into exception values (5, 1, ?, ?, ?, ?)').run(
    'tax_unmapped',
    NOW - 7,
    NOW,
    JSON.stringify(parked),
  );
  db.exec(`
    insert into exception_news values (5, 1);
    insert into wait values ('billing/customer:cus_9', 4);
    insert into link values (1, 'customer', 'cus_1', 'res.partner', 42, 3, 'digest', 'source', '{"name":"Ada"}');
    insert into journal (at, connection, lane, delivery, step, rule, detail)
      values (${NOW}, 1, 1, 'evt_idle_0', 'applied', 'invoice@1', 'created account.move 7');
    insert into cursor values ('billing', 'events', 'evt_cursor', ${NOW});
    insert into setting values ('ready:billing', '2026-11-01T00:00:00.000Z');
    update counter set value = 7 where name = 'fence';`);
  db.close();
}

/** What must be the same before and after, as far as the first schema can tell it. */
function facts(db: Database.Database): unknown {
  const rows = (sql: string) => db.prepare(sql).all();
  return [
    rows('select id, key, connection, class, pending, attempts, fence from lane order by id'),
    rows(
      'select seq, lane, state, connection, id, origin, form, reason, received_at, force, body from delivery order by seq',
    ),
    rows(
      'select connection, kind, external_id, model, res_id, version, digest, source_digest, base from link',
    ),
    rows('select lane, connection, code, first_at, last_at from exception'),
    rows('select at, connection, lane, delivery, step, rule, detail from journal'),
    rows('select id, name, pending, received, applied, unchanged, failed, last_event_at from connection'),
    rows("select connection, stream, value, at from cursor where stream = 'events'"),
    rows('select waits_for, lane from wait'),
  ];
}

function look<T>(path: string, read: (db: Database.Database) => T): T {
  const db = new Database(path);
  try {
    return read(db);
  } finally {
    db.close();
  }
}
const versionOf = (path: string): number =>
  look(path, (db) => Number(db.pragma('user_version', { simple: true })));

function claimAll(store: Store, now: number): string[] {
  const options = { laneClass: 'document' as const, lanes: 50, perLane: 10, leaseMs: 1_000, now };
  return store
    .claim(options)
    .map((batch) => {
      expect(store.ack(batch, batch.deliveries.at(-1)!.seq)).to.equal('ok');
      return batch.ref.externalId;
    })
    .sort();
}

describe('store: an update', () => {
  cleanTempStores();

  it('keeps every lane, delivery, link, exception, cursor and counter of a store at work', () => {
    const { path } = tempStore();
    firstStore(path);
    const before = look(path, facts);
    look(path, (db) => migrate(db, path, () => NOW));
    expect(versionOf(path)).to.equal(newest);
    expect(look(path, facts)).to.deep.equal(before);
    expect(look(path, (db) => db.pragma('integrity_check', { simple: true }))).to.equal('ok');
    expect(look(path, (db) => db.pragma('foreign_key_check'))).to.deep.equal([]);
  });

  it('goes on with the work: what was ready or in work at once, what slept or waited in its time, what parked when asked', async () => {
    const temp = tempStore(() => NOW);
    firstStore(temp.path);
    const store = temp.open();
    expect(store.depth().byConnection['billing']).to.deep.include({ pending: 5, parked: 1, waiting: 1 });
    expect(claimAll(store, NOW)).to.deep.equal(['leased', 'ready']);
    expect(claimAll(store, NOW + 30_000)).to.deep.equal(['sleeping']);
    expect(claimAll(store, NOW + 900_000)).to.deep.equal(['waiting']);
    expect(store.parked()).to.have.length(1);
    store.retry({ code: 'tax_unmapped' });
    expect(claimAll(store, NOW + 900_000)).to.deep.equal(['parked']);
    expect(store.depth().pending).to.equal(0);
    expect(store.takeExceptionNews(10).resolved).to.deep.equal([invoice('parked')]);
    expect(store.link({ connection: 'billing', kind: 'customer', externalId: 'cus_1' })).to.deep.include({
      resId: 42,
      sourceDigest: 'source',
    });
    expect(store.cursor('billing', 'events')?.value).to.equal('evt_cursor');
    expect(store.setting('ready:billing')).to.equal('2026-11-01T00:00:00.000Z');
    const repeat = { ...store.delivery('billing', 'evt_idle_0')!, receivedAt: NOW };
    expect(await store.put([repeat])).to.deep.equal([{ id: 'evt_idle_0', duplicate: true }]);
  });

  it('keeps a copy for the way back, which the version before can work with', () => {
    const { path, open } = tempStore();
    firstStore(path);
    const before = look(path, facts);
    open().close();
    const copy = `${path}.before-0002`;
    expect(statSync(copy).mode & 0o777).to.equal(0o600);
    expect(versionOf(copy)).to.equal(1);
    expect(look(copy, facts)).to.deep.equal(before);
    open().close();
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.before-'))).to.deep.equal([
      basename(copy),
    ]);
  });

  it('is not begun where the copy cannot be written, and says what to do', () => {
    const { path, open } = tempStore();
    firstStore(path);
    mkdirSync(join(`${path}.before-0002`, 'in-the-way'), { recursive: true });
    expect(() => open())
      .to.throw(/is not updated: its copy .*before-0002 cannot be written/)
      .with.property('hint')
      .that.contains('MB');
    expect(versionOf(path)).to.equal(1);
  });

  it('that a power cut ends at any statement leaves the old store or the new one, and the next start finishes it', () => {
    const { path } = tempStore();
    firstStore(path, 200);
    const before = look(path, facts);
    const cuts: string[] = [];
    // Every statement may be the last one: what the disk holds then is put aside as it is, log included.
    const cut = () => {
      const to = join(dirname(path), `cut-${cuts.length}.db`);
      copyFileSync(path, to);
      if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${to}-wal`);
      cuts.push(to);
    };
    const db = new Database(path, { verbose: cut });
    // So small that the log fills before the end.
    db.pragma('cache_size = 4');
    migrate(db, path, () => NOW);
    cut();
    db.close();
    expect(cuts.length).to.be.greaterThan(10);
    const versions = cuts.map(versionOf);
    expect(new Set(versions)).to.deep.equal(new Set([1, newest]));
    for (const file of cuts) {
      openStore(file, { now: () => NOW }).close();
      expect(versionOf(file)).to.equal(newest);
      expect(look(file, (each) => each.pragma('integrity_check', { simple: true }))).to.equal('ok');
    }
    // Opening gives leases back, as failed tries; all else is what it was.
    const last = cuts.at(-1)!;
    expect(look(last, deliveriesOf)).to.deep.equal((before as unknown[])[1]);
  });

  it('that fails in a later migration undoes the earlier ones, too', () => {
    const { path } = tempStore();
    firstStore(path);
    const before = look(path, facts);
    const broken: Migration = { version: newest + 1, name: 'x', sql: 'drop table nowhere', checksum: 'x' };
    expect(() => look(path, (db) => migrate(db, path, () => NOW, [...migrations(), broken]))).to.throw(
      'nowhere',
    );
    expect(versionOf(path)).to.equal(1);
    expect(look(path, facts)).to.deep.equal(before);
  });

  it('is made on a backup that an older version took, once it is put back', async () => {
    const { path } = tempStore();
    const old = tempStore();
    firstStore(old.path);
    const copy = join(dirname(old.path), 'old-backup.sqlite');
    expect((await backupStore(old.path, copy)).schema).to.equal(1);
    restoreStore(path, copy, NOW);
    const store = openStore(path, { now: () => NOW });
    expect(store.depth().pending).to.equal(5);
    store.close();
    expect(versionOf(path)).to.equal(newest);
  });
});

const deliveriesOf = (db: Database.Database): unknown => (facts(db) as unknown[])[1];
