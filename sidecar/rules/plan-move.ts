/** Plans invoices and credit notes: lines in Odoo's terms, and the totals that must come out to the cent. */
import type { MoveChange, MoveLine, RefValue } from '../domain/change.ts';
import type { CreditNote, DocumentLine, Invoice } from '../domain/entity/index.ts';
import { exponentOf, extend, toDecimal } from '../domain/money.ts';
import type { Draft, Nothing } from './draft.ts';
import type { DocumentRule } from './rule.ts';

/** Odoo stores quantities with two decimals; finer ones go into the text. */
const QUANTITY_ODOO_KEEPS = /^-?\d+(\.\d{1,2})?$/;

export function moveDraft(
  entity: Invoice | CreditNote,
  externalId: string,
  rule: DocumentRule,
): Draft<MoveChange> | Nothing {
  const climb = climbOf(entity, rule);
  if (climb.length === 0) return { nothing: `a draft at the vendor; rule invoice keeps drafts out of Odoo` };
  // Voiding needs none: the vendor forgets the lines of a deleted draft, and Odoo knows what it booked.
  if (entity.lines.length === 0 && !climb.includes('voided'))
    return { nothing: 'it has no lines, so there is nothing to book' };
  // A negative invoice (credits outweigh charges) is a credit note in Odoo: posted totals are never negative.
  const sign = entity.totals.total < 0 ? -1 : 1;
  const credit = (entity.kind === 'credit_note') !== sign < 0;
  return {
    op: 'move',
    model: 'account.move',
    values: {
      move_type: credit ? 'out_refund' : 'out_invoice',
      partner: ref('customer', entity.customer),
      invoice_date: entity.issueDate,
      invoice_date_due: (entity.kind === 'invoice' ? entity.dueDate : null) ?? entity.issueDate,
      currency: entity.currency,
      exponent: exponentOf(entity.currency),
      payment_reference: entity.number,
      ref: externalId,
      narration: entity.memo ?? null,
      lines: entity.lines.flatMap((line) => linesOf(line, entity.currency, sign)),
      reversed_entry: entity.kind === 'credit_note' ? ref('invoice', entity.invoice) : null,
      expected: expectedOf(entity, sign),
      tolerance: rule.tolerance_per_line * entity.lines.length,
      void_date: entity.voidedAt ?? null,
    },
    climb,
  };
}

function climbOf(entity: Invoice | CreditNote, rule: DocumentRule): string[] {
  if (entity.kind === 'credit_note')
    return entity.status === 'void'
      ? ['voided']
      : ['drafted', 'posted', ...entity.refunds.map((refund) => `settled:${refund.refund}`)];
  switch (entity.status) {
    case 'draft':
      return rule.drafts ? ['drafted'] : [];
    case 'void':
    case 'deleted':
      return ['voided'];
    case 'open':
    case 'paid':
    case 'uncollectible':
      return ['drafted', 'posted'];
  }
}

const ref = (kind: RefValue['ref']['kind'], external_id: string): RefValue => ({
  ref: { kind, external_id },
});

/** One line, and a second one for its discount, so that people see what was granted. */
function linesOf(line: DocumentLine, currency: string, sign: number): MoveLine[] {
  const shared = {
    product: line.product === null ? null : ref('product', line.product),
    taxes: [...new Set(line.taxes.map((tax) => tax.rate))].map((rate) => ref('tax_rate', rate)),
  };
  const lines: MoveLine[] = [{ ...shared, ...pricedLine(line, currency, sign) }];
  if (line.discount !== 0)
    lines.push({
      ...shared,
      name: `Discount: ${line.description}`,
      quantity: '1',
      price_unit: toDecimal(-sign * line.discount, currency),
    });
  return lines;
}

/** Quantity × price where that gives the vendor's amount, else one unit at that amount and the quantity in words. */
function pricedLine(line: DocumentLine, currency: string, sign: number) {
  const { quantity, unitPrice, net, description } = line;
  const exact =
    unitPrice !== null && QUANTITY_ODOO_KEEPS.test(quantity) && extend(quantity, unitPrice, currency) === net;
  if (exact && Number(quantity) !== 0)
    return { name: description, quantity, price_unit: sign < 0 ? negated(unitPrice) : unitPrice };
  const counted = Number(quantity) !== 1 && Number(quantity) !== 0;
  return {
    name: counted ? `${quantity} × ${description}` : description,
    quantity: '1',
    price_unit: toDecimal(sign * net, currency),
  };
}

const negated = (decimal: string): string => (decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`);

function expectedOf(entity: Invoice | CreditNote, sign: number): MoveChange['values']['expected'] {
  const byRate = new Map<string, number>();
  for (const tax of entity.taxes) byRate.set(tax.rate, (byRate.get(tax.rate) ?? 0) + sign * tax.amount);
  return {
    untaxed: sign * entity.totals.net,
    tax: sign * entity.totals.tax,
    total: sign * entity.totals.total,
    taxes: [...byRate].map(([rate, amount]) => ({ tax: ref('tax_rate', rate), amount })),
  };
}
