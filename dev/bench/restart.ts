/** How long after its start a sidecar with a backlog brings the first record home. */
import Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { judged, median, rounds, type Benchmark } from './benchmark.ts';
import { inHome } from './home.ts';
import { pause } from '../support/sidecar.ts';
import { storeWith } from './store/fill.ts';
import { prepareHome, sidecarOn, storeIn } from './store/sidecar.ts';
import { startStub } from './store/stub.ts';

export const restart: Benchmark = {
  name: 'restart',
  goal: 'with 100,000 waiting deliveries the first acknowledgement comes within 5 s of the start',
  async run(sizes, say) {
    const store = await storeWith(sizes.restart, say);
    const seconds: number[] = [];
    for (let round = 0; round < sizes.rounds; round++) {
      seconds.push(await firstAck(store, inHome(`restart-${round}`)));
      say(`first record after ${seconds.at(-1)!.toFixed(2)} s`);
    }
    const value = median(seconds);
    return [
      judged(
        {
          name: `restart with ${sizes.restart.toLocaleString('en')} waiting until work flows`,
          value,
          unit: 's',
          note: rounds(seconds, 2),
        },
        '≤ 5 s',
        value <= 5,
      ),
    ];
  },
};

async function firstAck(store: string, home: string): Promise<number> {
  prepareHome(home, store);
  const stub = await startStub();
  const watching = new Database(storeIn(home), { readonly: true });
  const links = watching.prepare('select 1 from link limit 1');
  const begun = performance.now();
  const sidecar = await sidecarOn(home, stub);
  try {
    while (links.get() === undefined) {
      if (performance.now() - begun > 60_000)
        throw new Error(`No work within a minute; see ${sidecar.logFile}`);
      await pause(5);
    }
    return (performance.now() - begun) / 1_000;
  } finally {
    watching.close();
    await sidecar.kill();
    await stub.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
