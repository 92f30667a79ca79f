/** A claim is bounded in bytes, so that large bodies cannot fill the memory; what is left comes next, in order. */
import { expect } from 'chai';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import type { LaneBatch, Store } from '../../sidecar/store/store.ts';
import { delivery } from '../support/deliveries.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const MEGABYTE = 1024 * 1024;
const body = Buffer.alloc(MEGABYTE, 'x');
const weightOf = (batches: readonly LaneBatch[]): number =>
  batches.flatMap((batch) => batch.deliveries).reduce((sum, each) => sum + each.body.length, 0);

describe('store: a claim of large bodies', () => {
  let store: Store;
  beforeEach(() => void (store = openStore(':memory:', { now: () => NOW })));
  afterEach(() => store.close());

  const claim = () =>
    store.claim({ laneClass: 'document', lanes: 100, perLane: 200, now: NOW, leaseMs: 60_000 });
  const acked = (batches: readonly LaneBatch[]) =>
    batches.map((batch) => store.ack(batch, batch.deliveries.at(-1)!.seq));

  it('takes fewer lanes, and the others with the next claims', async () => {
    await store.put(Array.from({ length: 30 }, (_, n) => delivery(`evt_${n}`, `in_${n}`, { body })));
    const lanes = new Set<string>();
    for (let batches = claim(); batches.length > 0; batches = claim()) {
      expect(weightOf(batches)).to.be.lessThan(13 * MEGABYTE);
      for (const { lane } of batches) lanes.add(lane);
      acked(batches);
    }
    expect(lanes.size).to.equal(30);
    expect(store.depth().pending).to.equal(0);
  });

  it('takes a part of one lane, in order, and the rest afterwards', async () => {
    await store.put(Array.from({ length: 10 }, (_, n) => delivery(`evt_${n}`, 'in_1', { body })));
    const seen: string[] = [];
    for (let batches = claim(); batches.length > 0; batches = claim()) {
      expect(weightOf(batches)).to.be.lessThan(6 * MEGABYTE);
      seen.push(...batches.flatMap((batch) => batch.deliveries.map(({ id }) => id)));
      acked(batches);
    }
    expect(seen).to.deep.equal(Array.from({ length: 10 }, (_, n) => `evt_${n}`));
  });

  it('takes one that is larger than any limit all the same', async () => {
    await store.put([delivery('evt_1', 'in_1', { body: Buffer.alloc(20 * MEGABYTE) })]);
    expect(acked(claim())).to.deep.equal(['ok']);
  });
});
