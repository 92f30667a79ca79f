/** One process of the sidecar in a simulated world: the real engine, store, connector and rules on simulated lines. */
import { Transient } from '../../sidecar/domain/failure.ts';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Connector, RawDelivery, Session, Transport } from '../../sidecar/domain/connector.ts';
import {
  createEngine,
  type Clock,
  type Engine,
  type Logger,
  type OdooPort,
  type RulesPort,
} from '../../sidecar/engine/index.ts';
import { makeOdooApi } from '../../sidecar/odoo/api.ts';
import type { OdooTransport } from '../../sidecar/odoo/client.ts';
import { openStore, type SqliteStore } from '../../sidecar/store/sqlite/index.ts';
import type { Random } from './random.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** What a store says when its disk is full. */
export const DISK_FULL = 'the disk is full';
const WRITES = [
  'put',
  'claim',
  'ack',
  'ackAll',
  'fail',
  'wait',
  'park',
  'reap',
  'retry',
  'saveLinks',
  'saveCursor',
  'saveSetting',
  'dropExceptionNews',
] as const satisfies readonly (keyof SqliteStore)[];

/** Wrappers around what the engine is given: how a defect gets in without a switch in the product. */
export interface Tampering {
  store?: (store: SqliteStore) => SqliteStore;
  odoo?: (odoo: OdooPort, random: Random) => OdooPort;
  connector?: (connector: Connector) => Connector;
  session?: (session: Session, store: SqliteStore) => Session;
  rules?: (rules: RulesPort) => RulesPort;
}

/** One account of one system, and how it is reached. */
export interface Account {
  connection: Connection;
  connector: Connector;
  transport: Transport;
}

export interface SidecarDeps {
  scheduler: Scheduler;
  random: Random;
  owner: Owner;
  /** Milliseconds by which the machine's clock is wrong. */
  skew: () => number;
  odoo: OdooTransport;
  accounts: readonly Account[];
  rules: RulesPort;
  /** The store as the process before left it; undefined for a new one. */
  from: Buffer | undefined;
  /** The disk takes nothing at the moment. */
  diskFull: () => boolean;
  tampering: Tampering;
  /** Looks at what the engine does to its store and to Odoo. */
  watch: { store: (store: SqliteStore) => SqliteStore; odoo: (odoo: OdooPort) => OdooPort };
  logged: (level: string, message: string, fields: Record<string, unknown>) => void;
}

export interface Sidecar {
  engine: Engine;
  store: SqliteStore;
  /** Resolves with the ids of what a webhook told, once that is acknowledged. */
  hook(connection: string, raw: RawDelivery): Promise<string[]>;
}

export function startSidecar(deps: SidecarDeps): Sidecar {
  const { scheduler, random, owner, tampering, watch } = deps;
  const clock = clockOf(deps);
  const timing = {
    later: (work: () => void, ms: number) => scheduler.after(ms, 'store commits', work, owner),
    elapsed: () => scheduler.now,
  };
  const from = deps.from ? { from: deps.from } : {};
  const opened = onDisk(openStore(':memory:', { now: clock.now, timing, ...from }), deps.diskFull);
  const store = watch.store(tampering.store?.(opened) ?? opened);
  const members = deps.accounts.map(({ connection, connector }) => {
    return { connection, connector: tampering.connector?.(connector) ?? connector };
  });
  const transports = new Map(deps.accounts.map(({ connection, transport }) => [connection.id, transport]));
  const api = makeOdooApi(deps.odoo);
  const odoo = watch.odoo(api);
  const engine = createEngine({
    store,
    odoo: tampering.odoo?.(odoo, random) ?? odoo,
    rules: tampering.rules?.(deps.rules) ?? deps.rules,
    members,
    open: ({ connection, connector }, about) => {
      const session = connector.open(connection, { ...about, transport: transports.get(connection.id)! });
      return tampering.session?.(session, store) ?? session;
    },
    clock,
    random: random.next,
    logger: loggerOf(deps),
    settings: {
      mastersPerCall: 8,
      documentsPerCall: 5,
      leaseMs: random.pick([20_000, 60_000, 300_000]),
      outboxMs: 4_000,
      reportMs: 15_000,
    },
    version: '0.0.0',
  });
  engine.start();
  return {
    engine,
    store,
    async hook(id, raw) {
      const { connection, connector } = members.find((each) => each.connection.id === id)!;
      const { deliveries } = connector.receive({ ...raw, receivedAt: clock.now() }, connection);
      if (deliveries.length > 0) await engine.intake.put(deliveries);
      return deliveries.map(({ id }) => id);
    },
  };
}

/** Whatever writes fails while the disk is full; nothing of it is written then. */
function onDisk(store: SqliteStore, isFull: () => boolean): SqliteStore {
  const guarded: Record<string, unknown> = { ...store };
  for (const name of WRITES) {
    const write = store[name] as (...args: unknown[]) => unknown;
    guarded[name] = (...args: unknown[]) => {
      if (!isFull()) return write(...args);
      const full = new Transient('store_full', DISK_FULL);
      if (name === 'put') return Promise.reject(full);
      throw full;
    };
  }
  return guarded as unknown as SqliteStore;
}

function clockOf({ scheduler, owner, skew }: SidecarDeps): Clock {
  return {
    now: () => scheduler.now + skew(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const woken = () => {
          callOff();
          if (owner.alive) resolve();
        };
        const callOff = scheduler.after(
          ms,
          'timer',
          () => {
            signal?.removeEventListener('abort', woken);
            resolve();
          },
          owner,
        );
        signal?.addEventListener('abort', woken, { once: true });
      }),
  };
}

function loggerOf({ logged, owner }: SidecarDeps): Logger {
  const to =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      if (owner.alive) logged(level, message, fields);
    };
  return { debug: () => {}, info: to('info'), warn: to('warn'), error: to('error') };
}
