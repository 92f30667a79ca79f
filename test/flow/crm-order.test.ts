/** A deal that is won at HubSpot becomes an order in Odoo; HubSpot hears how it goes on, and people what is wrong with it. */
import { expect } from 'chai';
import { come, openCrmWorld, type CrmWorld, type Values } from '../support/crm-world.ts';
import { odooOfTheRun } from '../support/world.ts';

const RUN = Date.now().toString(36).toUpperCase();

describe('a won deal of HubSpot', function () {
  this.timeout(60_000);
  let world: CrmWorld;
  let product: string;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openCrmWorld(odoo, { name: 'crm-order', systems: ['hubspot'] });
    product = world.hubspot.create('products', {
      name: `Robot arm ${RUN}`,
      price: '1000',
      hs_sku: `ARM-${RUN}`,
    });
    const made = await world.arrival('hubspot', 'product', product);
    await world.write('product.template', made, { invoice_policy: 'order' });
  });

  after(() => world?.close());

  /** A company with an open deal of ten arms; `lines` and `more` say what is different about it. */
  const open = async (name: string, lines: Values[] = [{}], more: Values = {}) => {
    const { hubspot } = world;
    const company = hubspot.create('companies', {
      name: `${name} ${RUN}`,
      domain: `${name.toLowerCase().replaceAll(' ', '-')}-${RUN.toLowerCase()}.example`,
      city: 'Berlin',
      country: 'Germany',
    });
    const deal = hubspot.create('deals', {
      dealname: `${name} ${RUN}`,
      dealstage: 'appointmentscheduled',
      pipeline: 'default',
      closedate: '2026-11-20',
      ...(more as Record<string, string>),
    });
    hubspot.associate('deals', deal, 'companies', company, 'Primary');
    const whole = { name: 'Robot arm', hs_product_id: product, quantity: '10', price: '1000' };
    const made = lines.map((line) =>
      hubspot.addLine(deal, { ...whole, ...(line as Record<string, string>) }),
    );
    const lead = await world.arrival('hubspot', 'deal', deal);
    await world.quiet();
    return { company, deal, lead, lines: made };
  };
  const win = (deal: string) => world.hubspot.moveDeal(deal, 'Closed Won');
  const told = (deal: string) => world.hubspot.get('deals', deal)!.properties;
  const orders = (lead: number) =>
    world.admin.search<Values & { id: number; state: string }>(
      'sale.order',
      [['opportunity_id', '=', lead]],
      ['name', 'state', 'amount_untaxed', 'partner_id', 'order_line'],
    );
  const confirmed = async (lead: number) =>
    (
      await come(
        'a confirmed order',
        () => orders(lead),
        ([order]) => order?.state === 'sale',
      )
    )[0]!;
  const wrong = (deal: string, code: string) =>
    come(
      'the exception',
      () => world.problem('hubspot', 'deal', deal),
      (found) => found?.code === code,
    );
  const fixed = (deal: string) =>
    come(
      'the end of the exception',
      () => world.problem('hubspot', 'deal', deal),
      (found) => !found,
    );

  it('is a confirmed order within seconds, and HubSpot hears of order, invoice and payment', async () => {
    const { company, deal, lead } = await open('Havel');
    expect(await orders(lead)).to.deep.equal([]);
    win(deal);
    const order = await confirmed(lead);
    expect(order).to.include({ amount_untaxed: 10_000 });
    await come(
      'the order at HubSpot',
      () => told(deal)['odoo_order_name'],
      (name) => name === order['name'],
    );
    expect(told(deal)).to.include({ odoo_order_state: 'confirmed', odoo_invoiced: 'none' });
    const invoice = await invoiceOf(order.id);
    await come(
      'the invoice at HubSpot',
      () => told(deal)['odoo_invoiced'],
      (state) => state === 'full',
    );
    expect(told(deal)['odoo_payment_state']).to.equal('not_paid');
    const properties = () => world.hubspot.get('companies', company)!.properties;
    await come(
      'the open amount',
      () => Number(properties()['odoo_open_amount']),
      (open) => open >= 10_000,
    );
    await pay(invoice);
    await come(
      'the payment at HubSpot',
      () => told(deal)['odoo_payment_state'],
      (state) => state === 'paid',
    );
    await come(
      'nothing to be open',
      () => Number(properties()['odoo_open_amount']),
      (open) => open === 0,
    );
    await come(
      'the amount paid at HubSpot',
      () => Number(told(deal)['odoo_paid_amount']),
      (paid) => paid >= 10_000,
    );
  });

  it('is one order however often it is won', async () => {
    const { deal, lead } = await open('Twice');
    win(deal);
    await confirmed(lead);
    world.hubspot.moveDeal(deal, 'Contract Sent');
    await world.quiet();
    win(deal);
    await world.quiet();
    expect((await orders(lead)).map(({ state }) => state)).to.deep.equal(['sale']);
  });

  it('that is lost after all asks a person about the confirmed order, and cancels nothing', async () => {
    const { deal, lead } = await open('Lost');
    win(deal);
    const order = await confirmed(lead);
    await world.quiet();
    world.hubspot.moveDeal(deal, 'Closed Lost');
    const asked = await come(
      'the question',
      () => amendments(order.id),
      (found) => found.length === 1,
    );
    expect(asked[0]).to.include({ kind: 'cancellation', state: 'review' });
    expect((await orders(lead))[0]!.state).to.equal('sale');
  });

  it('that changes after it was confirmed proposes an amendment, and the order stays as it is', async () => {
    const { deal, lead, lines } = await open('Amended');
    win(deal);
    const order = await confirmed(lead);
    await world.quiet();
    world.hubspot.update('line_items', lines[0]!, { quantity: '12' });
    world.hubspot.update('deals', deal, { description: 'Two more' });
    const [amendment] = await come(
      'the amendment',
      () => amendments(order.id),
      (found) => found.length === 1,
    );
    expect(amendment).to.include({ kind: 'change', state: 'review', amount_after: 12_000 });
    expect((await orders(lead))[0]).to.include({ amount_untaxed: 10_000 });
    await world.admin.call('saas.sync.amendment', 'action_accept', [[amendment!.id]]);
    expect((await orders(lead))[0]).to.include({ amount_untaxed: 12_000 });
  });

  it('whose line names no product waits for a person, pending at HubSpot, and goes on once there is one', async () => {
    const { deal, lead, lines } = await open('No product', [{ hs_product_id: '', name: 'Installation' }]);
    win(deal);
    const problem = await wrong(deal, 'line_without_product');
    expect(problem!.message).to.contain('Installation');
    await come(
      'the deal to be pending',
      () => told(deal)['odoo_order_state'],
      (state) => state === 'pending',
    );
    world.hubspot.update('line_items', lines[0]!, { hs_product_id: product });
    world.hubspot.update('deals', deal, { description: 'An arm' });
    await confirmed(lead);
    await fixed(deal);
    await come(
      'the order at HubSpot',
      () => told(deal)['odoo_order_state'],
      (state) => state === 'confirmed',
    );
  });

  it('below the price list waits for a person, and goes on when the price is right', async () => {
    const { deal, lead, lines } = await open('Cheap', [{ price: '500' }]);
    win(deal);
    await wrong(deal, 'price_below_list');
    await come(
      'the deal to be pending',
      () => told(deal)['odoo_order_state'],
      (state) => state === 'pending',
    );
    world.hubspot.update('line_items', lines[0]!, { price: '950' });
    world.hubspot.update('deals', deal, { description: 'As agreed' });
    expect(await confirmed(lead)).to.include({ amount_untaxed: 9500 });
    await fixed(deal);
  });

  it('in a currency that Odoo has switched off says so, and goes on once it is switched on and retried', async () => {
    const { deal, lead } = await open('Krona', [{ price: '11000' }], { deal_currency_code: 'SEK' });
    win(deal);
    const problem = await wrong(deal, 'currency_inactive');
    const [krona] = await world.admin.call<number[]>('res.currency', 'search', [
      [
        ['name', '=', 'SEK'],
        ['active', '=', false],
      ],
    ]);
    await world.admin.call('res.currency', 'action_unarchive', [[krona]]);
    await world.admin.call('res.currency.rate', 'create', [
      { currency_id: krona, name: '2026-01-01', rate: 11 },
    ]);
    await world.admin.call('saas.sync.exception', 'action_retry', [[problem!.id]]);
    await confirmed(lead);
    await fixed(deal);
  });

  it('in a stage that no rule knows is held with the way out in words', async () => {
    const { deal } = await open('Stage');
    world.hubspot.portal.pipelines[0]!.stages.push({
      id: `legal-${RUN}`,
      label: 'Legal review',
      closed: false,
      probability: '0.7',
    });
    world.hubspot.update('deals', deal, { dealstage: `legal-${RUN}` });
    const problem = await wrong(deal, 'stage_unknown');
    expect(problem!.message).to.contain('Legal review');
    expect(problem!.hint).to.contain('Legal review: <stage in Odoo>');
    win(deal);
    await fixed(deal);
  });

  const amendments = (order: number) =>
    world.admin.search<{ id: number; kind: string; state: string; amount_after: number }>(
      'saas.sync.amendment',
      [['order_id', '=', order]],
      ['kind', 'state', 'amount_after'],
    );

  /** Invoiced and posted as the accountant does it. */
  async function invoiceOf(order: number): Promise<number> {
    const { admin } = world;
    const wish = [{ advance_payment_method: 'delivered', sale_order_ids: [[6, 0, [order]]] }];
    const wizard = await admin.call<number[]>('sale.advance.payment.inv', 'create', [wish]);
    await admin.call('sale.advance.payment.inv', 'create_invoices', [wizard]);
    const { invoice_ids } = (await world.read('sale.order', order, ['invoice_ids'])) as {
      invoice_ids: number[];
    };
    await admin.call('account.move', 'action_post', [invoice_ids]);
    return invoice_ids[0]!;
  }

  async function pay(invoice: number): Promise<void> {
    const context = { active_model: 'account.move', active_ids: [invoice] };
    const wizard = await world.admin.call<number[]>('account.payment.register', 'create', [[{}]], {
      context,
    });
    await world.admin.call('account.payment.register', 'action_create_payments', [wizard], { context });
  }
});
