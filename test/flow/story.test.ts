/** The demo's story through the whole path, and what must never change it afterwards. */
import { expect } from 'chai';
import { booksOfOdoo, compare } from '../../dev/demo/books.ts';
import { logIn } from '../../dev/support/admin.ts';
import { pause } from '../../dev/support/sidecar.ts';
import { CONNECTION, fingerprint, odooOfTheRun, openWorld, type World } from '../support/world.ts';

describe('the story, from Stripe to Odoo', function () {
  this.timeout(600_000);
  let world: World;
  let mailsBefore = 0;
  const mails = () => world.admin.call<number>('mail.mail', 'search_count', [[]]);

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openWorld(odoo);
    mailsBefore = await mails();
    await world.sandbox.play();
    await world.sidecar.idle();
  });

  after(() => world?.close());

  const disagreements = async () =>
    compare('stripe', world.sandbox.books(), await booksOfOdoo(world.admin, CONNECTION), {}).filter(
      (row) => !row.agrees,
    );

  it('leaves exactly the invoices with the unmapped tax for a person, in words of the business', async () => {
    const open = await world.admin.search<{ code: string; message: string; cause: string }>(
      'saas.sync.exception',
      [
        ['connection_id.code', '=', CONNECTION],
        ['state', '=', 'open'],
        ['kind', '=', 'invoice'],
      ],
      ['code', 'message', 'cause'],
    );
    expect(open.map((row) => row.code)).to.deep.equal(['tax_unmapped']);
    expect(open[0]?.cause).to.equal('missing_mapping');
    expect(open[0]?.message).to.contain('VAT 7 %');
  });

  it('agrees to the cent once the accountant has chosen the tax and retried', async () => {
    const { url, database } = odooOfTheRun() ?? { url: '', database: '' };
    const accountant = await logIn(url, database, 'accountant', 'accountant');
    const [exception] = await accountant.search<{ id: number }>(
      'saas.sync.exception',
      [
        ['connection_id.code', '=', CONNECTION],
        ['code', '=', 'tax_unmapped'],
        ['state', '=', 'open'],
      ],
      [],
    );
    const [tax] = await accountant.search<{ id: number }>('account.tax', [['name', '=', '7% books']], []);
    await accountant.call('saas.sync.exception', 'write', [[exception?.id], { tax_id: tax?.id }]);
    await accountant.call('saas.sync.exception', 'action_use_chosen', [[exception?.id]]);
    await noOpenException(world);
    expect(await disagreements()).to.deep.equal([]);
  });

  it('sends nobody an e-mail', async () => {
    expect(await mails()).to.equal(mailsBefore);
  });

  it('changes nothing when every delivery is replayed', async () => {
    const before = await fingerprint(world.admin);
    const replayed = await world.sidecar.replayAll(CONNECTION);
    expect(replayed).to.be.greaterThan(100);
    await world.sidecar.idle();
    expect(await fingerprint(world.admin)).to.deep.equal(before);
  });

  it('changes nothing when the sidecar has lost its memory and loads everything again', async () => {
    const before = await fingerprint(world.admin);
    await world.restart({ forget: true });
    await world.sidecar.idle();
    expect(await fingerprint(world.admin)).to.deep.equal(before);
    expect(await disagreements()).to.deep.equal([]);
  });

  it('finds a webhook that was lost by catching up', async () => {
    world.sandbox.faults.lose(1);
    const customer = await world.sandbox.client.customers.create({
      name: 'Lost & Found Ltd',
      email: 'lost@example.com',
    });
    await world.sidecar.pull(CONNECTION);
    await world.sidecar.idle();
    const links = await world.admin.search('saas.sync.link', [['external_id', '=', customer.id]], ['res_id']);
    expect(links).to.have.length(1);
  });
});

/** What waits for a person on this connection; other tests of the run have others. */
const WAITING = [
  ['connection_id.code', '=', CONNECTION],
  ['state', 'in', ['open', 'retrying']],
];

async function noOpenException(world: World): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const open = await world.admin.call<number>('saas.sync.exception', 'search_count', [WAITING]);
    if (open === 0) return world.sidecar.idle();
    await pause(300);
  }
  const left = await world.admin.search('saas.sync.exception', WAITING, ['label', 'message']);
  throw new Error(`Exceptions are still open: ${JSON.stringify(left)}`);
}
