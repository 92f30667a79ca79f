/** Shows stored objects as the API does: own fields hidden, embedded lists cut to ten, expansions on request. */
import type { Account } from './account.ts';
import { invalid } from './errors.ts';
import type { Kind } from './ids.ts';
import type { StripeObject } from './state.ts';

/** Lists inside objects show at most this many. */
export const EMBEDDED = 10;
const MAX_DEPTH = 4;

const KIND_OF_PREFIX: [string, Kind][] = [
  ['cus_', 'customer'],
  ['prod_', 'product'],
  ['price_', 'price'],
  ['txr_', 'tax_rate'],
  ['in_', 'invoice'],
  ['ii_', 'invoiceitem'],
  ['il_', 'line_item'],
  ['inpay_', 'invoice_payment'],
  ['pi_', 'payment_intent'],
  ['pm_', 'payment_method'],
  ['pr_', 'payment_record'],
  ['ch_', 'charge'],
  ['re_', 'refund'],
  ['txn_', 'balance_transaction'],
  ['cbtxn_', 'customer_balance_transaction'],
  ['cn_', 'credit_note'],
  ['sub_', 'subscription'],
  ['si_', 'subscription_item'],
  ['di_', 'discount'],
];

type ListObject = { object: 'list'; data: StripeObject[]; has_more: boolean; url: string };

function embedded(rows: StripeObject[], url: string): ListObject {
  return { object: 'list', data: rows.slice(0, EMBEDDED), has_more: rows.length > EMBEDDED, url };
}

/** Fields that are there without being asked for, made of other tables. */
const EMBEDS: Record<string, (account: Account, row: StripeObject) => Record<string, unknown>> = {
  invoice: (account, row) => ({
    lines: embedded(shownAll(account, invoiceLines(account, row.id)), `/v1/invoices/${row.id}/lines`),
  }),
  credit_note: (account, row) => ({
    lines: embedded(
      shownAll(account, account.where('credit_note_line_item', 'credit_note', row.id)),
      `/v1/credit_notes/${row.id}/lines`,
    ),
  }),
  subscription: (account, row) => ({
    items: embedded(
      shownAll(account, account.where('subscription_item', 'subscription', row.id)),
      `/v1/subscription_items?subscription=${row.id}`,
    ),
  }),
};

/** Fields that only appear when expanded. */
const INCLUDABLE: Record<string, Record<string, (account: Account, row: StripeObject) => unknown>> = {
  customer: {
    tax_ids: (account, row) =>
      embedded(
        shownAll(account, account.where('tax_id', 'customer', row.id)),
        `/v1/customers/${row.id}/tax_ids`,
      ),
    subscriptions: (account, row) =>
      embedded(
        shownAll(
          account,
          account.where('subscription', 'customer', row.id).filter((s) => s['status'] !== 'canceled'),
        ),
        `/v1/customers/${row.id}/subscriptions`,
      ),
  },
  price: { tiers: (_account, row) => row['_tiers'] ?? undefined },
  invoice: {
    payments: (account, row) =>
      embedded(
        shownAll(account, account.where('invoice_payment', 'invoice', row.id)),
        `/v1/invoice_payments?invoice=${row.id}`,
      ),
    amount_paid_off_stripe: (account, row) =>
      account
        .where('invoice_payment', 'invoice', row.id)
        .filter((payment) => payment['status'] === 'paid' && payment['payment'].type === 'payment_record')
        .reduce((sum, payment) => sum + payment['amount_paid'], 0),
  },
  charge: {
    refunds: (account, row) =>
      embedded(
        shownAll(account, account.where('refund', 'charge', row.id).reverse()),
        `/v1/charges/${row.id}/refunds`,
      ),
  },
};

/** Prorations first, then invoice items, then the subscription's own lines: the order of Stripe's pages. */
export function invoiceLines(account: Account, invoice: string): StripeObject[] {
  return account.where('line_item', 'invoice', invoice);
}

function shownAll(account: Account, rows: StripeObject[]): StripeObject[] {
  return rows.map((row) => show(account, row));
}

/** The object as the API shows it, nothing expanded. */
export function show(account: Account, row: StripeObject): StripeObject {
  if (row['deleted']) return { id: row.id, object: row.object, deleted: true };
  const shown: StripeObject = { id: row.id, object: row.object };
  for (const [field, value] of Object.entries(row)) {
    if (!field.startsWith('_') && !hidden(row, field)) shown[field] = structuredClone(value);
  }
  return Object.assign(shown, EMBEDS[row.object]?.(account, row));
}

/** Internal references that the API does not show on these kinds. */
function hidden(row: StripeObject, field: string): boolean {
  return row.object === 'credit_note_line_item' && field === 'credit_note';
}

/** What events hold: never expanded. */
export function eventSnapshot(account: Account, row: StripeObject): StripeObject {
  if (!row['deleted']) return show(account, row);
  const { _last: last } = row;
  return last ?? show(account, row);
}

/** Expands the asked paths in place. @throws ApiError if a path cannot be expanded. */
export function expand(account: Account, answer: StripeObject | ListObject, paths: string[]): unknown {
  for (const path of paths) {
    const steps = path.split('.');
    const depth = steps.filter((step) => step !== 'data').length;
    if (depth > MAX_DEPTH) {
      throw invalid(`You cannot expand more than ${MAX_DEPTH} levels of a property. Property: ${path}`, {
        code: 'property_expansion_max_depth',
      });
    }
    walk(account, answer as unknown as StripeObject, steps, path);
  }
  return answer;
}

function walk(account: Account, at: StripeObject, steps: string[], path: string): void {
  const [step, ...rest] = steps;
  if (step === undefined) return;
  const include = INCLUDABLE[at.object]?.[step];
  if (at[step] === undefined && include) {
    const stored = account.find(at.object as Kind, at.id) ?? at;
    at[step] = include(account, stored);
    if (rest.length === 0) return;
  }
  const value = at[step];
  if (value === undefined && !include && at.object !== 'list' && !optional(at, step))
    throw unexpandable(path, step);
  at[step] = expanded(account, value, rest, path, step);
}

/** Fields that are expandable but missing on this very object. */
function optional(at: StripeObject, step: string): boolean {
  return (
    at.object === undefined ||
    (at.object === 'price' && step === 'currency_options') ||
    // Stripe shows it on failed refunds only, and expands it in every request.
    (at.object === 'refund' && step === 'failure_balance_transaction') ||
    at['deleted'] === true
  );
}

function expanded(account: Account, value: unknown, rest: string[], path: string, step: string): unknown {
  if (Array.isArray(value)) return value.map((item) => expanded(account, item, rest, path, step));
  if (typeof value === 'string') {
    const kind = KIND_OF_PREFIX.find(([prefix]) => value.startsWith(prefix))?.[1];
    const row = kind ? account.find(kind, value) : account.find('coupon', value);
    if (!row) throw unexpandable(path, step);
    const shown = show(account, row);
    walk(account, shown, rest, path);
    return shown;
  }
  if (typeof value === 'object' && value !== null) {
    if (rest.length === 0 && !('object' in value)) throw unexpandable(path, step);
    walk(account, value as StripeObject, rest, path);
  } else if (typeof value === 'number') throw unexpandable(path, step);
  return value;
}

function unexpandable(path: string, step: string): Error {
  return invalid(
    `This property cannot be expanded (${path}). You may want to try expanding '${step}' elsewhere.`,
    {
      code: 'property_expansion_invalid',
    },
  );
}
