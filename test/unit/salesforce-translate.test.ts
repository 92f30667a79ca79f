/** Salesforce's records in our words: what is hidden, odd or half filled in leads to sense, or to a message that says where to look. */
import { expect } from 'chai';
import type { Contact, Customer, Deal, Price } from '../../sidecar/domain/entity/index.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import { longId } from '../../sidecar/connectors/salesforce/ids.ts';
import { translate } from '../../sidecar/connectors/salesforce/translate/index.ts';
import { decimalOf, minorOf } from '../../sidecar/connectors/salesforce/translate/values.ts';
import { NOW } from '../support/salesforce-wire.ts';

type Fields = Record<string, unknown>;

const CONTEXT = {
  connection: 'crm',
  timeZone: 'Europe/Berlin',
  environment: 'test' as const,
  reason: 'test',
};
const ID = '001Qy000000000bIAA';

function eventOf(kind: Kind, record: Fields, org: Fields = {}) {
  const body = {
    org: {
      url: 'https://acme.my.salesforce.com',
      currency: 'EUR',
      fields: {},
      key: 'Odoo_Key__c',
      extra: [],
      ...org,
    },
    record: { Id: ID, ...record },
  };
  return translate({ kind, externalId: ID, readAt: NOW, body }, CONTEXT).events[0]!;
}

const customer = (record: Fields, org?: Fields) => eventOf('customer', record, org).entity as Customer;
const contact = (record: Fields) => eventOf('contact', record).entity as Contact;
const deal = (record: Fields, org?: Fields) =>
  eventOf('deal', { StageName: 'Qualification', ...record }, org).entity as Deal;

function failureOf(call: () => unknown): Failure {
  try {
    call();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe('Salesforce account', () => {
  it('without a name is called by its website, else by its id', () => {
    expect(customer({ Name: '  ', Website: 'acme.example' }).name).to.equal('acme.example');
    expect(customer({}).name).to.equal(ID);
  });

  it('tells nothing of fields that are hidden from our user, and empties those that are shown empty', () => {
    const hidden = customer({ Name: 'A' });
    expect(hidden).to.not.have.any.keys('phone', 'addresses', 'owner', 'parent', 'vat', 'email');
    const empty = customer(
      { Name: 'A', Phone: null, BillingCity: null, VAT__c: null },
      { fields: { vat: 'VAT__c' } },
    );
    expect(empty).to.include({ phone: null, vat: null });
    expect(empty.taxIds).to.deep.equal([]);
    expect(empty.addresses).to.deep.equal([{ role: 'main', lines: [], city: null }]);
  });

  it('understands countries in words and by code, and tells no country where neither is meant', () => {
    const countryOf = (fields: Fields) => customer({ BillingCity: 'X', ...fields }).addresses?.[0]?.country;
    expect(countryOf({ BillingCountry: 'Deutschland' })).to.equal('DE');
    expect(countryOf({ BillingCountry: 'U.S.A.' })).to.equal('US');
    expect(countryOf({ BillingCountry: 'Germany', BillingCountryCode: 'AT' })).to.equal('AT');
    expect(countryOf({ BillingCountry: 'see contract' })).to.equal(undefined);
    expect(countryOf({ BillingCountry: null })).to.equal(null);
  });

  it('splits a street into its lines, and tells another address for goods only where there is one', () => {
    const same = { BillingStreet: 'Kai 1\r\nHaus 2', ShippingStreet: 'Kai 1\r\nHaus 2' };
    expect(customer(same).addresses).to.deep.equal([{ role: 'main', lines: ['Kai 1', 'Haus 2'] }]);
    const other = customer({ ...same, ShippingStreet: 'Lager 3' }).addresses;
    expect(other?.map(({ role }) => role)).to.deep.equal(['main', 'shipping']);
  });

  it('is nobody’s child when it names itself as its parent', () => {
    expect(customer({ ParentId: ID }).parent).to.equal(null);
    expect(customer({ ParentId: '001Qy0000000011' }).parent).to.equal('001Qy0000000011IAA');
  });

  it('keeps silent about an owner who left, so that Odoo keeps its salesperson', () => {
    const owner = (Owner: Fields | null) => customer({ Owner }).owner;
    expect(owner({ Name: 'Nora', Email: 'nora@acme.example', IsActive: true })).to.equal('nora@acme.example');
    expect(owner({ Name: 'Left', Email: 'left@acme.example', IsActive: false })).to.equal(undefined);
    expect(owner(null)).to.equal(null);
  });

  it('in the recycle bin is deleted, or lives on in the master it names', () => {
    expect(eventOf('customer', { IsDeleted: true, MasterRecordId: null })).to.include({ action: 'deleted' });
    const merged = eventOf('customer', { IsDeleted: true, MasterRecordId: '001Qy0000000011' });
    expect(merged).to.include({ action: 'merged', into: '001Qy0000000011IAA' });
    expect((merged.entity as Customer).status).to.equal('archived');
  });

  it('of which nothing is left is told as deleted; of a price nothing is told', () => {
    const gone = (kind: Kind) => translate({ kind, externalId: ID, readAt: NOW, body: null }, CONTEXT).events;
    for (const kind of ['customer', 'contact', 'product', 'deal'] as const)
      expect(gone(kind).map(({ action }) => action)).to.deep.equal(['deleted']);
    expect(gone('price')).to.deep.equal([]);
  });

  it('says when and by whom it was last changed', () => {
    const event = eventOf('customer', {
      LastModifiedDate: '2026-11-20T10:30:00.000+0000',
      LastModifiedBy: { Name: 'Nora Nygaard' },
    });
    expect(event.changedAt).to.equal(Date.parse('2026-11-20T10:30:00Z'));
    expect(event.changedBy).to.equal('Nora Nygaard');
  });

  it('shows rules the further fields that the connection asks for', () => {
    const { extra } = eventOf('customer', { Tier__c: 'Gold' }, { extra: ['Tier__c', 'Gone__c'] });
    expect(extra).to.deep.equal({ Tier__c: 'Gold' });
  });

  it('whose fields have another type than documented is refused by the name of the field', () => {
    const failure = failureOf(() => customer({ Phone: { digits: 1 } }));
    expect(failure.code).to.equal('unexpected_shape');
    expect(failure.message).to.contain('Phone');
  });
});

describe('Salesforce contact', () => {
  it('has the roles of its accounts and deals, each once, in our words', () => {
    const roles = contact({
      AccountContactRoles: [{ Role: 'Accounts Payable' }, { Role: 'Influencer' }],
      OpportunityContactRoles: [{ Role: 'Decision Maker' }, { Role: 'Economic Buyer' }, { Role: null }],
    }).roles;
    expect(roles).to.deep.equal(['billing', 'decision', 'other']);
    expect(contact({ AccountContactRoles: null, OpportunityContactRoles: null }).roles).to.deep.equal([]);
    expect(contact({})).to.not.have.property('roles');
  });

  it('keeps a shared mailbox as it is', () => {
    expect(contact({ LastName: 'Invoices', Email: 'Invoices@acme.example' })).to.include({
      name: 'Invoices',
      email: 'Invoices@acme.example',
    });
  });
});

describe('Salesforce opportunity', () => {
  it('is won, lost or open by its flags, whatever its stages are called', () => {
    expect(deal({ StageName: 'Signed & sealed', IsClosed: true, IsWon: true }).status).to.equal('won');
    expect(deal({ IsClosed: true, IsWon: false }).status).to.equal('lost');
    expect(deal({ IsClosed: false, IsWon: false }).status).to.equal('open');
  });

  it('counts amounts in the minor units of its currency', () => {
    const amounts = (CurrencyIsoCode: string | null, Amount: number) =>
      deal({ CurrencyIsoCode, Amount }).amount;
    expect(amounts('EUR', 19.99)).to.equal(1999);
    expect(amounts('JPY', 7500)).to.equal(7500);
    expect(amounts('KWD', 1.005)).to.equal(1005);
    expect(amounts(null, 0.1 + 0.2)).to.equal(30);
  });

  it('has no amount where nobody says in what currency', () => {
    expect(deal({ Amount: 12 }, { currency: null })).to.include({ amount: null, currency: null });
  });

  it('names the primary contact first, then who decides', () => {
    const people = [
      { ContactId: '003Qy000000000bIAA', Role: 'Influencer', IsPrimary: false },
      { ContactId: '003Qy0000000011IAA', Role: 'Decision Maker', IsPrimary: false },
      { ContactId: '003Qy000000001nIAA', Role: null, IsPrimary: true },
      { ContactId: '003Qy000000000bIAA', Role: 'Other', IsPrimary: false },
    ];
    expect(deal({ OpportunityContactRoles: people }).contacts).to.deep.equal([
      '003Qy000000001nIAA',
      '003Qy0000000011IAA',
      '003Qy000000000bIAA',
    ]);
  });

  it('keeps a line without product, quantity and price as what it is', () => {
    const [line] = deal({ OpportunityLineItems: [{ Id: '00kQy000000000bIAA', Name: 'Odd one' }] }).lines;
    expect(line).to.include({
      product: null,
      quantity: '1',
      unitPrice: '0',
      total: null,
      description: 'Odd one',
    });
  });

  it('reads the terms from the fields that the connection names', () => {
    const fields = { payment_terms: 'Terms__c', contract_start: 'Start__c', renewal: 'Renews__c' };
    const record = { Terms__c: 'Net 30', Start__c: '2027-01-01T00:00:00.000+0000', Renews__c: 'Yes' };
    expect(deal(record, { fields }).terms).to.deep.equal({
      paymentTerms: 'Net 30',
      start: '2027-01-01',
      renewal: true,
    });
  });
});

describe('Salesforce price book entry', () => {
  it('without a currency stops with the option that helps', () => {
    const failure = failureOf(() => eventOf('price', { Product2Id: ID, UnitPrice: 1 }, { currency: null }));
    expect(failure).to.include({ class: 'missing_mapping', code: 'currency_unknown' });
    expect(failure.hint).to.contain('options.currency');
  });

  it('is a net price per unit', () => {
    const price = eventOf('price', { Product2Id: ID, UnitPrice: 0.0025, IsActive: true }).entity as Price;
    expect(price).to.include({ unitAmount: '0.0025', taxBehaviour: 'exclusive', status: 'active' });
  });
});

describe('Salesforce product', () => {
  it('shows rules the price of the standard price book in the connection’s currency', () => {
    const entry = (UnitPrice: number, CurrencyIsoCode: string, IsStandard: boolean, IsActive = true) => ({
      UnitPrice,
      CurrencyIsoCode,
      IsActive,
      Pricebook2: { IsStandard },
    });
    const PricebookEntries = [
      entry(1, 'EUR', false),
      entry(2, 'EUR', true, false),
      entry(3, 'USD', true),
      entry(4.5, 'EUR', true),
    ];
    expect(eventOf('product', { Name: 'P', PricebookEntries }).extra).to.include({ price: '4.5' });
    expect(eventOf('product', { Name: 'P', PricebookEntries: null }).extra).to.include({ price: null });
  });
});

describe('Salesforce values', () => {
  it('are decimal texts without an exponent', () => {
    expect([1e-7, 1.5e21, -2.5e-7, 0.1, 100, -12.34].map(decimalOf)).to.deep.equal([
      '0.0000001',
      '1500000000000000000000',
      '-0.00000025',
      '0.1',
      '100',
      '-12.34',
    ]);
    expect(minorOf(1234567890.1, 'EUR')).to.equal(123456789010);
  });

  it('are ids with 18 characters, and nothing for a text that is none', () => {
    // The pair of ids is the vendor's own example.
    expect(longId('001D000000IRFma')).to.equal('001D000000IRFmaIAH');
    expect(longId('001D000000IRFmaIAH')).to.equal('001D000000IRFmaIAH');
    expect(longId('cus_1')).to.equal(undefined);
  });
});
