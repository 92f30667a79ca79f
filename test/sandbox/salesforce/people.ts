/** What people do in the org: for stories and tests that want few words. */
import type { WriteOptions } from './changing.ts';
import type { Org } from './org.ts';

export interface LineWish {
  /** Product2 id. */
  product: string;
  quantity: number;
  price?: number;
  /** Percent. */
  discount?: number;
  serviceDate?: string;
}

export interface DealWish {
  account: string;
  name: string;
  closeDate: string;
  stage?: string;
  lines?: readonly LineWish[];
  contacts?: readonly { id: string; role?: string; primary?: boolean }[];
  /** Further fields by their API names. */
  fields?: Record<string, unknown>;
}

export class People {
  private readonly org: Org;

  constructor(org: Org) {
    this.org = org;
  }

  private get how(): WriteOptions {
    return { by: this.org.person };
  }

  create(object: string, values: Record<string, unknown>): string {
    return this.org.insert(object, values, this.how).Id;
  }

  edit(object: string, id: string, values: Record<string, unknown>): void {
    this.org.update(object, id, values, this.how);
  }

  delete(object: string, id: string): void {
    this.org.remove(object, id, this.how);
  }

  merge(object: 'Account' | 'Contact', master: string, ...losers: string[]): void {
    this.org.merge(object, master, losers, this.how);
  }

  /** A product with its price in the standard price book. */
  product(name: string, code: string, price: number, currency?: string): { product: string; entry: string } {
    const product = this.create('Product2', { Name: name, ProductCode: code, IsActive: true });
    const entry = this.create('PricebookEntry', {
      Pricebook2Id: this.org.standardPriceBook,
      Product2Id: product,
      UnitPrice: price,
      IsActive: true,
      ...(currency ? { CurrencyIsoCode: currency } : {}),
    });
    return { product, entry };
  }

  /** An opportunity with lines and people. */
  deal(wish: DealWish): string {
    const deal = this.create('Opportunity', {
      AccountId: wish.account,
      Name: wish.name,
      CloseDate: wish.closeDate,
      StageName: wish.stage ?? 'Qualification',
      Pricebook2Id: this.org.standardPriceBook,
      ...wish.fields,
    });
    for (const line of wish.lines ?? []) this.addLine(deal, line);
    for (const { id, role, primary } of wish.contacts ?? [])
      this.create('OpportunityContactRole', {
        OpportunityId: deal,
        ContactId: id,
        Role: role ?? null,
        IsPrimary: primary ?? false,
      });
    return deal;
  }

  addLine(deal: string, { product, quantity, price, discount, serviceDate }: LineWish): string {
    const entry = this.org.table('PricebookEntry').where('Product2Id', product)[0];
    return this.create('OpportunityLineItem', {
      OpportunityId: deal,
      ...(entry ? { PricebookEntryId: entry.Id } : { Product2Id: product }),
      Quantity: quantity,
      ...(price === undefined ? {} : { UnitPrice: price }),
      ...(discount === undefined ? {} : { Discount: discount }),
      ...(serviceDate === undefined ? {} : { ServiceDate: serviceDate }),
    });
  }

  win(deal: string): void {
    this.edit('Opportunity', deal, { StageName: 'Closed Won' });
  }

  lose(deal: string): void {
    this.edit('Opportunity', deal, { StageName: 'Closed Lost' });
  }
}
