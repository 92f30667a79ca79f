/** The exceptions desk as an accountant uses it at month end: every fix is on the screen, and each is followed to the books. */
import { expect } from 'chai';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logIn } from '../../dev/support/admin.ts';
import { OdooBrowser } from '../support/browser.ts';
import { sell } from '../support/sale.ts';
import { until } from '../support/sidecar-story.ts';
import { odooOfTheRun, openWorld, type World } from '../support/world.ts';

const RUN = Date.now().toString(36).toUpperCase();
const CONNECTION = 'stripe-desk';
const DESK = '/odoo/saas-sync-exceptions';

interface Found {
  id: number;
  state: string;
  code: string;
  ending: string | false;
}

describe('the exceptions desk', function () {
  this.timeout(120_000);
  let world: World;
  let url: string;
  let database: string;
  let rules: string | undefined;
  const walkers = new Map<string, OdooBrowser>();

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    ({ url, database } = odoo);
    rules = mkdtempSync(join(tmpdir(), 'saas-sync-desk-'));
    world = await openWorld(odoo, {
      connection: CONNECTION,
      seed: `desk-${RUN}`,
      env: { SAAS_SYNC_RULES: rulesWithType(rules) },
    });
    await world.sidecar.idle();
  });

  afterEach(() => {
    const errors = [...walkers.values()].flatMap((walker) => walker.errors.splice(0));
    expect(errors, 'errors in the browser console').to.deep.equal([]);
  });

  after(async () => {
    await Promise.all([...walkers.values()].map((walker) => walker.close()));
    if (world) await ignoreTheRest();
    await world?.close();
    if (rules) rmSync(rules, { recursive: true });
  });

  const walk = async (login: string, path: string) => {
    const browser = walkers.get(login) ?? (await OdooBrowser.launch({ url }));
    if (!walkers.has(login)) await browser.login(login, login);
    walkers.set(login, browser);
    browser.page.setDefaultTimeout(20_000);
    await browser.open(path);
    return browser;
  };
  const exceptionOf = async (externalId: string): Promise<Found | undefined> => {
    const mine = [
      ['external_id', '=', externalId],
      ['connection_id.code', '=', CONNECTION],
    ];
    const fields = ['state', 'code', 'ending'];
    const [found] = await world.admin.search<Found>('saas.sync.exception', mine, fields, { limit: 1 });
    return found;
  };
  /** Waits until Odoo shows the exception, and returns its address. */
  const formOf = async (externalId: string): Promise<string> => {
    await until('Odoo shows the exception', async () => (await exceptionOf(externalId))?.state === 'open');
    return `${DESK}/${(await exceptionOf(externalId))?.id}`;
  };
  const moveOf = async (externalId: string) => {
    const mine = [
      ['external_id', '=', externalId],
      ['connection_id.code', '=', CONNECTION],
    ];
    const [link] = await world.admin.search<{ res_id: number }>('saas.sync.link', mine, ['res_id']);
    const [move] = await world.admin.search<{ state: string; date: string; invoice_date: string }>(
      'account.move',
      [['id', '=', link?.res_id ?? 0]],
      ['state', 'date', 'invoice_date'],
    );
    return { id: link?.res_id ?? 0, ...move };
  };
  const said = async (model: string, id: number): Promise<string> => {
    const mine = [
      ['model', '=', model],
      ['res_id', '=', id],
    ];
    const rows = await world.admin.search<{ body: string }>('mail.message', mine, ['body']);
    return rows.map(({ body }) => body).join(' ');
  };
  const resolved = (externalId: string) =>
    until('it is resolved', async () => (await exceptionOf(externalId))?.state === 'resolved');

  it('lets an accountant pick the right one of two customers with one press', async () => {
    const email = `twin-${RUN.toLowerCase()}@example.com`;
    const twins = await world.admin.call<number[]>('res.partner', 'create', [
      ['Kiel', 'Ulm'].map((city) => ({ name: `Twin ${RUN} GmbH`, email, city })),
    ]);
    const customer = await world.sandbox.client.customers.create({ name: `Twin ${RUN} GmbH`, email });
    const browser = await walk('accountant', await formOf(customer.id));
    const { page } = browser;
    await page.waitForSelector('.o_saas_sync_candidate >> text=Ulm');
    await browser.screenshot('desk-candidates');
    await page.click('.o_saas_sync_candidate:has-text("Ulm") button');
    await page.waitForSelector('.o_notification >> text=will be tried again');
    await resolved(customer.id);
    const mine = [['external_id', '=', customer.id]];
    const [link] = await world.admin.search<{ res_id: number }>('saas.sync.link', mine, ['res_id']);
    expect(link?.res_id).to.equal(twins[1]);
    expect((await exceptionOf(customer.id))?.ending).to.match(/after Ada Accountant chose the Odoo record/);
  });

  it('books an invoice of a closed period on the first open day, and its own date stays on it', async () => {
    const today = new Date().toISOString().slice(0, 10);
    await lockSales(today);
    try {
      const sale = await sell(world.sandbox, { name: `Late ${RUN} KG`, paid: false });
      const browser = await walk('accountant', await formOf(sale.invoice.id));
      await browser.page.waitForSelector('.o_field_widget[name=open_date]');
      await browser.screenshot('desk-period');
      await browser.page.click('button[name=action_book_on_open_day]');
      await browser.page.waitForSelector('.o_notification >> text=will be tried again');
      await resolved(sale.invoice.id);
      const move = await moveOf(sale.invoice.id);
      expect(move.state).to.equal('posted');
      expect(String(move.date) > today, `booked on ${move.date}, after ${today}`).to.equal(true);
      expect(String(move.invoice_date) <= today, `dated ${move.invoice_date}`).to.equal(true);
      expect(await said('account.move', move.id)).to.match(/in a closed period: booked on .*Ada Accountant/);
    } finally {
      await lockSales(false);
    }
  });

  it('takes a corrected value to Odoo, keeps the note there, and keeps the value over the next sync', async () => {
    const customer = await world.sandbox.client.customers.create({
      name: `Far ${RUN} Ltd`,
      description: 'billing',
    });
    const browser = await walk('accountant', await formOf(customer.id));
    const { page } = browser;
    await page.click('button[name=action_correct]');
    await page.waitForSelector('.modal .o_data_row:first-child >> text=Address Type');
    await page.fill('.modal .o_field_widget[name=note] input', 'It pays the bills');
    await page.click('.modal .o_data_row:first-child td[name=wanted]');
    await page.fill('.modal .o_data_row td[name=wanted] input', 'invoice');
    await browser.screenshot('desk-correct');
    await page.click('.modal footer button[name=action_correct]');
    await resolved(customer.id);
    const mine = [['external_id', '=', customer.id]];
    const [link] = await world.admin.search<{ id: number; res_id: number }>('saas.sync.link', mine, [
      'res_id',
    ]);
    const partner = link?.res_id ?? 0;
    const type = async () => {
      const [row] = await world.admin.search<{ type: string }>(
        'res.partner',
        [['id', '=', partner]],
        ['type'],
      );
      return row?.type;
    };
    expect(await type()).to.equal('invoice');
    expect(await said('res.partner', partner)).to.match(
      /Ada Accountant corrected Address Type .*It pays the bills/,
    );
    await world.admin.call('saas.sync.link', 'sync_now', [[link?.id]]);
    await world.sidecar.idle();
    expect(await type()).to.equal('invoice');
  });

  it('gives exceptions to a colleague with a day, who sees neither amounts nor persons in them', async () => {
    const sale = await sell(world.sandbox, { name: `Secret ${RUN} AG`, tax: '3', paid: false });
    const form = await formOf(sale.invoice.id);
    const accountant = await walk('accountant', form);
    await accountant.page.waitForSelector(`.o_saas_sync_headline >> text=Secret ${RUN} AG`);
    await accountant.screenshot('desk-form');
    await accountant.page.click('button[name=action_assign]');
    await accountant.page.fill('.modal .o_field_widget[name=user_id] input', 'Olga');
    await accountant.page.click('.modal .dropdown-item:has-text("Olga Operator")');
    await accountant.page.click('.modal footer button[name=action_assign]');
    await accountant.page.waitForSelector('.o-mail-Activity >> text=Olga Operator');
    const operator = await walk('operator', DESK);
    await operator.page.waitForSelector('.o_group_header >> text=A tax rate has no Odoo tax');
    await operator.screenshot('desk-operator-list');
    await operator.open(form);
    await operator.page.waitForSelector('.o_saas_sync_headline >> text=A tax rate has no Odoo tax');
    await operator.screenshot('desk-operator-form');
    const seen = await operator.page.content();
    expect(seen).not.to.contain(`Secret ${RUN}`);
    expect(seen).not.to.contain('102.79');
    const olga = await logIn(url, database, 'operator', 'operator');
    const refusal = await olga.search('saas.sync.exception', [], ['partner', 'amount']).catch(String);
    expect(refusal).to.match(/access|rights/i);
  });

  it('says that a later version resolved it, and closes what was to be done', async () => {
    const sale = await sell(world.sandbox, { name: `Void ${RUN} SA`, tax: '3', paid: false });
    const form = await formOf(sale.invoice.id);
    await world.sandbox.client.invoices.voidInvoice(sale.invoice.id);
    await resolved(sale.invoice.id);
    const browser = await walk('accountant', form);
    await browser.page.waitForSelector('.alert-success >> text=Resolved by itself: a later version');
    await browser.screenshot('desk-resolved');
  });

  it('shows the desk on a telephone, grouped by cause', async () => {
    const browser = await walk('accountant', DESK);
    await browser.page.waitForSelector('.o_group_header >> text=A tax rate has no Odoo tax');
    await browser.screenshot('desk-list');
    await browser.resize(420, 800);
    await browser.open(DESK);
    await browser.page.waitForSelector('.o_kanban_view .o_kanban_record');
    await browser.screenshot('desk-narrow');
    const wide = await browser.page.evaluate('document.documentElement.scrollWidth');
    expect(wide).to.be.at.most(420);
    await browser.resize(1280, 800);
  });

  /** Other tests of the run count open exceptions. */
  const ignoreTheRest = async () => {
    await world.sidecar.idle();
    const mine = [
      ['connection_id.code', '=', CONNECTION],
      ['state', 'in', ['open', 'retrying']],
    ];
    const ids = await world.admin.call<number[]>('saas.sync.exception', 'search', [mine]);
    const wizard = { exception_ids: ids, reason: 'Made by a test' };
    const made = await world.admin.call<number>('saas.sync.ignore', 'create', [wizard]);
    await world.admin.call('saas.sync.ignore', 'action_ignore', [[made]]);
  };

  const lockSales = async (date: string | false) => {
    const [company] = await world.admin.search<{ id: number }>('res.company', [], ['id'], {
      order: 'id',
      limit: 1,
    });
    await world.admin.call('res.company', 'write', [[company?.id], { sale_lock_date: date }]);
  };
});

/** The usual rules, and one of a site of its own: the customer's description is Odoo's type of address. */
function rulesWithType(folder: string): string {
  cpSync('sync-rules', folder, { recursive: true });
  appendFileSync(join(folder, 'customer.yaml'), '  type: { from: customer.note }\n');
  return folder;
}
