/** Prometheus metrics, in a registry of their own: what happened is counted, what is now is read at every scrape. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineStatus, Meter, Store } from '../engine/index.ts';
import { createConnectionGauges } from './metrics/connections.ts';
import { createExceptionGauges } from './metrics/exceptions.ts';
import { createFileGauges } from './metrics/files.ts';
import { createQueueGauges } from './metrics/queues.ts';
import { createMeter, SECONDS, SIZES } from './metrics/meter.ts';

export interface Metrics {
  meter: Meter;
  /** One webhook answered: which connection, HTTP status, seconds it took. */
  hook(connection: string, status: number, seconds: number): void;
  /** One group commit of the store: how many deliveries, how long in ms. */
  committed(rows: number, ms: number): void;
  /** The exposition text; gauges are read at this moment. */
  text(now: Picture): Promise<string>;
  readonly contentType: string;
}

/** Answers of the door that people are alerted to. */
const ANSWERS = ['202', '401', '503'];

/** How things are at the moment of a scrape. */
export interface Picture {
  status: EngineStatus;
  exceptions: ReturnType<Store['exceptionTotals']>;
  queues: ReturnType<Store['queues']>;
}

export interface MetricsOptions {
  /** The store's file; its size and the free space of its disk are shown. */
  storePath?: string;
}

/** Connections and kinds are labels, records never are: the number of time series does not grow with the data. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const door = createDoor(registry);
  const meter = createMeter(registry);
  const gauges = [
    createBeginnings([meter.begin, door.begin]),
    createProcessGauges(registry),
    createConnectionGauges(registry),
    createQueueGauges(registry),
    createExceptionGauges(registry),
    createFileGauges(registry, options.storePath),
  ];
  return {
    meter,
    hook: door.hook,
    committed: door.committed,
    text: (now) => {
      for (const observe of gauges) observe(now);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** Every counter of a connection starts at 0 when it is first seen, so that its first rise is one. */
function createBeginnings(begins: readonly ((connection: string) => void)[]): (now: Picture) => void {
  const known = new Set<string>();
  return ({ status }) => {
    for (const { id } of status.connections) {
      if (known.has(id)) continue;
      known.add(id);
      for (const begin of begins) begin(id);
    }
  };
}

function createDoor(
  registry: Registry,
): Pick<Metrics, 'hook' | 'committed'> & { begin(connection: string): void } {
  const registers = [registry];
  const hooks = new Histogram({
    name: 'saas_sync_hook_duration_seconds',
    help: 'Webhook received to answer sent; accepted ones are on disk by then',
    labelNames: ['connection', 'status'],
    buckets: SECONDS,
    registers,
  });
  const rows = new Histogram({
    name: 'saas_sync_commit_deliveries',
    help: 'Deliveries that shared one commit of the store',
    buckets: SIZES,
    registers,
  });
  const commits = new Histogram({
    name: 'saas_sync_commit_duration_seconds',
    help: 'Duration of one commit of the store',
    buckets: SECONDS,
    registers,
  });
  const seen = new Set<string>();
  return {
    begin: (connection) => {
      // `zero` would forget what was counted before the first scrape.
      for (const status of ANSWERS)
        if (!seen.has(`${connection} ${status}`)) hooks.zero({ connection, status });
    },
    hook: (connection, status, seconds) => {
      seen.add(`${connection} ${status}`);
      hooks.observe({ connection, status: String(status) }, seconds);
    },
    committed: (count, ms) => {
      rows.observe(count);
      commits.observe(ms / 1_000);
    },
  };
}

function createProcessGauges(registry: Registry): (now: Picture) => void {
  const registers = [registry];
  const info = new Gauge({
    name: 'saas_sync_info',
    help: '1, with the version of the sidecar',
    labelNames: ['version'],
    registers,
  });
  const reachable = new Gauge({
    name: 'saas_sync_odoo_reachable',
    help: '1 while Odoo answers, 0 after a failure that concerns all records',
    registers,
  });
  const answered = new Gauge({
    name: 'saas_sync_odoo_last_answer_timestamp_seconds',
    help: 'When Odoo last gave a good answer',
    registers,
  });
  return ({ status: { version, odoo } }) => {
    info.set({ version }, 1);
    reachable.set(odoo.reachable ? 1 : 0);
    answered.set(odoo.lastGoodAt / 1_000);
  };
}
