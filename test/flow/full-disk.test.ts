/** A disk that is full: webhooks are put off, not lost, and the sidecar lives on and goes on when there is space. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import axios from 'axios';
import { booksOfOdoo, compare } from '../../dev/demo/books.ts';
import { signatureHeader } from '../sandbox/stripe/webhooks.ts';
import { sell } from '../support/sale.ts';
import { command, exceptions, until } from '../support/sidecar-story.ts';
import { odooOfTheRun, openWorld, WEBHOOK_SECRET, type World } from '../support/world.ts';

const CONNECTION = 'stripe-full';

describe('a full disk', function () {
  this.timeout(120_000);
  let world: World;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    if (!hasPrlimit()) {
      console.error(
        'SKIPPED: the disk is made full by prlimit (util-linux), which this machine does not have.',
      );
      return this.skip();
    }
    world = await openWorld(odoo, {
      connection: CONNECTION,
      seed: 'full',
      sandbox: { delivery: { retryMs: 50, retryMaxMs: 200 } },
    });
    await world.sidecar.idle();
  });

  after(() => world?.close());

  /** No file of the sidecar grows beyond a size that the store has already, and its log neither if it is `all`. */
  const fill = (all = false) =>
    limit(all ? '10' : String(statSync(join(world.home, 'saas-sync.sqlite-wal')).size));
  /** The log may go on for a while, the store has to stop: it has grown far beyond this already. */
  const fillTheStore = () => limit(String(statSync(world.sidecar.logFile).size + 65_536));
  const free = () => limit('unlimited');
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(world.sidecar.pid), `--fsize=${bytes}:unlimited`]);

  it('is answered with 503 and when to come back, naming the store and the way out', async () => {
    const event = await newestEvent(world);
    fill();
    const body = JSON.stringify({ ...event, id: 'evt_by_hand' });
    const answer = await axios.post(`${world.sidecar.url}/hooks/${CONNECTION}`, body, {
      headers: {
        'Content-Type': 'application/json',
        'Stripe-Signature': signatureHeader(body, [WEBHOOK_SECRET]),
      },
      validateStatus: () => true,
    });
    expect(answer.status).to.equal(503);
    expect(Number(answer.headers['retry-after'])).to.be.within(1, 300);
    expect(answer.data.detail).to.match(/saas-sync\.sqlite cannot grow: the disk is full/);
    expect(answer.data.hint).to.match(/Free space on that disk\. Nothing that was acknowledged is lost/);
  });

  it('is survived when the log is on it, too', async () => {
    fill(true);
    const hook = () => axios.post(`${world.sidecar.url}/hooks/nowhere`, '{}', { validateStatus: () => true });
    for (let times = 0; times < 3; times += 1) expect((await hook()).status).to.equal(404);
    expect((await axios.get(`${world.sidecar.url}/healthz`)).status).to.equal(200);
    fill();
  });

  it('leaves the sidecar alive, and all that was sent meanwhile comes into Odoo when there is space', async () => {
    const sale = await sell(world.sandbox, { name: 'Full House Oy' });
    await until('webhooks were put off', async () =>
      world.sandbox.webhooks.log.some(({ status }) => status === 503),
    );
    expect((await axios.get(`${world.sidecar.url}/healthz`)).status).to.equal(200);
    free();
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle(60_000);
    expect(await exceptions(world.sidecar)).to.deep.equal([]);
    const link = [
      ['external_id', '=', sale.invoice.id],
      ['model', '=', 'account.move'],
    ];
    const [row] = await world.admin.search<{ res_id: number }>('saas.sync.link', link, ['res_id']);
    const move = [
      ['id', '=', row?.res_id ?? 0],
      ['state', '=', 'posted'],
      ['payment_state', '=', 'paid'],
    ];
    expect(await world.admin.call('account.move', 'search_count', [move])).to.equal(1);
  });

  it('that fills up in the middle of the work delays that work by seconds, not minutes', async () => {
    const before = statSync(world.sidecar.logFile).size;
    const applied = (await ours())?.counters.applied ?? 0;
    // Enough that much is left to do when the disk fills up.
    world.sandbox.seedMany(100);
    await command(world.sidecar, `/connections/${CONNECTION}/backfill`);
    await until(
      'documents are being worked on',
      async () => ((await ours())?.counters.applied ?? 0) > applied + 50 || (await ours()),
    );
    fillTheStore();
    await until('work was held up', async () =>
      /disk is full/.test(readFileSync(world.sidecar.logFile, 'utf8').slice(before)),
    );
    free();
    await world.sidecar.idle(60_000);
    const books = await booksOfOdoo(world.admin, CONNECTION);
    expect(compare('stripe', world.sandbox.books(), books, {}).filter((row) => !row.agrees)).to.deep.equal(
      [],
    );
  });

  const ours = async () => (await world.sidecar.status()).connections[0];
});

async function newestEvent({ sandbox }: World): Promise<object> {
  const customer = await sandbox.client.customers.create({ name: 'Last Drop' });
  const { data } = await sandbox.client.events.list({ limit: 1 });
  expect(data[0]?.data.object).to.include({ id: customer.id });
  return { ...data[0] };
}

function hasPrlimit(): boolean {
  try {
    return execFileSync('prlimit', ['--version']).length > 0;
  } catch {
    return false;
  }
}
