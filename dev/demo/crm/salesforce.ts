/** The Salesforce chapters: what happens there, what people in Odoo do about it, and what each waits for. */
import * as story from '../../../test/sandbox/salesforce/story.ts';
import type { Company } from '../company.ts';
import { SALESFORCE } from '../connections.ts';
import { correct, invoice, receivePayment } from './office.ts';
import { linkedTo, theOne, until, type Chapter } from './told.ts';

const { CAST } = story;
const { deals } = CAST;

/** Field values of a record at Salesforce, by its name. */
const at = ({ systems: { salesforce } }: Company, object: string, name: string): Record<string, unknown> =>
  salesforce.org.find(object, story.idOf(salesforce.org, object, name)) ?? {};

const deal = (company: Company, name: string, field: string, value: unknown) =>
  until(`${name} has ${field} ${String(value)}`, () => at(company, 'Opportunity', name)[field] === value);

const inOdoo = (company: Company, kind: string, object: string, name: string): Promise<number> => {
  const { org } = company.systems.salesforce;
  return linkedTo(company, SALESFORCE, kind, story.idOf(org, object, name));
};

const arrives = async (company: Company, kind: string, object: string, name: string): Promise<number> => {
  await until(`${name} is in Odoo`, async () => (await inOdoo(company, kind, object, name)) > 0);
  return inOdoo(company, kind, object, name);
};

export const chapters: readonly Chapter[] = [
  {
    name: 'salesforce-beginning',
    caption: 'Four accounts with a parent and two addresses, their people, three products in the price book',
    async play(company) {
      story.beginning(company.systems.salesforce);
      for (const name of [CAST.known.name, CAST.buyer, CAST.service, CAST.shared.name])
        await arrives(company, 'customer', 'Account', name);
      await arrives(company, 'contact', 'Contact', `${CAST.person.first} ${CAST.person.last}`);
      await arrives(company, 'product', 'Product2', 'Spare parts kit');
    },
  },
  {
    name: 'salesforce-known',
    caption:
      'The account Hanse-Kontor is the customer that Stripe bills: same VAT number, one contact, two links',
    async play(company) {
      const partner = await inOdoo(company, 'customer', 'Account', CAST.known.name);
      const links = await company.admin.search(
        'saas.sync.link',
        [
          ['model', '=', 'res.partner'],
          ['res_id', '=', partner],
        ],
        ['external_id'],
      );
      if (links.length !== 2) throw new Error(`${CAST.known.name} has ${links.length} links instead of 2`);
    },
  },
  {
    name: 'salesforce-won',
    caption:
      'An opportunity over 12,600 EUR is won: a confirmed order in Odoo, and Salesforce shows its number',
    async play(company) {
      story.pierIsWon(company.systems.salesforce);
      await deal(company, deals.pier, 'Odoo_Order_State__c', 'confirmed');
    },
  },
  {
    name: 'salesforce-invoiced',
    caption:
      'Sam delivers and invoices it in Odoo; Salesforce shows "invoiced", and the account has invoices open',
    async play(company) {
      await invoice(company, deals.pier);
      await deal(company, deals.pier, 'Odoo_Invoiced__c', 'full');
      await until('the account has invoices open', () => standing(company) === 'open');
    },
  },
  {
    name: 'salesforce-paid',
    caption: 'The customer pays; Salesforce shows "paid", and the account stands well again',
    async play(company) {
      const { id } = await theOne(company, 'account.move', [
        ['invoice_line_ids.sale_line_ids.order_id.opportunity_id.name', '=', deals.pier],
        ['state', '=', 'posted'],
      ]);
      await receivePayment(company, id);
      await deal(company, deals.pier, 'Odoo_Payment_State__c', 'paid');
      await until('the account stands well', () => standing(company) === 'good');
    },
  },
  {
    name: 'salesforce-below-list',
    caption:
      'Another is won a fifth below the price list: no order yet, "pending" at Salesforce, an exception in Odoo',
    async play(company) {
      story.sparesAreWonTooCheaply(company.systems.salesforce);
      await deal(company, deals.spares, 'Odoo_Order_State__c', 'pending');
      await until('the price is in Exceptions', () => isOpen(company, 'saas.sync.exception', 'deal'));
    },
  },
  {
    name: 'salesforce-conflict',
    caption:
      "Both sides change Birte Hansen's title while the connection is paused: a conflict, for a person to decide",
    async play(company) {
      const partner = await inOdoo(company, 'contact', 'Contact', `${CAST.person.first} ${CAST.person.last}`);
      await company.sidecar.idle();
      await press(company, 'action_pause', 'paused');
      await correct(company, partner, { function: 'Chief Procurement Officer' });
      story.titleChanges(company.systems.salesforce, 'Director of Purchasing');
      await press(company, 'action_resume', 'healthy');
      await until('the conflict is in Odoo', () => isOpen(company, 'saas.sync.conflict', 'contact'));
    },
  },
  {
    name: 'salesforce-twin',
    caption:
      'Baltic Cranes is entered twice, and the second one buys: two contacts in Odoo, one with an order',
    async play(company) {
      story.twinSells(company.systems.salesforce);
      await deal(company, deals.tallinn, 'Odoo_Order_State__c', 'confirmed');
      await arrives(company, 'customer', 'Account', CAST.kept);
    },
  },
  {
    name: 'salesforce-merged',
    caption: 'Salesforce merges the two: one contact in Odoo, with the order and the people of both',
    async play(company) {
      const survivor = await inOdoo(company, 'customer', 'Account', CAST.kept);
      story.twinsAreMerged(company.systems.salesforce);
      await company.sidecar.pull(SALESFORCE);
      await until('the order is with the survivor', async () => {
        const order = await theOne<{ id: number; partner_id: [number, string] }>(
          company,
          'sale.order',
          [['opportunity_id.name', '=', deals.tallinn]],
          ['partner_id'],
        );
        return order.partner_id[0] === survivor;
      });
    },
  },
];

const standing = (company: Company): unknown => at(company, 'Account', CAST.buyer)['Odoo_Standing__c'];

async function isOpen({ admin }: Company, model: string, kind: string): Promise<boolean> {
  const domain = [
    ['state', '=', 'open'],
    ['kind', '=', kind],
    ['connection_id.code', '=', SALESFORCE],
  ];
  return (await admin.search(model, domain, ['state'])).length > 0;
}

/** Pauses or resumes, as an administrator does it in Odoo. */
async function press(company: Company, method: string, state: string): Promise<void> {
  const { id } = await theOne(company, 'saas.sync.connection', [['code', '=', SALESFORCE]]);
  await company.admin.call('saas.sync.connection', method, [[id]]);
  await until(`the connection is ${state}`, async () => {
    const { connections } = await company.sidecar.status();
    return connections.some((connection) => connection.id === SALESFORCE && connection.state === state);
  });
}
