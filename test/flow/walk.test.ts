/** People walk through Odoo's screens while a real sidecar works: what they see, press, and get. */
import { expect } from 'chai';
import { logIn, type Person } from '../../dev/support/admin.ts';
import { OdooBrowser } from '../support/browser.ts';
import { odooOfTheRun, openWorld, type World } from '../support/world.ts';

/** Everything of this run carries it, so that a database can be walked through twice. */
const RUN = Date.now().toString(36).toUpperCase();
const TAX = `6% of ${RUN}`;

interface Row {
  id: number;
  label: string;
}

describe('a walk through Odoo while the sidecar works', function () {
  this.timeout(60_000);
  let world: World;
  let url: string;
  let database: string;
  /** One browser per person, by login. */
  const walkers = new Map<string, OdooBrowser>();
  /** What the sandbox and Odoo call the story's records. */
  const story = { customer: '', partner: 0, paid: '', mapped: '', ignored: '' };

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    ({ url, database } = odoo);
    world = await openWorld(odoo, { seed: `walk-${RUN}` });
    await twoTaxesThatFit(world.admin);
    Object.assign(story, await tellStory(world));
    await world.sidecar.idle();
    const [link] = await linksOf(story.customer);
    story.partner = link?.res_id ?? 0;
  });

  afterEach(() => {
    const errors = [...walkers.values()].flatMap((walker) => walker.errors.splice(0));
    expect(errors, 'errors in the browser console').to.deep.equal([]);
  });

  after(async () => {
    await Promise.all([...walkers.values()].map((walker) => walker.close()));
    await world?.close();
  });

  /** Opens a screen as a person. */
  const walk = async (login: string, path: string) => {
    const browser = walkers.get(login) ?? (await OdooBrowser.launch({ url }));
    if (!walkers.has(login)) await browser.login(login, login);
    walkers.set(login, browser);
    browser.page.setDefaultTimeout(20_000);
    await browser.open(path);
    return {
      page: browser.page,
      go: (next: string) => browser.open(next),
      picture: (name: string) => browser.screenshot(name),
    };
  };
  const linksOf = (externalId: string) =>
    world.admin.search<Row & { res_id: number; state: string }>(
      'saas.sync.link',
      [['external_id', '=', externalId]],
      ['res_id', 'label', 'state'],
    );
  const exceptionOf = async (externalId: string) => {
    const rows = await world.admin.search<Row & { state: string; ignore_reason: string }>(
      'saas.sync.exception',
      [['external_id', '=', externalId]],
      ['label', 'state', 'ignore_reason'],
      { limit: 1 },
    );
    return rows[0];
  };

  it('shows on a customer that it is in sync, and follows news without a reload', async () => {
    const { page, ...browser } = await walk('admin', `/odoo/contacts/${story.partner}`);
    await page.click('.o_saas_sync_badge[data-state=synced]');
    await page.waitForSelector('.o_saas_sync_badge_popover >> text=In sync');
    const address = await page.getAttribute('.o_saas_sync_open', 'href');
    expect(address).to.contain(story.customer);
    expect(await page.textContent('.o_saas_sync_open')).to.contain('Open in Stripe');
    await browser.picture('walk-customer-popover');
    const seen = await page.getAttribute('.o_saas_sync_when', 'title');
    await world.sandbox.client.customers.update(story.customer, { name: `Renamed ${RUN} GmbH` });
    await page.waitForSelector(`.o_saas_sync_when:not([title="${seen}"])`);
    const [partner] = await world.admin.search<{ name: string }>(
      'res.partner',
      [['id', '=', story.partner]],
      ['name'],
    );
    expect(partner?.name).to.equal(`Renamed ${RUN} GmbH`);
  });

  it('reads a record again on Sync now, and works by keyboard', async () => {
    const { page } = await walk('admin', `/odoo/contacts/${story.partner}`);
    await page.focus('.o_saas_sync_badge');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.o_saas_sync_badge_popover');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.o_saas_sync_badge_popover', { state: 'detached' });
    await page.waitForSelector('.o_saas_sync_badge:focus');
    await page.keyboard.press('Enter');
    await page.click('.o_saas_sync_now');
    await page.waitForSelector('.o_notification >> text=Sync requested');
    await page.waitForSelector('.o_form_view .o_saas_sync_badge[data-state=synced]');
    const wishes = await world.admin.call<number>('saas.sync.outbox', 'search_count', [
      [
        ['command', '=', 'sync_now'],
        ['external_id', '=', story.customer],
      ],
    ]);
    expect(wishes).to.be.greaterThan(0);
  });

  it('shows the state in the list of customers and on a paid invoice', async () => {
    const { page, ...browser } = await walk('accountant', '/odoo/contacts?view_type=list');
    await page.waitForSelector('.o_data_row .o_saas_sync_badge_compact[data-state=synced]');
    await browser.picture('walk-customer-list');
    const [link] = await linksOf(story.paid);
    await browser.go(`/odoo/accounting/customer-invoices/${link?.res_id}`);
    await page.click('.o_saas_sync_badge[data-state=synced]');
    await page.waitForSelector('.o_saas_sync_open >> text=Open in Stripe');
    await browser.picture('walk-invoice-popover');
    await page.keyboard.press('Escape');
    await page.click('button[name=action_saas_sync_links]');
    await page.waitForSelector(`.o_list_view .o_data_row >> text=${link?.label}`);
  });

  it('leads an accountant from the overview to a booked and paid invoice, without a terminal', async () => {
    const exception = await exceptionOf(story.mapped);
    const { page, ...browser } = await walk('accountant', '/odoo/saas-sync');
    await page.waitForSelector('.o_saas_sync_card[data-state=healthy]');
    await browser.picture('walk-overview');
    await page.click('.o_saas_sync_cause[data-code=tax_unmapped]');
    await page.click(`.o_list_view .o_data_row:has-text("${exception?.label}") td[name=label]`);
    await page.waitForSelector('.o_form_view [name=headline] >> text=has no Odoo tax in Northwind Europe.');
    await page.fill('.o_field_widget[name=tax_id] input', TAX);
    await page.click(`.o_field_widget[name=tax_id] .dropdown-item:has-text("${TAX} a")`);
    await browser.picture('walk-exception');
    await page.click('button[name=action_use_chosen]');
    await page.waitForSelector('.o_notification >> text=will be tried again');
    await page.waitForSelector('.o_form_view .o_arrow_button_current >> text=Resolved');
    await world.sidecar.idle();
    const [link] = await linksOf(story.mapped);
    await browser.go(`/odoo/accounting/customer-invoices/${link?.res_id}`);
    await page.waitForSelector('.o_saas_sync_badge[data-state=synced]');
    await page.waitForSelector('.o_widget_web_ribbon >> text=/paid|in payment/i');
    await browser.picture('walk-invoice-paid');
    const [move] = await world.admin.search<{ state: string; amount_residual: number; amount_total: number }>(
      'account.move',
      [['id', '=', link?.res_id]],
      ['state', 'amount_residual', 'amount_total'],
    );
    expect(move).to.include({ state: 'posted', amount_residual: 0, amount_total: 106 });
  });

  it('lets an accountant ignore an exception with a reason that is kept', async () => {
    const exception = await exceptionOf(story.ignored);
    const { page, ...browser } = await walk('accountant', '/odoo/saas-sync-exceptions');
    await page.waitForSelector('.o_group_header >> text=A tax rate has no Odoo tax');
    await browser.picture('walk-exceptions');
    await page.click(`.o_data_row:has-text("${exception?.label}") td[name=label]`);
    await page.click('.o_form_view button[name=action_ignore]');
    await page.fill('.modal .o_field_widget[name=reason] input', 'Sent by mistake');
    await page.click('.modal button[name=action_ignore]');
    await page.waitForSelector('.o_form_view .alert >> text=Ignored:');
    expect(await exceptionOf(story.ignored)).to.include({
      state: 'ignored',
      ignore_reason: 'Sent by mistake',
    });
    await browser.picture('walk-ignored');
  });

  it('shows a new key to the administrator once, and never again', async () => {
    const { page, ...browser } = await walk('admin', '/odoo/settings#saas_sync');
    await browser.picture('walk-settings');
    await page.click('button[name=action_saas_sync_new_key]:visible');
    await page.click('.modal button[name=action_create_key]');
    await page.waitForSelector('.modal input[type=password], .modal .o_field_CopyClipboardChar');
    if (await page.isVisible('.modal input[type=password]')) {
      await page.fill('.modal input[type=password]', 'admin');
      await page.click('.modal button[name=run_check]');
    }
    const key =
      (await page.textContent('.modal .o_field_CopyClipboardChar'))?.match(/[0-9a-f]{40}/)?.[0] ?? '';
    expect(key).to.match(/^[0-9a-f]{40}$/);
    await page.click('.modal footer button:has-text("I have copied it")');
    await page.waitForSelector('.modal', { state: 'detached' });
    await browser.go('/odoo/settings#saas_sync');
    await page.waitForSelector('.o_field_widget[name=saas_sync_key_ids] .o_data_row');
    expect(await page.content()).not.to.contain(key);
  });

  it('lists links and receipts, and opens the record behind them', async () => {
    const { page, ...browser } = await walk('admin', '/odoo/saas-sync-links');
    await page.waitForSelector('.o_data_row .o_saas_sync_state_field[data-state=synced]');
    await browser.picture('walk-links');
    await browser.go('/odoo/saas-sync-receipts');
    await page.click('.o_data_row button[name=action_open_record]');
    await page.waitForSelector('.o_form_view .o_saas_sync_badge');
    await browser.go('/odoo/saas-sync-connections');
    await page.click('.o_data_row:has-text("Stripe") td[name=name]');
    await page.waitForSelector('.o_form_view .o_saas_sync_state_field');
    await browser.picture('walk-connection');
  });

  it('shows a salesperson the badge, and neither amounts nor exceptions', async () => {
    const { page, ...browser } = await walk('sales', `/odoo/contacts/${story.partner}`);
    await page.click('.o_saas_sync_badge[data-state=synced]');
    await page.waitForSelector('.o_saas_sync_badge_popover >> text=In sync');
    expect(await page.isVisible('.o_saas_sync_systray')).to.equal(false);
    await browser.picture('walk-salesperson');
    const sales = await logIn(url, database, 'sales', 'sales');
    const { open_exceptions: causes } = await sales.call<{ open_exceptions: unknown[] }>(
      'saas.sync.connection',
      'overview',
    );
    expect(causes).to.deep.equal([]);
    const refusal = await sales.search('saas.sync.exception', [], ['amount']).catch(String);
    expect(refusal).to.match(/not allowed|access/i);
  });
});

/** Two taxes of six percent: which of them Stripe's rate means, only a person can say. */
async function twoTaxesThatFit(admin: Person): Promise<void> {
  for (const twin of ['a', 'b'])
    await admin.call('account.tax', 'create', [
      [
        {
          name: `${TAX} ${twin}`,
          amount: 6,
          amount_type: 'percent',
          type_tax_use: 'sale',
          price_include_override: 'tax_excluded',
        },
      ],
    ]);
}

/** One customer with three invoices: paid; paid with a tax to be chosen; open with a tax that nothing fits. */
async function tellStory({ sandbox: { client } }: World) {
  const customer = await client.customers.create({
    name: `Walk ${RUN} GmbH`,
    email: `walk-${RUN.toLowerCase()}@example.com`,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const rate = (percentage: number) =>
    client.taxRates.create({
      display_name: 'VAT',
      percentage,
      inclusive: false,
      country: 'DE',
      tax_type: 'vat',
    });
  const invoice = async (taxRates: string[]) => {
    const { id } = await client.invoices.create({
      customer: customer.id,
      currency: 'eur',
      default_tax_rates: taxRates,
    });
    await client.invoiceItems.create({
      customer: customer.id,
      invoice: id,
      currency: 'eur',
      amount: 10_000,
      description: 'A day of advice',
    });
    return (await client.invoices.finalizeInvoice(id)).id;
  };
  const paid = await invoice([]);
  await client.invoices.pay(paid);
  const mapped = await invoice([(await rate(6)).id]);
  await client.invoices.pay(mapped);
  const ignored = await invoice([(await rate(3)).id]);
  return { customer: customer.id, paid, mapped, ignored };
}
