/** The objects of a fresh org, and how they hang together. */
import { field, type Field, type FieldType, type ObjectDef } from './fields.ts';

const ref = (name: string, to: string, more: Partial<Field> = {}): Field =>
  field(name, 'reference', { to, relationship: name.replace(/Id$/, ''), ...more });
const given = (name: string, type: FieldType): Field => field(name, type, { readOnly: true });

const audit = (): Field[] => [
  given('IsDeleted', 'boolean'),
  given('CreatedDate', 'datetime'),
  ref('CreatedById', 'User', { readOnly: true }),
  given('LastModifiedDate', 'datetime'),
  ref('LastModifiedById', 'User', { readOnly: true }),
  given('SystemModstamp', 'datetime'),
];
const owned = (): Field[] => [ref('OwnerId', 'User')];
const address = (prefix: string): Field[] => [
  field(`${prefix}Street`, 'textarea', { length: 255 }),
  field(`${prefix}City`, 'string', { length: 40 }),
  field(`${prefix}State`, 'string', { length: 80 }),
  field(`${prefix}PostalCode`, 'string', { length: 20 }),
  field(`${prefix}Country`, 'string', { length: 80 }),
];
const key = (): Field => field('Odoo_Key__c', 'string', { externalId: true, unique: true, length: 80 });

const FIELDS: Record<string, { prefix: string; fields: () => Field[] }> = {
  Organization: {
    prefix: '00D',
    fields: () => [
      given('Name', 'string'),
      given('IsSandbox', 'boolean'),
      given('OrganizationType', 'string'),
    ],
  },
  User: {
    prefix: '005',
    fields: () => [
      field('Name', 'string'),
      field('Username', 'string'),
      field('Email', 'email'),
      field('IsActive', 'boolean'),
      ...audit(),
    ],
  },
  Account: {
    prefix: '001',
    fields: () => [
      field('Name', 'string', { required: true }),
      ref('MasterRecordId', 'Account', { readOnly: true }),
      ref('ParentId', 'Account'),
      field('Type', 'picklist'),
      field('Industry', 'picklist'),
      field('AccountNumber', 'string'),
      field('Phone', 'phone'),
      field('Website', 'url'),
      field('Description', 'textarea'),
      ...address('Billing'),
      ...address('Shipping'),
      field('VAT__c', 'string', { length: 40 }),
      field('Odoo_Standing__c', 'string'),
      field('Odoo_Open_Amount__c', 'currency'),
      field('Odoo_Credit_Hold__c', 'boolean'),
      key(),
      ...owned(),
      ...audit(),
    ],
  },
  Contact: {
    prefix: '003',
    fields: () => [
      given('Name', 'string'),
      field('FirstName', 'string', { length: 40 }),
      field('LastName', 'string', { required: true, length: 80 }),
      ref('MasterRecordId', 'Contact', { readOnly: true }),
      ref('AccountId', 'Account'),
      field('Title', 'string', { length: 128 }),
      field('Department', 'string', { length: 80 }),
      field('Email', 'email'),
      field('Phone', 'phone'),
      field('MobilePhone', 'phone'),
      ...address('Mailing'),
      key(),
      ...owned(),
      ...audit(),
    ],
  },
  AccountContactRole: {
    prefix: '02Z',
    fields: () => [
      ref('AccountId', 'Account', { required: true }),
      ref('ContactId', 'Contact', { required: true }),
      field('Role', 'picklist'),
      field('IsPrimary', 'boolean'),
      ...audit(),
    ],
  },
  Product2: {
    prefix: '01t',
    fields: () => [
      field('Name', 'string', { required: true }),
      field('ProductCode', 'string'),
      field('StockKeepingUnit', 'string', { length: 180 }),
      field('Description', 'textarea', { length: 4000 }),
      field('Family', 'picklist'),
      field('QuantityUnitOfMeasure', 'picklist'),
      field('IsActive', 'boolean'),
      given('IsArchived', 'boolean'),
      ...audit(),
    ],
  },
  Pricebook2: {
    prefix: '01s',
    fields: () => [
      field('Name', 'string', { required: true }),
      field('IsActive', 'boolean'),
      given('IsStandard', 'boolean'),
      ...audit(),
    ],
  },
  PricebookEntry: {
    prefix: '01u',
    fields: () => [
      given('Name', 'string'),
      given('ProductCode', 'string'),
      ref('Pricebook2Id', 'Pricebook2', { required: true, createOnly: true }),
      ref('Product2Id', 'Product2', { required: true, createOnly: true }),
      field('UnitPrice', 'currency', { required: true }),
      field('IsActive', 'boolean'),
      given('IsArchived', 'boolean'),
      ...audit(),
    ],
  },
  Opportunity: {
    prefix: '006',
    fields: () => [
      field('Name', 'string', { required: true, length: 120 }),
      ref('AccountId', 'Account'),
      field('StageName', 'picklist', { required: true }),
      given('IsClosed', 'boolean'),
      given('IsWon', 'boolean'),
      field('Probability', 'percent'),
      field('Amount', 'currency'),
      field('CloseDate', 'date', { required: true }),
      field('Type', 'picklist'),
      field('NextStep', 'string'),
      field('Description', 'textarea'),
      given('ForecastCategoryName', 'picklist'),
      given('LastStageChangeDate', 'datetime'),
      given('HasOpportunityLineItem', 'boolean'),
      ref('Pricebook2Id', 'Pricebook2'),
      field('Payment_Terms__c', 'picklist'),
      field('Contract_Start__c', 'date'),
      field('PO_Number__c', 'string'),
      field('Legal_Entity__c', 'picklist'),
      field('Odoo_Order_Name__c', 'string'),
      field('Odoo_Order_State__c', 'string'),
      field('Odoo_Delivered__c', 'string'),
      field('Odoo_Invoiced__c', 'string'),
      field('Odoo_Payment_State__c', 'string'),
      field('Odoo_Invoiced_Amount__c', 'currency'),
      field('Odoo_Paid_Amount__c', 'currency'),
      ...owned(),
      ...audit(),
    ],
  },
  OpportunityLineItem: {
    prefix: '00k',
    fields: () => [
      ref('OpportunityId', 'Opportunity', { required: true, createOnly: true }),
      field('SortOrder', 'int'),
      given('Name', 'string'),
      field('Description', 'string'),
      ref('PricebookEntryId', 'PricebookEntry', { createOnly: true }),
      ref('Product2Id', 'Product2', { createOnly: true, relationship: 'Product2' }),
      given('ProductCode', 'string'),
      field('Quantity', 'double', { required: true }),
      field('UnitPrice', 'currency'),
      given('ListPrice', 'currency'),
      field('Discount', 'percent'),
      given('TotalPrice', 'currency'),
      field('ServiceDate', 'date'),
      ...audit(),
    ],
  },
  OpportunityContactRole: {
    prefix: '00K',
    fields: () => [
      ref('OpportunityId', 'Opportunity', { required: true, createOnly: true }),
      ref('ContactId', 'Contact', { required: true, createOnly: true }),
      field('Role', 'picklist'),
      field('IsPrimary', 'boolean'),
      ...audit(),
    ],
  },
};

const CHILDREN: readonly (readonly [parent: string, relationship: string, object: string, field: string])[] =
  [
    ['Account', 'Contacts', 'Contact', 'AccountId'],
    ['Account', 'Opportunities', 'Opportunity', 'AccountId'],
    ['Account', 'ChildAccounts', 'Account', 'ParentId'],
    ['Account', 'AccountContactRoles', 'AccountContactRole', 'AccountId'],
    ['Contact', 'AccountContactRoles', 'AccountContactRole', 'ContactId'],
    ['Contact', 'OpportunityContactRoles', 'OpportunityContactRole', 'ContactId'],
    ['Opportunity', 'OpportunityLineItems', 'OpportunityLineItem', 'OpportunityId'],
    ['Opportunity', 'OpportunityContactRoles', 'OpportunityContactRole', 'OpportunityId'],
    ['Product2', 'PricebookEntries', 'PricebookEntry', 'Product2Id'],
    ['Pricebook2', 'PricebookEntries', 'PricebookEntry', 'Pricebook2Id'],
  ];

const WITH_CURRENCY = [
  'Account',
  'Contact',
  'Product2',
  'PricebookEntry',
  'Opportunity',
  'OpportunityLineItem',
];

/** Objects of a fresh org; `currencies`: one that keeps several. */
export function freshSchema({ currencies = false } = {}): Map<string, ObjectDef> {
  const objects = new Map<string, ObjectDef>();
  for (const [name, { prefix, fields }] of Object.entries(FIELDS)) {
    const all = [field('Id', 'id', { readOnly: true, length: 18 }), ...fields()];
    if (currencies && WITH_CURRENCY.includes(name))
      all.push(field('CurrencyIsoCode', 'picklist', { createOnly: name === 'PricebookEntry' }));
    const map = new Map(all.map((each) => [each.name, each]));
    objects.set(name, { name, prefix, fields: map, children: new Map(), hidden: false });
  }
  for (const [parent, relationship, object, own] of CHILDREN)
    objects.get(parent)?.children.set(relationship, { object, field: own });
  return objects;
}

/** Stage → [probability, closed, won, forecast category]: the vendor's standard sales process. */
export const STAGES: Record<string, readonly [number, boolean, boolean, string]> = {
  Prospecting: [10, false, false, 'Pipeline'],
  Qualification: [10, false, false, 'Pipeline'],
  'Needs Analysis': [20, false, false, 'Pipeline'],
  'Value Proposition': [50, false, false, 'Pipeline'],
  'Proposal/Price Quote': [75, false, false, 'Best Case'],
  'Negotiation/Review': [90, false, false, 'Commit'],
  'Closed Won': [100, true, true, 'Closed'],
  'Closed Lost': [0, true, false, 'Omitted'],
};
