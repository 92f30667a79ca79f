// A PostgreSQL cluster of its own under var/postgres. The system's cluster is never touched.
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
  chownSync,
} from 'node:fs';
import { join } from 'node:path';
import { inVar, ordinaryAccount, privateFolder } from './paths.ts';
import { freePort } from './ports.ts';
import { lastLines, mustRun, run, SetupError, type Command } from './process.ts';
import type { Progress } from './progress.ts';

/** How to reach the cluster. Odoo refuses the role `postgres`, so it has one of its own. */
export interface Cluster {
  host: '127.0.0.1';
  port: number;
  user: 'odoo';
  password: string;
  /** Whether this process started it. */
  started: boolean;
}

const PROGRAMS = '/usr/lib/postgresql';
const folder = (...parts: string[]): string => inVar('postgres', ...parts);
const settingsFile = (): string => folder('cluster.json');

type Settings = Pick<Cluster, 'port' | 'password'>;

/** Reads the remembered port and password; anything else than that is an error. */
export function parseSettings(text: string): Settings {
  const { port, password } = JSON.parse(text) as Partial<Settings>;
  if (!Number.isInteger(port) || typeof password !== 'string')
    throw new SetupError('cluster.json is damaged.');
  return { port: port as number, password };
}

/** The running cluster: created at the first call, started when it does not run. */
export async function cluster(progress: Progress): Promise<Cluster> {
  privateFolder(folder(), ordinaryAccount());
  if (!existsSync(folder('data'))) await progress.step('PostgreSQL cluster', createCluster);
  const settings = parseSettings(readFileSync(settingsFile(), 'utf8'));
  const started = !(await isRunning());
  if (started) await progress.step('Starting PostgreSQL', () => startCluster(settings));
  const connection: Cluster = { host: '127.0.0.1', user: 'odoo', ...settings, started };
  return connection;
}

/** Stops the cluster, if it runs. */
export async function stopCluster(): Promise<void> {
  if (!existsSync(folder('data')) || !(await isRunning())) return;
  await mustRun(program('pg_ctl', ['stop', '-D', folder('data'), '-m', 'fast', '-w']), 'Stopping PostgreSQL');
}

/** A power cut: all of PostgreSQL ends at once and tidies up nothing; what was committed is in its log. */
export async function crashCluster(): Promise<void> {
  await mustRun(
    program('pg_ctl', ['stop', '-D', folder('data'), '-m', 'immediate', '-w']),
    'Cutting the power',
  );
}

/**
 * Stops in good order and starts again, which makes a checkpoint. PostgreSQL 15 needs one between cloning a database and a
 * crash: the clone's sequences fall back to the template's values otherwise, and its next ids exist already.
 */
export async function settleCluster(): Promise<void> {
  await stopCluster();
  await restartCluster();
}

/** Starts the cluster again after a crash; resolves when it has recovered and answers. */
export const restartCluster = (): Promise<void> =>
  startCluster(parseSettings(readFileSync(settingsFile(), 'utf8')));

/** Whether the cluster exists and runs. */
export const isRunning = async (): Promise<boolean> =>
  existsSync(folder('data')) && (await run(program('pg_ctl', ['status', '-D', folder('data')]))).code === 0;

/** psql as the role odoo, answering with bare values. */
export function psql(at: Omit<Cluster, 'started'>, database: string, statement: string): Command {
  const options = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  const where = ['-h', at.host, '-p', String(at.port), '-U', at.user, '-d', database];
  return {
    file: 'psql',
    args: [...options, ...where, '-c', statement],
    env: { ...process.env, PGPASSWORD: at.password },
  };
}

function program(name: string, args: string[]): Command {
  return { file: join(PROGRAMS, clusterVersion(), 'bin', name), args, ...ordinaryAccount() };
}

// A cluster can only be run by the version that made it; a new one takes the newest.
function clusterVersion(): string {
  const versions = existsSync(PROGRAMS)
    ? readdirSync(PROGRAMS).filter((name) => existsSync(join(PROGRAMS, name, 'bin/initdb')))
    : [];
  const made = existsSync(folder('data/PG_VERSION'))
    ? readFileSync(folder('data/PG_VERSION'), 'utf8').trim()
    : undefined;
  const version = made ?? versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  if (version && versions.includes(version)) return version;
  if (!made)
    throw new SetupError(`No PostgreSQL server under ${PROGRAMS}; install Debian's package "postgresql".`);
  throw new SetupError(
    `The cluster in ${folder('data')} is PostgreSQL ${made}, which is not installed any more. Delete it.`,
  );
}

async function createCluster(): Promise<void> {
  requireSpace();
  const account = ordinaryAccount();
  const building = folder('data.partial');
  const secret = folder('password');
  const settings: Settings = { port: await freePort(), password: randomBytes(18).toString('base64url') };
  rmSync(building, { recursive: true, force: true });
  writeFileSync(secret, settings.password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) chownSync(secret, account.uid, account.gid);
  const options = [
    '--username=admin',
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
  ];
  await mustRun(program('initdb', ['-D', building, ...options]), 'Creating the PostgreSQL cluster');
  rmSync(secret);
  appendFileSync(join(building, 'postgresql.conf'), configuration(settings.port));
  writeFileSync(settingsFile(), JSON.stringify(settings), { mode: 0o600 });
  await addRole(building, settings.password);
  renameSync(building, folder('data'));
}

// Durability stays as in production (fsync and synchronous_commit on): timings measured here are honest.
const configuration = (port: number): string => `
# saas_sync development cluster
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
`;

// Odoo's own role may create databases and nothing more, as in a careful production. Single-user mode needs no
// server, hence no moment in which a half-made cluster listens.
async function addRole(data: string, password: string): Promise<void> {
  const stdin = `create role odoo login createdb password '${password}'\n`;
  await mustRun(program('postgres', ['--single', '-D', data, 'postgres']), "Creating Odoo's role", { stdin });
}

async function startCluster({ port }: Settings): Promise<void> {
  const log = folder('postgres.log');
  const result = await run(program('pg_ctl', ['start', '-D', folder('data'), '-l', log, '-w', '-t', '60']));
  if (result.code === 0) return;
  const said = existsSync(log) ? lastLines(readFileSync(log, 'utf8'), 15) : result.stderr;
  const hint = /Address already in use/.test(said)
    ? `Port ${port} is taken by another program; end it, or change the port in postgresql.conf and cluster.json under ${folder()}.\n`
    : '';
  throw new SetupError(`PostgreSQL does not start. ${hint}Its log:\n${said}`);
}

function requireSpace(): void {
  const { bavail, bsize } = statfsSync(folder());
  const gigabytes = (bavail * bsize) / 1e9;
  if (gigabytes < 3)
    throw new SetupError(`Odoo and its databases need 3 GB; only ${gigabytes.toFixed(1)} GB are free.`);
}
