/** Account → customer. */
import type { Translation } from '../../../domain/connector.ts';
import type { Address, Customer } from '../../../domain/entity/index.ts';
import { WireAccount } from '../schema.ts';
import { eventOf, readWire, type Input } from './event.ts';
import {
  addressOf,
  currencyOf,
  idOrNull,
  isEmpty,
  nameOf,
  ownerOf,
  ownText,
  textOf,
  told,
} from './values.ts';

export function translateCustomer(input: Input): Translation {
  const wire = readWire(WireAccount, input);
  const extra = told({
    type: textOf(wire['Type']),
    industry: textOf(wire['Industry']),
    account_number: textOf(wire['AccountNumber']),
  });
  return { events: [eventOf(input, entityOf(wire, input), 'Account', extra)], follow: [] };
}

function entityOf(wire: WireAccount, { org, record, snapshot }: Input): Customer {
  const own = (name: Parameters<typeof ownText>[2]) => ownText(record, org, name);
  const vat = own('vat');
  const parent = idOrNull(wire.ParentId);
  const email = own('email') ?? textOf(wire.PersonEmail);
  const currency = currencyOf(wire.CurrencyIsoCode, org);
  return {
    kind: 'customer',
    name: nameOf(wire.Name, email, wire.Website, snapshot.externalId),
    status: wire.IsDeleted === true ? 'archived' : 'active',
    isCompany: wire.IsPersonAccount !== true,
    ...told({
      legalName: own('legal_name'),
      // An account that is its own parent has none.
      parent: parent === snapshot.externalId ? null : parent,
      email,
      phone: textOf(wire.Phone),
      website: textOf(wire.Website),
      vat,
      taxIds: taxIdsOf(vat),
      addresses: addressesOf(record),
      language: own('language'),
      currency: currency ?? undefined,
      note: textOf(wire.Description),
      owner: ownerOf(wire.Owner),
      paymentTerms: own('customer_terms'),
      odooKey: textOf(record[org.key]),
    }),
  };
}

function taxIdsOf(vat: string | null | undefined): Customer['taxIds'] {
  if (vat === undefined) return undefined;
  return vat === null ? [] : [{ kind: 'vat', country: /^[A-Z]{2}/.exec(vat)?.[0] ?? null, value: vat }];
}

/** The billing address is the one that counts; another for goods only where it says something of its own. */
function addressesOf(record: Record<string, unknown>): Address[] | undefined {
  const main = addressOf(record, 'Billing', 'main');
  // Where goods go must not be taken for where bills go, just because our user does not see the latter.
  if (main === undefined) return undefined;
  const shipping = addressOf(record, 'Shipping', 'shipping');
  const differs = JSON.stringify({ ...shipping, role: 'main' }) !== JSON.stringify(main);
  return shipping && differs && !isEmpty(shipping) ? [main, shipping] : [main];
}
