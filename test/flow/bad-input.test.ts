/** What is wrong from outside: each gets an answer that names it and the way out, and nothing else stops for it. */
import { expect } from 'chai';
import axios from 'axios';
import { API_VERSION } from '../sandbox/stripe/index.ts';
import { signatureHeader } from '../sandbox/stripe/webhooks.ts';
import { sell, type Sale } from '../support/sale.ts';
import { exceptions, originsOfRecord, until, type Exception } from '../support/sidecar-story.ts';
import { odooOfTheRun, openWorld, WEBHOOK_SECRET, type World } from '../support/world.ts';

const CONNECTION = 'stripe-bad';

describe('bad input', function () {
  this.timeout(120_000);
  let world: World;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openWorld(odoo, {
      connection: CONNECTION,
      seed: 'bad',
      sandbox: { delivery: { retryMs: 50, retryMaxMs: 200 } },
    });
    await world.sidecar.idle();
  });

  after(async () => {
    await forgetExceptions(world);
    await world?.close();
  });

  const arrived = async () => {
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle();
  };
  const exceptionOf = async (id: string): Promise<Exception | undefined> =>
    (await exceptions(world.sidecar)).find(({ ref }) => ref.externalId === id);
  const stateInOdoo = async (id: string) => {
    const link = [
      ['external_id', '=', id],
      ['model', '=', 'account.move'],
    ];
    const [row] = await world.admin.search<{ res_id: number }>('saas.sync.link', link, ['res_id']);
    const move = [['id', '=', row?.res_id ?? 0]];
    const [found] = await world.admin.search<MoveState>('account.move', move, [
      'state',
      'move_type',
      'amount_total',
    ]);
    return found;
  };
  /** A sale without any fault, made right after a bad one. */
  const neighbourProceeds = async (name: string) => {
    const healthy = await sell(world.sandbox, { name });
    await arrived();
    expect(await stateInOdoo(healthy.invoice.id)).to.include({ state: 'posted' });
  };

  describe('at the door', () => {
    const event = (more: object = {}) =>
      JSON.stringify({
        id: `evt_${Math.random().toString(36).slice(2)}`,
        object: 'event',
        type: 'customer.created',
        api_version: API_VERSION,
        created: Math.floor(Date.now() / 1000),
        livemode: false,
        data: { object: { id: 'cus_nobody', object: 'customer' } },
        ...more,
      });
    const post = (body: string, signature = signatureHeader(body, [WEBHOOK_SECRET]), to = CONNECTION) =>
      axios.post(`${world.sidecar.url}/hooks/${to}`, body, {
        headers: { 'Content-Type': 'application/json', 'Stripe-Signature': signature },
        validateStatus: () => true,
        transformRequest: (text: string) => text,
        maxBodyLength: Infinity,
      });
    const HOUR_AGO = Date.now() - 3_600_000;

    const refusals: [string, () => ReturnType<typeof post>, number, RegExp, RegExp][] = [
      [
        'a bad signature',
        () => post(event(), signatureHeader(event(), ['whsec_no'])),
        401,
        /signing secret/,
        /webhook_secret/,
      ],
      ['a stale timestamp', () => postSigned(event(), HOUR_AGO), 401, /signed 36\d\d s away/, /clock/],
      [
        'another account',
        () => post(event({ account: 'acct_other' })),
        400,
        /acct_other/,
        /options\.account/,
      ],
      [
        'another API version',
        () => post(event({ api_version: '2020-08-27' })),
        400,
        /2020-08-27/,
        /endpoint anew/,
      ],
      [
        'a live event on a test connection',
        () => post(event({ livemode: true })),
        400,
        /live event/,
        /environment/,
      ],
      [
        'an unknown connection',
        () => post(event(), undefined, 'nowhere'),
        404,
        /"nowhere"/,
        /connections\.yaml/,
      ],
      [
        'a body of ten megabytes',
        () => post('x'.repeat(10 * 1024 * 1024)),
        413,
        /one megabyte/,
        /who else uses/,
      ],
      ['what is no JSON', () => post('<xml/>'), 400, /JSON/, /Stripe|address/],
    ];
    const postSigned = (body: string, at: number) => post(body, signatureHeader(body, [WEBHOOK_SECRET], at));
    for (const [what, send, status, message, hint] of refusals)
      it(`${what} is refused with ${status}, named, and with the way out`, async () => {
        const before = await received();
        const answer = await send();
        expect(answer.status).to.equal(status);
        expect(answer.headers['content-type']).to.contain('application/problem+json');
        expect(answer.data.detail).to.match(message);
        expect(answer.data.hint).to.match(hint);
        expect(await received()).to.equal(before);
      });

    it('an event of no concern is taken with thanks and left', async () => {
      const before = await received();
      const answer = await post(event({ type: 'radar.early_fraud_warning.created' }));
      expect(answer.status).to.equal(200);
      expect(answer.data.ignored).to.contain('radar.early_fraud_warning.created');
      expect(await received()).to.equal(before);
    });

    it('a delivery that comes twice is one delivery', async () => {
      const customer = await world.sandbox.client.customers.create({ name: 'Only Once' });
      const body = event({ data: { object: { id: customer.id, object: 'customer' } } });
      expect((await post(body)).data).to.deep.equal({ accepted: true, duplicate: false });
      expect((await post(body)).data).to.deep.equal({ accepted: true, duplicate: true });
      await arrived();
      const partners = [['name', '=', 'Only Once']];
      expect(await world.admin.call('res.partner', 'search_count', [partners])).to.equal(1);
    });

    const received = async () => (await world.sidecar.status()).connections[0]?.counters.received;
  });

  describe('in a record', () => {
    it('a currency that Odoo has switched off is named, and going on takes one press after switching it on', async () => {
      const sale = await sell(world.sandbox, { name: 'Zermatt AG', currency: 'chf' });
      await neighbourProceeds('Neighbour of Zermatt');
      const exception = await exceptionOf(sale.invoice.id);
      expect(exception).to.include({ cause: 'business_rule', code: 'currency_inactive' });
      expect(exception?.message).to.contain('CHF');
      expect(exception?.hint).to.match(/Activate it in .*Currencies.* retry/);
      const [currency] = await world.admin.search<{ id: number }>(
        'res.currency',
        [
          ['name', '=', 'CHF'],
          ['active', '=', false],
        ],
        ['id'],
      );
      await world.admin.call('res.currency', 'write', [[currency?.id], { active: true }]);
      await world.admin.call('res.currency.rate', 'create', [
        { currency_id: currency?.id, name: '2026-01-01', rate: 0.95 },
      ]);
      await pressRetry(sale.invoice.id);
      expect(await stateInOdoo(sale.invoice.id)).to.include({ state: 'posted', amount_total: 118.76 });
    });

    it('a currency that Odoo does not have at all is named', async () => {
      const sale = await sell(world.sandbox, { name: 'Far Away Ltd', currency: 'zzz', paid: false });
      await neighbourProceeds('Neighbour of Far Away');
      const exception = await exceptionOf(sale.invoice.id);
      expect(exception?.message).to.contain('ZZZ');
      expect(exception?.hint).to.contain('Currencies');
    });

    it('a tax that nobody has mapped holds back its invoice alone', async () => {
      const sale = await sell(world.sandbox, { name: 'Lisboa Lda', tax: '23', paid: false });
      await neighbourProceeds('Neighbour of Lisboa');
      const exception = await exceptionOf(sale.invoice.id);
      expect(exception).to.include({ cause: 'missing_mapping', code: 'tax_unmapped' });
      expect(exception?.hint).to.contain('Choose the Odoo tax');
      const open = [
        ['external_id', '=', sale.invoice.id],
        ['message', 'like', '23'],
      ];
      const told = () => world.admin.call<number>('saas.sync.exception', 'search_count', [open]);
      await until('Odoo names the rate as people do', async () => (await told()) === 1);
    });

    it('a customer whose webhooks were lost is fetched when the invoice needs it', async () => {
      world.sandbox.fault({ kind: 'lose', times: 2, match: { type: 'customer.created' } });
      const sale = await sell(world.sandbox, { name: 'Late Comer SARL' });
      world.sandbox.faults.clear();
      await arrived();
      expect(await stateInOdoo(sale.invoice.id)).to.include({ state: 'posted' });
      expect(await originsOfRecord(world.sidecar, `${CONNECTION}/customer:${sale.customer.id}`)).to.include(
        'dependency',
      );
    });

    it('a customer that cannot be understood is named, on its own exception and on its invoice', async () => {
      const customer = await world.sandbox.client.customers.create({
        name: 'Garbled Inc',
        payment_method: 'pm_card_visa',
        invoice_settings: { default_payment_method: 'pm_card_visa' },
      });
      world.sandbox.memory.get('customer', customer.id)['address'] = 'a line of text';
      const draft = await world.sandbox.client.invoices.create({ customer: customer.id, currency: 'eur' });
      await world.sandbox.client.invoiceItems.create({
        customer: customer.id,
        invoice: draft.id,
        amount: 1000,
        currency: 'eur',
      });
      await world.sandbox.client.invoices.finalizeInvoice(draft.id);
      await neighbourProceeds('Neighbour of Garbled');
      const own = await exceptionOf(customer.id);
      expect(own?.message).to.match(/address/);
      expect(own?.hint).to.be.a('string').and.not.equal('');
      const invoice = await exceptionOf(draft.id);
      expect(invoice?.message).to.contain(`customer ${customer.id}`);
      expect(invoice?.hint).to.contain('by itself');

      world.sandbox.memory.get('customer', customer.id)['address'] = null;
      await pressRetry(customer.id);
      expect(await stateInOdoo(draft.id)).to.include({ state: 'posted', amount_total: 10 });
    });

    it('an invoice below zero is a credit note in Odoo', async () => {
      const { client } = world.sandbox;
      const customer = await client.customers.create({ name: 'Minus & Sons' });
      const draft = await client.invoices.create({ customer: customer.id, currency: 'eur' });
      await client.invoiceItems.create({
        customer: customer.id,
        invoice: draft.id,
        amount: -5000,
        currency: 'eur',
      });
      await client.invoices.finalizeInvoice(draft.id);
      await arrived();
      expect(await stateInOdoo(draft.id)).to.include({
        state: 'posted',
        move_type: 'out_refund',
        amount_total: 50,
      });
    });

    it('a key without the permission stops the connection, says which one, and ends by itself when it is granted', async () => {
      const { customer, invoice } = await forbidden();
      const broken = (await world.sidecar.status()).connections[0];
      expect(broken?.message).to.match(/permission/);
      expect(broken?.hint).to.match(/key/i);
      world.sandbox.faults.clear();
      await until(
        'the connection works again',
        async () => (await stateInOdoo(invoice.id))?.state === 'posted',
      );
      expect(await exceptionOf(customer.id)).to.equal(undefined);
    });

    const forbidden = async (): Promise<Sale> => {
      world.sandbox.fault({
        kind: 'forbidden',
        match: { method: 'GET', path: '/v1/customers/' },
        times: 1000,
      });
      const sale = await sell(world.sandbox, { name: 'No Entry Oy' });
      await world.sandbox.webhooks.idle();
      await until(
        'the connection is broken',
        async () => (await world.sidecar.status()).connections[0]?.state === 'broken',
      );
      return sale;
    };
  });

  /** As an operator does it in Odoo. */
  const pressRetry = async (id: string) => {
    const open = [
      ['external_id', '=', id],
      ['state', '=', 'open'],
    ];
    const find = () => world.admin.search<{ id: number }>('saas.sync.exception', open, ['id']);
    await until('Odoo shows the exception', async () => (await find()).length === 1);
    const [row] = await find();
    await world.admin.call('saas.sync.exception', 'action_retry', [[row?.id]]);
    await until(
      'it was tried again',
      async () => (await exceptionOf(id)) === undefined || (await exceptionOf(id))?.message,
    );
    await world.sidecar.idle();
  };
});

interface MoveState {
  state: string;
  move_type: string;
  amount_total: number;
}

/** Other tests of the run count open exceptions: those of this one are ignored in the end, as a person would. */
async function forgetExceptions({ admin, sidecar }: World): Promise<void> {
  await sidecar.idle();
  const mine = [
    ['connection_id.code', '=', CONNECTION],
    ['state', 'in', ['open', 'retrying']],
  ];
  const rows = await admin.search<{ id: number }>('saas.sync.exception', mine, ['id']);
  if (rows.length === 0) return;
  const wizard = await admin.call<number>('saas.sync.ignore', 'create', [
    { exception_ids: rows.map(({ id }) => id), reason: 'Made by a test' },
  ]);
  await admin.call('saas.sync.ignore', 'action_ignore', [[wizard]]);
}
