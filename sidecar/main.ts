/** Wires the sidecar: configuration → store, Odoo, rules, connectors → engine → server. */
import { mkdirSync, readFileSync } from 'node:fs';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { placesOf, readConfig, type Config, type Environment } from './config.ts';
import { connectorOf, connectors } from './connectors/index.ts';
import type { Connector } from './domain/connector.ts';
import { ConfigurationError, type Failure } from './domain/failure.ts';
import {
  createEngine,
  type Engine,
  type Logger,
  type Member,
  type Meter,
  type RulesPort,
  type Tracer,
} from './engine/index.ts';
import { systemClock } from './engine/wake.ts';
import { announce, newToken } from './instance.ts';
import { createLogger } from './log.ts';
import { makeOdooApi, type OdooApi } from './odoo/api.ts';
import { openTransport } from './odoo/transport.ts';
import { loadRules, rulesPort } from './rules/index.ts';
import { createMetrics, createOverload, createServer, machineGauges } from './server/index.ts';
import { openStore } from './store/sqlite/index.ts';
import type { Store } from './store/store.ts';
import { createTracer } from './tracing.ts';

export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Everything but the server. */
export interface Parts {
  config: Config;
  logger: Logger;
  store: Store;
  odoo: OdooApi;
  engine: Engine;
  /** What is running short, if anything. */
  overload: () => Failure | undefined;
}

/** Who looks on, if anybody. */
interface Given {
  meter?: Meter;
  tracer?: Tracer;
  /** See StoreOptions. */
  committed?: (rows: number, ms: number) => void;
  /** See EngineDeps. */
  poke?: () => { url: string; token: string } | null;
  quiet?: boolean;
}

/** Puts the parts together from the environment. Throws ConfigurationError; opens (and locks) the store. */
export function assemble(env: Environment, given: Given = {}): Parts {
  const config = readConfig(env, connectors);
  // Deliveries are kept as they came, so what is here is for the sidecar's user alone.
  mkdirSync(config.home, { recursive: true, mode: 0o700 });
  const logger = createLogger({ level: given.quiet ? 'error' : config.logLevel, secrets: config.secrets });
  const rules = rulesFrom(
    config.rulesFolder,
    config.connections.map(({ system }) => system),
    (warning) => logger.warn(`Rules: ${warning}`),
  );
  const odoo = odooOf(config);
  const store = openStore(config.storePath, given.committed ? { committed: given.committed } : {});
  const overload = createOverload({
    store,
    limits: config.overload,
    gauges: machineGauges(config.storePath === ':memory:' ? config.home : dirname(config.storePath)),
    now: Date.now,
  });
  const engine = createEngine({
    store,
    odoo,
    rules,
    members: membersOf(config),
    clock: systemClock,
    random: Math.random,
    logger,
    version: VERSION,
    pressure: overload,
    ...(given.meter ? { meter: given.meter } : {}),
    ...(given.tracer ? { tracer: given.tracer } : {}),
    ...(given.poke ? { poke: given.poke } : {}),
  });
  return { config, logger, store, odoo, engine, overload };
}

export const odooOf = (config: Config): OdooApi => makeOdooApi(openTransport(config.odoo, config.transport));

/**
 * The rule files of a folder as the engine's decisions, for these connected systems. Throws ConfigurationError with file and
 * line: also for a rule that wants to tell a vendor what its connector cannot write.
 */
export function rulesFrom(
  folder: string,
  systems: readonly string[] = [],
  warn: (warning: string) => void = () => undefined,
): RulesPort {
  const writable = (connector: Connector) => [connector.system, connector.writable] as const;
  const rules = loadRules(folder, Object.fromEntries(connectors.map(writable)));
  rules.warnings.forEach(warn);
  const connected = connectors.filter(({ system }) => systems.includes(system));
  return rulesPort(rules, Object.fromEntries(connected.map(writable)));
}

export function membersOf(config: Config): Member[] {
  return config.connections.map((connection) => ({ connection, connector: connectorOf(connection.system)! }));
}

export interface Running {
  url: string;
  /** Stops in good order; safe to call twice. */
  stop(): Promise<void>;
}

/** Starts the sidecar and listens. Resolves when webhooks are taken. */
export async function serve(env: Environment): Promise<Running> {
  const metrics = createMetrics({ storePath: placesOf(env).storePath });
  const { meter, committed } = metrics;
  const tracer = createTracer(VERSION);
  const local = newToken();
  const pokeToken = newToken();
  let ownUrl: string | undefined;
  const poke = () => pokeOf(config.publicUrl ?? ownUrl, pokeToken);
  const { config, logger, store, engine, overload } = assemble(env, { meter, committed, tracer, poke });
  const server = createServer({
    engine,
    store,
    members: membersOf(config),
    logger,
    metrics,
    tracer,
    overload,
    tokens: { admin: config.adminToken, local, poke: pokeToken },
    version: VERSION,
    now: Date.now,
  });
  try {
    await listen(server, config);
  } catch (error) {
    store.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  ownUrl = url;
  const gone = announce(config.home, { pid: process.pid, url, token: local });
  engine.start();
  logger.info(`saas-sync ${VERSION} listens on port ${port}`, {
    connections: config.connections.map(({ id }) => id).join(', '),
  });
  let stopped: Promise<void> | undefined;
  return {
    url,
    stop: () =>
      (stopped ??= (async () => {
        logger.info('Stopping: work in flight is finished, nothing new is begun');
        const closed = new Promise<void>((done) => server.close(() => done()));
        server.closeIdleConnections();
        await engine.stop();
        server.closeAllConnections();
        await closed;
        gone();
        store.close();
        logger.info('Stopped');
      })()),
  };
}

/** Where Odoo may ring: below the public address, else on this machine. */
const pokeOf = (url: string | undefined, token: string) =>
  url === undefined ? null : { url: `${url.replace(/\/$/, '')}/poke`, token };

function listen(server: http.Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be opened (${error.code})`;
      reject(
        new ConfigurationError('port', `Port ${port} ${why}`, {
          hint: 'Set SAAS_SYNC_PORT to a free port, or stop the other program.',
          cause: error,
        }),
      );
    });
    server.listen(port, host, () => resolve());
  });
}
