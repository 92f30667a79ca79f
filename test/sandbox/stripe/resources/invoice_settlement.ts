/** Money that comes for invoices: payments that wait, settle, overpay or are let go. */
import type { Account } from '../account.ts';
import type { StripeObject } from '../state.ts';

/** Changes a customer's balance (negative = credit) and keeps its transaction. */
export function moveBalance(
  account: Account,
  customer: StripeObject,
  amount: number,
  type: string,
  source: { invoice?: string; credit_note?: string } = {},
): StripeObject {
  const transaction = account.insert('customer_balance_transaction', {
    ...account.base('customer_balance_transaction'),
    amount,
    checkout_session: null,
    credit_note: source.credit_note ?? null,
    currency: customer['currency'] ?? 'eur',
    customer: customer.id,
    customer_account: null,
    description: null,
    ending_balance: (customer['balance'] ?? 0) + amount,
    invoice: source.invoice ?? null,
    metadata: {},
    type,
  });
  if (!customer['deleted']) {
    account.change(customer, ['customer.updated'], () => (customer['balance'] += amount));
  }
  return transaction;
}

type PaymentOf =
  { type: 'payment_intent'; payment_intent: string } | { type: 'payment_record'; payment_record: string };

/** A payment of an invoice that is still to come. */
export function addPayment(
  account: Account,
  invoice: StripeObject,
  payment: PaymentOf,
  isDefault: boolean,
): StripeObject {
  return account.insert('invoice_payment', {
    ...account.base('invoice_payment'),
    amount_paid: null,
    amount_requested: invoice['amount_remaining'],
    currency: invoice['currency'],
    invoice: invoice.id,
    is_default: isDefault,
    payment,
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
}

/** The open default payment, if there is one. */
export function defaultPayment(account: Account, invoice: StripeObject): StripeObject | undefined {
  return account
    .where('invoice_payment', 'invoice', invoice.id)
    .find((payment) => payment['is_default'] && payment['status'] === 'open');
}

/** Books the success of an intent on every invoice that waits for it. */
export function settleIntent(account: Account, intent: StripeObject): void {
  for (const payment of account.where('invoice_payment', 'payment_intent', intent.id)) {
    if (payment['status'] !== 'open') continue;
    settle(account, account.get('invoice', payment['invoice']), payment, intent['amount_received']);
  }
}

/** Money has come: it pays what remains, and what is too much becomes the customer's credit. */
export function settle(
  account: Account,
  invoice: StripeObject,
  payment: StripeObject,
  received: number,
): void {
  const used = Math.min(received, invoice['amount_remaining']);
  const over = received - used;
  account.change(payment, ['invoice_payment.paid'], () => {
    payment['status'] = 'paid';
    payment['amount_paid'] = received;
    payment['status_transitions'].paid_at = account.now;
  });
  account.change(invoice, ['invoice.updated'], () => {
    invoice['amount_paid'] += received;
    invoice['amount_remaining'] -= used;
    invoice['amount_overpaid'] += over;
    invoice['attempted'] = true;
    if (payment['payment'].type === 'payment_intent') invoice['attempt_count'] += 1;
    if (invoice['amount_remaining'] === 0) markPaid(account, invoice);
    else shrinkDefault(account, invoice);
  });
  if (over > 0) {
    moveBalance(account, account.get('customer', invoice['customer']), -over, 'adjustment', {
      invoice: invoice.id,
    });
    account.emitEvents(invoice, ['invoice.overpaid']);
  }
  if (invoice['status'] === 'paid')
    account.emitEvents(invoice, ['invoice.paid', 'invoice.payment_succeeded']);
}

/** The waiting payment intent asks only for what is left. */
export function shrinkDefault(account: Account, invoice: StripeObject): void {
  const payment = defaultPayment(account, invoice);
  if (!payment) return;
  payment['amount_requested'] = invoice['amount_remaining'];
  account.get('payment_intent', payment['payment'].payment_intent)['amount'] = invoice['amount_remaining'];
}

/** Sets the status and lets go of what waited; events are the caller's. */
export function markPaid(account: Account, invoice: StripeObject): void {
  invoice['status'] = 'paid';
  invoice['attempted'] = true;
  invoice['auto_advance'] = false;
  invoice['next_payment_attempt'] = null;
  invoice['status_transitions'].paid_at = account.now;
  cancelWaiting(account, invoice);
  const subscription = account.find('subscription', invoice['parent']?.subscription_details?.subscription);
  if (subscription && ['incomplete', 'past_due'].includes(subscription['status'])) {
    account.change(
      subscription,
      ['customer.subscription.updated'],
      () => (subscription['status'] = 'active'),
    );
  }
}

/** Lets go of the waiting payment intent. */
export function cancelWaiting(account: Account, invoice: StripeObject): void {
  const payment = defaultPayment(account, invoice);
  if (!payment) return;
  payment['status'] = 'canceled';
  payment['status_transitions'].canceled_at = account.now;
  const intent = account.get('payment_intent', payment['payment'].payment_intent);
  account.change(intent, ['payment_intent.canceled'], () => {
    Object.assign(intent, {
      status: 'canceled',
      canceled_at: account.now,
      cancellation_reason: 'void_invoice',
    });
  });
}
