/** What a claim costs: it must depend on what is handed out, not on the backlog. */
import { judged, median, rounds, type Benchmark, type Sizes } from './benchmark.ts';
import { startHelper } from './child.ts';
import { storeWith } from './store/fill.ts';

export const claim: Benchmark = {
  name: 'claim',
  goal: 'a claim at a million waiting deliveries costs at most twice that at ten thousand',
  async run(sizes: Sizes, say) {
    const medians: Record<'small' | 'large', number[]> = { small: [], large: [] };
    for (let round = 0; round < sizes.rounds; round++)
      for (const size of ['small', 'large'] as const) {
        const file = await storeWith(sizes[size], say);
        const times = await claims(file, Math.min(120, Math.floor(sizes.small / 100)));
        medians[size].push(median(times));
        say(`${sizes[size]} waiting: ${median(times).toFixed(2)} ms for 50 lanes`);
      }
    const value = median(medians.large);
    const floor = median(medians.small);
    return [
      judged(
        {
          name: `claim of 50 lanes at ${sizes.large.toLocaleString('en')} waiting`,
          value,
          unit: 'ms',
          floor,
          ratio: value / floor,
          note: rounds(medians.large, 2),
        },
        'ratio ≤ 2',
        value / floor <= 2,
      ),
    ];
  },
};

/** Milliseconds of many claims by a process of its own, so that each begins with an equally empty cache. */
async function claims(file: string, count: number): Promise<number[]> {
  const helper = await startHelper('store/claimer.ts', { file });
  try {
    return await helper.ask<number[]>('claims', count);
  } finally {
    await helper.stop();
  }
}
