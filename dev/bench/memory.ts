/** Memory of the sidecar while it works through a store with a million deliveries. */
import { rmSync } from 'node:fs';
import { judged, quantile, type Benchmark } from './benchmark.ts';
import { cpuSeconds, residentBytes } from './child.ts';
import { inHome } from './home.ts';
import { pause } from '../support/sidecar.ts';
import { storeWith } from './store/fill.ts';
import { prepareHome, sidecarOn } from './store/sidecar.ts';
import { startStub } from './store/stub.ts';

const MEGABYTE = 1024 * 1024;

export const memory: Benchmark = {
  name: 'memory',
  goal: '≤ 150 MB resident with a million deliveries of 1 kB stored, at work',
  async run(sizes, say) {
    const home = inHome('memory');
    prepareHome(home, await storeWith(sizes.large, say));
    const stub = await startStub();
    const sidecar = await sidecarOn(home, stub);
    const samples: number[] = [];
    let begun = { cpu: 0, records: 0 };
    let cpu = 0;
    try {
      const until = Date.now() + (sizes.quick ? 4_000 : 40_000);
      while (Date.now() < until) {
        samples.push(residentBytes(sidecar.pid) / MEGABYTE);
        await pause(200);
        if (begun.records === 0) begun = { cpu: cpuSeconds(sidecar.pid), records: stub.applied() };
      }
      cpu = cpuSeconds(sidecar.pid) - begun.cpu;
    } finally {
      await sidecar.stop();
      await stub.stop();
      rmSync(home, { recursive: true, force: true });
    }
    say(`${stub.applied()} records were applied meanwhile`);
    if (stub.applied() === 0) throw new Error('The sidecar did no work; its memory says nothing');
    const value = Math.max(...samples);
    return [
      judged(
        {
          name: `resident memory at ${sizes.large.toLocaleString('en')} deliveries, at work`,
          value,
          unit: 'MB',
          note: `highest; median ${quantile(samples, 0.5).toFixed(0)} MB, ${stub.applied()} records applied meanwhile`,
        },
        '≤ 150 MB',
        value <= 150,
      ),
      {
        name: 'CPU of the sidecar for one of these records',
        value: (cpu / (stub.applied() - begun.records)) * 1e6,
        unit: 'µs',
        note: 'garbage collection and HTTP included, start not',
      },
    ];
  },
};
