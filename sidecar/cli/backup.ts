/** `saas-sync backup` and `saas-sync restore`: copies of the store, made at work, proved, and put back. */
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { placesOf, type Environment } from '../config.ts';
import {
  backupStore,
  restoreStore,
  stamp,
  verifyBackup,
  type BackupContents,
} from '../store/sqlite/backup.ts';
import { print, table } from './output.ts';

interface BackupCommand {
  force?: boolean;
  verify?: boolean;
  json?: boolean;
}

/** Makes a backup, or with `verify` only proves one that exists. */
export async function backup(
  env: Environment,
  given: string | undefined,
  options: BackupCommand,
): Promise<void> {
  const { home, storePath } = placesOf(env);
  const file = given ?? join(home, 'backups', `saas-sync-${stamp(Date.now())}.sqlite`);
  const contents = options.verify ? verifyBackup(given ?? storePath) : await copied(storePath, file, options);
  print(options.json ? JSON.stringify(contents, null, 2) : drawn(contents));
}

async function copied(path: string, file: string, { force }: BackupCommand): Promise<BackupContents> {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: 'copying  {percentage} %  {value} of {total} pages', hideCursor: true })
    : undefined;
  bar?.start(1, 0);
  try {
    return await backupStore(path, file, {
      ...(force ? { force } : {}),
      told: (done, of) => {
        bar?.setTotal(of);
        bar?.update(done);
      },
    });
  } finally {
    bar?.stop();
  }
}

/** Puts a backup in the store's place. */
export function restore(env: Environment, file: string): void {
  const { storePath } = placesOf(env);
  const { contents, aside } = restoreStore(storePath, file, Date.now());
  print(drawn(contents));
  print(
    [
      '',
      `${file} is now the store ${storePath}.`,
      ...(aside ? [`The store that was there is kept as ${aside}; delete it when all is well.`] : []),
      'Start the sidecar: it learns the links from Odoo, lists every record once and catches up with the event feed.',
    ].join('\n'),
  );
}

/** What a backup holds, for people. */
export function drawn({ file, bytes, schema, newestAt, connections }: BackupContents): string {
  const newest =
    newestAt === null ? 'nothing ever arrived' : `newest delivery ${new Date(newestAt).toISOString()}`;
  return [
    `${file}: whole, ${(bytes / 1e6).toFixed(1)} MB, schema ${schema}, ${newest}`,
    '',
    table(
      ['connection', 'deliveries', 'waiting', 'links', 'exceptions'],
      connections.map((each) => [each.name, each.deliveries, each.pending, each.links, each.exceptions]),
    ),
  ].join('\n');
}
