/** The engine's meter on Prometheus' counters and histograms. */
import { Counter, Histogram, type Registry } from 'prom-client';
import {
  CLASSES_OF_ADMINS,
  concernOf,
  FAILURE_CLASSES,
  reactionTo,
  type Concern,
  type FailureClass,
  type Reaction,
} from '../../domain/failure.ts';
import type { Meter } from '../../engine/index.ts';

export const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
export const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** What the engine tells, and `begin`: the first failure of a connection is a rise only if there was a zero before. */
export interface CountingMeter extends Meter {
  begin(connection: string): void;
}

export function createMeter(registry: Registry): CountingMeter {
  return { ...createFlow(registry), ...createOdoo(registry) };
}

function createFlow(
  registry: Registry,
): Pick<CountingMeter, 'received' | 'read' | 'pushed' | 'failure' | 'begin'> {
  const registers = [registry];
  const received = new Counter({
    name: 'saas_sync_deliveries_received_total',
    help: 'Deliveries put on disk, by the way they came',
    labelNames: ['connection', 'origin'],
    registers,
  });
  const duplicates = new Counter({
    name: 'saas_sync_deliveries_duplicate_total',
    help: 'Deliveries that were known already and were not stored again',
    labelNames: ['connection', 'origin'],
    registers,
  });
  const reads = new Histogram({
    name: 'saas_sync_read_duration_seconds',
    help: 'Duration of reading one object at the vendor, waiting for the budget included',
    labelNames: ['connection'],
    buckets: SECONDS,
    registers,
  });
  const pushes = new Histogram({
    name: 'saas_sync_push_duration_seconds',
    help: 'Duration of telling the vendor of one record, by how that ended: told, refused, or failed and told again later',
    labelNames: ['connection', 'kind', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const failures = new Counter({
    name: 'saas_sync_failures_total',
    help: 'Failures by class, whom they concern, and what was decided: retry, pause or park',
    labelNames: ['connection', 'class', 'concerns', 'decision'],
    registers,
  });
  const fail = (
    connection: string,
    failureClass: FailureClass,
    concerns: Concern,
    decision: Reaction,
    count: number,
  ) => failures.inc({ connection, class: failureClass, concerns, decision }, count);
  return {
    begin: (connection) => {
      for (const each of FAILURE_CLASSES)
        for (const decision of new Set<Reaction>([reactionTo(each), 'park']))
          fail(connection, each, concernOf(each), decision, 0);
      for (const each of CLASSES_OF_ADMINS) fail(connection, each, 'admin', reactionTo(each), 0);
    },
    received: (connection, origin, stored, repeated) => {
      received.inc({ connection, origin }, stored);
      duplicates.inc({ connection, origin }, repeated);
    },
    read: (connection, ms) => reads.observe({ connection }, ms / 1_000),
    pushed: (connection, kind, outcome, ms) => pushes.observe({ connection, kind, outcome }, ms / 1_000),
    failure: (connection, { class: each, code }, decision) =>
      fail(connection, each, concernOf(each, code), decision, 1),
  };
}

function createOdoo(registry: Registry): Pick<Meter, 'effect' | 'apply' | 'odooFailure'> {
  const registers = [registry];
  const effects = new Counter({
    name: 'saas_sync_effects_total',
    help: 'Answers of Odoo per change',
    labelNames: ['connection', 'kind', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'saas_sync_apply_duration_seconds',
    help: 'Duration of one batch in Odoo',
    labelNames: ['lane_class'],
    buckets: SECONDS,
    registers,
  });
  const size = new Histogram({
    name: 'saas_sync_apply_changes',
    help: 'Changes in one batch to Odoo',
    labelNames: ['lane_class'],
    buckets: SIZES,
    registers,
  });
  const failures = new Counter({
    name: 'saas_sync_odoo_failures_total',
    help: 'Calls to Odoo that failed for a reason that concerns all records',
    labelNames: ['class'],
    registers,
  });
  return {
    effect: (connection, kind, status) => effects.inc({ connection, kind, status }),
    apply: (laneClass, count, ms) => {
      duration.observe({ lane_class: laneClass }, ms / 1_000);
      size.observe({ lane_class: laneClass }, count);
    },
    odooFailure: (failureClass) => failures.inc({ class: failureClass }),
  };
}
