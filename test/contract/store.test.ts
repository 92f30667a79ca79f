/** The SQLite store keeps the rules of every store, and those of a file. */
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { statSync, writeFileSync } from 'node:fs';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { migrations } from '../../sidecar/store/sqlite/migrate.ts';
import { delivery } from '../support/deliveries.ts';
import { storeConformance } from '../support/store-conformance/index.ts';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';

describe('store: SQLite', () => {
  cleanTempStores();

  storeConformance(() => {
    const clock = { now: 0 };
    return { clock, open: tempStore(() => clock.now).open };
  });

  describe('file', () => {
    it('is opened by one sidecar at a time, and the message names the other', () => {
      const { open, path } = tempStore();
      const first = open();
      expect(() => openStore(path))
        .to.throw(new RegExp(`process ${process.pid}`))
        .with.property('code', 'store_in_use');
      first.close();
      expect(() => open()).not.to.throw();
    });

    it('is refused when a newer version wrote it', () => {
      const { open, path } = tempStore();
      open().close();
      alter(path, 'pragma user_version = 999');
      expect(() => openStore(path))
        .to.throw()
        .with.property('code', 'store_newer');
    });

    it('is refused when it was made by another text of a migration', () => {
      const { open, path } = tempStore();
      open().close();
      alter(path, "update migration set checksum = 'other'");
      expect(() => openStore(path))
        .to.throw()
        .with.property('code', 'store_changed');
    });

    it('is refused when it belongs to another program, or is no database at all', () => {
      const { path } = tempStore();
      alter(path, 'create table theirs (id integer)');
      expect(() => openStore(path))
        .to.throw()
        .with.property('code', 'store_foreign');
      const other = tempStore();
      writeFileSync(other.path, 'These are not the bytes of a database. '.repeat(100));
      expect(() => openStore(other.path))
        .to.throw()
        .with.property('code', 'store_damaged');
    });

    it('is refused with a hint when it cannot be opened, and leaves no lock behind', () => {
      const { path } = tempStore();
      writeFileSync(path, '');
      const error = caught(() => openStore(`${path}/below-a-file.db`));
      expect(error).to.include({ class: 'connection', code: 'store_not_writable' });
      expect(() => openStore(path).close()).not.to.throw();
    });

    it('says that the disk is full, as a passing trouble, and takes rows again afterwards', async () => {
      const { open, path } = tempStore();
      open().close();
      const store = openStore(path, { maxBytes: statSync(path).size + 10_000 });
      const big = delivery('big', 'in_1', { body: Buffer.alloc(1_000_000) });
      const [outcome] = await Promise.allSettled([store.put([big])]);
      expect((outcome as PromiseRejectedResult).reason).to.include({
        class: 'transient',
        code: 'store_full',
      });
      expect(await store.put([delivery('small', 'in_1')])).to.have.length(1);
      store.close();
    });

    it('is written through to the disk before a put is answered', () => {
      const { open, path } = tempStore();
      open().close();
      const db = new Database(path);
      expect(db.pragma('journal_mode', { simple: true })).to.equal('wal');
      expect(db.pragma('user_version', { simple: true })).to.equal(migrations().at(-1)?.version);
      db.close();
    });
  });
});

/** Changes a closed file from outside. */
function alter(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
