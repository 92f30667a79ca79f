/** The careful points of translating Stripe's objects, one promise each. */
import { expect } from 'chai';
import type { Snapshot, Translation } from '../../sidecar/domain/connector.ts';
import type {
  Customer,
  Invoice,
  Payment,
  Price,
  Refund,
  TaxRate,
} from '../../sidecar/domain/entity/index.ts';
import { InvalidData } from '../../sidecar/domain/failure.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import { translate } from '../../sidecar/connectors/stripe/translate/index.ts';
import * as w from '../support/stripe-wire.ts';

const READ_AT = (w.AT + 3600) * 1000;

function run(kind: Kind, externalId: string, body: unknown, timeZone = 'UTC'): Translation {
  const snapshot: Snapshot = { kind, externalId, readAt: READ_AT, body };
  return translate(snapshot, {
    connection: 'stripe-eu',
    timeZone,
    environment: 'test',
    reason: 'test',
  });
}
const entity = <T>(kind: Kind, id: string, body: unknown, timeZone?: string) =>
  run(kind, id, body, timeZone).events[0]!.entity as T;
const invoice = (over: Parameters<typeof w.wireInvoice>[0] = {}, timeZone?: string) =>
  entity<Invoice>('invoice', 'in_1', w.wireInvoice(over), timeZone);

function failure(call: () => unknown): InvalidData {
  try {
    call();
  } catch (error) {
    expect(error).to.be.instanceOf(InvalidData);
    return error as InvalidData;
  }
  throw new Error('did not fail');
}

describe('translating Stripe invoices', () => {
  it('takes the business date in the time zone of the connection', () => {
    const late = Date.parse('2026-03-31T23:30:00Z') / 1000;
    const over = { effective_at: late };
    expect(invoice(over).issueDate).to.equal('2026-03-31');
    expect(invoice(over, 'Europe/Berlin').issueDate).to.equal('2026-04-01');
  });

  it('shows the arithmetic when lines and total disagree', () => {
    const error = failure(() => invoice({ lines: [w.wireLine({ amount: 9000 })] }));
    expect(error.code).to.equal('amounts_disagree');
    expect(error.message).to.include('90.00 EUR').and.include('100.00 EUR').and.include('in_1');
  });

  it('names the field when the object is not as documented', () => {
    const { amount_due: _, ...rest } = w.wireInvoice();
    const error = failure(() => run('invoice', 'in_1', rest));
    expect(error.code).to.equal('unexpected_shape');
    expect(error.args).to.deep.equal({ field: 'amount_due' });
  });

  it('lets keys pass that it does not know', () => {
    expect(invoice({ brand_new: { deep: true } } as never).number).to.equal('ADA-0001');
  });

  it('counts a credit grant as a discount, and a discount once', () => {
    const line = w.wireLine({
      discount_amounts: [{ amount: 1000, discount: 'di_1' }],
      pretax_credit_amounts: [
        { amount: 1000, discount: 'di_1', type: 'discount' },
        { amount: 2000, credit_balance_transaction: 'cbtxn_1', type: 'credit_balance_transaction' },
      ],
      taxes: [w.wireTax(1330, 7000)],
    });
    const read = invoice({
      lines: [line],
      total: 8330,
      total_excluding_tax: 7000,
      total_taxes: [w.wireTax(1330, 7000)],
    });
    expect(read.lines[0]!.discount).to.equal(3000);
    expect(read.totals).to.include({ net: 7000, tax: 1330, total: 8330, discount: 3000 });
  });

  it('merges taxes of one rate that Stripe splits by reason', () => {
    const taxes = [
      w.wireTax(1000, 5263),
      w.wireTax(900, 4737, { taxability_reason: 'portion_standard_rated' }),
    ];
    expect(invoice({ total_taxes: taxes }).taxes).to.deep.equal([
      { rate: 'txr_19', inclusive: false, base: 10_000, amount: 1900 },
    ]);
  });

  it('sums the taxes of the lines where the document names none', () => {
    expect(invoice({ total_taxes: null, total_excluding_tax: null }).totals).to.include({
      net: 10_000,
      tax: 1900,
    });
  });

  it('adds the tax on shipping where the document’s taxes leave it out', () => {
    const shipping_cost = {
      amount_subtotal: 500,
      amount_tax: 95,
      amount_total: 595,
      shipping_rate: 'shr_1',
      taxes: [{ amount: 95, rate: w.wireTaxRate(), taxability_reason: null, taxable_amount: 500 }],
    };
    const read = invoice({ shipping_cost, total: 12_495, total_excluding_tax: 10_500 });
    expect(read.taxes).to.deep.equal([{ rate: 'txr_19', inclusive: false, base: 10_500, amount: 1995 }]);
    expect(read.lines[1]).to.include({ id: 'shipping', net: 500, unitPrice: '5.00', quantity: '1' });
  });

  it('takes shipping with its inclusive tax, as lines are taken', () => {
    const rate = w.wireTaxRate({ id: 'txr_19i', inclusive: true });
    const shipping_cost = {
      amount_subtotal: 500,
      amount_tax: 95,
      amount_total: 595,
      shipping_rate: 'shr_1',
      taxes: [{ amount: 95, rate, taxability_reason: null, taxable_amount: 500 }],
    };
    const taxes = [
      w.wireTax(1900, 10_000),
      w.wireTax(95, 500, { tax_behavior: 'inclusive', tax_rate_details: { tax_rate: 'txr_19i' } }),
    ];
    const read = invoice({ shipping_cost, total: 12_495, total_excluding_tax: 10_500, total_taxes: taxes });
    expect(read.lines[1]).to.include({ net: 595 });
    expect(read.totals).to.include({ net: 10_500, tax: 1995 });
  });

  it('refuses a tax that names no rate, and passes one over that is zero', () => {
    const bare = (amount: number) => [w.wireTax(amount, 10_000, { tax_rate_details: null })];
    const error = failure(() => invoice({ lines: [w.wireLine({ taxes: bare(1900) })] }));
    expect(error.code).to.equal('tax_without_rate');
    const free = invoice({
      lines: [w.wireLine({ taxes: bare(0) })],
      total_taxes: bare(0),
      total: 10_000,
    });
    expect(free.taxes).to.deep.equal([]);
  });

  it('counts balance that was applied as prepaid, and balance that was charged as negative', () => {
    expect(invoice({ starting_balance: -2000, ending_balance: 0 }).totals.prepaid).to.equal(2000);
    expect(invoice({ starting_balance: 300, ending_balance: 0 }).totals.prepaid).to.equal(-300);
    expect(invoice({ starting_balance: -2000, ending_balance: null }).totals.prepaid).to.equal(0);
  });

  it('keeps decimal quantities and drops the price where it explains nothing', () => {
    const half = w.wireLine({ amount: 2500, quantity: 0, quantity_decimal: '0.5', taxes: [] });
    const rest = w.wireLine({ id: 'il_2', amount: 7500, quantity: 2, quantity_decimal: '2', taxes: [] });
    const [first, second] = invoice({ lines: [half, rest] }).lines;
    expect(first).to.include({ quantity: '0.5', unitPrice: '50' });
    expect(second).to.include({ quantity: '2', unitPrice: null });
  });

  it('leads to each payment of the invoice once', () => {
    const payments = [
      w.wireInvoicePayment(),
      w.wireInvoicePayment({ id: 'inpay_2' }),
      w.wireInvoicePayment({ id: 'inpay_3', payment: { type: 'charge', charge: 'py_3' } }),
      w.wireInvoicePayment({ id: 'inpay_4', payment: { type: 'payment_record', payment_record: 'pr_4' } }),
    ];
    const { follow } = run('invoice', 'in_1', w.wireInvoice({ payments }));
    expect(follow.map(({ kind, externalId }) => `${kind}:${externalId}`)).to.deep.equal([
      'payment:pi_1',
      'payment:py_3',
    ]);
  });

  it('tells of money outside Stripe as a payment of its own, the same from both sides', () => {
    const body = w.wireInvoice({
      amount_paid_off_stripe: 4000,
      payments: [
        w.wireInvoicePayment({
          amount_paid: 4000,
          payment: { type: 'payment_record', payment_record: 'pr_1' },
          status_transitions: { canceled_at: null, paid_at: w.AT + 3 * 86_400 },
        }),
      ],
    });
    const fromInvoice = run('invoice', 'in_1', body).events[1]!;
    expect(fromInvoice.ref).to.include({ kind: 'payment', externalId: 'in_1:off_stripe' });
    expect(fromInvoice.entity).to.include({ channel: 'external', amount: 4000, date: '2026-03-05' });
    expect(run('payment', 'in_1:off_stripe', { invoice: body }).events).to.deep.equal([fromInvoice]);
  });

  it('refuses statuses it does not know and invoices without a customer', () => {
    expect(failure(() => invoice({ status: 'frozen' })).code).to.equal('unknown_status');
    expect(failure(() => invoice({ customer: null })).code).to.equal('no_customer');
  });

  it('links to the dashboard of the environment', () => {
    const event = run('invoice', 'in_1', w.wireInvoice()).events[0]!;
    expect(event.url).to.equal('https://dashboard.stripe.com/test/invoices/in_1');
    const live = translate(
      { kind: 'invoice', externalId: 'in_1', readAt: READ_AT, body: w.wireInvoice() },
      { connection: 'stripe-eu', timeZone: 'UTC', environment: 'live', reason: 'x' },
    );
    expect(live.events[0]!.url).to.equal('https://dashboard.stripe.com/invoices/in_1');
  });
});

describe('translating Stripe payments and refunds', () => {
  const payment = (over: w.Wire, charge: w.Wire | null = w.wireCharge(), parts = [w.wireInvoicePayment()]) =>
    entity<Payment>('payment', 'pi_1', {
      payment_intent: w.wirePaymentIntent({ latest_charge: charge, ...over }),
      invoice_payments: parts,
    });

  it('knows every id of the same money', () => {
    expect(payment({}).identities).to.deep.equal(['pi_1', 'ch_1', 'inpay_1']);
  });

  it('allocates only what was paid', () => {
    const parts = [
      w.wireInvoicePayment({ amount_paid: 900 }),
      w.wireInvoicePayment({ id: 'inpay_2', status: 'open', amount_paid: null }),
      w.wireInvoicePayment({ id: 'inpay_3', status: 'canceled', amount_paid: null }),
    ];
    expect(payment({}, undefined, parts).allocations).to.deep.equal([{ invoice: 'in_1', amount: 900 }]);
  });

  const states: [string, w.Wire, Payment['status']][] = [
    ['succeeded', {}, 'succeeded'],
    ['processing', { amount_received: 0 }, 'pending'],
    ['requires_action', { amount_received: 0 }, 'pending'],
    ['requires_capture', { amount_received: 0 }, 'pending'],
    ['requires_payment_method', { amount_received: 0 }, 'pending'],
    [
      'requires_payment_method',
      { amount_received: 0, last_payment_error: { type: 'card_error', code: 'card_declined' } },
      'failed',
    ],
    ['canceled', { amount_received: 0, canceled_at: w.AT }, 'cancelled'],
  ];
  for (const [status, over, want] of states)
    it(`reads ${status}${over['last_payment_error'] ? ' after a failed try' : ''} as ${want}`, () => {
      expect(payment({ status, ...over }).status).to.equal(want);
    });

  it('counts what was received, not what was asked for', () => {
    expect(payment({ amount: 12_000, amount_received: 11_900 }).amount).to.equal(11_900);
  });

  it('sends a charge of an intent to the lane of the intent', () => {
    const { events, follow } = run('payment', 'ch_1', { charge: w.wireCharge(), invoice_payments: [] });
    expect(events).to.deep.equal([]);
    expect(follow[0]).to.deep.equal({ connection: 'stripe-eu', kind: 'payment', externalId: 'pi_1' });
  });

  it('takes no authorisation for money', () => {
    const charge = w.wireCharge({ payment_intent: null, captured: false, amount_captured: 0 });
    const read = entity<Payment>('payment', 'ch_1', { charge, invoice_payments: [] });
    expect(read.status).to.equal('pending');
  });

  it('ties a refund to the lane its payment has', () => {
    const of = (over: w.Wire) => entity<Refund>('refund', 're_1', w.wireRefund(over)).payment;
    expect(of({})).to.equal('pi_1');
    expect(of({ payment_intent: null })).to.equal('ch_1');
    expect(of({ payment_intent: null, charge: null })).to.equal(null);
  });

  it('takes no money for moved that Stripe has not booked', () => {
    const of = (over: w.Wire) => entity<Refund>('refund', 're_1', w.wireRefund(over)).status;
    expect(of({ status: 'pending' })).to.equal('pending');
    expect(of({ status: 'pending', balance_transaction: null })).to.equal('requested');
    expect(of({ status: 'requires_action', balance_transaction: null })).to.equal('requested');
    expect(of({ status: 'succeeded', balance_transaction: null })).to.equal('succeeded');
  });

  it('finds the customer of a refund at its payment', () => {
    const body = w.wireRefund({ customer: null, payment_intent: w.wirePaymentIntent() });
    expect(entity<Refund>('refund', 're_1', body).customer).to.equal('cus_Ada');
  });

  it('dates the failure of a refund by the booking that returns the money', () => {
    const failure_balance_transaction = { id: 'txn_2', created: w.AT + 9 * 86_400 };
    const body = w.wireRefund({ status: 'failed', failure_reason: 'unknown', failure_balance_transaction });
    const read = entity<Refund>('refund', 're_1', body);
    expect(read).to.include({ status: 'failed', failure: 'unknown', failedAt: '2026-03-11' });
  });
});

describe('translating Stripe masters', () => {
  const customer = (over: w.Wire) => entity<Customer>('customer', 'cus_Ada', w.wireCustomer(over));

  it('falls back to other names, the e-mail and the id', () => {
    expect(customer({ name: '  ', business_name: 'Ada Ltd' }).name).to.equal('Ada Ltd');
    expect(customer({ name: null }).name).to.equal('ledger@example.com');
    expect(customer({ name: null, email: null }).name).to.equal('cus_Ada');
  });

  it('tells absent from empty', () => {
    const { address: _, ...rest } = w.wireCustomer({ email: null });
    const read = entity<Customer>('customer', 'cus_Ada', rest);
    expect(read).to.have.property('email', null);
    expect(read).to.not.have.any.keys('taxIds', 'vat', 'addresses', 'isCompany', 'legalName');
    expect(customer({ address: null }).addresses).to.deep.equal([]);
  });

  it('takes as VAT the first number that is one', () => {
    const tax_ids = w.listOf('/x', [
      w.wireTaxId({ type: 'de_stn', value: '12/345' }),
      w.wireTaxId({ type: 'eu_vat', value: 'DE123456789' }),
    ]);
    expect(customer({ tax_ids }).vat).to.equal('DE123456789');
    expect(customer({ tax_ids: w.listOf('/x', []) }).vat).to.equal(null);
  });

  it('leaves out a country that is no code', () => {
    expect(
      customer({ address: w.wireAddress({ country: 'Deutschland' }) }).addresses![0],
    ).to.not.have.property('country');
    expect(customer({ address: w.wireAddress({ country: 'de' }) }).addresses![0]!.country).to.equal('DE');
  });

  it('prices below a cent stay exact', () => {
    const read = entity<Price>(
      'price',
      'price_1',
      w.wirePrice({ unit_amount: null, unit_amount_decimal: '0.125' }),
    );
    expect(read.unitAmount).to.equal('0.00125');
  });

  it('knows prices that the payer chooses', () => {
    const body = w.wirePrice({
      custom_unit_amount: { maximum: null, minimum: null, preset: null },
      unit_amount: null,
      unit_amount_decimal: null,
    });
    expect(entity<Price>('price', 'price_1', body)).to.include({ scheme: 'custom', unitAmount: null });
  });

  it('takes the percentage that was calculated with', () => {
    const rate = (over: w.Wire) => entity<TaxRate>('tax_rate', 'txr_1', w.wireTaxRate(over)).percentage;
    expect(rate({ effective_percentage: null, percentage: 7.7 })).to.equal('7.7');
    expect(rate({ effective_percentage: 0, percentage: 7.7 })).to.equal('0');
  });

  it('says no personal data in labels', () => {
    expect(run('customer', 'cus_Ada', w.wireCustomer()).events[0]!.label).to.equal('Customer cus_Ada');
  });
});

describe('translating what Stripe no longer has', () => {
  it('buries what can be deleted', () => {
    for (const kind of ['customer', 'product', 'invoice'] as const) {
      const [event] = run(kind, 'x_1', null).events;
      expect(event).to.include({ action: 'deleted' });
      expect(event!.entity.kind).to.equal(kind);
    }
  });

  it('treats anything else that is missing as a mistake', () => {
    for (const kind of ['payment', 'refund', 'credit_note', 'tax_rate'] as const)
      expect(failure(() => run(kind, 'x_1', null)).code).to.equal('unknown_at_vendor');
  });
});
