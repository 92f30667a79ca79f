/** Stripe credit note → credit note. Its lines know no product; the credited invoice's lines do. */
import type { Translation } from '../../../domain/connector.ts';
import type { CreditNote, DocumentLine } from '../../../domain/entity/billing.ts';
import { sum } from '../../../domain/money.ts';
import { WireCreditNote, type WireCreditNoteLine } from '../schema.ts';
import { currencyOf, explainingPrice, minor } from './amounts.ts';
import { creditGrants, documentTaxes, shippingLine, taxesOf } from './document.ts';
import { dateOf, dateOrNull, eventOf, readWire, textOrNull, type Input } from './event.ts';

/** The credit note, and the refunds that pay it out. */
export function translateCreditNote(input: Input): Translation {
  const wire = readWire(WireCreditNote, input);
  const entity = entityOf(input, wire);
  const event = eventOf(input, {
    entity,
    label: `Credit note ${wire.number}`,
    at: `invoices/${entity.invoice}`,
    extra: {
      type: wire.type,
      pre_payment_amount: wire.pre_payment_amount,
      post_payment_amount: wire.post_payment_amount,
      out_of_band_amount: wire.out_of_band_amount,
      customer_balance_transaction: wire.customer_balance_transaction,
      metadata: wire.metadata ?? {},
    },
  });
  const follow = wire.refunds.flatMap(({ refund }) =>
    refund ? [{ connection: input.context.connection, kind: 'refund' as const, externalId: refund.id }] : [],
  );
  return { events: [event], follow };
}

/** States of a refund whose money came back: it settles nothing, and may never have reached Odoo. */
const BACK: ReadonlySet<string> = new Set(['failed', 'canceled']);

function entityOf(input: Input, wire: WireCreditNote): CreditNote {
  const currency = currencyOf(wire.currency);
  const pricing = pricingOf(wire);
  const lines = [
    ...wire.lines.data.map((line) => lineOf(line, pricing, currency)),
    ...shippingLine(wire.shipping_cost, currency),
  ];
  const { taxes, total, tax, net } = documentTaxes(wire, lines, currency, `Credit note ${wire.number}`);
  const refunds = wire.refunds.flatMap(({ refund, amount_refunded: amount }) =>
    refund && !BACK.has(refund.status ?? '') ? [{ refund: refund.id, amount: minor(amount, currency) }] : [],
  );
  const paid = sum(refunds.map(({ amount }) => amount));
  return {
    kind: 'credit_note',
    number: wire.number,
    customer: wire.customer,
    invoice: typeof wire.invoice === 'string' ? wire.invoice : wire.invoice.id,
    status: wire.status === 'void' ? 'void' : 'issued',
    issueDate: dateOf(input, wire.effective_at ?? wire.created),
    voidedAt: dateOrNull(input, wire.voided_at),
    currency,
    lines,
    taxes,
    totals: {
      net,
      discount: sum(lines.map((line) => line.discount)),
      tax,
      total,
      prepaid: 0,
      paid,
      due: total - paid,
    },
    memo: textOrNull(wire.memo),
    documentUrl: wire.pdf,
    reason: wire.reason,
    refunds,
  };
}

interface Priced {
  product: string;
  price: string;
}

function pricingOf(wire: WireCreditNote): Map<string, Priced> {
  const priced = new Map<string, Priced>();
  if (typeof wire.invoice === 'string') return priced;
  for (const line of wire.invoice.lines.data)
    if (line.pricing?.price_details) priced.set(line.id, line.pricing.price_details);
  return priced;
}

function lineOf(line: WireCreditNoteLine, pricing: Map<string, Priced>, currency: string): DocumentLine {
  const net = minor(line.amount, currency);
  const discount = minor(line.discount_amount, currency) + creditGrants(line.pretax_credit_amounts, currency);
  const quantity = String(line.quantity ?? 1);
  const credited = pricing.get(line.invoice_line_item ?? '');
  return {
    id: line.id,
    description: textOrNull(line.description) ?? credited?.product ?? line.id,
    product: credited?.product ?? null,
    price: credited?.price ?? null,
    quantity,
    unitPrice: explainingPrice(line.unit_amount_decimal, quantity, net, currency),
    net,
    discount,
    taxes: taxesOf(line.taxes, net - discount, currency, `Line ${line.id}`),
  };
}
