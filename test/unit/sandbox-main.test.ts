/** The sandbox as a program of its own: it says when it is ready, and keeps its account. */
import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

type Ready = { ready: boolean; url: string; apiKey: string; account: string };

describe('the Stripe sandbox as a program', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-main-'));
  let child: ChildProcess | undefined;

  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => child?.kill('SIGKILL'));

  const start = async (): Promise<Ready> => {
    const args = [
      '--import',
      'tsx',
      'test/sandbox/main.ts',
      '--port',
      '0',
      '--state',
      join(folder, 'stripe.json'),
    ];
    const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    const [line] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
    return JSON.parse(line) as Ready;
  };

  const stop = async (): Promise<void> => {
    const ended = child ? once(child, 'exit') : undefined;
    child?.kill('SIGTERM');
    await ended;
  };

  it('plays the story by its admin handle and finds the same account after a restart', async () => {
    const first = await start();
    expect(first).to.include({ ready: true, account: 'acct_1SandboxNordlicht' });
    await fetch(`${first.url}/_sandbox/play`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ until: 'customers' }),
    });
    const books = (await (await fetch(`${first.url}/_sandbox/books`)).json()) as {
      customers: { count: number };
    };
    expect(books.customers.count).to.equal(36);
    await stop();
    const second = await start();
    expect(await (await fetch(`${second.url}/_sandbox/books`)).json()).to.deep.equal(books);
    const state = (await (await fetch(`${second.url}/_sandbox/state`)).json()) as { story: string[] };
    expect(state.story).to.deep.equal(['catalogue', 'customers']);
    await stop();
  });
});
