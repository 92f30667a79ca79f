/** Credit notes on finalised invoices: first they lessen what is still due, the rest is refunded, credited or paid outside. */
import type { Account } from '../account.ts';
import { invalid } from '../errors.ts';
import { createdIn, equal, LIST_PARAMS, page } from '../lists.ts';
import { mergedMetadata, type Params } from '../params.ts';
import { get, post, type Call, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { linesOf, merge, sumsOf, total, type Money, type Sums } from './credit_note_lines.ts';
import { markPaid, moveBalance, shrinkDefault } from './invoice_settlement.ts';
import { createRefund } from './refunds.ts';

function create({ account, params }: Call): StripeObject {
  const invoice = account.get('invoice', params.required('invoice'), 'invoice');
  if (!['open', 'paid', 'uncollectible'].includes(invoice['status'])) {
    throw invalid(
      `You can only create a credit note for open or paid invoices; this one is ${invoice['status']}.`,
    );
  }
  const lines = linesOf(account, invoice, params);
  const sums = sumsOf(lines);
  checkTotal(invoice, sums, params);
  const pre = Math.min(sums.total, invoice['amount_remaining']);
  const postPayment = sums.total - pre;
  const parts = howCredited(account, params, postPayment);
  checkRefundable(account, invoice, parts.refund);
  const note = insertNote(account, invoice, params, lines, sums, pre);
  credit(account, invoice, note, parts);
  account.emitEvents(note, ['credit_note.created']);
  account.change(invoice, ['invoice.updated'], () => lessen(account, invoice, pre, postPayment));
  if (pre > 0 && invoice['status'] === 'paid')
    account.emitEvents(invoice, ['invoice.paid', 'invoice.payment_succeeded']);
  return note;
}

function checkTotal(invoice: StripeObject, sums: Sums, params: Params): void {
  const amount = params.integer('amount');
  if (amount !== undefined && amount !== sums.total) {
    throw invalid(`The credit note amount (${amount}) must equal the total of its lines (${sums.total}).`, {
      param: 'amount',
    });
  }
  const left =
    invoice['total'] -
    invoice['pre_payment_credit_notes_amount'] -
    invoice['post_payment_credit_notes_amount'];
  if (sums.total <= 0 || sums.total > left) {
    throw invalid(
      `The credit note's total (${sums.total}) must be positive and not more than what can still be credited (${left}).`,
      {
        param: 'amount',
      },
    );
  }
}

type Parts = {
  refund: number;
  balance: number;
  outOfBand: number | null;
  linked: { refund: StripeObject; amount: number }[];
};

function howCredited(account: Account, params: Params, postPayment: number): Parts {
  const linked = (params.objects('refunds') ?? []).map((wish) => {
    const refund = account.get('refund', wish.required('refund'), 'refunds[0][refund]');
    return { refund, amount: wish.integer('amount_refunded') ?? refund['amount'] };
  });
  const refund = params.integer('refund_amount') ?? 0;
  const balance = params.integer('credit_amount') ?? 0;
  const outOfBand = params.integer('out_of_band_amount') ?? null;
  const sum = refund + balance + (outOfBand ?? 0) + total(linked);
  if (sum !== postPayment) {
    throw invalid(
      `The sum of credit amount, refund amount and out of band amount (${sum}) must equal the post payment amount (${postPayment}).`,
    );
  }
  return { refund, balance, outOfBand, linked };
}

function insertNote(
  account: Account,
  invoice: StripeObject,
  params: Params,
  lines: StripeObject[],
  sums: Sums,
  pre: number,
): StripeObject {
  const count = account.where('credit_note', 'invoice', invoice.id).length + 1;
  const { id, ...base } = account.base('credit_note');
  const discounts = merge(
    lines.flatMap((line) => line['discount_amounts'] as (Money & { discount: string })[]),
    (each) => each.discount,
    (sum, each) => ({ ...sum, amount: sum.amount + each.amount }),
  );
  const note = account.insert('credit_note', {
    id,
    ...base,
    amount: sums.total,
    amount_shipping: 0,
    currency: invoice['currency'],
    customer: invoice['customer'],
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: sums.discount,
    discount_amounts: discounts,
    effective_at: params.integer('effective_at') ?? account.now,
    invoice: invoice.id,
    memo: params.string('memo') ?? null,
    metadata: mergedMetadata({}, params.metadata()),
    number: `${invoice['number']}-CN-${String(count).padStart(2, '0')}`,
    out_of_band_amount: params.integer('out_of_band_amount') ?? null,
    pdf: `https://pay.stripe.com/credit_notes/${account.id}/test_${id}/pdf`,
    post_payment_amount: sums.total - pre,
    pre_payment_amount: pre,
    pretax_credit_amounts: discounts.map((each) => ({ ...each, type: 'discount' })),
    reason:
      params.oneOf('reason', ['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']) ?? null,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal: sums.subtotal,
    subtotal_excluding_tax: sums.subtotal - sums.inclusive,
    total: sums.total,
    total_excluding_tax: sums.total - sums.inclusive - sums.exclusive,
    total_taxes: sums.taxes,
    type: pre === sums.total ? 'pre_payment' : pre === 0 ? 'post_payment' : 'mixed',
    voided_at: null,
  });
  for (const line of lines) account.insert('credit_note_line_item', { ...line, credit_note: id });
  return note;
}

/** Before anything is written: what was paid by card must cover the refund. */
function checkRefundable(account: Account, invoice: StripeObject, wanted: number): void {
  const left = chargesOf(account, invoice).map((row) => row['amount_captured'] - row['amount_refunded']);
  if (wanted > left.reduce((sum, amount) => sum + amount, 0))
    throw invalid('The refund amount is greater than what was paid by card on this invoice.', {
      param: 'refund_amount',
    });
}

/** Gives the post-payment part back in the ways asked for. */
function credit(account: Account, invoice: StripeObject, note: StripeObject, parts: Parts): void {
  const linked = parts.linked.map(({ refund, amount }) => ({ refund: refund.id, amount }));
  let left = parts.refund;
  for (const charge of left > 0 ? chargesOf(account, invoice) : []) {
    const amount = Math.min(left, charge['amount_captured'] - charge['amount_refunded']);
    if (amount <= 0) continue;
    linked.push({ refund: createRefund(account, charge, { amount }).id, amount });
    left -= amount;
  }
  note['refunds'] = linked.map(({ refund, amount }) => ({
    amount_refunded: amount,
    payment_record_refund: null,
    refund,
    type: 'refund',
  }));
  if (parts.balance > 0) {
    const customer = account.get('customer', invoice['customer']);
    const moved = moveBalance(account, customer, -parts.balance, 'credit_note', { credit_note: note.id });
    note['customer_balance_transaction'] = moved.id;
  }
}

function chargesOf(account: Account, invoice: StripeObject): StripeObject[] {
  return account
    .where('invoice_payment', 'invoice', invoice.id)
    .filter((payment) => payment['status'] === 'paid' && payment['payment'].payment_intent)
    .map((payment) => account.get('payment_intent', payment['payment'].payment_intent))
    .map((intent) => account.get('charge', intent['latest_charge']));
}

function lessen(account: Account, invoice: StripeObject, pre: number, postPayment: number): void {
  invoice['amount_due'] -= pre;
  invoice['amount_remaining'] -= pre;
  invoice['pre_payment_credit_notes_amount'] += pre;
  invoice['post_payment_credit_notes_amount'] += postPayment;
  if (pre === 0) return;
  if (invoice['amount_remaining'] === 0) markPaid(account, invoice);
  else shrinkDefault(account, invoice);
}

/** Only possible while the invoice is open: the amount is due again. */
function voidNote(account: Account, note: StripeObject): StripeObject {
  const invoice = account.get('invoice', note['invoice']);
  if (note['status'] === 'void') throw invalid('This credit note is already void.');
  if (invoice['status'] !== 'open' || note['post_payment_amount'] > 0) {
    throw invalid('You can only void credit notes that were issued on invoices which are still open.');
  }
  account.change(note, ['credit_note.updated', 'credit_note.voided'], () => {
    note['status'] = 'void';
    note['voided_at'] = account.now;
  });
  account.change(invoice, ['invoice.updated'], () =>
    lessen(account, invoice, -note['pre_payment_amount'], 0),
  );
  return note;
}

const CREATE = [
  'invoice',
  'amount',
  'credit_amount',
  'effective_at',
  'email_type',
  'lines',
  'memo',
  'metadata',
  'out_of_band_amount',
  'reason',
  'refund_amount',
  'refunds',
];

const byId = ({ account, path }: Call): StripeObject => account.get('credit_note', path['id'] ?? '');

export const creditNoteRoutes: Route[] = [
  get('/v1/credit_notes', [...LIST_PARAMS, 'created', 'customer', 'invoice'], ({ account, params }) => {
    const rows = equal(params, createdIn(params, account.all('credit_note')), ['customer', 'invoice']);
    return page(account, params, '/v1/credit_notes', rows);
  }),
  post('/v1/credit_notes', CREATE, create),
  get('/v1/credit_notes/:id', [], byId),
  get('/v1/credit_notes/:id/lines', LIST_PARAMS, (call) => {
    const note = byId(call);
    const rows = call.account.where('credit_note_line_item', 'credit_note', note.id);
    return page(call.account, call.params, `/v1/credit_notes/${note.id}/lines`, rows, 'as given');
  }),
  post('/v1/credit_notes/:id', ['memo', 'metadata'], (call) => {
    const note = byId(call);
    call.account.change(note, ['credit_note.updated'], () => {
      note['memo'] = call.params.settable('memo') ?? note['memo'];
      note['metadata'] = mergedMetadata(note['metadata'], call.params.metadata());
    });
    return note;
  }),
  post('/v1/credit_notes/:id/void', [], (call) => voidNote(call.account, byId(call))),
];
