// Databases: a template that is built once, and clones of it that take a third of a second.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsOf, loadingProgress, unknownModules } from './log.ts';
import type { Machine } from './machine.ts';
import { inVar, ROOT } from './paths.ts';
import { lastLines, run, SetupError } from './process.ts';
import type { Progress, Report } from './progress.ts';

const MODULES = ['account', 'contacts', 'sale_management', 'crm'];
const PREFIX = 'odoo_template_';
const ONCE = ['--stop-after-init', '--no-http', '--max-cron-threads=0', '--workers=0'];

/** Refuses names that would need quoting somewhere between here and the address bar. */
export function checkName(name: string): string {
  if (/^[a-z][a-z0-9_-]{0,50}$/.test(name)) return name;
  throw new SetupError(`"${name}" is no database name: use a letter, then letters, digits, "_" and "-".`);
}

/** Whether there is such a database. */
export async function exists(machine: Machine, name: string): Promise<boolean> {
  return (
    (await machine.sql('postgres', `select 1 from pg_database where datname = '${checkName(name)}'`)) === '1'
  );
}

/** Removes a database and its files, if they are there. */
export async function drop(machine: Machine, name: string): Promise<void> {
  await machine.sql('postgres', `drop database if exists "${checkName(name)}" with (force)`);
  await machine.removeFiles(name);
}

/** The template database, built when it is missing or when its recipe has changed. */
export async function template(machine: Machine, progress: Progress): Promise<string> {
  const recipe = readFileSync(join(ROOT, 'dev/odoo/template.py'), 'utf8');
  const hash = createHash('sha256')
    .update(JSON.stringify([machine.version, MODULES, recipe]))
    .digest('hex');
  const name = PREFIX + hash.slice(0, 10);
  if (await exists(machine, name)) return name;
  const building = `${name}_building`; // an interrupted build never gets the real name
  await drop(machine, building);
  await progress.step('Odoo database template', async (report) => {
    await odooOnce(machine, building, ['-i', MODULES.join(',')], 'install', (done, note) =>
      report(done * 0.9, note),
    );
    report(0.9, 'company, currencies');
    await shell(machine, building, recipe);
  });
  await machine.removeFiles(name);
  await rename(machine, building, name);
  await machine.sql('postgres', `alter database ${name} with allow_connections false`);
  await dropOldTemplates(machine, name);
  return name;
}

async function dropOldTemplates(machine: Machine, current: string): Promise<void> {
  const names = await machine.sql(
    'postgres',
    `select datname from pg_database where starts_with(datname, '${PREFIX}')`,
  );
  for (const name of names.split('\n').filter((text) => text && text !== current)) await drop(machine, name);
}

async function rename(machine: Machine, from: string, to: string): Promise<void> {
  await machine.moveFiles(from, to);
  await machine.sql('postgres', `alter database "${from}" rename to "${to}"`);
}

/** Refuses to go on with a database that is not there; Odoo itself would create an empty one. */
export async function requireDatabase(machine: Machine, name: string): Promise<void> {
  if (await exists(machine, name)) return;
  throw new SetupError(`There is no database ${name}. Make it: npm run odoo -- clone ${name}`);
}

/** A new database from the template with these addons; it appears under its name only when it is complete. */
export async function create(
  machine: Machine,
  templateName: string,
  name: string,
  install: string[],
): Promise<void> {
  if (await exists(machine, name)) throw new SetupError(`The database ${name} exists already.`);
  const building = `new_${name}`;
  await drop(machine, building);
  try {
    await cloneDatabase(machine, templateName, building);
    if (install.length > 0) await odooOnce(machine, building, ['-i', install.join(',')], 'install');
    await machine.removeFiles(name);
    await rename(machine, building, name);
  } catch (error) {
    await drop(machine, building);
    throw error;
  }
}

// What makes a database this one: Odoo's own copy function renews the same parameters.
const NEW_IDENTITY = `update ir_config_parameter set value = gen_random_uuid()
  where key in ('database.uuid', 'database.secret')`;

async function cloneDatabase(machine: Machine, from: string, to: string): Promise<void> {
  await machine.sql('postgres', `create database "${to}" template "${from}"`);
  await machine.copyFiles(from, to);
  await machine.sql(to, NEW_IDENTITY);
}

/** Updates addons; installs those that are not installed yet. */
export async function update(machine: Machine, name: string, addons: string[]): Promise<void> {
  await odooOnce(machine, name, await moduleOptions(machine, name, addons), 'update');
}

/** `-u` for installed addons, `-i` for the others: Odoo silently ignores the wrong one. */
export async function moduleOptions(machine: Machine, name: string, addons: string[]): Promise<string[]> {
  const rows = await machine.sql(
    name,
    "select name from ir_module_module where state in ('installed', 'to upgrade')",
  );
  const installed = new Set(rows.split('\n'));
  const [old, fresh] = [addons.filter((a) => installed.has(a)), addons.filter((a) => !installed.has(a))];
  return [...(old.length ? ['-u', old.join(',')] : []), ...(fresh.length ? ['-i', fresh.join(',')] : [])];
}

/** Runs Odoo once on a database; an error in its log is a failure, even when Odoo itself carries on. */
async function odooOnce(
  machine: Machine,
  database: string,
  args: string[],
  label: string,
  report?: Report,
): Promise<void> {
  const { code, log, file } = await runOdoo(machine, database, [...args, ...ONCE], label, report);
  const unknown = unknownModules(log);
  const errors = errorsOf(log);
  if (code === 0 && errors.length === 0 && !unknown) return;
  const reason = unknown ? `there is no addon named ${unknown}` : errors.join('\n') || lastLines(log);
  throw new SetupError(
    `Odoo ${args.join(' ')} on ${database} failed: ${lastLines(reason, 60)}\nThe whole log: ${file}`,
  );
}

/** Runs Odoo with arguments until it ends by itself, and keeps its log in a file. */
export async function runOdoo(
  machine: Machine,
  database: string,
  args: string[],
  label: string,
  report?: Report,
): Promise<{ code: number; log: string; file: string }> {
  const file = inVar('log', `${database}-${label}.log`);
  const onLine = (line: string): void => {
    const loading = loadingProgress(line);
    // The module base is loaded on its own first, as "1 of 1".
    if (loading && loading.module !== 'base') report?.(loading.fraction, loading.module);
  };
  const command = machine.odoo(['-d', checkName(database), ...args]);
  const { code, stdout, stderr } = await run(command, {
    onLine,
    record: { label: `odoo ${label}`, database },
  });
  const log = stdout + stderr;
  writeFileSync(file, log);
  return { code, log, file };
}

/** Runs Python in `odoo shell` and returns what it printed. The code must call env.cr.commit() to keep changes. */
export async function shell(machine: Machine, database: string, python: string): Promise<string> {
  const args = ['shell', '-d', checkName(database), '--no-http', '--max-cron-threads=0', '--log-level=warn'];
  const record = { label: 'odoo shell', database };
  const { code, stdout, stderr } = await run(machine.odoo(args), { stdin: python, record });
  if (code === 0 && !/^Traceback /m.test(stderr)) return stdout;
  throw new SetupError(`odoo shell on ${database} failed:\n${lastLines(stderr || stdout, 60)}`);
}
