/** Stripe customer → customer. */
import type { Translation } from '../../../domain/connector.ts';
import type { Address, Customer } from '../../../domain/entity/index.ts';
import { WireCustomer, type WireAddress } from '../schema_money.ts';
import { currencyOf } from './amounts.ts';
import { eventOf, readWire, told, type Input } from './event.ts';

const TAX_STATUS: Record<string, Customer['taxStatus']> = {
  none: 'taxable',
  exempt: 'exempt',
  reverse: 'reverse',
};

/** Schemes whose number Odoo keeps in the VAT field of a contact, beside all that are called VAT. */
const VAT_LIKE =
  /_vat$|^(au_abn|in_gst|nz_gst|sg_gst|ca_gst_hst|mx_rfc|br_cnpj|cl_tin|sa_vat|ae_trn|tr_tin|ch_uid)$/;

export function translateCustomer(input: Input): Translation {
  const wire = readWire(WireCustomer, input);
  const event = eventOf(input, {
    entity: entityOf(wire),
    label: `Customer ${wire.id}`,
    at: `customers/${wire.id}`,
    extra: { metadata: wire.metadata ?? {} },
  });
  return { events: [event], follow: [] };
}

function entityOf(wire: WireCustomer): Customer {
  const taxIds = wire.tax_ids?.data.map(({ type, country, value }) => ({ kind: type, country, value }));
  const names = [wire.name, wire.business_name, wire.individual_name, wire.email, wire.id];
  return {
    kind: 'customer',
    name: names.find((name) => name?.trim()) ?? wire.id,
    status: 'active',
    ...told({
      legalName: wire.business_name,
      isCompany: isCompany(wire),
      email: wire.email,
      phone: wire.phone,
      taxIds,
      vat: taxIds && (taxIds.find(({ kind }) => VAT_LIKE.test(kind))?.value ?? null),
      taxStatus: TAX_STATUS[wire.tax_exempt ?? ''],
      addresses: addressesOf(wire),
      language: wire.preferred_locales === undefined ? undefined : (wire.preferred_locales?.[0] ?? null),
      currency: wire.currency && currencyOf(wire.currency),
      note: wire.description,
    }),
  };
}

/** Stripe tells only by which of the two names was filled in; whoever has a tax number is in business. */
function isCompany(wire: WireCustomer): boolean | undefined {
  if (wire.business_name?.trim() || (wire.tax_ids && wire.tax_ids.data.length > 0)) return true;
  return wire.individual_name?.trim() ? false : undefined;
}

function addressesOf(wire: WireCustomer): Address[] | undefined {
  if (wire.address === undefined && wire.shipping === null) return undefined;
  return [
    ...(wire.address ? [addressOf('main', wire.address)] : []),
    ...(wire.shipping?.address ? [addressOf('shipping', wire.shipping.address)] : []),
  ];
}

export function addressOf(role: Address['role'], wire: WireAddress): Address {
  return {
    role,
    lines: [wire.line1, wire.line2].flatMap((line) => (line?.trim() ? [line] : [])),
    ...told({
      city: wire.city,
      region: wire.state,
      postcode: wire.postal_code,
      country: countryOf(wire.country),
    }),
  };
}

/** Old records may hold a country's name instead of its code; that tells nothing we could use. */
export function countryOf(wire: string | null | undefined): string | null | undefined {
  if (wire === null || wire === undefined) return wire;
  return /^[a-z]{2}$/i.test(wire) ? wire.toUpperCase() : undefined;
}
