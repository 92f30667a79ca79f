/** Stripe's words → ours: one file per kind, all pure. */
import type { Snapshot, Translation, TranslationContext } from '../../../domain/connector.ts';
import { InvalidData } from '../../../domain/failure.ts';
import type { Kind } from '../../../domain/reference.ts';
import { translateCreditNote } from './credit_note.ts';
import { translateCustomer } from './customer.ts';
import type { Input } from './event.ts';
import { isGone, translateGone } from './gone.ts';
import { translateInvoice } from './invoice.ts';
import { translatePayment } from './payment.ts';
import { translatePrice } from './price.ts';
import { translateProduct } from './product.ts';
import { translateRefund } from './refund.ts';
import { translateTaxRate } from './tax_rate.ts';

const BY_KIND: Partial<Record<Kind, (input: Input) => Translation>> = {
  tax_rate: translateTaxRate,
  customer: translateCustomer,
  product: translateProduct,
  price: translatePrice,
  invoice: translateInvoice,
  credit_note: translateCreditNote,
  payment: translatePayment,
  refund: translateRefund,
};

/** A snapshot in our words. Throws InvalidData naming the field or showing the arithmetic. */
export function translate(snapshot: Snapshot, context: TranslationContext): Translation {
  const input = { snapshot, context };
  const translateOne = BY_KIND[snapshot.kind];
  if (!translateOne) throw new InvalidData('unknown_kind', `Stripe has no records of kind ${snapshot.kind}`);
  return isGone(snapshot.body) ? translateGone(input) : translateOne(input);
}
