/** HubSpot company → customer. */
import type { Event } from '../../../domain/event.ts';
import { ASSOCIATION } from '../vocabulary.ts';
import { addressesOf, eventOf, textOf, told, type Input } from './event.ts';

export function translateCustomer(input: Input): Event {
  const { object, account, owner, parents } = input.body;
  const text = (name: string | undefined) => textOf(object, name);
  const domain = text('domain');
  const website = text('website');
  return eventOf(
    input,
    {
      kind: 'customer',
      name: text('name') ?? domain ?? object.id,
      isCompany: true,
      status: object.archived === true ? 'archived' : 'active',
      ...told({
        legalName: text(account.fields.legal_name),
        parent: parents && parentOf(object.id, parents),
        phone: text('phone'),
        website: website ?? (domain === undefined ? website : domain),
        vat: text(account.fields.vat),
        addresses: addressesOf(object),
        note: text('description'),
        owner,
        odooKey: text(account.key_property),
      }),
    },
    `Company ${object.id}`,
  );
}

/** A company that is said to be its own parent has none. */
function parentOf(id: string, parents: { id: string; types: number[] }[]): string | null {
  const found = parents.find((one) => one.id !== id && one.types.includes(ASSOCIATION.childToParentCompany));
  return found?.id ?? null;
}
