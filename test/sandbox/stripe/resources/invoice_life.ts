/** What becomes of an invoice after its draft: finalised, paid, void, uncollectible. */
import type { Account } from '../account.ts';
import { cardDeclined, invalid } from '../errors.ts';
import type { StripeObject } from '../state.ts';
import { copyCustomer, recalculate } from './invoice_drafts.ts';
import { chargeIntent, createIntent } from './payment_intents.ts';
import {
  addPayment,
  cancelWaiting,
  defaultPayment,
  markPaid,
  moveBalance,
  settle,
} from './invoice_settlement.ts';
import { adoptPaymentMethod } from './payment_methods.ts';

const DAY = 24 * 3600;

/** Numbers the invoice, applies the customer's balance and asks for payment. An amount of zero is paid at once. */
export function finalize(account: Account, invoice: StripeObject): void {
  const customer = account.get('customer', invoice['customer']);
  account.change(invoice, ['invoice.updated', 'invoice.finalized'], () => {
    recalculate(account, invoice);
    copyCustomer(account, invoice);
    const sequence = customer['next_invoice_sequence'];
    invoice['number'] ??= `${customer['invoice_prefix']}-${String(sequence).padStart(4, '0')}`;
    customer['next_invoice_sequence'] = sequence + 1;
    customer['currency'] ??= invoice['currency'];
    applyBalance(account, invoice, customer);
    invoice['status'] = 'open';
    invoice['auto_advance'] =
      invoice['collection_method'] === 'charge_automatically' && invoice['auto_advance'];
    invoice['automatically_finalizes_at'] = null;
    invoice['status_transitions'].finalized_at = account.now;
    invoice['effective_at'] ??= account.now;
    invoice['webhooks_delivered_at'] = account.now;
    if (invoice['_days_until_due']) invoice['due_date'] = account.now + invoice['_days_until_due'] * DAY;
    invoice['hosted_invoice_url'] = `https://invoice.stripe.com/i/${account.id}/test_${invoice.id}`;
    invoice['invoice_pdf'] = `https://pay.stripe.com/invoice/${account.id}/test_${invoice.id}/pdf`;
    if (invoice['amount_due'] === 0) markPaid(account, invoice);
    else requestPayment(account, invoice);
  });
  if (invoice['status'] === 'paid')
    account.emitEvents(invoice, ['invoice.paid', 'invoice.payment_succeeded']);
}

function applyBalance(account: Account, invoice: StripeObject, customer: StripeObject): void {
  const start = customer['balance'];
  const end = Math.min(0, invoice['total'] + start);
  Object.assign(invoice, { starting_balance: start, ending_balance: end });
  if (end !== start)
    moveBalance(account, customer, end - start, 'applied_to_invoice', { invoice: invoice.id });
}

/** The default payment of an open invoice: a payment intent that waits for a payment method. */
function requestPayment(account: Account, invoice: StripeObject): void {
  const intent = createIntent(account, {
    amount: invoice['amount_due'],
    currency: invoice['currency'],
    customer: invoice['customer'],
    description: `Payment for Invoice ${invoice['number']}`,
  });
  addPayment(account, invoice, { type: 'payment_intent', payment_intent: intent.id }, true);
}

function openInvoice(invoice: StripeObject): void {
  if (invoice['status'] === 'open' || invoice['status'] === 'uncollectible') return;
  const paid = invoice['status'] === 'paid';
  throw invalid(paid ? 'Invoice is already paid' : `Invoice is ${invoice['status']} and cannot be paid.`, {
    code: paid ? 'invoice_already_paid' : 'invoice_not_payable',
  });
}

/** Charges the given or default payment method. @throws ApiError 402 if the bank declines. */
export function payByCard(account: Account, invoice: StripeObject, methodId?: string): void {
  openInvoice(invoice);
  const customer = account.get('customer', invoice['customer']);
  const wanted =
    methodId ?? invoice['default_payment_method'] ?? customer['invoice_settings']?.default_payment_method;
  if (!wanted) {
    throw invalid(
      'There is no `default_payment_method` set on this Customer or Invoice. Please add a payment method to the Customer or set one on the Invoice.',
      { code: 'resource_missing' },
    );
  }
  const payment = defaultPayment(account, invoice);
  const intent = account.get('payment_intent', payment?.['payment'].payment_intent);
  const method = adoptPaymentMethod(account, wanted, customer.id);
  const declined = chargeIntent(account, intent, method);
  if (!declined) return;
  account.change(invoice, ['invoice.updated', 'invoice.payment_failed'], () => {
    invoice['attempted'] = true;
    invoice['attempt_count'] += 1;
    invoice['next_payment_attempt'] = invoice['auto_advance'] ? account.now + 3 * DAY : null;
  });
  throw cardDeclined(declined, intent['latest_charge'], account.get('payment_intent', intent.id));
}

/** Records that the rest was paid outside of Stripe; the waiting payment intent is cancelled. */
export function payOutOfBand(account: Account, invoice: StripeObject): void {
  openInvoice(invoice);
  const record = account.insert('payment_record', {
    ...account.base('payment_record'),
    amount: { currency: invoice['currency'], value: invoice['amount_remaining'] },
    amount_guaranteed: { currency: invoice['currency'], value: invoice['amount_remaining'] },
    customer_details: { customer: invoice['customer'] },
    metadata: {},
    reported_by: 'self',
  });
  const payment = addPayment(account, invoice, { type: 'payment_record', payment_record: record.id }, false);
  settle(account, invoice, payment, invoice['amount_remaining']);
}

/** Attaches a payment intent; one that has succeeded pays at once, one that succeeds later pays then. */
export function attachIntent(account: Account, invoice: StripeObject, intent: StripeObject): void {
  openInvoice(invoice);
  if (intent['currency'] !== invoice['currency']) {
    throw invalid('The currency of the PaymentIntent must match the currency of the invoice.', {
      param: 'payment_intent',
    });
  }
  if (intent['customer'] !== invoice['customer']) {
    throw invalid('The customer of the PaymentIntent must match the customer of the invoice.', {
      param: 'payment_intent',
    });
  }
  const payment = addPayment(account, invoice, { type: 'payment_intent', payment_intent: intent.id }, false);
  payment['amount_requested'] = Math.min(intent['amount'], invoice['amount_remaining']);
  if (intent['status'] === 'succeeded') settle(account, invoice, payment, intent['amount_received']);
}

/** @throws ApiError unless it is open or uncollectible */
export function voidInvoice(account: Account, invoice: StripeObject): void {
  if (!['open', 'uncollectible'].includes(invoice['status'])) {
    throw invalid(`You can only void open or uncollectible invoices. This invoice is ${invoice['status']}.`);
  }
  account.change(invoice, ['invoice.updated', 'invoice.voided'], () => {
    invoice['status'] = 'void';
    invoice['auto_advance'] = false;
    invoice['next_payment_attempt'] = null;
    invoice['status_transitions'].voided_at = account.now;
    cancelWaiting(account, invoice);
  });
}

/** @throws ApiError unless it is open */
export function markUncollectible(account: Account, invoice: StripeObject): void {
  if (invoice['status'] !== 'open') {
    throw invalid(`You can only mark open invoices as uncollectible. This invoice is ${invoice['status']}.`);
  }
  account.change(invoice, ['invoice.updated', 'invoice.marked_uncollectible'], () => {
    invoice['status'] = 'uncollectible';
    invoice['auto_advance'] = false;
    invoice['next_payment_attempt'] = null;
    invoice['status_transitions'].marked_uncollectible_at = account.now;
  });
}
