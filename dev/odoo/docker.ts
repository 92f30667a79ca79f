// Odoo and PostgreSQL from Docker's official images, where an engine runs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { Machine } from './machine.ts';
import { ADDONS, inVar } from './paths.ts';
import { mustRun, run, type Command } from './process.ts';
import type { Progress } from './progress.ts';

const ODOO = 'odoo:19.0';
const POSTGRES = 'postgres:16';
const NAME = 'saas-sync-dev'; // of the network, the database container and the volumes' prefix
const FILES = '/var/lib/odoo/filestore';

const docker = (...args: string[]): Command => ({ file: 'docker', args });

/** Whether an engine answers; the client alone is not enough. */
export const dockerRuns = async (): Promise<boolean> =>
  (await run(docker('info'), { timeout: 5000 })).code === 0;

/** Prepares the images, a network and a running PostgreSQL container. */
export async function dockerMachine(progress: Progress): Promise<Machine> {
  for (const image of [POSTGRES, ODOO]) {
    if ((await run(docker('image', 'inspect', image))).code === 0) continue;
    await progress.step(`Image ${image}`, () =>
      mustRun(docker('pull', '--quiet', image), `Pulling ${image}`),
    );
  }
  const password = rememberedPassword();
  await run(docker('network', 'create', NAME)); // fails harmlessly when it exists
  const started = await startPostgres(password);
  const odoo = (options: string[], command: string[]): Command =>
    docker(
      'run',
      '--rm',
      '-i',
      `--network=${NAME}`,
      `--volume=${NAME}-odoo:/var/lib/odoo`,
      ...options,
      ODOO,
      ...command,
    );
  const shell = (script: string, what: string): Promise<string> =>
    mustRun(odoo(['--entrypoint=sh'], ['-c', script]), what);

  return {
    version: ODOO,
    odoo: (args, ports = []) => {
      const published = ports.map((port) => `--publish=127.0.0.1:${port}:${port}`);
      const mounts = existsSync(ADDONS) ? [`--volume=${ADDONS}:/mnt/extra-addons:ro`] : [];
      const access = [`--env=HOST=${NAME}-postgres`, '--env=USER=odoo', '--env=PASSWORD'];
      const mail = args[0]?.startsWith('-') ? ['--smtp=127.0.0.1', '--smtp-port=1'] : [];
      const command = odoo([...published, ...mounts, ...access], ['odoo', ...args, ...mail]);
      return { ...command, env: { ...process.env, PASSWORD: password } };
    },
    sql: async (database, statement) => {
      const psql = [
        'psql',
        '-X',
        '-q',
        '-A',
        '-t',
        '-v',
        'ON_ERROR_STOP=1',
        '-U',
        'odoo',
        '-d',
        database,
        '-c',
        statement,
      ];
      return (await mustRun(docker('exec', `${NAME}-postgres`, ...psql), `SQL on ${database}`)).trim();
    },
    copyFiles: async (from, to) =>
      void (await shell(
        `test ! -d ${FILES}/${from} || cp -a ${FILES}/${from} ${FILES}/${to}`,
        'Copying files',
      )),
    moveFiles: async (from, to) =>
      void (await shell(
        `test ! -d ${FILES}/${from} || mv -T ${FILES}/${from} ${FILES}/${to}`,
        'Moving files',
      )),
    removeFiles: async (database) => void (await shell(`rm -rf ${FILES}/${database}`, 'Removing files')),
    close: async (shared) => {
      if (started && !shared) await run(docker('stop', `${NAME}-postgres`));
    },
  };
}

function rememberedPassword(): string {
  const file = inVar('run', 'docker-postgres-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

async function startPostgres(password: string): Promise<boolean> {
  const name = `${NAME}-postgres`;
  const running = await run(docker('container', 'inspect', '--format={{.State.Running}}', name));
  if (running.stdout.trim() === 'true') return false;
  if (running.code === 0) {
    await mustRun(docker('start', name), 'Starting PostgreSQL');
  } else {
    const access = ['--env=POSTGRES_USER=odoo', '--env=POSTGRES_DB=postgres', '--env=POSTGRES_PASSWORD'];
    const place = [
      `--name=${name}`,
      `--network=${NAME}`,
      `--volume=${NAME}-postgres:/var/lib/postgresql/data`,
    ];
    const command = docker('run', '--detach', ...place, ...access, POSTGRES);
    await mustRun(
      { ...command, env: { ...process.env, POSTGRES_PASSWORD: password } },
      'Starting PostgreSQL',
    );
  }
  const ready = 'until pg_isready -q -h 127.0.0.1 -U odoo; do sleep 0.2; done';
  await mustRun(docker('exec', name, 'timeout', '60', 'sh', '-c', ready), 'Waiting for PostgreSQL');
  return true;
}
