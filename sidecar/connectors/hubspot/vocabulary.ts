/** HubSpot's names: object types, their properties that we read and write, and the types of associations. */
import type { Kind } from '../../domain/reference.ts';

/** Path segment of the API for each object we read. */
export type ObjectType = 'companies' | 'contacts' | 'products' | 'deals' | 'line_items';

/** The kinds of ours that HubSpot has, in the order of a first load. */
export const TYPE_OF = {
  customer: 'companies',
  contact: 'contacts',
  product: 'products',
  deal: 'deals',
} as const satisfies Partial<Record<Kind, ObjectType>>;
export type HubSpotKind = keyof typeof TYPE_OF;

export const KINDS = Object.keys(TYPE_OF) as HubSpotKind[];
export const isKind = (kind: string): kind is HubSpotKind => Object.hasOwn(TYPE_OF, kind);

/** By the word of a webhook's subscription and by object type id (vendor's documentation, "CRM objects"). */
export const KIND_OF_WORD: ReadonlyMap<string, HubSpotKind | 'line_item'> = new Map([
  ['company', 'customer'],
  ['contact', 'contact'],
  ['product', 'product'],
  ['deal', 'deal'],
  ['line_item', 'line_item'],
  ['0-2', 'customer'],
  ['0-1', 'contact'],
  ['0-7', 'product'],
  ['0-3', 'deal'],
  ['0-8', 'line_item'],
]);

/** For the address of a record in HubSpot's own screens. */
export const TYPE_ID: Readonly<Record<HubSpotKind, string>> = {
  contact: '0-1',
  customer: '0-2',
  deal: '0-3',
  product: '0-7',
};

const ADDRESS = ['address', 'address2', 'city', 'state', 'zip', 'country'];
const EVERYWHERE = ['hs_object_id', 'hs_updated_by_user_id', 'hs_merged_object_ids', 'createdate'];

/** Asked for where they exist in the account, beside the account's own. */
export const PROPERTIES: Readonly<Record<ObjectType, readonly string[]>> = {
  companies: [
    ...EVERYWHERE,
    ...ADDRESS,
    'name',
    'domain',
    'website',
    'phone',
    'description',
    'hs_country_code',
    'hubspot_owner_id',
    'hs_lastmodifieddate',
  ],
  contacts: [
    ...EVERYWHERE,
    ...ADDRESS,
    'firstname',
    'lastname',
    'email',
    'phone',
    'mobilephone',
    'jobtitle',
    'hs_language',
    'hs_calculated_merged_vids',
    'hubspot_owner_id',
    'lastmodifieddate',
  ],
  products: [
    ...EVERYWHERE,
    'name',
    'description',
    'hs_sku',
    'price',
    'hs_product_type',
    'recurringbillingfrequency',
    'hs_lastmodifieddate',
  ],
  deals: [
    ...EVERYWHERE,
    'dealname',
    'description',
    'amount',
    'deal_currency_code',
    'dealstage',
    'pipeline',
    'dealtype',
    'closedate',
    'hs_closed_won_date',
    'hs_is_closed',
    'hs_is_closed_won',
    'hs_deal_stage_probability',
    'closed_lost_reason',
    'hubspot_owner_id',
    'hs_lastmodifieddate',
  ],
  line_items: [
    'hs_object_id',
    'name',
    'hs_sku',
    'hs_product_id',
    'quantity',
    'price',
    'discount',
    'hs_discount_percentage',
    'amount',
    'recurringbillingfrequency',
    'hs_recurring_billing_start_date',
    'hs_position_on_quote',
    'hs_lastmodifieddate',
  ],
};

/** The property that orders a feed of changes; contacts have an older name for it. */
export const modifiedProperty = (type: ObjectType): string =>
  type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';

/** Properties that hold the ids a record had before others were merged into it. */
export const MERGED_PROPERTIES = ['hs_merged_object_ids', 'hs_calculated_merged_vids'] as const;

/** Ids of the vendor's own types of associations (documentation, "Association type ID values"). */
export const ASSOCIATION = {
  childToParentCompany: 14,
  contactToPrimaryCompany: 1,
  dealToPrimaryCompany: 5,
} as const;

/** Canonical name → property, for what `push` writes. A contact's name is two properties and written apart. */
const STREET = {
  'address.street': 'address',
  'address.street2': 'address2',
  'address.city': 'city',
  'address.region': 'state',
  'address.postcode': 'zip',
  'address.country': 'country',
};
export const WRITABLE: Readonly<Partial<Record<HubSpotKind, Readonly<Record<string, string>>>>> = {
  customer: { name: 'name', phone: 'phone', website: 'website', note: 'description', ...STREET },
  contact: {
    name: 'lastname',
    email: 'email',
    phone: 'phone',
    mobile: 'mobilephone',
    title: 'jobtitle',
    ...STREET,
  },
  deal: { name: 'dealname', amount: 'amount', closeDate: 'closedate', description: 'description' },
};
