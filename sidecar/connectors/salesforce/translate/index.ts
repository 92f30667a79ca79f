/** Salesforce's words → ours: one file per kind, all pure. */
import type { Snapshot, Translation, TranslationContext } from '../../../domain/connector.ts';
import { InvalidData } from '../../../domain/failure.ts';
import type { Kind } from '../../../domain/reference.ts';
import { TITLE } from '../settings.ts';
import { translateContact } from './contact.ts';
import { translateCustomer } from './customer.ts';
import { translateDeal } from './deal.ts';
import { inputOf, type Input } from './event.ts';
import { translateGone } from './gone.ts';
import { translatePrice } from './price.ts';
import { translateProduct } from './product.ts';

const BY_KIND: Partial<Record<Kind, (input: Input) => Translation>> = {
  customer: translateCustomer,
  contact: translateContact,
  product: translateProduct,
  price: translatePrice,
  deal: translateDeal,
};

/** A snapshot in our words. Throws InvalidData naming the field that is not acceptable. */
export function translate(snapshot: Snapshot, context: TranslationContext): Translation {
  const translateOne = BY_KIND[snapshot.kind];
  if (!translateOne)
    throw new InvalidData('unknown_kind', `${TITLE} has no records of kind ${snapshot.kind}`);
  const input = inputOf(snapshot, context);
  return input ? translateOne(input) : translateGone(snapshot, context);
}
