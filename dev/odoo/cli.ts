// npm run odoo -- <command>: a real Odoo from the command line.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { provision, SetupError, terminalProgress, type Odoo } from './index.ts';
import { errorsOf } from './log.ts';
import { inVar, prepareVar } from './paths.ts';
import { isRunning, stopCluster } from './postgres.ts';
import { isOwned, lastLines, recordedProcesses } from './process.ts';

const list = (text = ''): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

async function withOdoo(work: (odoo: Odoo) => Promise<void>): Promise<void> {
  const odoo = await provision({ progress: terminalProgress() });
  try {
    await work(odoo);
  } finally {
    await odoo.release();
  }
}

async function ready(): Promise<void> {
  const odoo = await provision({ progress: terminalProgress() });
  console.log(`Odoo ${odoo.version} is ready; PostgreSQL keeps running (npm run odoo -- down stops it).`);
}

async function up({
  database,
  addons,
  port,
}: {
  database: string;
  addons: string;
  port?: string;
}): Promise<void> {
  await withOdoo(async (odoo) => {
    const names = list(addons);
    if (!(await odoo.databaseExists(database))) await odoo.createDatabase(database, { install: names });
    else if (names.length > 0) await odoo.update(database, names);
    const server = await odoo.start(database, port ? { port: Number(port) } : {});
    console.log(`\n  ${server.url}  database ${database}  login ${server.login} / ${server.password}`);
    console.log(`  log: ${server.logFile}\n  Ctrl-C ends it.`);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    });
  });
}

async function test(
  names: string,
  options: { tags?: string; database?: string; fresh?: boolean },
): Promise<void> {
  await withOdoo(async (odoo) => {
    const addons = list(names);
    const database = options.database ?? `test_${addons.join('_')}`;
    if (options.fresh) await odoo.dropDatabase(database);
    if (!(await odoo.databaseExists(database))) await odoo.createDatabase(database);
    const run = await odoo.test(database, { addons, ...(options.tags ? { tags: options.tags } : {}) });
    if (!run.ok) {
      console.log(errorsOf(run.log).join('\n\n') || lastLines(run.log));
      if (run.passed + run.failed === 0) console.log('\nNo test ran: check the addon names and the tags.');
    }
    if (!run.ok) console.log(`\nThe whole log: ${inVar('log', `${database}-test.log`)}`);
    console.log(`${run.passed} passed, ${run.failed} failed`);
    process.exitCode = run.ok ? 0 : 1;
  });
}

async function shell(database: string, file = '-'): Promise<void> {
  const python = readFileSync(file === '-' ? 0 : file, 'utf8');
  await withOdoo(async (odoo) => void process.stdout.write(await odoo.shell(database, python)));
}

async function status(): Promise<void> {
  prepareVar();
  console.log(`PostgreSQL: ${(await isRunning()) ? 'runs' : 'is stopped'}`);
  for (const record of recordedProcesses()) {
    const owner = isOwned(record) ? `of process ${record.owner.pid}` : 'left over';
    console.log(
      `${record.label} ${record.database ?? ''} ${record.url ?? ''} (process ${record.pid}, ${owner})`,
    );
  }
}

const program = new Command('odoo').description('A real Odoo 19 for development and tests.');
program.command('provision').description('prepare everything and leave PostgreSQL running').action(ready);
program
  .command('up')
  .description('serve a database until Ctrl-C')
  .option('--database <name>', 'which database', 'dev')
  .option('--addons <a,b>', 'install or update these first', '')
  .option('--port <number>', 'where to listen')
  .action(up);
program
  .command('test <addons>')
  .description("run the tests of addons (comma separated) with Odoo's own test runner")
  .option('--tags <tags>', "Odoo's --test-tags")
  .option('--database <name>', 'default: test_<addons>')
  .option('--fresh', 'start from a new database (installs the addons instead of updating them)')
  .action(test);
program
  .command('shell <database> [file]')
  .description('run Python from a file or stdin in odoo shell')
  .action(shell);
program
  .command('clone <name>')
  .description('a new database from the template')
  .option('--addons <a,b>', 'install these', '')
  .action((name: string, { addons }: { addons: string }) =>
    withOdoo((odoo) => odoo.createDatabase(name, { install: list(addons) })),
  );
program
  .command('drop <name>')
  .description('remove a database')
  .action((name: string) => withOdoo((odoo) => odoo.dropDatabase(name)));
program.command('status').description('what runs').action(status);
program.command('down').description('stop PostgreSQL').action(stopCluster);

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
