// A serving Odoo: prefork workers, a cron thread, the websocket process, and the proxy that joins them.
import { readFileSync } from 'node:fs';
import type { OdooServer, ServeOptions } from './index.ts';
import type { Machine } from './machine.ts';
import { inVar } from './paths.ts';
import { freePort, isListening } from './ports.ts';
import {
  daemon,
  endLeftovers,
  isOwned,
  lastLines,
  recordedProcesses,
  SetupError,
  type Daemon,
} from './process.ts';
import { reverseProxy, type Upstream } from './proxy.ts';

const PATIENCE = 180_000;
const RESTART_PAUSE = 300;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts Odoo for one database and returns when it answers. */
export async function startServer(
  machine: Machine,
  database: string,
  options: ServeOptions,
): Promise<OdooServer> {
  await endLeftovers();
  const other = recordedProcesses().find(
    (record) => record.database === database && record.url && isOwned(record),
  );
  if (other)
    throw new SetupError(`Process ${other.owner.pid} serves the database ${database} already: ${other.url}`);
  const upstream: Upstream = { http: await freePort(), gevent: await freePort() };
  const proxy = await reverseProxy(upstream, options.port ?? 0);
  const url = `http://127.0.0.1:${proxy.port}`;
  const logFile = inVar('log', `${database}-server.log`);
  try {
    await machine.sql(database, `update ir_config_parameter set value = '${url}' where key = 'web.base.url'`);
    const command = machine.odoo(
      serverArguments(database, options.workers ?? 2, upstream),
      Object.values(upstream),
    );
    const details = { label: 'odoo server', database, url };
    let odoo = daemon(command, logFile, details);
    const stopped = new AbortController();
    const keepUp = async (): Promise<void> => {
      for (await odoo.exited; !stopped.signal.aborted; await odoo.exited) {
        await sleep(RESTART_PAUSE);
        await untilFree(upstream);
        if (!stopped.signal.aborted) odoo = daemon(command, logFile, details, 'a');
      }
    };
    await untilReady(odoo, upstream, logFile);
    if (options.keepUp) void keepUp();
    return {
      url,
      database,
      login: 'admin',
      password: 'admin',
      logFile,
      stop: async () => {
        stopped.abort();
        await Promise.all([odoo.stop(), proxy.stop()]);
      },
      kill: async () => {
        requireProcesses(machine);
        await odoo.kill();
        await untilFree(upstream);
      },
      ready: () => untilReady({ running: true, stop: async () => {} }, upstream, logFile),
    };
  } catch (error) {
    await proxy.stop();
    throw error;
  }
}

/** A container outlives the client that would be killed here. */
function requireProcesses(machine: Machine): void {
  if (machine.postgres) return;
  throw new SetupError('Killing Odoo is possible only where it is a process of this machine, not in Docker.');
}

/** Workers end a moment after the process that led them. */
async function untilFree({ http, gevent }: Upstream): Promise<void> {
  while ((await isListening(http)) || (await isListening(gevent))) await sleep(20);
}

function serverArguments(database: string, workers: number, { http, gevent }: Upstream): string[] {
  const filter = `^${database.replaceAll('-', '\\-')}$`;
  const ports = [`--http-port=${http}`, `--gevent-port=${gevent}`];
  return [
    '-d',
    database,
    `--db-filter=${filter}`,
    ...ports,
    `--workers=${workers}`,
    '--max-cron-threads=1',
    '--proxy-mode',
  ];
}

async function untilReady(
  odoo: Pick<Daemon, 'running' | 'stop'>,
  { http, gevent }: Upstream,
  logFile: string,
): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
    if (!odoo.running)
      throw new SetupError(`Odoo ended while it started:\n${tail(logFile)}\nThe whole log: ${logFile}`);
    if ((await isHealthy(http)) && (await isListening(gevent))) return;
    await sleep(150);
  }
  await odoo.stop();
  throw new SetupError(`Odoo did not become ready in ${PATIENCE / 1000} s:\n${tail(logFile)}`);
}

const tail = (logFile: string): string => lastLines(readFileSync(logFile, 'utf8'), 30);

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/web/health`)).ok;
  } catch {
    return false; // not listening yet
  }
}
