/** How the command starts and ends: compiled once, uncompiled where nothing can be written, and gone when told to. */
import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { verifyBackup } from '../../sidecar/store/sqlite/backup.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'saas-sync');

interface Outcome {
  code: number;
  out: string;
  err: string;
}

describe('the command', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'saas-sync-start-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const env = () => ({
    PATH: process.env['PATH'],
    SAAS_SYNC_HOME: join(folder, 'home'),
    SAAS_SYNC_CONNECTIONS: join(folder, 'connections.yaml'),
    SAAS_SYNC_HOST: '127.0.0.1',
    SAAS_SYNC_PORT: '0',
    // Nobody listens there.
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DB: 'none',
    ODOO_API_KEY: 'none',
    KEY: 'sk_test_none',
  });
  const run = (root: string, ...args: string[]): Promise<Outcome> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        ['bin/saas-sync.mjs', ...args],
        { cwd: root, env: env() },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
    });

  it('is compiled at its first start, and the next ones take the same file', async () => {
    const first = await run(ROOT, '--version');
    expect(first).to.deep.include({ code: 0, err: '' });
    const files = () =>
      readdirSync(CACHE)
        .filter((name) => name.endsWith('.mjs'))
        .map((name) => `${name} of ${statSync(join(CACHE, name)).mtimeMs}`);
    const compiled = files();
    expect(compiled).not.to.have.length(0);
    expect(await run(ROOT, '--version')).to.deep.equal(first);
    // Other programs may start other versions meanwhile.
    expect(files()).to.include.members(compiled);
  });

  it('works uncompiled where nothing may be written beside it', async () => {
    const clone = join(folder, 'clone');
    mkdirSync(join(clone, 'node_modules'), { recursive: true });
    cpSync(join(ROOT, 'bin'), join(clone, 'bin'), { recursive: true });
    for (const name of ['sidecar', 'package.json']) symlinkSync(join(ROOT, name), join(clone, name));
    symlinkSync(join(ROOT, 'node_modules', 'tsx'), join(clone, 'node_modules', 'tsx'));
    writeFileSync(join(clone, 'node_modules', '.cache'), 'no folder');
    expect(await run(clone, '--version')).to.deep.equal(await run(ROOT, '--version'));
  });

  it('that serves ends on SIGTERM also while it waits for an Odoo that is not there', async () => {
    const connection = {
      id: 'billing',
      system: 'stripe',
      environment: 'test',
      credentials: { api_key: { env: 'KEY' }, webhook_secret: { env: 'KEY' } },
    };
    writeFileSync(join(folder, 'connections.yaml'), JSON.stringify({ connections: [connection] }));
    const child = spawn(process.execPath, ['bin/saas-sync.mjs', 'serve'], { cwd: ROOT, env: env() });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const log = await new Promise<string>((resolve) => {
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.includes('cannot be reached')) resolve(text);
        });
      child.once('exit', () => resolve(text));
    });
    expect(log).to.contain('cannot be reached');
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 30_000);
    expect(await ended).to.equal(0);
    clearTimeout(patience);
  });

  it('makes a backup with a dated name, proves it, puts it back, and says what it did', async () => {
    const made = await run(ROOT, 'backup', '--json');
    expect(made).to.deep.include({ code: 0, err: '' });
    const { file } = JSON.parse(made.out) as { file: string };
    expect(file).to.match(/home\/backups\/saas-sync-\d{8}T\d{6}Z\.sqlite$/);
    expect(verifyBackup(file).schema).to.be.greaterThan(0);
    expect((await run(ROOT, 'backup', '--verify', file)).out).to.contain(': whole, ');
    const back = await run(ROOT, 'restore', file);
    expect(back.out).to.contain('is now the store').and.to.contain('is kept as');
    const none = await run(ROOT, 'restore', join(folder, 'none'));
    expect(none).to.deep.include({ code: 1, out: '' });
    expect(none.err).to.match(/^✘ There is no backup .*\n {2}→ Name a file/);
  });
});
