/** Starts and stops the real sidecar as a process of its own, as a customer would run it. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axios from 'axios';

export interface SidecarOptions {
  /** State folder (SAAS_SYNC_HOME). */
  home: string;
  port: number;
  odoo: { url: string; database: string; apiKey: string };
  /** Content of connections.yaml, as an object (JSON is YAML). */
  connections: unknown;
  env?: Record<string, string>;
}

export interface Sidecar {
  url: string;
  pid: number;
  adminToken: string;
  logFile: string;
  status(): Promise<SidecarStatus>;
  /** Resolves when nothing is pending; throws after `timeoutMs` with the last status in words. */
  idle(timeoutMs?: number): Promise<void>;
  /** Reads and applies everything again that ever arrived; returns how many records. */
  replayAll(connection: string): Promise<number>;
  /** Catches up with the vendor's event log now. */
  pull(connection: string): Promise<void>;
  /** SIGTERM, waits for the graceful end. */
  stop(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
}

/** The part of `/admin/v1/status` that the demo and the tests look at. */
export interface SidecarStatus {
  connections: {
    id: string;
    state: string;
    message: string;
    hint: string;
    backlog: number;
    parked: number;
    waiting: number;
    busy: boolean;
    /** How far the first contact is; `review`: it waits for people. */
    contact: string | null;
    counters: { received: number; applied: number; unchanged: number; failed: number };
  }[];
}

export const ADMIN_TOKEN = 'demo-admin-token';

export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  mkdirSync(options.home, { recursive: true });
  writeFileSync(join(options.home, 'connections.yaml'), JSON.stringify(options.connections, null, 2));
  const logFile = join(options.home, 'sidecar.log');
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['bin/saas-sync.mjs', 'serve'], {
    stdio: ['ignore', log, log],
    env: environmentOf(options),
  });
  const url = `http://127.0.0.1:${options.port}`;
  await ready(child, url, logFile);
  return handle(child, url, logFile);
}

/** Runs one command of the command line with the same settings; resolves with what it wrote, to both outputs. */
export function runSidecarCommand(
  options: SidecarOptions,
  ...words: string[]
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const env = environmentOf(options);
    execFile(process.execPath, ['bin/saas-sync.mjs', ...words], { env, timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: out + err }),
    );
  });
}

const environmentOf = (options: SidecarOptions): NodeJS.ProcessEnv => ({
  ...process.env,
  SAAS_SYNC_HOME: options.home,
  SAAS_SYNC_CONNECTIONS: join(options.home, 'connections.yaml'),
  SAAS_SYNC_PORT: String(options.port),
  SAAS_SYNC_ADMIN_TOKEN: ADMIN_TOKEN,
  ODOO_URL: options.odoo.url,
  ODOO_DB: options.odoo.database,
  ODOO_API_KEY: options.odoo.apiKey,
  ...options.env,
});

async function ready(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`The sidecar ended at once; its log is ${logFile}`);
    const answer = await axios.get(`${url}/healthz`, { validateStatus: () => true }).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(100);
  }
  throw new Error(`The sidecar did not become ready within a minute; its log is ${logFile}`);
}

function handle(child: ChildProcess, url: string, logFile: string): Sidecar {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  const admin = axios.create({
    baseURL: `${url}/admin/v1`,
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    timeout: 60_000,
  });
  const status = async () => (await admin.get<SidecarStatus>('/status')).data;
  return {
    url,
    pid: child.pid ?? 0,
    adminToken: ADMIN_TOKEN,
    logFile,
    status,
    idle: (timeoutMs = 300_000) => idle(status, timeoutMs),
    replayAll: async (connection) => {
      const { data } = await admin.post<{ records: number }>('/replay', { connection, dry_run: false });
      return data.records;
    },
    pull: async (connection) => {
      await admin.post(`/connections/${connection}/pull`);
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Quiet three times in a row: work that leads to more work must not look like the end. */
async function idle(status: () => Promise<SidecarStatus>, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  let quiet = 0;
  let last: SidecarStatus | undefined;
  while (Date.now() < until) {
    last = await status();
    const rests = last.connections.every(
      ({ backlog, busy, contact }) => contact === 'review' || (backlog === 0 && !busy),
    );
    quiet = rests ? quiet + 1 : 0;
    if (quiet >= 3) return;
    await pause(150);
  }
  throw new Error(`The sidecar is still at work after ${timeoutMs / 1000} s: ${JSON.stringify(last)}`);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
