/** How the command line finds a running sidecar. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { announce, runningIn } from '../../sidecar/instance.ts';

describe('a running sidecar', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'saas-sync-home-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const instance = { pid: process.pid, url: 'http://127.0.0.1:1', token: 't' };

  it('is found by its home, with a token that only its owner can read', () => {
    const gone = announce(home, instance);
    expect(runningIn(home)).to.deep.equal(instance);
    expect(statSync(join(home, 'running.json')).mode & 0o777).to.equal(0o600);
    gone();
    expect(runningIn(home)).to.equal(undefined);
  });

  it('is not taken for alive because of a file that a crash left behind', () => {
    writeFileSync(join(home, 'running.json'), JSON.stringify({ ...instance, pid: 2 ** 22 + 1 }));
    expect(runningIn(home)).to.equal(undefined);
  });
});
