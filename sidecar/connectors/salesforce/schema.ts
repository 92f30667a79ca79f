/**
 * Salesforce's records as far as we rely on them. Every field but the id may be absent: what field-level security hides from our user is
 * not there at all, and then we have not been told.
 */
import * as z from 'zod';

const text = z.string().nullish();
const flag = z.boolean().nullish();
const amount = z.number().nullish();
const reference = z.string().nullish();

const Person = z.object({ Name: text, Email: text, IsActive: flag }).nullish();
const Named = z.object({ Name: text }).nullish();

const audit = {
  Id: z.string(),
  IsDeleted: flag,
  MasterRecordId: reference,
  CreatedDate: text,
  LastModifiedDate: text,
  LastModifiedBy: Named,
  SystemModstamp: text,
  CurrencyIsoCode: text,
};

const addressFields = <P extends string>(prefix: P) => {
  const parts = ['Street', 'City', 'State', 'StateCode', 'PostalCode', 'Country', 'CountryCode'] as const;
  return Object.fromEntries(parts.map((part) => [`${prefix}${part}`, text])) as Record<
    `${P}${(typeof parts)[number]}`,
    typeof text
  >;
};

export const WireAccount = z.looseObject({
  ...audit,
  Name: text,
  ParentId: reference,
  Phone: text,
  Website: text,
  Description: text,
  IsPersonAccount: flag,
  PersonEmail: text,
  Owner: Person,
  ...addressFields('Billing'),
  ...addressFields('Shipping'),
});
export type WireAccount = z.infer<typeof WireAccount>;

const Role = z.object({ Role: text, IsPrimary: flag });

export const WireContact = z.looseObject({
  ...audit,
  Name: text,
  FirstName: text,
  LastName: text,
  AccountId: reference,
  Title: text,
  Email: text,
  Phone: text,
  MobilePhone: text,
  Owner: Person,
  ...addressFields('Mailing'),
  AccountContactRoles: z.array(Role).nullish(),
  OpportunityContactRoles: z.array(Role).nullish(),
});
export type WireContact = z.infer<typeof WireContact>;

export const WireProduct = z.looseObject({
  ...audit,
  Name: text,
  ProductCode: text,
  StockKeepingUnit: text,
  Description: text,
  Family: text,
  IsActive: flag,
  IsArchived: flag,
  QuantityUnitOfMeasure: text,
  PricebookEntries: z
    .array(
      z.object({
        UnitPrice: amount,
        IsActive: flag,
        CurrencyIsoCode: text,
        Pricebook2: z.object({ IsStandard: flag }).nullish(),
      }),
    )
    .nullish(),
});
export type WireProduct = z.infer<typeof WireProduct>;

export const WirePrice = z.looseObject({
  ...audit,
  Name: text,
  Product2Id: reference,
  Pricebook2: Named,
  UnitPrice: amount,
  IsActive: flag,
  IsArchived: flag,
});

export const WireLine = z.looseObject({
  Id: z.string(),
  Name: text,
  Description: text,
  Product2Id: reference,
  Product2: Named,
  PricebookEntryId: reference,
  ProductCode: text,
  Quantity: amount,
  UnitPrice: amount,
  Discount: amount,
  TotalPrice: amount,
  ServiceDate: text,
});
export type WireLine = z.infer<typeof WireLine>;

export const WireDeal = z.looseObject({
  ...audit,
  Name: text,
  AccountId: reference,
  StageName: text,
  IsClosed: flag,
  IsWon: flag,
  Probability: amount,
  Amount: amount,
  CloseDate: text,
  Description: text,
  LastStageChangeDate: text,
  Owner: Person,
  OpportunityLineItems: z.array(WireLine).nullish(),
  OpportunityContactRoles: z.array(z.object({ ContactId: reference, Role: text, IsPrimary: flag })).nullish(),
});
export type WireDeal = z.infer<typeof WireDeal>;
