/** Which of Salesforce's objects stand for which records of ours, and what is read of each. */
import type { Kind } from '../../domain/reference.ts';
import type { Options } from './settings.ts';

/** A list of child records that makes up the record with its parent. */
export interface ChildSpec {
  /** Name of the relationship on the parent. */
  relationship: string;
  object: string;
  fields: readonly string[];
}

export interface ObjectSpec {
  kind: Kind;
  object: string;
  /** Name of its listing. */
  stream: string;
  fields: readonly string[];
  children: readonly ChildSpec[];
}

const AUDIT = [
  'IsDeleted',
  'CreatedDate',
  'LastModifiedDate',
  'LastModifiedBy.Name',
  'SystemModstamp',
  'CurrencyIsoCode',
];
const OWNER = ['Owner.Name', 'Owner.Email', 'Owner.IsActive'];
const addressOf = (prefix: string): string[] =>
  ['Street', 'City', 'State', 'StateCode', 'PostalCode', 'Country', 'CountryCode'].map(
    (part) => `${prefix}${part}`,
  );

const CONTACT_ROLES: ChildSpec = {
  relationship: 'AccountContactRoles',
  object: 'AccountContactRole',
  fields: ['Id', 'AccountId', 'Role', 'IsPrimary'],
};
const DEAL_CONTACTS: ChildSpec = {
  relationship: 'OpportunityContactRoles',
  object: 'OpportunityContactRole',
  fields: ['Id', 'ContactId', 'Role', 'IsPrimary'],
};
const DEAL_LINES: ChildSpec = {
  relationship: 'OpportunityLineItems',
  object: 'OpportunityLineItem',
  fields: [
    'Id',
    'SortOrder',
    'Name',
    'Description',
    'Product2Id',
    'Product2.Name',
    'PricebookEntryId',
    'ProductCode',
    'Quantity',
    'UnitPrice',
    'Discount',
    'TotalPrice',
    'ServiceDate',
  ],
};

const PRODUCT_PRICES: ChildSpec = {
  relationship: 'PricebookEntries',
  object: 'PricebookEntry',
  fields: ['Id', 'UnitPrice', 'IsActive', 'CurrencyIsoCode', 'Pricebook2.IsStandard'],
};

/** In the order of a first load: what others point to comes first. */
export const SPECS: readonly ObjectSpec[] = [
  {
    kind: 'customer',
    object: 'Account',
    stream: 'accounts',
    fields: [
      'Id',
      'Name',
      'MasterRecordId',
      'ParentId',
      'Phone',
      'Website',
      'Description',
      'Type',
      'Industry',
      'AccountNumber',
      'IsPersonAccount',
      'PersonEmail',
      ...addressOf('Billing'),
      ...addressOf('Shipping'),
      ...OWNER,
      ...AUDIT,
    ],
    children: [],
  },
  {
    kind: 'contact',
    object: 'Contact',
    stream: 'contacts',
    fields: [
      'Id',
      'Name',
      'FirstName',
      'LastName',
      'MasterRecordId',
      'AccountId',
      'Title',
      'Department',
      'Email',
      'Phone',
      'MobilePhone',
      ...addressOf('Mailing'),
      ...OWNER,
      ...AUDIT,
    ],
    children: [CONTACT_ROLES, { ...DEAL_CONTACTS, fields: ['Id', 'OpportunityId', 'Role', 'IsPrimary'] }],
  },
  {
    kind: 'product',
    object: 'Product2',
    stream: 'products',
    fields: [
      'Id',
      'Name',
      'ProductCode',
      'StockKeepingUnit',
      'Description',
      'Family',
      'IsActive',
      'IsArchived',
      'QuantityUnitOfMeasure',
      ...AUDIT,
    ],
    children: [PRODUCT_PRICES],
  },
  {
    kind: 'price',
    object: 'PricebookEntry',
    stream: 'price_book_entries',
    fields: [
      'Id',
      'Name',
      'Product2Id',
      'Pricebook2Id',
      'Pricebook2.Name',
      'UnitPrice',
      'IsActive',
      'IsArchived',
      ...AUDIT,
    ],
    children: [],
  },
  {
    kind: 'deal',
    object: 'Opportunity',
    stream: 'opportunities',
    fields: [
      'Id',
      'Name',
      'AccountId',
      'StageName',
      'IsClosed',
      'IsWon',
      'Probability',
      'Amount',
      'CloseDate',
      'Type',
      'Description',
      'NextStep',
      'ForecastCategoryName',
      'LastStageChangeDate',
      'Pricebook2Id',
      ...OWNER,
      ...AUDIT,
    ],
    children: [DEAL_LINES, DEAL_CONTACTS],
  },
];

/** Objects whose change is a change of the record they belong to, though the record itself may not show it. */
export const PARTS: readonly { object: string; parents: Readonly<Partial<Record<Kind, string>>> }[] = [
  { object: 'OpportunityLineItem', parents: { deal: 'OpportunityId' } },
  { object: 'OpportunityContactRole', parents: { deal: 'OpportunityId', contact: 'ContactId' } },
  { object: 'AccountContactRole', parents: { contact: 'ContactId' } },
];

export const STREAMS = SPECS.map(({ stream }) => stream);
export const KINDS = SPECS.map(({ kind }) => kind);

export const specOf = (kind: Kind): ObjectSpec | undefined => SPECS.find((spec) => spec.kind === kind);

/** Which of the org's own fields each object gets from `options.fields`. */
const OWN: Readonly<Record<string, readonly (keyof Options['fields'])[]>> = {
  Account: ['vat', 'legal_name', 'email', 'language', 'customer_terms'],
  Opportunity: [
    'payment_terms',
    'contract_start',
    'contract_end',
    'renewal',
    'purchase_order',
    'legal_entity',
    'lost_reason',
  ],
};

const KEYED = new Set(['Account', 'Contact']);

/** Everything we would like to read of an object, whether or not the org shows it. */
export function wantedOf(spec: ObjectSpec, options: Options): string[] {
  const own = (OWN[spec.object] ?? []).flatMap((name) => options.fields[name] ?? []);
  const key = KEYED.has(spec.object) ? [options.key_field] : [];
  return [...new Set([...spec.fields, ...own, ...key, ...(options.extra[spec.object] ?? [])])];
}
