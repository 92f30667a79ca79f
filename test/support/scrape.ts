/** What a scrape of the metrics tells, as samples. */
import { createMetrics, type Metrics } from '../../sidecar/server/index.ts';
import type { ConnectionReport } from '../../sidecar/engine/index.ts';
import { world, type World } from './engine.ts';

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A world whose engine counts. */
export function measured(
  given: Parameters<typeof world>[0] = {},
  metrics: Metrics = createMetrics(),
): { w: World; metrics: Metrics } {
  return { w: world({ ...given, deps: { ...given.deps, meter: metrics.meter } }), metrics };
}

/** `known` replaces what the engine says of every connection, `exceptions` what the store says. */
export async function scrape(
  w: World,
  metrics: Metrics,
  known: Partial<ConnectionReport> = {},
  exceptions: readonly ReturnType<World['store']['exceptionTotals']>[number][] = w.store.exceptionTotals(),
): Promise<Sample[]> {
  const status = w.engine.status();
  const connections = status.connections.map((each) => ({ ...each, ...known }));
  const queues = w.store.queues();
  return samplesOf(
    await metrics.text({ status: { ...status, connections }, exceptions: [...exceptions], queues }),
  );
}

export function samplesOf(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', inner = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const pairs = [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
    return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
  });
}

/** The value of our metric (named without its prefix) with these labels; undefined where there is none. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const fits = (sample: Sample) => Object.entries(labels).every(([key, text]) => sample.labels[key] === text);
  return samples.find((sample) => sample.name === `saas_sync_${name}` && fits(sample))?.value;
}
