/** Conflicts as people settle them in Odoo: in the queue, in the record's own form, many at once, by mouse and keyboard. */
import { expect } from 'chai';
import { OdooBrowser } from '../support/browser.ts';
import { COUNTRY, openDispute, PHONE, STREET, type Dispute } from '../support/dispute.ts';
import { until } from '../support/sidecar-story.ts';
import { odooOfTheRun } from '../support/world.ts';

const QUEUE = '/odoo/saas-sync-conflicts';

describe('the resolver of conflicts', function () {
  this.timeout(120_000);
  let url: string;
  let dispute: Dispute;
  const walkers = new Map<string, OdooBrowser>();

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    ({ url } = odoo);
    dispute = await openDispute(odoo);
  });

  afterEach(() => {
    const errors = [...walkers.values()].flatMap((walker) => walker.errors.splice(0));
    expect(errors, 'errors in the browser console').to.deep.equal([]);
  });

  after(async () => {
    await Promise.all([...walkers.values()].map((walker) => walker.close()));
    await dispute?.end();
  });

  const walk = async (login: string, path: string) => {
    const browser = walkers.get(login) ?? (await OdooBrowser.launch({ url, height: 900 }));
    if (!walkers.has(login)) await browser.login(login, login);
    walkers.set(login, browser);
    browser.page.setDefaultTimeout(20_000);
    await browser.open(path);
    return browser;
  };

  const said = async (model: string, id: number): Promise<string> => {
    const mine = [
      ['model', '=', model],
      ['res_id', '=', id],
    ];
    const rows = await dispute.admin.search<{ body: string }>('mail.message', mine, ['body']);
    return rows.map(({ body }) => body).join(' ');
  };

  it('shows both sides and settles by keyboard, with a merged value typed in between', async () => {
    const partner = await dispute.disagree('Azure Interior', PHONE, STREET, COUNTRY);
    const { page, ...browser } = await walkTo('admin', QUEUE);
    await page.click(`.o_data_row:has-text("Azure Interior") .o_data_cell`);
    await page.waitForSelector('[data-field=phone] .o_saas_sync_side_other >> text=Sam Sales');
    await page.waitForSelector('[data-field=country_id] >> text=Austria');
    await page.focus('[data-field=phone]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('3');
    await page.waitForSelector('[data-field=street] .o_saas_sync_editor input:focus');
    await browser.picture('conflict-form');
    await page.fill('[data-field=street] .o_saas_sync_editor input', 'Long Road 14, 2nd floor');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('.o_saas_sync_resolving');
    const wish = await dispute.wishOf('Azure Interior');
    expect(Object.keys(wish?.decisions ?? {}).sort()).to.deep.equal(['phone', 'street']);
    expect(wish?.decisions['phone']).to.include({ take: 'other', by: 'admin', odoo: PHONE.odoo });
    expect(wish?.decisions['street']).to.include({ take: 'value', value: 'Long Road 14, 2nd floor' });
    await dispute.tell('Azure Interior', partner, COUNTRY);
    await page.waitForSelector('[data-field=phone]', { state: 'detached' });
    await dispute.settle('Azure Interior');
    await page.waitForSelector('.o_saas_sync_ending');
    expect(await said('res.partner', partner)).not.to.contain('1222');
  });

  it('opens from the record, takes a side, and the audit says who decided without any value', async () => {
    const partner = await dispute.disagree('Gemini Furniture', PHONE, COUNTRY);
    const { page, ...browser } = await walkTo('sales', `/odoo/contacts/${partner}`);
    await page.click('.o_saas_sync_badge[data-state=conflict]');
    await page.waitForSelector('.o_saas_sync_conflict >> text=Conflict: 2 fields');
    await browser.picture('conflict-popover');
    await page.click('.o_saas_sync_conflict');
    await page.waitForSelector('.o_dialog .o_saas_sync_conflict_field');
    await page.click('.o_dialog .o_saas_sync_all_other');
    await page.click('.o_dialog [data-field=country_id] .o_saas_sync_type');
    const editor = '.o_dialog [data-field=country_id] .o_saas_sync_editor input';
    await page.fill(editor, 'Switzer');
    await page.click('.o-autocomplete--dropdown-item:has-text("Switzerland")');
    await page.fill('.o_dialog .o_saas_sync_settle > input', 'They moved');
    await browser.picture('conflict-dialog');
    await page.click('.o_dialog .o_saas_sync_settle_now');
    await page.waitForSelector('.o_dialog', { state: 'detached' });
    const wish = await dispute.wishOf('Gemini Furniture');
    expect(wish?.note).to.equal('They moved');
    expect(wish?.decisions['country_id']?.value).to.deep.equal({ lookup: ['res.country', 'code', 'CH'] });
    await dispute.settle('Gemini Furniture');
    await page.waitForSelector('.o_form_view .o_saas_sync_badge[data-state=synced]');
    const story = await said('res.partner', partner);
    expect(story).to.match(/decided: .*Phone \(Salesforce.s\)/);
    expect(story).not.to.contain('1222');
  });

  it('offers to type only to those who may write the record', async () => {
    await dispute.disagree('Ready Mat', PHONE);
    const { page } = await walkTo('accountant', `${QUEUE}/${await dispute.idOf('Ready Mat')}`);
    await page.waitForSelector('[data-field=phone] .o_saas_sync_side_odoo');
    const mayWrite = await page.isVisible('[data-field=phone] .o_saas_sync_type');
    expect(mayWrite).to.equal(false);
    await page.focus('[data-field=phone]');
    await page.keyboard.press('3');
    await page.keyboard.press('2');
    await page.waitForSelector('[data-field=phone] .o_saas_sync_side_other.o_saas_sync_taken');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.o_saas_sync_resolving');
    expect((await dispute.wishOf('Ready Mat'))?.decisions['phone']).to.include({
      take: 'other',
      by: 'accountant',
    });
  });

  it('warns of what changed meanwhile and decides nothing about it', async () => {
    const partner = await dispute.disagree('Deco Addict', PHONE);
    const { page } = await walkTo('accountant', `${QUEUE}/${await dispute.idOf('Deco Addict')}`);
    await page.click('[data-field=phone] .o_saas_sync_side_odoo');
    await dispute.admin.call('res.partner', 'write', [[partner], { phone: '+49 30 1333' }]);
    await page.click('.o_saas_sync_settle_now');
    await page.waitForSelector('.o_notification >> text=Changed meanwhile, look again: Phone');
    await page.waitForSelector('.o_saas_sync_was >> text=+49 30 1111');
    expect(await dispute.wishOf('Deco Addict')).to.equal(undefined);
    await page.click('[data-field=phone] .o_saas_sync_side_odoo');
    await page.click('.o_saas_sync_settle_now');
    await page.waitForSelector('.o_saas_sync_resolving');
    expect((await dispute.wishOf('Deco Addict'))?.decisions['phone']?.odoo).to.equal('+49 30 1333');
  });

  it('settles equal cases together and leaves the others', async () => {
    await dispute.disagree('Lumber Inc', STREET);
    await dispute.disagree('Wood Corner', STREET);
    await dispute.disagree('Jackson Group', PHONE, STREET);
    const { page, ...browser } = await walkTo('accountant', QUEUE);
    for (const name of ['Lumber Inc', 'Wood Corner', 'Jackson Group'])
      await page.click(`.o_data_row:has-text("${name}") .o_list_record_selector input`);
    await browser.picture('conflict-list');
    await page.click('.o_control_panel button:has-text("Take the other")');
    await page.waitForSelector('.modal .o_data_row >> text=Street');
    await browser.picture('conflict-settle');
    await page.click('.modal footer button[name=action_settle]');
    await page.waitForSelector('.o_notification >> text=2 conflict(s) are being settled.');
    expect((await dispute.wishOf('Lumber Inc'))?.decisions['street']).to.include({
      take: 'other',
      by: 'accountant',
    });
    expect((await dispute.wishOf('Wood Corner'))?.decisions['street']).to.include({ take: 'other' });
    expect(await dispute.wishOf('Jackson Group')).to.equal(undefined);
  });

  it('proposes a rule that an administrator reads with its lines', async () => {
    await dispute.disagree('Globex', PHONE);
    const { page } = await walkTo('accountant', `${QUEUE}/${await dispute.idOf('Globex')}`);
    await page.click('[data-field=phone] .o_saas_sync_side_other');
    await page.check('[data-field=phone] .o_saas_sync_always input');
    await page.click('.o_saas_sync_settle_now');
    await page.waitForSelector('.o_saas_sync_resolving');
    const { page: wide, ...browser } = await walkTo('admin', '/odoo/saas-sync-proposals');
    await wide.click('.o_data_row .o_data_cell');
    await wide.waitForSelector('.o_form_view >> text=owner: [salesforce]');
    await browser.picture('conflict-proposal');
    await wide.click('button[name=action_approve]');
    await wide.waitForSelector('.alert-info >> text=It counts once the lines stand');
  });

  it('fits on a telephone', async () => {
    await dispute.disagree('Initech', PHONE, STREET, COUNTRY);
    const { page, ...browser } = await walkTo('accountant', QUEUE);
    await browser.resize(420, 800);
    await browser.go(QUEUE);
    await page.waitForSelector('.o_kanban_record');
    await browser.picture('conflict-narrow-queue');
    await browser.go(`${QUEUE}/${await dispute.idOf('Initech')}`);
    await page.waitForSelector('[data-field=phone]');
    await browser.picture('conflict-narrow');
    await until('the screen is as wide as the telephone', async () => {
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      return Number(wide) <= 420;
    });
    await page.click('[data-field=phone] .o_saas_sync_side_odoo');
    await page.waitForSelector('[data-field=phone] .o_saas_sync_taken');
    await browser.resize(1280, 900);
  });

  const walkTo = async (login: string, path: string) => {
    const browser = await walk(login, path);
    return {
      page: browser.page,
      go: (next: string) => browser.open(next),
      resize: (width: number, height: number) => browser.resize(width, height),
      picture: (name: string) => browser.screenshot(name),
    };
  };
});
