/** A store whose process is killed again and again holds everything it has confirmed. */
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../sidecar/store/store.ts';
import { cleanTempStores, tempStore } from '../support/temp-store.ts';

const WRITER = fileURLToPath(new URL('../support/store-writer.ts', import.meta.url));
const KILLS = 8;

/** Runs the writer and kills it `afterMs` after its first confirmation; gives back all it said. */
function runAndKill(path: string, prefix: string, afterMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, path, prefix], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
      said += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
    child.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve(said) : reject(new Error(`the writer ended by itself: ${complaint}`)),
    );
  });
}

const idsAfter = (word: string, said: string): string[] =>
  said
    .slice(0, said.lastIndexOf('\n'))
    .split('\n')
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.split(' ')[1] ?? '');

describe('store: killed at random points', function () {
  this.timeout(30_000);
  cleanTempStores();

  it(`keeps every confirmed row and ack through ${KILLS} kills, whole and unlocked`, async () => {
    const { path, open } = tempStore();
    const confirmed = { put: new Set<string>(), done: new Set<string>() };
    for (let round = 0; round < KILLS; round += 1) {
      const said = await runAndKill(path, `r${round}`, 40 + Math.random() * 400);
      for (const id of idsAfter('put', said)) confirmed.put.add(id);
      for (const id of idsAfter('done', said)) confirmed.done.add(id);
      const store = open();
      expectAllThere(store, confirmed.put);
      store.close();
    }
    expect(confirmed.done.size, 'something was acked').to.be.greaterThan(50);
    expectWhole(path, confirmed.done);
  });
});

function expectAllThere(store: Store, ids: Set<string>): void {
  for (const id of ids) expect(store.delivery('stripe-eu', id), `confirmed ${id}`).not.to.equal(undefined);
}

function expectWhole(path: string, done: Set<string>): void {
  const db = new Database(path, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).to.equal('ok');
    expect(db.pragma('foreign_key_check')).to.deep.equal([]);
    const pending = db.prepare("select id from delivery where state = 'pending'").pluck().all() as string[];
    expect(
      pending.filter((id) => done.has(id)),
      'confirmed as done, but pending',
    ).to.deep.equal([]);
    expect(db.prepare('select sum(pending) from connection').pluck().get()).to.equal(pending.length);
    expect(db.prepare('select sum(pending) from lane').pluck().get()).to.equal(pending.length);
    expect(
      db.prepare("select count(*) from lane where pending > 0 and state = 'idle'").pluck().get(),
    ).to.equal(0);
  } finally {
    db.close();
  }
}
