/** The engine: everything between the door and Odoo, started and stopped as one. */
import { setMaxListeners } from 'node:events';
import type { Snapshot } from '../domain/connector.ts';
import type { Delivery } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import { CallSizes } from './pace/call-size.ts';
import { Drain } from './pace/drain.ts';
import { setRight } from './clock.ts';
import { createLines } from './lines.ts';
import { list, orderListing } from './listing/listing.ts';
import { carryOut, pullCommands } from './commands.ts';
import { phaseOf, type Phase } from './contact/phase.ts';
import { newId, type Context, type Line } from './context.ts';
import { explainSnapshot, type Explanation } from './recovery/explain.ts';
import { Gate } from './pace/gate.ts';
import { Health } from './pace/health.ts';
import { createIntake, type Intake } from './intake.ts';
import { isListing, progressOf, type Progress } from './listing/progress.ts';
import { catchUp } from './listing/pull.ts';
import { isReady, learning, makeReady, recognise } from './recovery/rebuild.ts';
import { snapshotOf } from './work/read.ts';
import { replay, type ReplayOptions, type ReplayPlan } from './recovery/replay.ts';
import { connectionReport, createReporter } from './report.ts';
import { probe } from './pace/probe.ts';
import { schedule } from './schedule.ts';
import type { ReplaySelector } from './recovery/select.ts';
import { DEFAULT_SETTINGS, type ConnectionReport, type EngineDeps, type OutboxRow } from './types.ts';
import { silentMeter, silentTracer } from './silent.ts';
import { Versions } from './work/versions.ts';
import { Waiters } from './work/waiters.ts';
import { createBell } from './wake.ts';
import { Worker } from './work/worker.ts';

export * from './types.ts';
export { silentMeter, silentTracer } from './silent.ts';
export type { Explanation } from './recovery/explain.ts';
export type { Progress } from './listing/progress.ts';
export type { Finding } from './recovery/look.ts';
export type { ReplayOptions, ReplayPlan } from './recovery/replay.ts';
export type { ReplaySelector } from './recovery/select.ts';
export type { Intake } from './intake.ts';
export type { Parked, Store } from '../store/store.ts';

export interface EngineStatus {
  version: string;
  startedAt: number;
  /** Odoo as last seen: `reachable` is false while its gate is shut; `lastGoodAt` is UTC ms, 0 for never;
   * `nextTryAt` the same, null while it is used. */
  odoo: { reachable: boolean; message: string; hint: string; lastGoodAt: number; nextTryAt: number | null };
  pending: number;
  /** `busy`: getting ready or listing, so more work is on its way even with no backlog. */
  connections: (ConnectionReport & {
    busy: boolean;
    /** Links learnt from Odoo so far, `12000 of 50000`, while a new or lost store is being filled; else null. */
    learning: string | null;
    /** How far the first contact is, while nothing is synchronised because of it; `review`: people decide. */
    contact: Phase['phase'] | null;
  })[];
}

export interface Engine {
  readonly intake: Intake;
  /** Begins to work; returns at once. */
  start(): void;
  /** Begins nothing new, finishes what is in flight (≤ 20 s) and gives the rest back. */
  stop(): Promise<void>;
  /** Works until no lane is ready now and nothing is in flight; does not wait for sleeping lanes. */
  runUntilIdle(): Promise<void>;
  /** Links and first listing of a connection that is new to this store. Returns false while it cannot be done. */
  makeReady(connection: string): Promise<boolean>;
  /** Reads the event feed once; returns how many deliveries were new. */
  pull(connection: string): Promise<number>;
  /** Lists everything (or some streams) to the end, or goes on with a listing that was interrupted. */
  backfill(connection: string, options?: BackfillOptions): Promise<void>;
  /** A full sweep, to the end: lists everything, asks about what is missing, compares with Odoo. Goes on with what was
   * interrupted; if another listing is under way, that comes first. */
  sweep(connection: string, options?: BackfillOptions): Promise<void>;
  /** Asks the vendor who we are; ends a break if it answers. */
  probe(connection: string): Promise<boolean>;
  /** Odoo says that its outbox holds something: it is asked soon. */
  poke(): void;
  /** Odoo's outbox, once. */
  pullCommands(): Promise<number>;
  /** Tells Odoo how things are, if there is news; returns whether it did. */
  report(): Promise<boolean>;
  /** One command as Odoo's outbox or the admin API gives it. */
  command(row: Omit<OutboxRow, 'id'>): Promise<void>;
  explain(connection: string, snapshot: Snapshot): Explanation;
  /** The same for something that arrived; reads the object from the vendor if the delivery is only a hint. */
  explainDelivery(connection: string, id: string): Promise<Explanation>;
  /** Old work once more; a dry run says what would change. */
  replay(selector: ReplaySelector, options: ReplayOptions): Promise<ReplayPlan>;
  status(): EngineStatus;
}

export interface BackfillOptions {
  streams?: readonly string[];
  /** Hears every page. */
  told?: (progress: Progress) => void;
}

/** Puts the parts together. Opens the sessions; does no I/O before `start` or the first call. */
export function createEngine(deps: EngineDeps): Engine {
  const stop = new AbortController();
  // Every loop and every request under way listens to it.
  setMaxListeners(0, stop.signal);
  const context = contextOf(deps, stop.signal);
  const workers = workersOf(context);
  const reporter = createReporter(context);
  let running: Promise<unknown> = Promise.resolve();
  const lineOf = (connection: string) => lineNamed(context, connection);

  return {
    intake: context.intake,
    start() {
      // The store's lock says that no other sidecar runs, so every lease left is a dead one's.
      context.store.reap(Number.MAX_SAFE_INTEGER);
      context.waiters.load(context.store);
      setRight(context);
      running = recognise(context).then(() =>
        Promise.all([...workers.map((each) => each.worker.run(each.bell)), schedule(context, reporter)]),
      );
    },
    async stop() {
      stop.abort();
      const done = new AbortController();
      const patience = deps.clock.sleep(context.settings.stopMs, done.signal);
      await Promise.race([running, patience]);
      // Else the timer would keep the process alive for the rest of its patience.
      done.abort();
    },
    async runUntilIdle() {
      for (;;) {
        const taken = await Promise.all(workers.map(({ worker }) => worker.drain()));
        if (taken.every((count) => count === 0)) return;
      }
    },
    makeReady: (connection) => makeReady(context, lineOf(connection)),
    pull: async (connection) => (await catchUp(context, lineOf(connection))).arrived,
    async backfill(connection, options = {}) {
      const line = lineOf(connection);
      if (!isListing(context, connection))
        orderListing(context, connection, { purpose: 'person', streams: options.streams });
      await list(context, line, options.told);
    },
    async sweep(connection, options = {}) {
      const line = lineOf(connection);
      if (progressOf(context, connection)?.purpose !== 'full' || !isListing(context, connection))
        orderListing(context, connection, { purpose: 'full', streams: options.streams });
      await list(context, line, options.told);
      // Another listing came first.
      if (progressOf(context, connection)?.endedAt === null) await list(context, line, options.told);
    },
    probe: (connection) => probe(context, lineOf(connection)),
    poke: () => context.outbox.ring(),
    pullCommands: () => pullCommands(context),
    report: () => reporter.tick(),
    command: (row) => carryOut(context, { ...row, id: Number.parseInt(newId(context), 36) }),
    explain: (connection, snapshot) =>
      explainSnapshot(snapshot, lineOf(connection), context.rules, context.store),
    explainDelivery: async (connection, id) => {
      const line = lineOf(connection);
      const snapshot = await snapshotOf(deliveryNamed(context, connection, id), line.session);
      return explainSnapshot(snapshot, line, context.rules, context.store);
    },
    replay: (selector, options) => replay(context, selector, options),
    status: () => statusOf(context),
  };
}

function contextOf(deps: EngineDeps, stopping: AbortSignal): Context {
  const { store, clock, random } = deps;
  const now = () => clock.now();
  const meter = deps.meter ?? silentMeter;
  const settings = { ...DEFAULT_SETTINGS, ...deps.settings };
  return {
    store,
    odoo: deps.odoo,
    rules: deps.rules,
    lines: createLines(deps, stopping),
    clock,
    random,
    logger: deps.logger,
    meter,
    tracer: deps.tracer ?? silentTracer,
    settings,
    intake: createIntake(store, deps.logger, meter),
    health: new Health(store, now, random),
    gate: new Gate(now, random),
    sizes: new CallSizes(settings),
    drain: new Drain(),
    pressure: deps.pressure ?? (() => undefined),
    waiters: new Waiters(),
    versions: new Versions(store),
    work: { ring: () => {} },
    outbox: createBell(deps.clock),
    poke: deps.poke ?? (() => null),
    stopping,
    version: deps.version,
    startedAt: clock.now(),
  };
}

/** Two workers per connection, each with a bell of its own; all bells ring together. */
function workersOf(context: Context) {
  const ids = [...context.lines.keys()];
  const stored = Object.keys(context.store.depth().byConnection);
  const workers = [...context.lines.values()].flatMap((line) => {
    const others = () => [...new Set([...ids, ...stored])].filter((id) => id !== line.id);
    return (['master', 'document'] as const).map((laneClass) => ({
      worker: new Worker(context, line, laneClass, others()),
      bell: createBell(context.clock),
    }));
  });
  const ring = () => {
    for (const { bell } of workers) bell.ring();
  };
  context.work = { ring };
  context.store.onReady(ring);
  return workers;
}

function lineNamed(context: Context, connection: string): Line {
  const line = context.lines.get(connection);
  if (line) return line;
  const known = [...context.lines.keys()].join(', ') || 'none';
  throw new Failure('invalid_data', 'unknown_connection', `There is no connection "${connection}"`, {
    hint: `connections.yaml has: ${known}.`,
  });
}

function deliveryNamed(context: Context, connection: string, id: string): Delivery {
  const delivery = context.store.delivery(connection, id);
  if (delivery) return delivery;
  throw new Failure('invalid_data', 'unknown_delivery', `There is no delivery "${id}" on ${connection}`, {
    hint: 'Ids are in the journal, in the log and on every exception.',
  });
}

function statusOf(context: Context): EngineStatus {
  const { gate, store, version, startedAt } = context;
  return {
    version,
    startedAt,
    odoo: {
      reachable: !gate.shut && gate.failure === undefined,
      message: gate.failure?.message ?? '',
      hint: gate.failure?.hint ?? '',
      lastGoodAt: gate.lastGoodAt,
      nextTryAt: gate.failure ? gate.until : null,
    },
    pending: store.depth().pending,
    connections: [...context.lines.values()].map((line) => ({
      ...connectionReport(context, line),
      busy: !isReady(context, line.id) || isListing(context, line.id),
      learning: learning(context, line.id) ?? null,
      contact: phaseOf(context, line.id)?.phase ?? null,
    })),
  };
}
