/** Comparing with Odoo in sums: what it costs when all agrees, and that what differs is found and mended. */
import { expect } from 'chai';
import { bucketOf, BucketSums, differing } from '../../sidecar/domain/comparison.ts';
import { ConnectionBroken, Transient } from '../../sidecar/domain/failure.ts';
import { systemClock } from '../../sidecar/engine/wake.ts';
import { FakeOdoo } from '../support/fake-odoo.ts';
import { HandClock, refOf, START, world, type World } from '../support/engine.ts';

const MINUTE = 60_000;

async function loaded(count = 6): Promise<World> {
  const w = world();
  for (let i = 0; i < count; i++) w.vendors['a']!.things.set(`customer:c${i}`, { name: `${i}` });
  await w.engine.makeReady('a');
  await w.engine.backfill('a');
  await w.engine.runUntilIdle();
  w.clock.advance(MINUTE);
  w.odoo.writes = 0;
  return w;
}

async function swept(w: World): Promise<void> {
  w.clock.advance(MINUTE);
  await w.engine.sweep('a');
  await w.engine.runUntilIdle();
}

describe('comparing with Odoo', () => {
  it('costs two calls and no write when all agrees', async () => {
    const w = await loaded();
    const applied = w.odoo.calls.length;
    await swept(w);
    expect(w.odoo.compared).to.be.at.most(3);
    expect(w.odoo.calls.length).to.equal(applied);
    expect(w.logs).to.include('Odoo holds exactly what was agreed');
  });

  it('finds one difference among a hundred thousand links in at most six calls', async function () {
    this.timeout(30_000);
    const clock = new HandClock();
    const odoo = new FakeOdoo();
    const w = world({ odoo, clock, deps: { clock: { now: clock.now, sleep: systemClock.sleep } } });
    await w.engine.makeReady('a');
    const links = Array.from({ length: 100_000 }, (_, i) => ({
      kind: 'customer' as const,
      externalId: `c${i}`,
      model: 'res.partner',
      resId: i + 1,
      version: START - (i % 50_000) * 40 * MINUTE,
      digest: `d${i}`,
      base: null,
    }));
    w.store.saveLinks('a', links);
    for (const { externalId, resId, version, digest } of links)
      odoo.rows.set(`a/customer:${externalId}`, { resId, version, digest, values: {} });
    odoo.rows.get('a/customer:c77777')!.digest = 'drifted';
    await w.engine.sweep('a');
    expect(odoo.compared).to.be.at.most(6);
    expect(w.store.link(refOf('a', 'customer:c77777'))).to.equal(undefined);
    expect(w.store.countLinks('a')).to.equal(99_999);
    expect(w.store.lanesOf([refOf('a', 'customer:c77777')])[0]).to.deep.equal({ state: 'ready', pending: 1 });
  });

  it('writes again what a restored backup of Odoo lacks, and nothing else', async () => {
    const w = await loaded();
    w.odoo.rows.delete('a/customer:c1');
    w.odoo.rows.delete('a/customer:c4');
    await swept(w);
    expect(w.odoo.writes).to.equal(2);
    expect(w.held()).to.have.length(6);
    await swept(w);
    expect(w.odoo.writes).to.equal(2);
    expect(w.logs.at(-2)).to.equal('Odoo holds exactly what was agreed');
  });

  it('writes again what Odoo holds in an older version', async () => {
    const w = await loaded();
    const row = w.odoo.rows.get('a/customer:c2')!;
    w.odoo.rows.set('a/customer:c2', { ...row, version: row.version - MINUTE, digest: 'older', values: {} });
    await swept(w);
    expect(w.odoo.rows.get('a/customer:c2')?.values).to.include({ name: '2' });
  });

  it('learns a link that only Odoo knows', async () => {
    const w = await loaded();
    w.odoo.rows.set('a/customer:mapped', { resId: 99, version: 0, digest: '', values: {} });
    await swept(w);
    expect(w.store.link(refOf('a', 'customer:mapped'))).to.include({ resId: 99, digest: '', base: null });
    expect(w.odoo.writes).to.equal(0);
  });

  it('looks again at records that people deleted or edited in Odoo, unless they told us to ignore them', async () => {
    const w = await loaded();
    w.vendors['a']!.reads = [];
    w.store.ignore(refOf('a', 'customer:c2'), {
      at: w.clock.now(),
      delivery: 'x',
      lane: 'a/customer:c2',
      step: 'ignored',
      detail: 'ignored by Marc',
    });
    w.odoo.strays = [
      { kind: 'customer', externalId: 'c1', why: 'edited' },
      { kind: 'customer', externalId: 'c3', why: 'gone' },
    ];
    await swept(w);
    expect(w.vendors['a']!.reads.sort()).to.deep.equal(['customer:c1', 'customer:c3']);
    expect(w.odoo.calls.at(-1)!.every(({ force }) => force)).to.equal(true);
  });

  it('leaves alone what is being worked on', async () => {
    const w = await loaded();
    await w.hook('a', 'customer:c1');
    w.odoo.rows.get('a/customer:c1')!.digest = 'on its way';
    w.clock.advance(MINUTE);
    await w.engine.sweep('a');
    expect(w.store.link(refOf('a', 'customer:c1'))).to.not.equal(undefined);
  });

  it('is tried again when Odoo does not answer, and passed over when it refuses', async () => {
    const w = await loaded();
    const ask = w.odoo.compareBuckets.bind(w.odoo);
    w.odoo.compareBuckets = () => Promise.reject(new Transient('odoo_down', 'Odoo does not answer'));
    await swept(w);
    expect(w.engine.status().connections[0]!.busy).to.equal(true);
    w.odoo.compareBuckets = ask;
    await w.engine.sweep('a');
    expect(w.engine.status().connections[0]!.busy).to.equal(false);
    w.odoo.compareBuckets = () =>
      Promise.reject(new ConnectionBroken('odoo_refuses', 'There is no such method'));
    await swept(w);
    expect(w.engine.status().connections[0]!.busy).to.equal(false);
    expect(w.engine.status().odoo.reachable).to.equal(true);
  });
});

describe('sums of links', () => {
  const link = (externalId: string, version: number, digest = 'd') => ({
    kind: 'customer' as const,
    externalId,
    version,
    digest,
  });
  const sumOf = (...links: ReturnType<typeof link>[]) => {
    const sums = new BucketSums();
    for (const each of links) sums.add(bucketOf('day', each), each);
    return sums.buckets();
  };

  it('do not depend on the order, and do on every part of a link', () => {
    const [a, b] = [link('a', START), link('b', START + 1)];
    expect(sumOf(a, b)).to.deep.equal(sumOf(b, a));
    for (const other of [link('c', START), link('a', START + 1), link('a', START, 'e')])
      expect(sumOf(a)[0]!.hash).not.to.equal(sumOf(other)[0]!.hash);
  });

  it('fall into buckets by UTC time, and within an hour by name', () => {
    const one = link('c1', Date.UTC(2026, 10, 22, 23, 59));
    expect(bucketOf('month', one)).to.equal('2026-11');
    expect(bucketOf('day', one)).to.equal('2026-11-22');
    expect(bucketOf('hour', one)).to.equal('2026-11-22T23');
    expect(bucketOf('slot', one)).to.match(/^2026-11-22T23\/[0-9a-f]{2}$/);
  });

  it('differ where one side has another sum, or none', () => {
    const side = (...marks: [string, string][]) =>
      marks.map(([bucket, hash]) => ({ bucket, count: 1, hash }));
    expect(
      differing(side(['1', 'a'], ['2', 'b'], ['3', 'c']), side(['1', 'a'], ['2', 'x'], ['4', 'd'])),
    ).to.deep.equal(['2', '3', '4']);
  });
});
