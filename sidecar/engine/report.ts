/** What Odoo's screens show: health, counters and exceptions, told often enough to be live and rarely enough to be cheap. */
import { concernOf } from '../domain/failure.ts';
import type { LaneClass } from '../domain/reference.ts';
import type { Parked } from '../store/store.ts';
import type { Context, Line } from './context.ts';
import { brakesOf, streamsOf } from './listing/streams.ts';
import type { BudgetReport, ConflictReport, ConnectionReport, ExceptionReport, Report } from './types.ts';

/** Exceptions told in one call. */
const NEWS_AT_ONCE = 100;
/** A report is due after this long even if nothing changed. */
const AT_LEAST_MS = 60_000;

export interface Reporter {
  /** Reports if there is news or it is time; returns whether it did. Throws Failures of Odoo. */
  tick(): Promise<boolean>;
}

export function createReporter(context: Context): Reporter {
  let toldAt = 0;
  let told = '';
  return {
    async tick() {
      const { store, clock, odoo } = context;
      const news = store.takeExceptionNews(NEWS_AT_ONCE);
      const connections = [...context.lines.values()].map((line) => connectionReport(context, line));
      const picture = JSON.stringify(connections.map(lasting));
      const fresh = news.opened.length > 0 || news.resolved.length > 0 || picture !== told;
      if (!fresh && clock.now() - toldAt < AT_LEAST_MS) return false;
      await odoo.report({
        sidecar: { version: context.version, started_at: iso(context.startedAt), poke: context.poke() },
        connections,
        exceptions: news.opened.filter((parked) => !isConflict(parked)).map(exceptionReport),
        conflicts: news.opened.flatMap(conflictReport),
        resolved: news.resolved.map(({ connection, kind, externalId }) => ({
          connection,
          kind,
          external_id: externalId,
        })),
      } satisfies Report);
      // Only now: news dropped before Odoo's answer would be lost with the answer.
      store.dropExceptionNews(news.position);
      toldAt = clock.now();
      told = picture;
      return true;
    },
  };
}

/** A report without what changes by the mere passing of time. */
function lasting({
  lag_ms: _lag,
  eta_ms: _eta,
  budget: _budget,
  streams,
  ...rest
}: ConnectionReport): unknown {
  return { ...rest, streams: streams.map(({ name, progress, last }) => ({ name, progress, last })) };
}

/** How one connection does. */
export function connectionReport(context: Context, line: Line): ConnectionReport {
  const { store, health, clock } = context;
  const { connection, connector } = line;
  const depth = store.depth().byConnection[line.id];
  const parked = depth?.parked ?? 0;
  const { lastEventAt, ...counters } = store.counters(line.id);
  const { state, message, hint, nextTryAt } = health.standing(line.id);
  const backlog = backlogOf(context, line.id);
  return {
    id: line.id,
    name: connection.name ?? line.id,
    system: connector.system,
    system_name: connector.title,
    environment: connection.environment,
    company: connection.company,
    state,
    message,
    hint,
    backlog: backlog.master + backlog.document,
    parked,
    waiting: depth?.waiting ?? 0,
    last_event_at: lastEventAt === null ? null : iso(lastEventAt),
    lag_ms: depth?.oldestAt ? Math.max(0, clock.now() - depth.oldestAt) : 0,
    counters,
    streams: streamsOf(context, line),
    brakes: brakesOf(context, line.id),
    eta_ms: etaOf(context, line.id, backlog),
    next_try_at: nextTryAt === null ? null : iso(nextTryAt),
    budget: budgetOf(line),
    watch: watchOf(context, line),
  };
}

/** Where nobody can be told anything, Odoo need not tell us of edits; it still shows who owns what. */
function watchOf({ rules }: Context, { connector, session }: Line): ConnectionReport['watch'] {
  const watch = rules.watch(connector.system);
  if (session.push) return watch;
  return Object.fromEntries(
    Object.entries(watch).map(([kind, { model, fields }]) => {
      const quiet = Object.entries(fields).map(([name, field]) => [name, { ...field, outward: false }]);
      return [kind, { model, fields: Object.fromEntries(quiet) }];
    }),
  );
}

/** What anybody works on: pending, without what waits for a person. */
function backlogOf({ store }: Context, connection: string): Record<LaneClass, number> {
  const { pending = 0, documents = 0, parked = 0 } = store.depth().byConnection[connection] ?? {};
  const held = parked > 0 ? store.held(connection) : { master: 0, document: 0 };
  return {
    master: Math.max(0, pending - documents - held.master),
    document: Math.max(0, documents - held.document),
  };
}

function etaOf({ drain, health, gate, clock }: Context, id: string, backlog: Record<LaneClass, number>) {
  const working = !health.blocked(id) && !gate.shut;
  for (const laneClass of ['master', 'document'] as const)
    drain.look(id, laneClass, { at: clock.now(), backlog: backlog[laneClass], working });
  return health.paused(id) || health.broken(id) ? null : drain.etaMs(id);
}

function budgetOf({ session }: Line): BudgetReport | null {
  const budget = session.budget?.() ?? null;
  if (!budget) return null;
  const { left, of, perMs, resetsAt } = budget;
  return { left, of, per_ms: perMs, resets_at: resetsAt === null ? null : iso(resetsAt) };
}

/** Stands still for its conflict alone: the screen for conflicts is where that ends. */
const isConflict = ({ cause, conflict }: Parked): boolean => cause === 'conflict' && conflict !== undefined;

function conflictReport(parked: Parked): ConflictReport[] {
  const { ref, conflict } = parked;
  if (!conflict) return [];
  return [
    {
      connection: ref.connection,
      kind: ref.kind,
      external_id: ref.externalId,
      label: parked.label,
      url: parked.url ?? null,
      model: conflict.model,
      res_id: conflict.resId,
      since: iso(parked.firstAt),
      fields: conflict.fields.map(({ odooSide, otherSide, ...field }) => ({
        ...field,
        odoo_by: odooSide?.by ?? null,
        odoo_at: odooSide ? iso(odooSide.at) : null,
        other_by: otherSide?.by ?? null,
        other_at: otherSide ? iso(otherSide.at) : null,
      })),
    },
  ];
}

function exceptionReport(parked: Parked): ExceptionReport {
  return {
    connection: parked.ref.connection,
    kind: parked.ref.kind,
    external_id: parked.ref.externalId,
    cause: parked.cause,
    code: parked.code,
    message: parked.message,
    hint: parked.hint ?? null,
    args: parked.args,
    label: parked.label,
    rule: parked.rule ?? null,
    delivery: parked.delivery,
    reason: parked.reason,
    attempts: parked.attempts,
    first_at: iso(parked.firstAt),
    last_at: iso(parked.lastAt),
    amount: parked.amount ?? null,
    currency: parked.currency ?? null,
    partner: parked.partner ?? null,
    url: parked.url ?? null,
    payload: parked.payload,
    concerns: concernOf(parked.cause, parked.code),
    document: parked.document ?? null,
    correctable: parked.correctable ?? [],
    source_digest: parked.sourceDigest ?? null,
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
