/** The properties a fresh portal has, as far as anybody here uses them. */

export const TYPES = ['companies', 'contacts', 'products', 'deals', 'line_items'] as const;
export type ObjectType = (typeof TYPES)[number];

/** Names, ids of object types and singular names all lead to the same objects. */
export function typeOf(text: string): ObjectType | undefined {
  return (
    TYPES.find((type) => type === text) ??
    {
      '0-1': 'contacts' as const,
      '0-2': 'companies' as const,
      '0-3': 'deals' as const,
      '0-7': 'products' as const,
      '0-8': 'line_items' as const,
      contact: 'contacts' as const,
      company: 'companies' as const,
      deal: 'deals' as const,
      product: 'products' as const,
      line_item: 'line_items' as const,
    }[text]
  );
}

/** The word of a subscription: `company.creation`. */
export const WORD: Record<ObjectType, string> = {
  companies: 'company',
  contacts: 'contact',
  products: 'product',
  deals: 'deal',
  line_items: 'line_item',
};

export const TYPE_ID: Record<ObjectType, string> = {
  contacts: '0-1',
  companies: '0-2',
  deals: '0-3',
  products: '0-7',
  line_items: '0-8',
};

/** Ids are numbers, by type, and rise. */
export const FIRST_ID: Record<ObjectType, number> = {
  companies: 20_000_000_001,
  contacts: 10_000_000_001,
  products: 50_000_000_001,
  deals: 30_000_000_001,
  line_items: 60_000_000_001,
};

export type PropertyType = 'string' | 'number' | 'date' | 'datetime' | 'enumeration' | 'bool';

export interface PropertyDefinition {
  name: string;
  label: string;
  type: PropertyType;
  fieldType: string;
  groupName: string;
  options: { label: string; value: string; displayOrder: number; hidden: boolean }[];
  hubspotDefined: boolean;
  hasUniqueValue: boolean;
  readOnly: boolean;
}

export interface NewProperty {
  name: string;
  type?: PropertyType;
  label?: string;
  unique?: boolean;
  options?: string[];
}

export function define(
  { name, type = 'string', label = name, unique = false, options = [] }: NewProperty,
  how: { hubspotDefined: boolean; readOnly: boolean },
): PropertyDefinition {
  return {
    name,
    label,
    type,
    fieldType:
      { string: 'text', number: 'number', date: 'date', datetime: 'date' }[type as string] ?? 'select',
    groupName: how.hubspotDefined ? 'information' : 'custom',
    options: options.map((value, displayOrder) => ({ label: value, value, displayOrder, hidden: false })),
    hubspotDefined: how.hubspotDefined,
    hasUniqueValue: unique,
    readOnly: how.readOnly,
  };
}

const ADDRESS = 'address address2 city state zip country';
const OWN: Record<ObjectType, string> = {
  companies: `name domain website phone description industry hs_country_code hubspot_owner_id ${ADDRESS}`,
  contacts: `firstname lastname email phone mobilephone jobtitle hs_language hubspot_owner_id ${ADDRESS}`,
  products: 'name description hs_sku price:number hs_product_type recurringbillingfrequency',
  deals:
    'dealname description amount:number deal_currency_code dealstage pipeline dealtype closedate:datetime closed_lost_reason hubspot_owner_id',
  line_items:
    'name hs_sku hs_product_id quantity:number price:number discount:number hs_discount_percentage:number recurringbillingfrequency hs_recurring_billing_start_date:date hs_position_on_quote:number',
};
const COMPUTED: Record<ObjectType, string> = {
  companies: 'hs_lastmodifieddate:datetime hs_num_child_companies:number',
  contacts: 'lastmodifieddate:datetime associatedcompanyid hs_calculated_merged_vids',
  products: 'hs_lastmodifieddate:datetime',
  deals:
    'hs_lastmodifieddate:datetime hs_is_closed hs_is_closed_won hs_deal_stage_probability:number hs_closed_won_date:datetime',
  line_items: 'hs_lastmodifieddate:datetime amount:number',
};
const EVERYWHERE =
  'hs_object_id:number createdate:datetime hs_merged_object_ids hs_updated_by_user_id:number hs_created_by_user_id:number';

const read = (text: string, readOnly: boolean): PropertyDefinition[] =>
  text.split(' ').map((part) => {
    const [name = '', type = 'string'] = part.split(':');
    return define({ name, type: type as PropertyType }, { hubspotDefined: true, readOnly });
  });

export function standardProperties(type: ObjectType): Map<string, PropertyDefinition> {
  const all = [...read(OWN[type], false), ...read(`${COMPUTED[type]} ${EVERYWHERE}`, true)];
  return new Map(all.map((property) => [property.name, property]));
}

/** The property that says when a record was last changed. */
export const modifiedName = (type: ObjectType): string =>
  type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';

/** One of something for each type. */
export function byType<T>(make: (type: ObjectType) => T): Record<ObjectType, T> {
  return Object.fromEntries(TYPES.map((type) => [type, make(type)])) as Record<ObjectType, T>;
}
