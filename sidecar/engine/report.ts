/** What Odoo's screens show: health, counters and exceptions, told often enough to be live and rarely enough to be cheap. */
import type { Parked } from '../store/store.ts';
import { progressOf } from './backfill.ts';
import type { Context, Line } from './context.ts';
import { EVENTS } from './pull.ts';
import type { ConnectionReport, ExceptionReport, Report, StreamReport } from './types.ts';

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
        sidecar: { version: context.version, started_at: iso(context.startedAt) },
        connections,
        exceptions: news.opened.map(exceptionReport),
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
function lasting({ lag_ms: _lag, streams, ...rest }: ConnectionReport): unknown {
  return { ...rest, streams: streams.map(({ name, progress }) => ({ name, progress })) };
}

/** How one connection does. */
export function connectionReport(context: Context, line: Line): ConnectionReport {
  const { store, health, clock } = context;
  const { connection, connector } = line;
  const depth = store.depth().byConnection[line.id];
  const parked = depth?.parked ?? 0;
  const { lastEventAt, ...counters } = store.counters(line.id);
  const { state, message, hint } = health.standing(line.id);
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
    backlog: Math.max(0, (depth?.pending ?? 0) - (parked > 0 ? heldBack(context, line.id) : 0)),
    parked,
    waiting: depth?.waiting ?? 0,
    last_event_at: lastEventAt === null ? null : iso(lastEventAt),
    lag_ms: depth?.oldestAt ? Math.max(0, clock.now() - depth.oldestAt) : 0,
    counters,
    streams: streamsOf(context, line.id),
  };
}

/** Deliveries in lanes that wait for a person: they are no backlog, nobody will work on them by himself. */
function heldBack({ store }: Context, connection: string): number {
  const lanes = store.lanesOf(store.parked({ connection }).map(({ ref }) => ref));
  return lanes.reduce((sum, lane) => sum + (lane?.state === 'parked' ? lane.pending : 0), 0);
}

function streamsOf(context: Context, connection: string): StreamReport[] {
  const events = context.store.cursor(connection, EVENTS);
  const feed = { name: EVENTS, fresh_at: events ? iso(events.at) : null, progress: null };
  const progress = progressOf(context, connection);
  if (!progress || progress.endedAt !== null) return [feed];
  const listings = Object.entries(progress.streams).map(([name, stream]) => ({
    name,
    fresh_at: null,
    progress: stream.done ? 'done' : `${stream.listed} listed`,
  }));
  return [feed, ...listings];
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
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
