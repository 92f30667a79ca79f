/** The `saas-sync` command: what an operator and an integrator type. */
import { Command, Option } from 'commander';
import { backup, restore } from './cli/backup.ts';
import { doctor } from './cli/doctor.ts';
import { explain } from './cli/explain.ts';
import { fail, print } from './cli/output.ts';
import { pull } from './cli/pull.ts';
import { replayCommand } from './cli/replay.ts';
import { status } from './cli/status.ts';
import { serve, VERSION } from './main.ts';

const program = new Command('saas-sync')
  .description('Keeps Odoo and the SaaS systems around it in agreement.')
  .version(VERSION)
  .showHelpAfterError('(add --help for what it takes)')
  .addHelpText(
    'after',
    '\nConfiguration is read from the environment and connections.yaml; `saas-sync doctor` checks it.',
  );

program
  .command('serve')
  .description('run the sidecar: take webhooks, poll, bring everything to Odoo')
  .action(async () => {
    const running = await serve(process.env);
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => void running.stop().catch(fail));
  });

program
  .command('doctor')
  .description('check configuration, store, Odoo and the vendors; changes nothing')
  .action(async () => {
    process.exitCode = (await doctor(process.env, print)) ? 0 : 1;
  });

program
  .command('explain')
  .description('say what would be done about an object or a delivery, and why; touches nothing')
  .argument('<what>', 'a JSON file (vendor object, webhook event or {snapshot}), or the id of a delivery')
  .option('-c, --connection <id>', 'the connection it belongs to; needed if there are several')
  .option('--json', 'print the changes as JSON')
  .action(async (what: string, options: { connection?: string; json?: boolean }) => {
    print(await explain(process.env, what, options));
  });

program
  .command('pull')
  .description('read the event feed of one or all connections now')
  .argument('[connection]', 'only this connection')
  .option('--backfill', 'list everything at the vendor instead')
  .option('--wait', 'wait until all of it is in Odoo')
  .action((connection: string | undefined, options: { backfill?: boolean; wait?: boolean }) =>
    pull(process.env, connection, options),
  );

program
  .command('replay')
  .description(
    'read records again and compare every field; only says what would change unless --yes is given',
  )
  .option('-c, --connection <id>', 'of this connection')
  .option('--delivery <id>', 'the record of this delivery (needs --connection)')
  .option('--lane <lane>', 'this record, e.g. billing-eu/invoice:in_1')
  .option('--cause <cause>', 'all open exceptions with this code or of this class')
  .option('--from <time>', 'something arrived at or after, e.g. 2026-11-01 or 2026-11-01T08:00Z')
  .option('--to <time>', 'something arrived at or before; a day counts to its end')
  .option('--limit <n>', 'look at no more records than this to say what would change', '100')
  .option('--json', 'print as JSON')
  .option('--yes', 'do it')
  .addOption(new Option('--apply', 'the same as --yes').implies({ yes: true }).hideHelp())
  .action((options: Record<string, string | boolean | undefined>) => replayCommand(process.env, options));

program
  .command('backup')
  .description('copy the store, also while the sidecar runs, and prove the copy')
  .argument('[file]', 'where to; a dated file in the folder backups of SAAS_SYNC_HOME unless given')
  .option('--force', 'replace a file of that name')
  .option('--verify', 'make none, only prove the one named')
  .option('--json', 'print as JSON')
  .action((file: string | undefined, options: { force?: boolean; verify?: boolean; json?: boolean }) =>
    backup(process.env, file, options),
  );

program
  .command('restore')
  .description('put a backup in the place of the store; the sidecar must not run')
  .argument('<file>', 'what `saas-sync backup` has made')
  .action((file: string) => restore(process.env, file));

program
  .command('status')
  .description('connections, backlog and exceptions by cause')
  .option('--json', 'print as JSON')
  .action(async (options: { json?: boolean }) => {
    print(await status(process.env, options));
  });

await program.parseAsync().catch(fail);
