/** The HubSpot sandbox as a program of its own: it says where it is, and its handles make records that the API shows. */
import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

describe('the HubSpot sandbox as a program', function () {
  this.timeout(60_000);
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  it('tells its address, takes records by hand and shows them to whoever has its token', async () => {
    const args = ['--import', 'tsx', 'test/sandbox/main.ts', '--system', 'hubspot', '--port', '0'];
    const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    const [line] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
    const { url, accessToken } = JSON.parse(line) as { url: string; accessToken: string };
    const json = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ name: 'Ada GmbH' });
    const made = await fetch(`${url}/_sandbox/objects/companies`, { method: 'POST', headers: json, body });
    const { id } = (await made.json()) as { id: string };
    const path = `${url}/crm/v3/objects/companies/${id}`;
    expect((await fetch(path)).status).to.equal(401);
    const shown = await fetch(path, { headers: { Authorization: `Bearer ${accessToken}` } });
    expect(await shown.json()).to.have.nested.property('properties.name', 'Ada GmbH');
  });
});
