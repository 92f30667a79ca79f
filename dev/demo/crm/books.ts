/** What the CRMs hold and show, against what Odoo holds: counts, and amounts to the cent. */
import type { Person } from '../../support/admin.ts';
import { compare, type Books, type Comparison, type Figure } from '../books.ts';
import type { Company } from '../company.ts';
import { HUBSPOT, SALESFORCE } from '../connections.ts';

/** A record's values, whatever the CRM calls them. */
type Values = Record<string, unknown>;

interface Crm {
  system: 'salesforce' | 'hubspot';
  connection: string;
  companies: Values[];
  people: Values[];
  products: Values[];
  deals: Deal[];
}

interface Deal {
  amount: number;
  won: boolean;
  lost: boolean;
  values: Values;
}

/** Names of the fields that Odoo fills, apart from how each CRM writes them. */
const FIELDS = {
  salesforce: (name: string) => `Odoo_${name.replaceAll(/(^|_)[a-z]/g, (found) => found.toUpperCase())}__c`,
  hubspot: (name: string) => `odoo_${name}`,
};

/** One row per kind of fact and CRM. */
export async function compareCrms(company: Company): Promise<Comparison[]> {
  const rows: Comparison[] = [];
  for (const crm of [salesforceOf(company), hubspotOf(company)]) {
    const odoo = await booksOfOdoo(company.admin, crm.connection);
    rows.push(...compare(crm.system, booksOf(crm), odoo, await notesOf(company.admin, crm.connection)));
  }
  return rows;
}

function salesforceOf({ systems: { salesforce } }: Company): Crm {
  const living = (object: string): Values[] =>
    [...salesforce.org.table(object).rows.values()].filter((row) => row['IsDeleted'] !== true);
  const deals = living('Opportunity').map((values) => ({
    amount: cents(values['Amount']),
    won: values['IsWon'] === true,
    lost: values['IsClosed'] === true && values['IsWon'] !== true,
    values,
  }));
  return {
    system: 'salesforce',
    connection: SALESFORCE,
    companies: living('Account'),
    people: living('Contact'),
    products: living('Product2'),
    deals,
  };
}

function hubspotOf({ systems: { hubspot } }: Company): Crm {
  const living = (type: 'companies' | 'contacts' | 'products' | 'deals'): Values[] =>
    hubspot.all(type).map(({ properties }) => properties);
  const deals = living('deals').map((values) => ({
    amount: cents(values['amount']),
    won: values['hs_is_closed_won'] === 'true',
    lost: values['hs_is_closed'] === 'true' && values['hs_is_closed_won'] !== 'true',
    values,
  }));
  return {
    system: 'hubspot',
    connection: HUBSPOT,
    companies: living('companies'),
    people: living('contacts'),
    products: living('products'),
    deals,
  };
}

function booksOf({ system, companies, people, products, deals }: Crm): Books {
  const field = FIELDS[system];
  const shown = (rows: Values[], name: string): Figure =>
    money(rows.map((values) => cents(values[field(name)])).filter((amount) => amount !== 0));
  const told = deals.map(({ values }) => values);
  return {
    [system === 'salesforce' ? 'accounts' : 'companies']: { count: companies.length },
    contacts: { count: people.length },
    products: { count: products.length },
    deals: money(deals.filter(({ lost }) => !lost).map(({ amount }) => amount)),
    won_deals_as_orders: money(deals.filter(({ won }) => won).map(({ amount }) => amount)),
    orders_shown_confirmed: {
      count: told.filter((values) => values[field('order_state')] === 'confirmed').length,
    },
    invoiced_as_shown: shown(told, 'invoiced_amount'),
    paid_as_shown: shown(told, 'paid_amount'),
    open_as_shown: shown(companies, 'open_amount'),
  };
}

const cents = (value: unknown): number => Math.round(Number(value ?? 0) * 100);
const money = (amounts: number[]): Figure => ({
  count: amounts.length,
  amounts: { EUR: amounts.reduce((sum, amount) => sum + amount, 0) },
});

interface Link {
  kind: string;
  res_id: number;
  state: string;
}

/** Odoo's own records, not what it told: orders, posted invoices and what is still to be paid. */
async function booksOfOdoo(person: Person, connection: string): Promise<Books> {
  const ours = [['connection_id.code', '=', connection]];
  const links = await person.search<Link>('saas.sync.link', ours, ['kind', 'res_id', 'state']);
  const ids = (kind: string) => [
    ...new Set(links.filter((link) => link.kind === kind).map((link) => link.res_id)),
  ];
  const rows = (model: string, among: number[], fields: string[], more: unknown[] = []) =>
    person.search<Values & { id: number }>(model, [['id', 'in', among], ...more], fields);
  const partners = await rows('res.partner', ids('customer'), ['commercial_partner_id']);
  const leads = await rows('crm.lead', ids('deal'), ['expected_revenue']);
  const orders = await rows('sale.order', ids('order'), ['amount_untaxed'], [['state', '=', 'sale']]);
  const accounts = { count: partners.length };
  return {
    accounts,
    companies: accounts,
    contacts: { count: (await rows('res.partner', ids('contact'), ['active'])).length },
    products: { count: (await rows('product.template', ids('product'), ['active'])).length },
    deals: money(leads.map((lead) => cents(lead['expected_revenue']))),
    won_deals_as_orders: money(orders.map((order) => cents(order['amount_untaxed']))),
    orders_shown_confirmed: { count: orders.length },
    ...(await invoicesOf(
      person,
      orders.map(({ id }) => id),
    )),
    open_as_shown: await openOf(
      person,
      partners.map(({ id }) => id),
    ),
  };
}

async function invoicesOf(person: Person, orders: number[]): Promise<Books> {
  const moves = await person.search<Values>(
    'account.move',
    [
      ['invoice_line_ids.sale_line_ids.order_id', 'in', orders],
      ['state', '=', 'posted'],
    ],
    ['amount_total_signed', 'amount_residual_signed'],
  );
  const total = moves.map((move) => cents(move['amount_total_signed']));
  const paid = moves.map((move, index) => (total[index] ?? 0) - cents(move['amount_residual_signed']));
  return { invoiced_as_shown: money(total), paid_as_shown: money(paid.filter((amount) => amount !== 0)) };
}

/** What these customers still owe, by the journal items. */
async function openOf(person: Person, partners: number[]): Promise<Figure> {
  const groups = await person.groups(
    'account.move.line',
    [
      ['partner_id', 'in', partners],
      ['account_type', '=', 'asset_receivable'],
      ['parent_state', '=', 'posted'],
      ['reconciled', '=', false],
    ],
    ['partner_id'],
    ['amount_residual:sum'],
  );
  return money(groups.map((group) => cents(group['amount_residual:sum'])).filter((amount) => amount !== 0));
}

/** What waits for a person, beside the row it is about. */
async function notesOf(person: Person, connection: string): Promise<Record<string, string>> {
  const waiting = (model: string, kind: string) =>
    person.search<{ label: string }>(
      model,
      [
        ['connection_id.code', '=', connection],
        ['state', 'in', ['open', 'retrying']],
        ['kind', '=', kind],
      ],
      ['label'],
    );
  const [order] = await waiting('saas.sync.exception', 'deal');
  const [conflict] = await waiting('saas.sync.conflict', 'contact');
  return {
    ...(order ? { won_deals_as_orders: `Exceptions: ${order.label}` } : {}),
    ...(conflict ? { contacts: `Conflicts: ${conflict.label}` } : {}),
  };
}
