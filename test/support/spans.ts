/** The smallest SDK that keeps spans in memory, written against OpenTelemetry's API as a site's own would be. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  context,
  type ContextManager,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace,
  type Tracer,
  TraceFlags,
} from '@opentelemetry/api';

export interface KeptSpan {
  name: string;
  attributes: Attributes;
  context: SpanContext;
  parent: SpanContext | undefined;
  links: SpanContext[];
  status: { code: number; message?: string };
  ended: number;
}

/** Registers it with the API; `stop` takes it away again. */
export function keepSpans(): { spans: KeptSpan[]; stop: () => void } {
  const spans: KeptSpan[] = [];
  context.setGlobalContextManager(contextManager());
  trace.setGlobalTracerProvider({ getTracer: () => tracerInto(spans) });
  return {
    spans,
    stop: () => {
      trace.disable();
      context.disable();
    },
  };
}

function contextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (here, work, self, ...args) => storage.run(here, () => work.call(self, ...args)),
    bind: (_here, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

function tracerInto(spans: KeptSpan[]): Tracer {
  const startSpan = (name: string, options: SpanOptions = {}, here = context.active()): Span => {
    const parent = trace.getSpanContext(here);
    const number = (spans.length + 1).toString(16);
    const kept: KeptSpan = {
      name,
      attributes: { ...options.attributes },
      context: {
        traceId: parent?.traceId ?? number.padStart(32, '0'),
        spanId: number.padStart(16, '0'),
        traceFlags: TraceFlags.SAMPLED,
      },
      parent,
      links: (options.links ?? []).map((link) => link.context),
      status: { code: 0 },
      ended: 0,
    };
    spans.push(kept);
    return spanOf(kept);
  };
  return {
    startSpan,
    startActiveSpan: (name: string, ...rest: unknown[]) => {
      const work = rest.at(-1) as (span: Span) => unknown;
      const [options, here] = rest.length > 1 ? (rest as [SpanOptions, Context]) : [{}, context.active()];
      const span = startSpan(name, options, here);
      return context.with(trace.setSpan(here, span), () => work(span));
    },
  } as Tracer;
}

function spanOf(kept: KeptSpan): Span {
  const span: Span = {
    spanContext: () => kept.context,
    setAttribute: () => span,
    setAttributes: () => span,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    updateName: () => span,
    recordException: () => {},
    isRecording: () => true,
    setStatus: (status) => {
      kept.status = status;
      return span;
    },
    end: () => void kept.ended++,
  };
  return span;
}
