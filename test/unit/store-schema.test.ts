/** The picture of the schema is current, and migrations are what they say. UPDATE_SCHEMA=1 writes the picture. */
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { migrate, migrations } from '../../sidecar/store/sqlite/migrate.ts';
import { schemaPicture } from '../../sidecar/store/sqlite/picture.ts';

const PICTURE = new URL('../../sidecar/store/schema.sql', import.meta.url);

function migrated(): Database.Database {
  const db = new Database(':memory:');
  migrate(db, ':memory:', () => 0);
  return db;
}

describe('store: schema', () => {
  it('is as drawn in sidecar/store/schema.sql', () => {
    const db = migrated();
    const picture = schemaPicture(db);
    db.close();
    if (process.env['UPDATE_SCHEMA']) writeFileSync(PICTURE, picture);
    expect(readFileSync(PICTURE, 'utf8'), 'run this test with UPDATE_SCHEMA=1 to draw it anew').to.equal(
      picture,
    );
  });

  it('has migrations numbered without gaps, each noted with its checksum', () => {
    const all = migrations();
    expect(all.map(({ version }) => version)).to.deep.equal(all.map((_, index) => index + 1));
    const db = migrated();
    expect(db.prepare('select version, checksum from migration order by version').all()).to.deep.equal(
      all.map(({ version, checksum }) => ({ version, checksum })),
    );
    db.close();
  });

  it('claims from the head of an index and counts from small ones, never from the whole backlog', () => {
    const db = migrated();
    const plan = (sql: string): string =>
      (db.prepare(`explain query plan ${sql}`).all() as { detail: string }[])
        .map(({ detail }) => detail)
        .join('\n');
    const head = plan(
      `select id from lane where connection = 1 and class = 'master' and priority = 0 and ready_at <= 5
       order by ready_at, id limit 50`,
    );
    expect(head).to.include('lane_ready').and.not.include('TEMP B-TREE');
    expect(
      plan("select seq from delivery where lane = 1 and state = 'pending' order by seq limit 5"),
    ).to.match(/delivery_lane \(lane=\? AND state=\?\)$/);
    expect(
      plan("select min(received_at) from delivery where connection = 1 and state = 'pending'"),
    ).to.include('delivery_oldest');
    expect(plan("select count(*) from lane where connection = 1 and state = 'waiting'")).to.include(
      'lane_waiting',
    );
    expect(
      plan(
        "update lane set attempts = 0 where +state = 'waiting' and id in (select lane from wait where waits_for = 'x')",
      ),
    ).to.match(/^SEARCH lane USING INTEGER PRIMARY KEY/);
    expect(plan('update lane set attempts = 1 where lease_until <= 5')).to.include('lane_leased');
    db.close();
  });
});
