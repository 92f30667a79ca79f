/** The canonical model: every record of every system, in our words. */
import * as z from 'zod';
import { CreditNote, Invoice, Payment, Refund } from './billing.ts';
import { Price, Product, TaxRate } from './catalogue.ts';
import { Customer } from './customer.ts';

export * from './billing.ts';
export * from './catalogue.ts';
export * from './common.ts';
export * from './customer.ts';

export const Entity = z.discriminatedUnion('kind', [
  TaxRate,
  Customer,
  Product,
  Price,
  Invoice,
  CreditNote,
  Payment,
  Refund,
]);
export type Entity = z.infer<typeof Entity>;
