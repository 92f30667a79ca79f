/** How each connection does, as gauges: its queue, its breaker, its streams, its budget at the vendor. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectionReport, HealthState } from '../../engine/index.ts';
import type { Picture } from '../metrics.ts';

/** The breaker's state as a number; higher is worse. */
export const STATES: Record<HealthState, number> = { healthy: 0, degraded: 1, broken: 2, paused: 3 };

const PLAIN: Record<string, { help: string; value: (each: ConnectionReport) => number | null }> = {
  saas_sync_connection_state: {
    help: '0 works, 1 rests after trouble, 2 broken until mended, 3 paused by a person',
    value: (each) => STATES[each.state],
  },
  saas_sync_backlog_deliveries: {
    help: 'Deliveries waiting to be worked on',
    value: (each) => each.backlog,
  },
  saas_sync_waiting_lanes: {
    help: 'Records that wait for another record or for Odoo',
    value: (each) => each.waiting,
  },
  saas_sync_oldest_delivery_age_seconds: {
    help: 'Age of the oldest delivery that is not done, those in exceptions included',
    value: (each) => each.lag_ms / 1_000,
  },
  saas_sync_last_event_timestamp_seconds: {
    help: 'When the newest delivery came in; missing before the first one',
    value: (each) => seconds(each.last_event_at),
  },
  saas_sync_backlog_eta_seconds: {
    help: 'Until the backlog is worked off at the measured rate; missing where it is unknown',
    value: (each) => (each.eta_ms === null ? null : each.eta_ms / 1_000),
  },
  saas_sync_next_try_timestamp_seconds: {
    help: 'When a resting or broken connection is tried again; missing while it works',
    value: (each) => seconds(each.next_try_at),
  },
  saas_sync_api_budget_left: {
    help: 'Calls the vendor still allows in the present window',
    value: (each) => each.budget?.left ?? null,
  },
  saas_sync_api_budget_limit: {
    help: 'Calls the vendor allows in a whole window',
    value: (each) => each.budget?.of ?? null,
  },
};

/** Reads everything from the engine's status; what is unknown has no value rather than a wrong one. */
export function createConnectionGauges(registry: Registry): (now: Picture) => void {
  const gauge = (name: string, help: string, ...labels: string[]) =>
    new Gauge({ name, help, labelNames: ['connection', ...labels], registers: [registry] });
  const plain = Object.entries(PLAIN).map(([name, { help, value }]) => ({ value, gauge: gauge(name, help) }));
  const fresh = gauge(
    'saas_sync_stream_fresh_timestamp_seconds',
    'Everything that happened at the vendor before this moment is known here',
    'stream',
  );
  const next = gauge(
    'saas_sync_stream_next_look_timestamp_seconds',
    'When the stream is read next by the clock; missing where that is switched off, or the connection stopped',
    'stream',
  );
  const late = gauge(
    'saas_sync_stream_late_timestamp_seconds',
    'From this moment on a complete reading of the stream is overdue; missing where none is due by the clock',
    'stream',
  );
  const found = gauge(
    'saas_sync_sweep_found_records',
    'What the last whole reading of the stream found that neither webhooks nor feed had told of',
    'stream',
  );
  const outcomes = createOutcomes(registry);
  const brake = gauge(
    'saas_sync_brake_absent_records',
    'Records that a sweep found gone at the vendor, more than may be believed without a person',
    'stream',
    'kind',
  );
  const resettable = [...plain.map((one) => one.gauge), fresh, next, late, found, brake];
  return ({ status }) => {
    for (const each of resettable) each.reset();
    for (const report of status.connections) {
      const connection = report.id;
      for (const { gauge: one, value } of plain) set(one, { connection }, value(report));
      outcomes(report);
      for (const { name: stream, fresh_at: at, next_at: nextAt, late_at: lateAt, last } of report.streams) {
        const labels = { connection, stream };
        set(fresh, labels, seconds(at));
        set(next, labels, seconds(nextAt));
        set(late, labels, seconds(lateAt));
        set(found, labels, last?.put ?? null);
      }
      for (const { stream, kind, absent } of report.brakes) brake.set({ connection, stream, kind }, absent);
    }
  };
}

/** The totals that the store keeps: they go on where they were after a restart. */
function createOutcomes(registry: Registry): (report: ConnectionReport) => void {
  const outcomes = new Counter({
    name: 'saas_sync_outcomes_total',
    help: 'Records worked on, by how it ended: applied, unchanged, or failed and handed to a person',
    labelNames: ['connection', 'outcome'],
    registers: [registry],
  });
  const counted = new Map<string, number>();
  return ({ id: connection, counters: { received: _received, ...ends } }) => {
    for (const [outcome, total] of Object.entries(ends)) {
      const before = counted.get(`${connection} ${outcome}`) ?? 0;
      counted.set(`${connection} ${outcome}`, total);
      outcomes.inc({ connection, outcome }, Math.max(0, total - before));
    }
  };
}

function set(gauge: Gauge, labels: Record<string, string>, value: number | null): void {
  if (value !== null) gauge.set(labels, value);
}

const seconds = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso) / 1_000);
