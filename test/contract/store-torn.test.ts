/** A power cut that tears the write-ahead log at any byte: what was confirmed before that byte is there, and nothing by halves. */
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';

const WRITER = fileURLToPath(new URL('../support/store-writer.ts', import.meta.url));
const CUTS = 40;
const WRITING_MS = 1_000;

/** What the writer said it was told by the store, and how large the log was by then. */
interface Confirmed {
  word: string;
  id: string;
  bytes: number;
}

describe('store: its log torn at random bytes', function () {
  this.timeout(60_000);
  cleanTempStores();

  it(`opens whole after each of ${CUTS} cuts, with all that was confirmed before the cut`, async () => {
    const { path, open } = tempStore();
    open().close();
    const reader = readerOf(path);
    const { confirmed, stop } = await write(path);
    const log = readFileSync(`${path}-wal`);
    const files = { data: readFileSync(path), index: readFileSync(`${path}-shm`) };
    await stop();
    reader.close();
    expect(confirmed.length, 'something was confirmed').to.be.greaterThan(200);

    let checked = 0;
    for (let cut = 0; cut < CUTS; cut += 1) {
      const at = Math.floor(Math.random() * log.length);
      const copy = tempStore();
      writeFileSync(copy.path, files.data);
      writeFileSync(`${copy.path}-wal`, torn(log, at, cut % 2 === 0));
      // The index of the log may have survived, or not; it is never believed.
      if (cut % 3 === 0) writeFileSync(`${copy.path}-shm`, files.index);
      copy.open().close();
      checked += expectWhole(
        copy.path,
        confirmed.filter(({ bytes }) => bytes <= at),
        `cut at byte ${at}`,
      );
    }
    expect(checked, 'confirmations that a cut had to respect').to.be.greaterThan(CUTS);
  });
});

/** Keeps an old view open, so that the log is never emptied into the data file and its size tells the order of commits. */
function readerOf(path: string): Database.Database {
  const reader = new Database(path, { readonly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from delivery').get();
  return reader;
}

/** Lets the writer work for a while and stand still, so that the files can be copied as a power cut leaves them. */
async function write(path: string): Promise<{ confirmed: Confirmed[]; stop: () => Promise<unknown> }> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', WRITER, path, 'torn'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  await once(child.stdout!, 'data');
  await pause(WRITING_MS);
  child.kill('SIGSTOP');
  await pause(50);
  const lines = said.slice(0, said.lastIndexOf('\n')).split('\n');
  const confirmed = lines
    .map((line) => line.split(' '))
    .map(([word = '', id = '', bytes]) => ({ word, id, bytes: Number(bytes) }))
    .filter(({ word }) => word !== 'started');
  const stop = () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    return ended;
  };
  return { confirmed, stop };
}

/** The log up to a byte; behind it nothing, or what happened to stand on the disk. */
function torn(log: Buffer, at: number, short: boolean): Buffer {
  if (short) return log.subarray(0, at);
  const noise = Buffer.alloc(log.length, 0xa5);
  log.copy(noise, 0, 0, at);
  return noise;
}

/** How many confirmations were looked for and found. */
function expectWhole(path: string, before: Confirmed[], where: string): number {
  const db = new Database(path, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true }), where).to.equal('ok');
    expect(db.pragma('foreign_key_check'), where).to.deep.equal([]);
    const rows = db.prepare('select id, state from delivery').all() as { id: string; state: string }[];
    const states = new Map(rows.map(({ id, state }) => [id, state]));
    const lost = before.filter(({ word, id }) =>
      word === 'put' ? !states.has(id) : states.get(id) !== 'done',
    );
    expect(lost, `${where}: confirmed, but gone`).to.deep.equal([]);
    // The writer puts three rows at a time, named alike: …0, …1 and …2.
    const alone = rows.filter(({ id }) => [0, 1, 2].some((part) => !states.has(`${id.slice(0, -1)}${part}`)));
    expect(alone, `${where}: puts by halves`).to.deep.equal([]);
    const pending = rows.filter(({ state }) => state === 'pending').length;
    expect(db.prepare('select coalesce(sum(pending), 0) from lane').pluck().get(), where).to.equal(pending);
    return before.length;
  } finally {
    db.close();
  }
}
