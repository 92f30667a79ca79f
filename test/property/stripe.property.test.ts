/** Whatever bill Stripe may compute, its translation keeps the arithmetic to the cent; whatever is off by one is caught. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Invoice } from '../../sidecar/domain/entity/index.ts';
import { InvalidData, Refused } from '../../sidecar/domain/failure.ts';
import { extend, sum } from '../../sidecar/domain/money.ts';
import { hmacSha256 } from '../../sidecar/connectors/kit/signature.ts';
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import { minor, movePoint } from '../../sidecar/connectors/stripe/translate/amounts.ts';
import { wireInvoice, wireInvoicePayment, wireLine, wireTax, type Wire } from '../support/stripe-wire.ts';

interface Rate {
  id: string;
  /** In hundredths of a percent. */
  bp: number;
  inclusive: boolean;
}

interface Spec {
  currency: string;
  rounding: 'line' | 'document';
  balance: number;
  lines: { quantity: number; unit: number; proration: number | null; discount: number; rates: Rate[] }[];
  shipping: { amount: number; rate: Rate | null } | null;
  paid: boolean;
}

const RATES: Rate[] = [
  { id: 'txr_19', bp: 1900, inclusive: false },
  { id: 'txr_7', bp: 700, inclusive: false },
  { id: 'txr_ny', bp: 888, inclusive: false },
  { id: 'txr_19i', bp: 1900, inclusive: true },
  { id: 'txr_20i', bp: 2000, inclusive: true },
];

/** ISK and UGX are sent with two decimals that are always 00. */
const stepOf = (currency: string) => (currency === 'isk' || currency === 'ugx' ? 100 : 1);
const round = (amount: number, step: number) =>
  Math.sign(amount) * Math.round(Math.abs(amount) / step) * step || 0;

const rate = fc.constantFrom(...RATES);
const spec: fc.Arbitrary<Spec> = fc.record({
  currency: fc.constantFrom('eur', 'usd', 'jpy', 'kwd', 'isk', 'ugx', 'mga'),
  rounding: fc.constantFrom('line', 'document'),
  balance: fc.integer({ min: -3000, max: 500 }),
  lines: fc.array(
    fc.record({
      quantity: fc.integer({ min: 0, max: 40 }),
      unit: fc.integer({ min: 0, max: 99_999 }),
      proration: fc.option(fc.integer({ min: -50_000, max: 50_000 })),
      discount: fc.integer({ min: 0, max: 100 }),
      rates: fc.uniqueArray(rate, { maxLength: 2, selector: ({ id }) => id }),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  shipping: fc.option(fc.record({ amount: fc.integer({ min: 1, max: 5000 }), rate: fc.option(rate) })),
  paid: fc.boolean(),
});

interface Taxed {
  rate: Rate;
  base: number;
  exact: number;
  amount: number;
}

/** Inclusive taxes are taken out of the amount first, all taxes are then reckoned on what is left. */
function taxed(amount: number, rates: readonly Rate[], step: number): Taxed[] {
  const inside = sum(rates.filter(({ inclusive }) => inclusive).map(({ bp }) => bp));
  const left = (amount * 10_000) / (10_000 + inside);
  const parts = rates.map((one) => ({ rate: one, exact: (left * one.bp) / 10_000, base: 0, amount: 0 }));
  for (const part of parts) part.amount = round(part.exact, step);
  const base = amount - sum(parts.filter((part) => part.rate.inclusive).map((part) => part.amount));
  return parts.map((part) => ({ ...part, base }));
}

const wireOf = ({ rate: { id, inclusive }, base, amount }: Taxed) =>
  wireTax(amount, base, {
    tax_behavior: inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: id },
  });

/** The document's taxes: the sum of the lines', or reckoned once per rate, as the account has it. */
function totalTaxes(all: Taxed[], rounding: Spec['rounding'], step: number): Taxed[] {
  const ids = [...new Set(all.map(({ rate: { id } }) => id))];
  return ids.map((id) => {
    const parts = all.filter((part) => part.rate.id === id);
    const total = {
      rate: parts[0]!.rate,
      base: sum(parts.map((p) => p.base)),
      exact: sum(parts.map((p) => p.exact)),
    };
    const amount = rounding === 'line' ? sum(parts.map((p) => p.amount)) : round(total.exact, step);
    return { ...total, amount };
  });
}

/** A bill computed as Stripe does it. */
function bill(given: Spec): Wire {
  const { currency } = given;
  const step = stepOf(currency);
  const computed = given.lines.map((line, index) => {
    const unit = round(line.unit, step);
    const amount = round(line.proration ?? line.quantity * unit, step);
    const discount = amount > 0 ? round((amount * line.discount) / 100, step) : 0;
    const taxes = taxed(amount - discount, line.rates, step);
    const wire = wireLine({
      id: `il_${index}`,
      amount,
      subtotal: amount,
      currency,
      quantity: line.quantity,
      quantity_decimal: String(line.quantity),
      discount_amounts: discount ? [{ amount: discount, discount: 'di_1' }] : [],
      pretax_credit_amounts: discount ? [{ amount: discount, discount: 'di_1', type: 'discount' }] : [],
      pricing: {
        price_details: { price: 'price_1', product: 'prod_1' },
        type: 'price_details',
        unit_amount_decimal: String(unit),
      },
      taxes: taxes.map(wireOf),
    });
    return { wire, amount, discount, taxes };
  });
  const shipping = shippingOf(given, step);
  const totals = totalTaxes(
    [...computed.flatMap((line) => line.taxes), ...shipping.taxes],
    given.rounding,
    step,
  );
  const of = (inclusive: boolean) =>
    sum(totals.filter((t) => t.rate.inclusive === inclusive).map((t) => t.amount));
  const after = sum(computed.map((line) => line.amount - line.discount)) + shipping.amount;
  const total = after + of(false);
  const applied = total > 0 ? Math.min(total, -round(given.balance, step)) : 0;
  const due = Math.max(0, total - applied);
  return wireInvoice({
    currency,
    lines: computed.map(({ wire }) => wire),
    shipping_cost: shipping.cost,
    amount_shipping: shipping.amount,
    subtotal: sum(computed.map(({ amount }) => amount)),
    total,
    total_excluding_tax: total - of(true) - of(false),
    total_taxes: totals.map(wireOf),
    total_discount_amounts: [],
    starting_balance: total > 0 ? -applied : 0,
    ending_balance: total > 0 ? 0 : total,
    amount_due: due,
    amount_paid: given.paid ? due : 0,
    amount_remaining: given.paid ? 0 : due,
    payments: [wireInvoicePayment({ currency })],
  });
}

function shippingOf({ shipping }: Spec, step: number): { cost: Wire | null; amount: number; taxes: Taxed[] } {
  if (shipping === null) return { cost: null, amount: 0, taxes: [] };
  const amount = round(shipping.amount, step);
  const taxes = taxed(amount, shipping.rate ? [shipping.rate] : [], step);
  const tax = sum(taxes.map((t) => t.amount));
  const before = amount - sum(taxes.filter((t) => t.rate.inclusive).map((t) => t.amount));
  const cost = {
    amount_subtotal: before,
    amount_tax: tax,
    amount_total: before + tax,
    shipping_rate: 'shr_1',
    taxes: taxes.map((t) => ({
      amount: t.amount,
      rate: { id: t.rate.id, inclusive: t.rate.inclusive },
      taxability_reason: null,
      taxable_amount: t.base,
    })),
  };
  return { cost, amount, taxes };
}

const translated = (body: unknown): Invoice =>
  stripe.translate(
    { kind: 'invoice', externalId: 'in_1', readAt: 1, body },
    { connection: 'c', timeZone: 'UTC', environment: 'test', reason: 'property' },
  ).events[0]!.entity as Invoice;

describe('Stripe, for all bills', () => {
  it('translates every bill, with totals to the minor unit', () => {
    fc.assert(
      fc.property(spec, (given) => {
        const wire = bill(given);
        const { totals, taxes, lines, currency } = translated(wire);
        const iso = (amount: unknown) => minor(Number(amount), currency);
        expect(totals.total).to.equal(iso(wire['total']));
        expect(totals.net + totals.tax).to.equal(totals.total);
        expect(sum(taxes.map((tax) => tax.amount))).to.equal(totals.tax);
        expect(totals.total - totals.prepaid - totals.paid).to.equal(totals.due);
        for (const line of lines)
          if (line.unitPrice !== null)
            expect(extend(line.quantity, line.unitPrice, currency)).to.equal(line.net);
      }),
      { numRuns: 500 },
    );
  });

  it('catches a total, a line or a tax that is off by one step', () => {
    const where = fc.constantFrom('total', 'line', 'net');
    fc.assert(
      fc.property(spec, where, fc.constantFrom(-1, 1), (given, field, sign) => {
        const wire = bill(given);
        const off = sign * stepOf(given.currency);
        // With a step as large as the tax on shipping it is another right bill: one whose `total_taxes` speak of the
        // lines only, as Stripe describes them. No arithmetic tells the two apart.
        const onShipping = Number((wire['shipping_cost'] as Wire | null)?.['amount_tax'] ?? 0);
        fc.pre(field === 'line' || Math.abs(onShipping) !== Math.abs(off));
        const lines = (wire['lines'] as { data: Wire[] }).data;
        if (field === 'total') wire['total'] = Number(wire['total']) + off;
        if (field === 'net') wire['total_excluding_tax'] = Number(wire['total_excluding_tax']) + off;
        if (field === 'line') lines[0] = { ...lines[0], amount: Number(lines[0]!['amount']) + off };
        expect(() => translated(wire))
          .to.throw(InvalidData)
          .with.property('code', 'amounts_disagree');
      }),
      { numRuns: 300 },
    );
  });

  it('moves a decimal point there and back', () => {
    const digits = fc.tuple(
      fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      fc.integer({ min: 0, max: 12 }),
    );
    fc.assert(
      fc.property(digits, ([value, places]) => {
        const moved = movePoint(String(value), places);
        const [whole = '', fraction = ''] = moved.split('.');
        expect(BigInt(whole.replace('-', '') + fraction.padEnd(places, '0'))).to.equal(
          value < 0n ? -value : value,
        );
        expect(moved.startsWith('-')).to.equal(value < 0n);
      }),
    );
  });

  it('answers any signed nonsense with a refusal or with nothing to do, never with a crash', () => {
    const home = {
      id: 'c',
      system: 'stripe',
      company: 'x',
      environment: 'test' as const,
      baseUrl: undefined,
      time_zone: 'UTC',
      secrets: { webhook_secret: ['whsec_p'] },
      options: {},
    };
    const object = fc.dictionary(
      fc.constantFrom('id', 'payment', 'payment_intent', 'invoice', 'refunds', 'customer', 'object'),
      fc.oneof(
        fc.string(),
        fc.constant(null),
        fc.integer(),
        fc.dictionary(fc.constantFrom('id', 'data'), fc.string()),
      ),
    );
    const types = fc.constantFrom(
      'invoice.paid',
      'invoice_payment.paid',
      'charge.refunded',
      'x',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.tuple(types, object)), (given) => {
        const body = Buffer.from(
          typeof given === 'string'
            ? given
            : JSON.stringify({
                id: 'evt_1',
                object: 'event',
                api_version: '2026-10-28.endive',
                created: 1,
                livemode: false,
                type: given[0],
                data: { object: given[1] },
              }),
        );
        const v1 = hmacSha256('whsec_p', ['1000.', body]).toString('hex');
        const headers = { 'stripe-signature': `t=1000,v1=${v1}` };
        try {
          const { deliveries } = stripe.receive({ headers, body, receivedAt: 1_000_000 }, home);
          for (const { externalId } of deliveries) expect(externalId).to.not.equal('');
        } catch (error) {
          expect(error).to.be.instanceOf(Refused);
        }
      }),
      { numRuns: 500 },
    );
  });
});
