/** The canonical model: every record of every system, in our words. */
import * as z from 'zod';
import { CreditNote, Invoice, Payment, Refund } from './billing.ts';
import { Price, Product, TaxRate } from './catalogue.ts';
import { Contact, Customer } from './customer.ts';
import { Deal } from './deal.ts';

export * from './billing.ts';
export * from './catalogue.ts';
export * from './common.ts';
export * from './customer.ts';
export * from './deal.ts';

export const Entity = z.discriminatedUnion('kind', [
  TaxRate,
  Customer,
  Contact,
  Product,
  Price,
  Deal,
  Invoice,
  CreditNote,
  Payment,
  Refund,
]);
export type Entity = z.infer<typeof Entity>;
