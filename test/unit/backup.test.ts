/** Backups: made while the store is at work, proved, never half, and put back without losing what was there. */
import Database from 'better-sqlite3';
import { expect } from 'chai';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { drawn } from '../../sidecar/cli/backup.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import { backupStore, restoreStore, verifyBackup } from '../../sidecar/store/sqlite/backup.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import { migrations } from '../../sidecar/store/sqlite/migrate.ts';
import { delivery } from '../support/deliveries.ts';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const LINK = {
  kind: 'customer' as const,
  externalId: 'cus_1',
  model: 'res.partner',
  resId: 7,
  version: 1,
  digest: 'd',
  base: null,
};

const beside = (path: string, name: string): string => join(dirname(path), name);
const names = (path: string): string[] => readdirSync(dirname(path)).sort();

async function caught(work: () => unknown): Promise<Failure> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('store: a backup', () => {
  cleanTempStores();

  it('is one proved file for its owner alone, and says what is in it', async () => {
    const { path, open } = tempStore();
    const store = open();
    await store.put([delivery('evt_1', 'in_1'), delivery('evt_2', 'in_2')]);
    const { connection } = delivery('evt_1', 'in_1');
    store.saveLinks(connection, [LINK]);
    const file = beside(path, 'copy.sqlite');
    const contents = await backupStore(path, file);
    expect(contents).to.deep.include({
      file,
      schema: migrations().at(-1)!.version,
      connections: [{ name: connection, deliveries: 2, pending: 2, links: 1, exceptions: 0 }],
    });
    expect(contents).to.deep.equal(verifyBackup(file));
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(names(path).filter((name) => name.startsWith('copy'))).to.deep.equal(['copy.sqlite']);
    expect(drawn(contents)).to.match(/copy\.sqlite: whole, .* MB, schema \d+, newest delivery \d{4}-/);
  });

  it('taken while rows pour in holds every row from before it began, and disturbs nobody', async () => {
    const { path, open } = tempStore();
    const store = open();
    const body = Buffer.alloc(20_000, 'x');
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => delivery(`evt_${from + n}`, `in_${from + n}`, { body }));
    await store.put(rows(0, 1_000));
    const file = beside(path, 'copy.sqlite');
    let stored = 1_000;
    let steps = 0;
    const told = () => void steps++;
    const copy = { made: false };
    const making = backupStore(path, file, { told }).finally(() => (copy.made = true));
    while (!copy.made) {
      await store.put(rows(stored, 10));
      stored += 10;
      await new Promise((done) => setImmediate(done));
    }
    const contents = await making;
    expect(steps).to.be.greaterThan(1);
    expect(stored).to.be.greaterThan(1_000);
    expect(contents.connections[0]!.deliveries).to.equal(1_000);
    expect(store.depth().pending).to.equal(stored);
  });

  it('never replaces a file unasked, nor the store itself', async () => {
    const { path, open } = tempStore();
    open();
    const file = beside(path, 'copy.sqlite');
    writeFileSync(file, 'mine');
    expect(await caught(() => backupStore(path, file))).to.include({ code: 'backup_exists' });
    expect(readFileSync(file, 'utf8')).to.equal('mine');
    await backupStore(path, file, { force: true });
    expect(verifyBackup(file).connections).to.deep.equal([]);
    expect(await caught(() => backupStore(path, path, { force: true }))).to.include({
      code: 'backup_onto_store',
    });
    expect(await caught(() => backupStore(beside(path, 'none'), file, { force: true }))).to.include({
      code: 'store_missing',
    });
  });

  it('that cannot be finished leaves nothing behind, and what was there', async () => {
    const { path, open } = tempStore();
    const store = open();
    await store.put([delivery('evt_1', 'in_1')]);
    store.close();
    const file = beside(path, 'copy.sqlite');
    await backupStore(path, file);
    const good = readFileSync(file);
    damage(path);
    expect(await caught(() => backupStore(path, file, { force: true }))).to.include({
      code: 'store_damaged',
    });
    expect(readFileSync(file).equals(good)).to.equal(true);
    expect(names(path).filter((name) => name.startsWith('copy'))).to.deep.equal(['copy.sqlite']);
  });

  it('is refused as proof when a byte has changed, when it is foreign, newer, or not there', async () => {
    const { path, open } = tempStore();
    const store = open();
    await store.put([delivery('evt_1', 'in_1')]);
    const file = beside(path, 'copy.sqlite');
    await backupStore(path, file);
    const bad = (name: string, change: (copy: string) => void) => {
      const copy = beside(path, name);
      copyFileSync(file, copy);
      change(copy);
      return caught(() => verifyBackup(copy));
    };
    expect(await bad('damaged', damage)).to.include({ code: 'store_damaged' });
    expect(await bad('text', (copy) => writeFileSync(copy, 'hello'))).to.include({ code: 'store_damaged' });
    expect(await bad('empty', (copy) => writeFileSync(copy, ''))).to.include({ code: 'store_foreign' });
    expect(await bad('newer', (copy) => alter(copy, 'pragma user_version = 999'))).to.include({
      code: 'store_newer',
    });
    expect(await bad('other', (copy) => alter(copy, 'pragma application_id = 5'))).to.include({
      code: 'store_foreign',
    });
    expect(await bad('loose', (copy) => alter(copy, 'pragma foreign_keys=off; delete from lane'))).to.include(
      {
        code: 'store_damaged',
      },
    );
    expect(await caught(() => verifyBackup(beside(path, 'none')))).to.include({ code: 'backup_missing' });
  });
});

describe('store: putting a backup back', () => {
  cleanTempStores();

  async function withBackup() {
    const temp = tempStore(() => NOW);
    const store = temp.open();
    await store.put([delivery('evt_1', 'in_1')]);
    const { connection } = delivery('evt_1', 'in_1');
    store.saveLinks(connection, [LINK]);
    store.saveCursor(connection, 'events', 'evt_1', NOW);
    store.saveSetting(`ready:${connection}`, 'x');
    store.saveSetting('kept', 'yes');
    const file = beside(temp.path, 'copy.sqlite');
    await backupStore(temp.path, file);
    await store.put([delivery('evt_2', 'in_2')]);
    return { ...temp, store, file, connection };
  }

  it('is refused while a sidecar has the store', async () => {
    const { path, file, store } = await withBackup();
    expect(await caught(() => restoreStore(path, file, NOW))).to.include({ code: 'store_in_use' });
    expect(store.depth().pending).to.equal(2);
  });

  it('keeps the store that was there, with all it held', async () => {
    const { path, file, store } = await withBackup();
    store.close();
    const { aside } = restoreStore(path, file, NOW);
    expect(aside).to.equal(`${path}.replaced-20261122T080000Z`);
    const old = openStore(aside!);
    expect(old.depth().pending).to.equal(2);
    old.close();
    expect(existsSync(`${path}.restoring`)).to.equal(false);
  });

  it('brings back what waited and the place in the feed, and asks Odoo anew for what may have moved on', async () => {
    const { path, file, store, connection } = await withBackup();
    store.close();
    restoreStore(path, file, NOW);
    const restored = openStore(path, { now: () => NOW });
    expect(restored.depth().pending).to.equal(1);
    expect(restored.cursor(connection, 'events')?.value).to.equal('evt_1');
    expect(restored.setting('kept')).to.equal('yes');
    expect(restored.setting(`ready:${connection}`)).to.equal(undefined);
    expect(restored.countLinks(connection)).to.equal(0);
    restored.close();
    expect(verifyBackup(file).connections[0]!.links).to.equal(1);
  });

  it('is not fooled by the log of a store that is gone', async () => {
    const { path, file, store } = await withBackup();
    const log = readFileSync(`${path}-wal`);
    store.close();
    for (const name of names(path).filter((each) => each.startsWith(basename(path))))
      rmSync(beside(path, name));
    writeFileSync(`${path}-wal`, log);
    restoreStore(path, file, NOW);
    const restored = openStore(path, { now: () => NOW });
    expect(restored.depth().pending).to.equal(1);
    restored.close();
    expect(verifyBackup(path).connections[0]!.deliveries).to.equal(1);
  });

  it('works where no store is any more, and touches nothing when the backup is not whole', async () => {
    const { file, store, path } = await withBackup();
    store.close();
    const fresh = tempStore();
    expect(restoreStore(fresh.path, file, NOW).aside).to.equal(null);
    expect(fresh.open().depth().pending).to.equal(1);
    damage(file);
    expect(await caught(() => restoreStore(path, file, NOW))).to.include({ code: 'store_damaged' });
    expect(openStore(path).depth().pending).to.equal(2);
  });
});

/** Overwrites a page in the middle. */
function damage(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xaa, 4096 * 3, 4096 * 4);
  writeFileSync(file, bytes);
}

function alter(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}
