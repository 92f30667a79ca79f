/** What records missing in a whole listing lead to, and what a brake holds back. */
import { expect } from 'chai';
import { Transient } from '../../sidecar/domain/failure.ts';
import type { World } from '../support/engine.ts';
import { command, DAY, loaded, nameOf, report, swept, worldOf } from '../support/sweeps.ts';

describe('absence', () => {
  it('leads to one look at exactly the record that is missing, and to nothing else', async () => {
    const w = await loaded(worldOf(10));
    const { writes } = w.odoo;
    w.vendors['a']!.things.delete(nameOf(3));
    await swept(w);
    expect(w.vendors['a']!.reads).to.deep.equal([nameOf(3)]);
    expect(w.odoo.writes).to.equal(writes);
    expect(w.held()).to.have.length(10);
    await swept(w);
    expect(w.vendors['a']!.reads, 'asked once').to.deep.equal([nameOf(3)]);
  });

  it('is asked about again when the record was seen in between, or after a month', async () => {
    const w = await loaded(worldOf(10));
    const vendor = w.vendors['a']!;
    vendor.things.delete(nameOf(3));
    await swept(w);
    vendor.things.set(nameOf(3), { name: '3' });
    await swept(w);
    vendor.things.delete(nameOf(3));
    vendor.reads = [];
    await swept(w);
    expect(vendor.reads).to.deep.equal([nameOf(3)]);
    w.clock.advance(31 * DAY);
    await swept(w);
    expect(vendor.reads).to.deep.equal([nameOf(3), nameOf(3)]);
  });

  it('means nothing for a record linked while the listing ran, nor in a window, nor for other kinds', async () => {
    const w = await loaded(worldOf(6));
    const vendor = w.vendors['a']!;
    vendor.things.set('product:p1', { name: 'P' });
    await w.hook('a', 'product:p1');
    await w.engine.runUntilIdle();
    vendor.things.delete('product:p1');
    vendor.reads = [];
    w.clock.advance(1_000);
    let first = true;
    await w.engine.sweep('a', {
      told: () => {
        w.clock.advance(1);
        if (first) w.store.saveLinks('a', [linkTo('aaa')]);
        w.odoo.rows.set('a/customer:aaa', { resId: 1, version: 1, digest: 'd', values: {} });
        first = false;
      },
    });
    await w.engine.runUntilIdle();
    expect(vendor.reads).to.deep.equal([]);
  });

  it('is found by a sweep that was interrupted and went on', async () => {
    const w = await loaded(worldOf(8));
    const vendor = w.vendors['a']!;
    vendor.things.delete(nameOf(1));
    w.clock.advance(1_000);
    await w.engine.sweep('a', {
      told: () => (vendor.failure = new Transient('vendor_down', 'The vendor does not answer')),
    });
    vendor.failure = undefined;
    const next = worldOf(0, {}, { store: w.store, clock: w.clock, odoo: w.odoo });
    next.vendors['a']!.things = vendor.things;
    await next.engine.sweep('a');
    await next.engine.runUntilIdle();
    expect(next.vendors['a']!.reads).to.deep.equal([nameOf(1)]);
  });
});

describe('the brake', () => {
  /** Thirty customers of whom five are in no listing any more; three may be missing. */
  async function braked(): Promise<World> {
    const w = await loaded(worldOf(30));
    for (let i = 0; i < 5; i++) w.vendors['a']!.things.delete(nameOf(i));
    await swept(w);
    return w;
  }

  it('stops before asking when too many are missing at once, and says which', async () => {
    const w = await braked();
    expect(w.vendors['a']!.reads).to.deep.equal([]);
    expect(report(w).brakes).to.deep.equal([
      {
        stream: 'all',
        kind: 'customer',
        absent: 5,
        of: 30,
        examples: ['c000', 'c001', 'c002', 'c003', 'c004'],
        since: report(w).brakes[0]!.since,
      },
    ]);
    await w.engine.report();
    expect(w.odoo.reports.at(-1)!.connections[0]!.brakes).to.have.length(1);
  });

  it('keeps its date while nothing changes', async () => {
    const w = await braked();
    const { since } = report(w).brakes[0]!;
    await swept(w);
    expect(report(w).brakes[0]).to.include({ since, absent: 5 });
  });

  it('lets each be looked at when a person releases it', async () => {
    const w = await braked();
    await command(w, 'release_brake', { stream: 'all' });
    await w.engine.runUntilIdle();
    expect(w.vendors['a']!.reads).to.have.length(5);
    expect(report(w).brakes).to.deep.equal([]);
    await swept(w);
    expect(w.vendors['a']!.reads).to.have.length(5);
  });

  it('leaves them for good when a person says so, and asks only about others', async () => {
    const w = await braked();
    await command(w, 'keep_absent', { stream: 'all' });
    expect(report(w).brakes).to.deep.equal([]);
    w.vendors['a']!.things.delete(nameOf(20));
    await swept(w);
    expect(w.vendors['a']!.reads).to.deep.equal([nameOf(20)]);
    expect(report(w).brakes).to.deep.equal([]);
  });

  it('ends by itself when a later sweep sees them again', async () => {
    const w = await braked();
    for (let i = 0; i < 5; i++) w.vendors['a']!.things.set(nameOf(i), { name: `${i}` });
    await swept(w);
    expect(report(w).brakes).to.deep.equal([]);
    expect(w.vendors['a']!.reads).to.deep.equal([]);
  });

  it('asks for the stream it is about', async () => {
    const w = await braked();
    const refusal = await command(w, 'release_brake').catch((error: Error) => error);
    expect(refusal).to.include({ message: 'release_brake needs the name of a stream' });
  });
});

const linkTo = (externalId: string) => ({
  kind: 'customer' as const,
  externalId,
  model: 'res.partner',
  resId: 1,
  version: 1,
  digest: 'd',
  base: {},
});
