/** The endpoints of invoices and their lines. */
import type { Account } from '../account.ts';
import { invalid } from '../errors.ts';
import { createdIn, equal, LIST_PARAMS, page, type Page } from '../lists.ts';
import type { Params } from '../params.ts';
import { invoiceLines } from '../render.ts';
import { del, get, post, type Call, type Route } from '../routes.ts';
import type { StripeObject } from '../state.ts';
import { mergedMetadata } from '../params.ts';
import { createDraft, draftOf, DRAFT_FIELDS, recalculate, writeDraft } from './invoice_drafts.ts';
import { createItem } from './invoice_items.ts';
import {
  attachIntent,
  finalize,
  markUncollectible,
  payByCard,
  payOutOfBand,
  voidInvoice,
} from './invoice_life.ts';

function list({ account, params }: Call): Page {
  const subscription = params.string('subscription');
  const customer = params.string('customer');
  const all = customer ? account.where('invoice', 'customer', customer) : account.all('invoice');
  const rows = subscription
    ? all.filter((row) => row['parent']?.subscription_details?.subscription === subscription)
    : all;
  const kept = createdIn(params, createdIn(params, rows), 'due_date');
  return page(account, params, '/v1/invoices', equal(params, kept, ['status', 'collection_method']));
}

/** Metadata, description and a few more may be changed after finalisation, amounts may not. */
function update(account: Account, invoice: StripeObject, params: Params): void {
  if (invoice['status'] === 'draft') {
    writeDraft(account, invoice, params);
    recalculate(account, invoice);
    return;
  }
  const allowed = ['metadata', 'auto_advance', 'expand', 'default_payment_method'];
  const refused = Object.keys(params.raw).find((name) => !allowed.includes(name));
  if (refused) {
    throw invalid(`Finalized invoices can't be updated in this way: ${refused}.`, {
      code: 'invoice_not_editable',
      param: refused,
    });
  }
  invoice['metadata'] = mergedMetadata(invoice['metadata'], params.metadata());
  invoice['auto_advance'] = params.boolean('auto_advance') ?? invoice['auto_advance'];
  invoice['default_payment_method'] =
    params.string('default_payment_method') ?? invoice['default_payment_method'];
}

function remove(account: Account, id: string): { raw: unknown } {
  const invoice = draftOf(account, id);
  for (const line of invoiceLines(account, id)) {
    if (line['_item']) account.delete('invoiceitem', line['_item']);
    account.delete('line_item', line.id);
  }
  account.emitEvents(invoice, ['invoice.deleted']);
  account.delete('invoice', id);
  return { raw: { id, object: 'invoice', deleted: true } };
}

function removeLines(account: Account, invoice: StripeObject, params: Params): StripeObject {
  account.change(invoice, ['invoice.updated'], () => {
    for (const wish of params.objects('lines') ?? []) {
      const line = account.get('line_item', wish.required('id'), 'lines');
      if (wish.oneOf('behavior', ['delete', 'unassign']) === 'unassign' && line['_item']) {
        const item = account.get('invoiceitem', line['_item']);
        account.table('invoiceitem').reindex(item, () => (item['invoice'] = null));
      } else if (line['_item']) account.delete('invoiceitem', line['_item']);
      account.delete('line_item', line.id);
    }
    recalculate(account, invoice);
  });
  return invoice;
}

const byId = ({ account, path }: Call): StripeObject => account.get('invoice', path['id'] ?? '');

export const invoiceRoutes: Route[] = [
  get(
    '/v1/invoices',
    [...LIST_PARAMS, 'created', 'customer', 'status', 'subscription', 'collection_method', 'due_date'],
    list,
  ),
  post(
    '/v1/invoices',
    [...DRAFT_FIELDS, 'customer', 'currency', 'pending_invoice_items_behavior'],
    ({ account, params }) => createDraft(account, params),
  ),
  get('/v1/invoices/:id', [], byId),
  post('/v1/invoices/:id', DRAFT_FIELDS, (call) => {
    const invoice = byId(call);
    call.account.change(invoice, ['invoice.updated'], () => update(call.account, invoice, call.params));
    return invoice;
  }),
  del('/v1/invoices/:id', ({ account, path }) => remove(account, path['id'] ?? '')),
  get('/v1/invoices/:id/lines', LIST_PARAMS, (call) => {
    const invoice = byId(call);
    const rows = invoiceLines(call.account, invoice.id);
    return page(call.account, call.params, `/v1/invoices/${invoice.id}/lines`, rows, 'as given');
  }),
  post('/v1/invoices/:id/add_lines', ['lines'], ({ account, params, path }) => {
    const invoice = draftOf(account, path['id'] ?? '');
    for (const line of params.objects('lines') ?? []) createItem(account, line, invoice);
    return invoice;
  }),
  post('/v1/invoices/:id/remove_lines', ['lines'], ({ account, params, path }) =>
    removeLines(account, draftOf(account, path['id'] ?? ''), params),
  ),
  post('/v1/invoices/:id/finalize', ['auto_advance'], ({ account, params, path }) => {
    const invoice = draftOf(account, path['id'] ?? '');
    invoice['auto_advance'] = params.boolean('auto_advance') ?? invoice['auto_advance'];
    finalize(account, invoice);
    return invoice;
  }),
  post('/v1/invoices/:id/send', [], (call) => {
    const invoice = byId(call);
    if (invoice['status'] === 'draft') finalize(call.account, invoice);
    call.account.emitEvents(invoice, ['invoice.sent']);
    return invoice;
  }),
  post('/v1/invoices/:id/pay', ['paid_out_of_band', 'payment_method', 'off_session'], (call) => {
    const invoice = byId(call);
    if (invoice['status'] === 'draft') finalize(call.account, invoice);
    if (call.params.boolean('paid_out_of_band')) payOutOfBand(call.account, invoice);
    else payByCard(call.account, invoice, call.params.string('payment_method'));
    return invoice;
  }),
  post('/v1/invoices/:id/attach_payment', ['payment_intent'], (call) => {
    const invoice = byId(call);
    const intent = call.account.get(
      'payment_intent',
      call.params.required('payment_intent'),
      'payment_intent',
    );
    attachIntent(call.account, invoice, intent);
    return invoice;
  }),
  post('/v1/invoices/:id/void', [], (call) => {
    voidInvoice(call.account, byId(call));
    return byId(call);
  }),
  post('/v1/invoices/:id/mark_uncollectible', [], (call) => {
    markUncollectible(call.account, byId(call));
    return byId(call);
  }),
];
