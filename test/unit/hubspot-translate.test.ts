/** What HubSpot's words mean in ours, where the fixtures do not show it. */
import { expect } from 'chai';
import type { Contact, Customer, Deal, Entity, Product } from '../../sidecar/domain/entity/index.ts';
import { InvalidData } from '../../sidecar/domain/failure.ts';
import { maskPayload } from '../../sidecar/domain/pii.ts';
import { hubspot } from '../../sidecar/connectors/hubspot/index.ts';
import type { WireBody } from '../../sidecar/connectors/hubspot/schema.ts';
import type { HubSpotKind } from '../../sidecar/connectors/hubspot/vocabulary.ts';
import {
  context,
  related,
  snapshot,
  wireCompany,
  wireContact,
  wireDeal,
  wireLine,
  wireProduct,
  type Values,
} from '../support/hubspot-wire.ts';

const entity = <T extends Entity>(kind: HubSpotKind, body: WireBody): T =>
  hubspot.translate(snapshot(kind, body), context).events[0]!.entity as T;
const company = (properties: Values, more: Partial<WireBody> = {}) =>
  entity<Customer>('customer', wireCompany(properties, more));
const contact = (properties: Values, more: Partial<WireBody> = {}) =>
  entity<Contact>('contact', wireContact(properties, more));
const deal = (properties: Values, more: Partial<WireBody> = {}) =>
  entity<Deal>('deal', wireDeal(properties, more));

function without(body: WireBody, ...names: string[]): WireBody {
  const properties = { ...body.object.properties };
  for (const name of names) delete properties[name];
  return { ...body, object: { ...body.object, properties } };
}

describe('HubSpot translation', () => {
  it('tells apart what is empty and what the account has no property for', () => {
    expect(company({ phone: '' })).to.have.property('phone', null);
    expect(entity('customer', without(wireCompany(), 'phone', 'vat_number'))).to.not.have.any.keys(
      'phone',
      'vat',
    );
    const nowhere = without(wireCompany(), 'address', 'address2', 'city', 'state', 'zip', 'country');
    expect(entity('customer', nowhere)).to.not.have.property('addresses');
  });

  it('always has a name', () => {
    expect(company({ name: ' ', domain: null }).name).to.equal('20000000001');
    expect(contact({ firstname: null, lastname: null, email: null }).name).to.equal('10000000001');
    expect(deal({ dealname: null }).name).to.equal('30000000001');
    expect(entity<Product>('product', wireProduct({ name: null })).name).to.equal('AE-1');
  });

  it('knows no company that belongs to itself', () => {
    expect(company({}, { parents: [related('20000000001', [14])] }).parent).to.equal(null);
    expect(
      company({}, { parents: [related('20000000005', [13]), related('20000000006', [14])] }).parent,
    ).to.equal('20000000006');
  });

  it('understands countries in words, and tells nothing of those it does not know', () => {
    const countryIn = (country: string, code: string | null = null) =>
      company({ country, hs_country_code: code }).addresses?.[0]?.country;
    expect(
      ['Deutschland', 'germany', 'DE', 'Côte d’Ivoire', 'USA'].map((name) => countryIn(name)),
    ).to.deep.equal(['DE', 'DE', 'DE', 'CI', 'US']);
    expect(countryIn('Middle-earth')).to.equal(undefined);
    expect(countryIn('Middle-earth', 'NZ')).to.equal('NZ');
  });

  it('takes the primary company of a person, else the oldest', () => {
    const companies = [related('100', [279]), related('99', [279])];
    expect(contact({}, { companies }).customer).to.equal('99');
    expect(contact({}, { companies: [...companies, related('101', [279, 1])] }).customer).to.equal('101');
    expect(contact({}, { companies: [] }).customer).to.equal(null);
  });

  it('reads roles from labels', () => {
    const rolesFor = (...labels: string[]) => contact({}, { companies: [related('1', [1], labels)] }).roles;
    expect(rolesFor('Primary')).to.deep.equal([]);
    expect(rolesFor('Primary', 'Rechnung', 'IT lead', 'Entscheider', 'Gardener')).to.deep.equal([
      'billing',
      'decision',
      'other',
      'technical',
    ]);
  });

  it('decides won and lost by the pipeline, not by the stage’s name', () => {
    const status = (closed: boolean, probability: number | null, label = 'Closed Won') =>
      deal({}, { stage: { label, closed, probability } }).status;
    expect([
      status(false, 0.9),
      status(true, 1, 'Signed'),
      status(true, 0),
      status(true, null),
    ]).to.deep.equal(['open', 'won', 'lost', 'lost']);
  });

  it('reads days in the connection’s time zone, and plain dates as they are', () => {
    expect(deal({ closedate: '2026-11-30T23:30:00Z' }).closeDate).to.equal('2026-12-01');
    expect(deal({ closedate: String(Date.parse('2026-11-30T22:30:00Z')) }).closeDate).to.equal('2026-11-30');
    expect(deal({ contract_start: '2026-12-01' }).terms?.start).to.equal('2026-12-01');
    expect(deal({ contract_start: String(Date.parse('2026-12-01T00:00:00Z')) }).terms?.start).to.equal(
      '2026-12-01',
    );
    expect(deal({ closedate: 'soon' }).closeDate).to.equal(null);
  });

  it('keeps a discount in percent, and takes one in money off the price', () => {
    const line = (values: Values) => deal({}, { lines: [wireLine('1', values)] }).lines[0];
    expect(line({ price: '99.90', hs_discount_percentage: '12.5' })).to.include({
      unitPrice: '99.9',
      discount: '12.5',
    });
    expect(line({ price: '99.90', discount: '0.95' })).to.include({ unitPrice: '98.95', discount: null });
    expect(line({ price: null, amount: null, quantity: null })).to.include({
      unitPrice: '0',
      quantity: '1',
      total: null,
    });
  });

  it('puts lines in HubSpot’s order, and knows those that recur', () => {
    const lines = [
      wireLine('9', { hs_position_on_quote: null, recurringbillingfrequency: 'quarterly' }),
      wireLine('10', { hs_position_on_quote: '1' }),
      wireLine('11', { hs_position_on_quote: '0', recurringbillingfrequency: 'now and then' }),
    ];
    const told = deal({}, { lines }).lines;
    expect(told.map(({ id }) => id)).to.deep.equal(['11', '10', '9']);
    expect(told.map(({ recurrence }) => recurrence)).to.deep.equal([
      null,
      null,
      { interval: 'month', count: 3 },
    ]);
  });

  it('leaves amounts untold where no currency is known', () => {
    const nameless = { ...wireDeal().account, currency: null };
    expect(deal({ deal_currency_code: null }, { account: nameless })).to.include({
      currency: null,
      amount: null,
    });
    expect(deal({ deal_currency_code: 'eur' }, { account: nameless })).to.include({
      currency: 'EUR',
      amount: 250_000,
    });
  });

  it('names the property that is no number, and the part that is not as documented', () => {
    const wrong =
      (body: unknown, kind: HubSpotKind = 'deal') =>
      () =>
        hubspot.translate({ ...snapshot(kind, null), body }, context);
    expect(wrong(wireDeal({ amount: 'much' })))
      .to.throw(InvalidData, 'amount')
      .with.property('code', 'not_a_number');
    expect(wrong({ object: {} }, 'customer'))
      .to.throw(InvalidData)
      .with.property('code', 'unexpected_shape');
  });

  it('says when and by whom a record was changed, and where to open it', () => {
    const [event] = hubspot.translate(snapshot('customer', wireCompany()), context).events;
    expect(event).to.include({
      changedAt: Date.parse('2026-11-20T09:30:00Z'),
      changedBy: 'sally@example.com',
      url: 'https://app-eu1.hubspot.com/contacts/1001/record/0-2/20000000001',
    });
  });

  it('gives rules the properties of the account’s own, and none of a person’s', () => {
    const [event] = hubspot.translate(snapshot('contact', wireContact({ shoe_size: '38' })), context).events;
    expect(event!.extra?.['properties']).to.deep.equal({ shoe_size: '38', odoo_key: null });
  });
});

describe('HubSpot payloads for people', () => {
  it('hide who they are about, in records and in webhooks', () => {
    const body = wireContact({ phone: '+49 30 123', address2: 'Backhouse' }, { owner: 'sally@example.com' });
    const shown = JSON.stringify([
      maskPayload(body),
      maskPayload([{ propertyName: 'lastname', propertyValue: 'Muster' }]),
    ]);
    for (const told of ['Grace', 'Muster', 'grace@', '+49', 'Backhouse', 'sally@'])
      expect(shown).to.not.include(told);
    expect(shown).to.include('10000000001').and.include('lastname');
  });
});
