/** What people do in Odoo in the CRM's chapters, through the same methods as the buttons, with their own rights. */
import { logIn, type Person } from '../../support/admin.ts';
import type { Company } from '../company.ts';
import { theOne } from './told.ts';

interface Line {
  id: number;
  product_uom_qty: number;
}

const person = ({ server }: Company, login: string): Promise<Person> =>
  logIn(server.url, server.database, login, login);

/** The order is given to Sam, who delivers everything and makes the invoice; the accountant posts it. */
export async function invoice(company: Company, deal: string): Promise<number> {
  const order = await orderOf(company, deal);
  const [sam, ada] = await Promise.all([person(company, 'sales'), person(company, 'accountant')]);
  const { id: user } = await theOne(company, 'res.users', [['login', '=', 'sales']]);
  await company.admin.call('sale.order', 'write', [[order], { user_id: user }]);
  const lines = await sam.search<Line>('sale.order.line', [['order_id', '=', order]], ['product_uom_qty']);
  for (const { id, product_uom_qty } of lines)
    await sam.call('sale.order.line', 'write', [[id], { qty_delivered: product_uom_qty }]);
  const values = { advance_payment_method: 'delivered', sale_order_ids: [[6, 0, [order]]] };
  const wizard = await sam.call<number[]>('sale.advance.payment.inv', 'create', [[values]]);
  await sam.call('sale.advance.payment.inv', 'create_invoices', [wizard]);
  const move = await theOne(company, 'account.move', [
    ['invoice_line_ids.sale_line_ids.order_id', '=', order],
    ['state', '=', 'draft'],
  ]);
  await ada.call('account.move', 'action_post', [[move.id]]);
  return move.id;
}

/** The customer pays the whole invoice: the accountant registers it. */
export async function receivePayment(company: Company, move: number): Promise<void> {
  const ada = await person(company, 'accountant');
  const context = { active_model: 'account.move', active_ids: [move] };
  const wizard = await ada.call<number[]>('account.payment.register', 'create', [[{}]], { context });
  await ada.call('account.payment.register', 'action_create_payments', [wizard], { context });
}

export async function orderOf(company: Company, deal: string): Promise<number> {
  const order = await theOne(company, 'sale.order', [
    ['opportunity_id.name', '=', deal],
    ['state', '=', 'sale'],
  ]);
  return order.id;
}

/** A salesperson corrects a contact in Odoo. */
export async function correct(
  company: Company,
  partner: number,
  values: Record<string, string>,
): Promise<void> {
  const sam = await person(company, 'sales');
  await sam.call('res.partner', 'write', [[partner], values]);
}
