/** Prometheus metrics, in a registry of their own. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineStatus, Meter } from '../engine/index.ts';

export interface Metrics {
  meter: Meter;
  hook(connection: string, status: number, seconds: number): void;
  /** The exposition text; gauges are read from the engine's status at this moment. */
  text(status: EngineStatus): Promise<string>;
  readonly contentType: string;
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const effects = new Counter({
    name: 'saas_sync_effects_total',
    help: 'Answers of Odoo per change',
    labelNames: ['connection', 'kind', 'status'],
    registers,
  });
  const failures = new Counter({
    name: 'saas_sync_failures_total',
    help: 'Failures by what has to happen next',
    labelNames: ['connection', 'class'],
    registers,
  });
  const apply = new Histogram({
    name: 'saas_sync_apply_seconds',
    help: 'Duration of one apply call to Odoo',
    labelNames: ['lane_class'],
    buckets: SECONDS,
    registers,
  });
  const changes = new Counter({
    name: 'saas_sync_changes_total',
    help: 'Changes sent to Odoo',
    labelNames: ['lane_class'],
    registers,
  });
  const hooks = new Histogram({
    name: 'saas_sync_hook_seconds',
    help: 'Webhook received to answer sent; accepted ones are on disk by then',
    labelNames: ['connection', 'status'],
    buckets: SECONDS,
    registers,
  });
  const observe = gauges(registry);
  return {
    meter: {
      effect: (connection, kind, status) => effects.inc({ connection, kind, status }),
      failure: (connection, failureClass) => failures.inc({ connection, class: failureClass }),
      apply: (laneClass, count, ms) => {
        apply.observe({ lane_class: laneClass }, ms / 1_000);
        changes.inc({ lane_class: laneClass }, count);
      },
    },
    hook: (connection, status, seconds) => hooks.observe({ connection, status: String(status) }, seconds),
    text: (status) => {
      observe(status);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function gauges(registry: Registry): (status: EngineStatus) => void {
  const gauge = (name: string, help: string, labelNames: string[] = ['connection']) =>
    new Gauge({ name: `saas_sync_${name}`, help, labelNames, registers: [registry] });
  const backlog = gauge('backlog', 'Deliveries waiting to be worked on');
  const parked = gauge('exceptions', 'Records that wait for a person');
  const waiting = gauge('waiting', 'Records that wait for another record or for Odoo');
  const lag = gauge('lag_seconds', 'Age of the oldest waiting delivery');
  const working = gauge(
    'connection_working',
    '1 if the connection is healthy or degraded, 0 if paused or broken',
  );
  const odoo = gauge('odoo_reachable', '1 while Odoo answers', []);
  return (status) => {
    odoo.set(status.odoo.reachable ? 1 : 0);
    for (const each of status.connections) {
      const label = { connection: each.id };
      backlog.set(label, each.backlog);
      parked.set(label, each.parked);
      waiting.set(label, each.waiting);
      lag.set(label, each.lag_ms / 1_000);
      working.set(label, each.state === 'healthy' || each.state === 'degraded' ? 1 : 0);
    }
  };
}
