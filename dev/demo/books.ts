/** Compares what the sandbox holds with what Odoo holds: counts, and amounts to the cent per currency. */
import type { Person } from '../support/admin.ts';

/** Amounts in minor units by currency. */
export type Amounts = Record<string, number>;

/** One kind of fact on one side. */
export interface Figure {
  count: number;
  amounts?: Amounts;
}

export interface Comparison {
  system: string;
  entity: string;
  atVendor: Figure;
  inOdoo: Figure;
  agrees: boolean;
  note: string;
}

/** The vendor's truth, entity by entity. */
export type Books = Record<string, Figure>;

interface LinkRow {
  kind: string;
  res_id: number;
  external_id: string;
}

interface MoveRow {
  id: number;
  currency_id: [number, string];
  amount_total: number;
  amount_tax: number;
  amount_residual: number;
  state: string;
}

interface PaymentRow {
  id: number;
  currency_id: [number, string];
  amount: number;
  state: string;
}

/** What Odoo holds of one connection, read as a person would with the list views' totals. */
export async function booksOfOdoo(person: Person, connection: string): Promise<Books> {
  const links = await person.search<LinkRow>(
    'saas.sync.link',
    [['connection_id.code', '=', connection]],
    ['kind', 'res_id', 'external_id'],
  );
  const undone = await keysWith(person, connection, ['voided', 'failed']);
  const ids = (kind: string) =>
    links
      .filter((link) => link.kind === kind && !undone.has(`${kind}:${link.external_id}`))
      .map((link) => link.res_id);
  const decimals = await decimalsOf(person);
  const moves = (kind: string) =>
    person.search<MoveRow>(
      'account.move',
      [
        ['id', 'in', ids(kind)],
        ['state', '=', 'posted'],
      ],
      ['currency_id', 'amount_total', 'amount_tax', 'amount_residual', 'state'],
    );
  const payments = (kind: string) =>
    person.search<PaymentRow>(
      'account.payment',
      [
        ['id', 'in', ids(kind)],
        ['state', 'in', ['in_process', 'paid']],
      ],
      ['currency_id', 'amount', 'state'],
    );
  const invoices = await moves('invoice');
  return {
    customers: { count: await active(person, 'res.partner', ids('customer')) },
    products: { count: ids('product').length },
    prices: { count: ids('price').length },
    tax_rates: { count: ids('tax_rate').length },
    invoices: totals(invoices, (row) => row.amount_total, decimals),
    invoice_tax: totals(invoices, (row) => row.amount_tax, decimals),
    still_to_pay: totals(
      invoices.filter((row) => row.amount_residual !== 0),
      (row) => row.amount_residual,
      decimals,
    ),
    credit_notes: totals(await moves('credit_note'), (row) => row.amount_total, decimals),
    payments: totals(await payments('payment'), (row) => row.amount, decimals),
    refunds: totals(await payments('refund'), (row) => row.amount, decimals),
  };
}

/** Records of which a receipt says that their effect was taken back. */
async function keysWith(person: Person, connection: string, rungs: string[]): Promise<Set<string>> {
  const receipts = await person.search<{ kind: string; external_id: string }>(
    'saas.sync.receipt',
    [
      ['connection_id.code', '=', connection],
      ['rung', 'in', rungs],
    ],
    ['kind', 'external_id'],
  );
  return new Set(receipts.map((receipt) => `${receipt.kind}:${receipt.external_id}`));
}

const active = (person: Person, model: string, ids: number[]): Promise<number> =>
  person.call<number>(model, 'search_count', [
    [
      ['id', 'in', ids],
      ['active', '=', true],
    ],
  ]);

async function decimalsOf(person: Person): Promise<Record<string, number>> {
  const rows = await person.search<{ name: string; decimal_places: number }>(
    'res.currency',
    [['active', '=', true]],
    ['name', 'decimal_places'],
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.decimal_places]));
}

function totals<T extends { currency_id: [number, string] }>(
  rows: T[],
  amountOf: (row: T) => number,
  decimals: Record<string, number>,
): Figure {
  const amounts: Amounts = {};
  for (const row of rows) {
    const currency = row.currency_id[1];
    const minor = Math.round(amountOf(row) * 10 ** (decimals[currency] ?? 2));
    amounts[currency] = (amounts[currency] ?? 0) + minor;
  }
  return { count: rows.length, amounts };
}

export function compare(
  system: string,
  vendor: Books,
  odoo: Books,
  notes: Record<string, string>,
): Comparison[] {
  return Object.entries(vendor).map(([entity, atVendor]) => {
    const inOdoo = odoo[entity] ?? { count: 0 };
    const agrees =
      atVendor.count === inOdoo.count && sameAmounts(atVendor.amounts ?? {}, inOdoo.amounts ?? {});
    return { system, entity, atVendor, inOdoo, agrees, note: notes[entity] ?? '' };
  });
}

function sameAmounts(a: Amounts, b: Amounts): boolean {
  const currencies = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...currencies].every((currency) => (a[currency] ?? 0) === (b[currency] ?? 0));
}
