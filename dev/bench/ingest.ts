/** How many signed webhooks a second are on disk and acknowledged, against an empty handler on the same HTTP server. */
import { mkdirSync } from 'node:fs';
import { judged, median, quantile, rounds, type Benchmark, type Figure, type Sizes } from './benchmark.ts';
import { startHelper, type Helper } from './child.ts';
import { inHome } from './home.ts';
import type { LoadOptions, LoadResult } from './ingest/load.ts';

interface Round extends LoadResult {
  /** CPU microseconds of the server for one request. */
  cpu: number;
}

type Kind = 'hooks' | 'empty' | 'reading';

export const ingest: Benchmark = {
  name: 'ingest',
  goal: '≥ 0.85 of an empty handler; p99 ≤ 50 ms at 64 connections',
  async run(sizes, say) {
    const measured: Record<Kind, Round[]> = { hooks: [], empty: [], reading: [] };
    for (let round = 0; round < sizes.rounds; round++)
      for (const kind of ['empty', 'hooks', 'reading'] as const) {
        const result = await measure(kind, round, sizes);
        measured[kind].push(result);
        say(
          `${kind}: ${Math.round(result.perSecond)}/s, p99 ${result.p99} ms, ${result.cpu.toFixed(0)} µs CPU each`,
        );
      }
    return figures(measured);
  },
};

async function measure(kind: Kind, round: number, sizes: Sizes): Promise<Round> {
  const folder = inHome('ingest', `${kind}-${round}`);
  mkdirSync(folder, { recursive: true });
  const server = await startHelper('ingest/server.ts', { kind, folder });
  const load = await startHelper('ingest/load.ts');
  try {
    const url = await server.ask<string>('url');
    await fire(load, { url, seconds: 1, from: 0 });
    const before = await server.ask<number>('cpu');
    const result = await fire(load, { url, seconds: sizes.seconds, from: 10_000_000 });
    const after = await server.ask<number>('cpu');
    if (kind === 'hooks') await checkStored(server, result);
    return { ...result, cpu: (after - before) / result.answered };
  } finally {
    await load.stop();
    await server.stop();
  }
}

async function fire(load: Helper, options: LoadOptions): Promise<LoadResult> {
  const result = await load.ask<LoadResult>('fire', options);
  if (result.failed > 0) throw new Error(`${result.failed} of ${result.answered} requests were not taken`);
  return result;
}

/** What was acknowledged is in the store, no row less. */
async function checkStored(server: Helper, { answered }: LoadResult): Promise<void> {
  const stored = await server.ask<number>('stored');
  if (stored < answered) throw new Error(`${answered} webhooks were acknowledged and only ${stored} stored`);
}

function figures({ hooks, empty, reading }: Record<Kind, Round[]>): Figure[] {
  const rate = (list: Round[]) => median(list.map(({ perSecond }) => perSecond));
  const cpu = (list: Round[]) => median(list.map((each) => each.cpu));
  const value = rate(hooks);
  const ratio = value / rate(empty);
  const p99 = median(hooks.map((each) => each.p99));
  return [
    judged(
      {
        name: 'webhooks acknowledged, durable',
        value,
        unit: '/s',
        floor: rate(empty),
        ratio,
        note: rounds(hooks.map(({ perSecond }) => perSecond)),
      },
      'ratio ≥ 0.85',
      ratio >= 0.85,
    ),
    judged(
      {
        name: 'webhook to acknowledgement, p99 at 64 connections',
        value: p99,
        unit: 'ms',
        floor: median(empty.map((each) => each.p99)),
        note: `p50 ${quantile(
          hooks.map((each) => each.p50),
          0.5,
        )} ms`,
      },
      '≤ 50 ms',
      p99 <= 50,
    ),
    {
      name: 'the same against a handler that reads the body',
      value,
      unit: '/s',
      floor: rate(reading),
      ratio: value / rate(reading),
    },
    {
      name: 'CPU of the server for one webhook',
      value: cpu(hooks),
      unit: 'µs',
      floor: cpu(empty),
      ratio: cpu(empty) / cpu(hooks),
    },
  ];
}
