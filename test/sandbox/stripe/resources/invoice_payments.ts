/** The endpoints of invoice payments: which payment paid how much of which invoice. */
import { createdIn, equal, LIST_PARAMS, page, type Page } from '../lists.ts';
import { get, type Call, type Route } from '../routes.ts';

function list({ account, params }: Call): Page {
  const invoice = params.string('invoice');
  const payment = params.object('payment');
  payment?.only(['type', 'payment_intent', 'payment_record']);
  const intent = payment?.string('payment_intent');
  const record = payment?.string('payment_record');
  let rows = invoice ? account.where('invoice_payment', 'invoice', invoice) : account.all('invoice_payment');
  if (intent) rows = rows.filter((row) => row['payment'].payment_intent === intent);
  if (record) rows = rows.filter((row) => row['payment'].payment_record === record);
  return page(account, params, '/v1/invoice_payments', equal(params, createdIn(params, rows), ['status']));
}

export const invoicePaymentRoutes: Route[] = [
  get('/v1/invoice_payments', [...LIST_PARAMS, 'created', 'invoice', 'payment', 'status'], list),
  get('/v1/invoice_payments/:id', [], ({ account, path }) =>
    account.get('invoice_payment', path['id'] ?? ''),
  ),
];
