/** Opens a store and claims, giving everything back at the end, so that the file can be used again. */
import { openStore } from '../../../sidecar/store/sqlite/index.ts';
import { answer, given } from '../child.ts';

const LANES = 50;
const { file } = given<{ file: string }>();
const store = openStore(file);

answer({
  claims: (count: number): number[] => {
    const times: number[] = [];
    for (let turn = 0; turn < count; turn++) {
      const begun = performance.now();
      const batches = store.claim({
        laneClass: 'master',
        lanes: LANES,
        perLane: 200,
        now: Date.now(),
        leaseMs: 300_000,
      });
      times.push(performance.now() - begun);
      if (batches.length < LANES) throw new Error(`Only ${batches.length} lanes were ready`);
    }
    store.reap(Number.MAX_SAFE_INTEGER);
    store.retry({});
    store.close();
    return times;
  },
});
