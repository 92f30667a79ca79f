/** The account's truth in numbers, to compare with what another system made of it. */
import type { Account } from './account.ts';
import type { StripeObject } from './state.ts';

/** How many, and how much by currency (upper-case code → minor units). */
export type Figure = { count: number; amounts?: Record<string, number> };

/**
 * - `customers`: not deleted
 * - `invoices`: finalised and not void (open, paid, uncollectible), their totals; `invoice_tax`: their inclusive and
 *   exclusive taxes
 * - `still_to_pay`: invoices, uncollectible ones too, of which something remains
 * - `credit_notes`: issued, not void
 * - `payments`: succeeded charges, and what was paid outside of Stripe
 * - `refunds`: all that neither failed nor were cancelled
 */
export type Books = Record<
  | 'customers'
  | 'products'
  | 'prices'
  | 'tax_rates'
  | 'invoices'
  | 'invoice_tax'
  | 'still_to_pay'
  | 'credit_notes'
  | 'payments'
  | 'refunds',
  Figure
>;

function figure(rows: StripeObject[], amountOf: (row: StripeObject) => number): Figure {
  const amounts: Record<string, number> = {};
  for (const row of rows) {
    const currency = row['currency'].toUpperCase();
    amounts[currency] = (amounts[currency] ?? 0) + amountOf(row);
  }
  return { count: rows.length, amounts };
}

function taxOf(invoice: StripeObject): number {
  return invoice['total_taxes'].reduce((sum: number, tax: { amount: number }) => sum + tax.amount, 0);
}

/** Counts and sums of everything that accounting must agree with. */
export function booksOf(account: Account): Books {
  const invoices = account
    .all('invoice')
    .filter((row) => ['open', 'paid', 'uncollectible'].includes(row['status']));
  const charges = account.all('charge').filter((row) => row['status'] === 'succeeded');
  const outside = account
    .all('invoice_payment')
    .filter((row) => row['status'] === 'paid' && row['payment'].type === 'payment_record');
  const refunds = account.all('refund').filter((row) => !['failed', 'canceled'].includes(row['status']));
  const notes = account.all('credit_note').filter((row) => row['status'] === 'issued');
  return {
    customers: { count: account.all('customer').filter((row) => !row['deleted']).length },
    products: { count: account.all('product').length },
    prices: { count: account.all('price').length },
    tax_rates: { count: account.all('tax_rate').length },
    invoices: figure(invoices, (row) => row['total']),
    invoice_tax: figure(invoices, taxOf),
    still_to_pay: figure(
      invoices.filter((row) => row['amount_remaining'] > 0),
      (row) => row['amount_remaining'],
    ),
    credit_notes: figure(notes, (row) => row['total']),
    payments: figure([...charges, ...outside], (row) => row['amount_captured'] ?? row['amount_paid']),
    refunds: figure(refunds, (row) => row['amount']),
  };
}
