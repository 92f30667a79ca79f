/** OpenTelemetry traces through its API alone: they go wherever the SDK of the site sends them, and nowhere without one. */
import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { asFailure } from './domain/failure.ts';
import { silentTracer, type SpanAbout, type SpanName, type Tracer } from './engine/index.ts';

/** The ways of so many deliveries are remembered; an older one begins a trace of its own, found by its delivery id. */
const MOST_WAYS = 10_000;

const KINDS: Record<SpanName, SpanKind> = {
  hook: SpanKind.SERVER,
  work: SpanKind.CONSUMER,
  read: SpanKind.CLIENT,
  plan: SpanKind.INTERNAL,
  apply: SpanKind.CLIENT,
  push: SpanKind.CLIENT,
};

/**
 * The engine's tracer. Spans hold ids and counts only; of a failure its code, because a message may name a person. An SDK
 * has to be there before the sidecar starts (`--import`); without one this costs nothing.
 */
export function createTracer(version: string): Tracer {
  const tracer = trace.getTracer('saas_sync', version);
  const start = tracer.startSpan('saas_sync.start');
  start.end();
  if (!isSpanContextValid(start.spanContext())) return silentTracer;
  const ways = new Ways();
  return {
    span(name, about, work) {
      const options = { kind: KINDS[name], attributes: attributesOf(about), links: ways.linksTo(about) };
      return tracer.startActiveSpan(`saas_sync.${name}`, options, ways.parentOf(name, about), (span) => {
        if (name === 'work') ways.remember(about.connection, about.delivery ?? '', span.spanContext());
        return within(span, work);
      });
    },
    began(connection, deliveries) {
      const here = trace.getActiveSpan()?.spanContext();
      if (here) for (const delivery of deliveries) ways.remember(connection, delivery, here);
    },
  };
}

/** Where each delivery was seen last: the store carries no trace, so this lives as long as the process. */
class Ways {
  readonly #last = new Map<string, SpanContext>();

  remember(connection: string, delivery: string, point: SpanContext): void {
    if (!isSpanContextValid(point)) return;
    const key = `${connection}/${delivery}`;
    this.#last.delete(key);
    this.#last.set(key, point);
    if (this.#last.size > MOST_WAYS) this.#last.delete(this.#last.keys().next().value!);
  }

  /** A worker is woken by anybody, so the way goes on from the delivery and not from who rang. */
  parentOf(name: SpanName, { connection, delivery }: SpanAbout): Context {
    if (name !== 'work' && name !== 'apply') return context.active();
    const point = this.#last.get(`${connection}/${delivery}`);
    return point ? trace.setSpanContext(ROOT_CONTEXT, point) : ROOT_CONTEXT;
  }

  linksTo({ connection, deliveries = [] }: SpanAbout): Link[] {
    if (this.#last.size === 0) return [];
    return deliveries.flatMap((delivery) => {
      const point = this.#last.get(`${connection}/${delivery}`);
      return point ? [{ context: point, attributes: { 'saas_sync.delivery': delivery } }] : [];
    });
  }
}

function attributesOf({ connection, delivery, lane, batch, changes }: SpanAbout): Attributes {
  return {
    'saas_sync.connection': connection,
    ...(delivery === undefined ? {} : { 'saas_sync.delivery': delivery }),
    ...(lane === undefined ? {} : { 'saas_sync.lane': lane }),
    ...(batch === undefined ? {} : { 'saas_sync.batch': batch }),
    ...(changes === undefined ? {} : { 'saas_sync.changes': changes }),
  };
}

/** Ends the span with the work, whether it answers at once or later. */
function within<T>(span: Span, work: () => T): T {
  const failed = (error: unknown): never => {
    span.setStatus({ code: SpanStatusCode.ERROR, message: asFailure(error).code });
    span.end();
    throw error;
  };
  let answer: T;
  try {
    answer = work();
  } catch (error) {
    return failed(error);
  }
  if (answer instanceof Promise)
    return answer.then((value: unknown) => {
      span.end();
      return value;
    }, failed) as T;
  span.end();
  return answer;
}
