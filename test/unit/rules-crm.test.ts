/** What the shipped rules make of a CRM's customers, people and deals. */
import { expect } from 'chai';
import type { Change, Link, MergeChange, OrderChange, UpsertChange } from '../../sidecar/domain/change.ts';
import type { Contact, Deal, Entity } from '../../sidecar/domain/entity/index.ts';
import type { Event } from '../../sidecar/domain/event.ts';
import { Failure, InvalidData } from '../../sidecar/domain/failure.ts';
import { loadRules, plan } from '../../sidecar/rules/index.ts';
import { companyDomain, personalMailbox } from '../../sidecar/rules/mailbox.ts';
import { customer, eventOf } from '../support/events.ts';

const rules = loadRules('sync-rules');
const planned = (entity: Entity, id: string, over: Partial<Event> = {}, link?: Link): Change[] =>
  plan(eventOf(entity, id, over), rules, link, { system: 'salesforce' }).changes;

const contact = (over: Partial<Contact> = {}): Contact => ({
  kind: 'contact',
  name: 'Ada Lovelace',
  customer: '001',
  email: 'Ada@Acme.example',
  status: 'active',
  ...over,
});

const deal = (over: Partial<Deal> = {}): Deal => ({
  kind: 'deal',
  name: 'Acme, 100 seats',
  customer: '001',
  stage: 'Closed Won',
  status: 'won',
  amount: 90_000,
  currency: 'EUR',
  closeDate: '2026-11-20',
  lines: [
    { id: '00k1', description: 'Seats', product: '01t1', quantity: '100', unitPrice: '10', discount: '10' },
  ],
  ...over,
});

const linked: Link = {
  kind: 'deal',
  externalId: '006',
  model: 'crm.lead',
  resId: 5,
  version: 1,
  digest: 'd',
  base: {},
};

const orderOf = (changes: Change[]) => changes.find((change) => change.op === 'order') as OrderChange;

describe('plan: customers of a CRM', () => {
  it('finds the twin by the record of Odoo it names, VAT number, domain with name, then a personal e-mail address', () => {
    const [change] = planned(
      customer({
        odooKey: 'abcd1234-7',
        vat: 'DE123456788',
        website: 'https://www.acme.example/home',
        email: 'ceo@acme.example',
      }),
      '001',
    );
    expect((change as UpsertChange).match).to.deep.equal([
      [['saas_sync_key', '=', 'abcd1234-7']],
      [['vat', '=ilike', 'DE123456788']],
      [
        ['website', 'ilike', 'acme.example'],
        ['name', '=ilike', 'Acme GmbH'],
      ],
      [['email', '=ilike', 'ceo@acme.example']],
    ]);
  });

  it('takes the company’s domain from its e-mail address where there is no website, but no free-mail domain', () => {
    const domainOf = (email: string) => (planned(customer({ email }), '001')[0] as UpsertChange).match;
    expect(domainOf('info@acme.example')).to.deep.equal([
      [
        ['website', 'ilike', 'acme.example'],
        ['name', '=ilike', 'Acme GmbH'],
      ],
    ]);
    expect(domainOf('info@gmail.com')).to.deep.equal([]);
  });

  it('takes no VAT number or e-mail address away because a CRM knows none; the system that bills may', () => {
    const empty = customer({ vat: null, email: null });
    expect((planned(empty, '001')[0] as UpsertChange).values).not.to.have.any.keys('vat', 'email');
    const billed = plan(eventOf(empty, 'cus_1'), rules, undefined, { system: 'stripe' });
    expect((billed.changes[0] as UpsertChange).values).to.include({ vat: null, email: null });
  });

  it('puts a company below its parent, and refuses one that is its own; longer loops are Odoo’s to refuse', () => {
    const [change] = planned(customer({ parent: '002' }), '001');
    expect(change).to.have.deep.nested.property('values.parent_id', {
      ref: { kind: 'customer', external_id: '002' },
    });
    expect(() => planned(customer({ parent: '001' }), '001'))
      .to.throw(InvalidData, /its own parent/)
      .with.property('code', 'parent_loop');
  });

  it('lets the link of a merged record follow its survivor', () => {
    const [change] = planned(customer(), '001', { action: 'merged', into: '002' });
    expect(change).to.deep.include({ op: 'merge', model: 'res.partner' });
    expect((change as MergeChange).into).to.deep.equal({ kind: 'customer', external_id: '002' });
    expect(change?.key).to.deep.equal({ kind: 'customer', external_id: '001' });
  });
});

describe('plan: people', () => {
  it('puts a person below the company, or below none', () => {
    expect(planned(contact(), '003')[0]).to.have.deep.nested.property('values.parent_id', {
      ref: { kind: 'customer', external_id: '001' },
    });
    expect(planned(contact({ customer: null }), '003')[0]).to.have.nested.property('values.parent_id', null);
  });

  it('looks for nobody by an address that many share', () => {
    const matchOf = (email: string) => (planned(contact({ email }), '003')[0] as UpsertChange).match;
    expect(matchOf('Ada@Acme.example')).to.deep.equal([[['email', '=ilike', 'ada@acme.example']]]);
    expect(matchOf('billing@acme.example')).to.deep.equal([]);
  });
});

describe('plan: deals', () => {
  it('makes an open deal a lead in the mapped stage, and nothing else', () => {
    const changes = planned(deal({ stage: 'Qualification', status: 'open' }), '006');
    expect(changes).to.have.length(1);
    expect(changes[0]).to.deep.nested.include({
      model: 'crm.lead',
      'values.stage_id': { lookup: ['crm.stage', 'name', 'Qualified'] },
      'values.expected_revenue': 900,
      'values.active': true,
    });
  });

  it('makes a won deal an order that must come out at its amount', () => {
    const order = orderOf(planned(deal(), '006'));
    expect(order.key).to.deep.equal({ kind: 'order', external_id: '006' });
    expect(order.climb).to.deep.equal(['drafted', 'confirmed']);
    expect(order.values).to.deep.include({
      opportunity: { ref: { kind: 'deal', external_id: '006' } },
      partner: { ref: { kind: 'customer', external_id: '001' } },
      currency: 'EUR',
      exponent: 2,
      date_order: '2026-11-20',
      expected_untaxed: 90_000,
      price_tolerance: 10,
      missing: [],
      lost: false,
    });
    expect(order.values.lines[0]).to.deep.include({
      product: { ref: { kind: 'product', external_id: '01t1' } },
      price_unit: '10',
      discount: '10',
    });
  });

  it('wants the same order, not a second one, when the deal is won twice', () => {
    const [first, again] = [planned(deal(), '006'), planned(deal(), '006', {}, linked)].map(orderOf);
    expect(again?.key).to.deep.equal(first?.key);
    expect(again?.digest).to.equal(first?.digest);
  });

  it('ends the order of a deal that is won no longer, and archives a lost one where it stood', () => {
    const changes = planned(deal({ stage: 'Closed Lost', status: 'lost' }), '006', {}, linked);
    expect(changes[0]).to.have.nested.property('values.active', false);
    expect(changes[0]).not.to.have.nested.property('values.stage_id');
    expect(orderOf(changes)).to.deep.nested.include({ 'values.lost': true, climb: ['cancelled'] });
    const reopened = planned(deal({ stage: 'Prospecting', status: 'open' }), '006', {}, linked);
    expect(orderOf(reopened).values.lost).to.equal(true);
  });

  it('ends the order of a deal that was merged into another, which makes its own', () => {
    const changes = planned(deal(), '006', { action: 'merged', into: '007' }, linked);
    expect(changes.map(({ op }) => op)).to.deep.equal(['merge', 'order']);
    expect(orderOf(changes).values.lost).to.equal(true);
  });

  it('names what the contract does not say, in words', () => {
    const { values } = orderOf(planned(deal({ customer: null, closeDate: null }), '006'));
    expect(values.partner).to.equal(null);
    expect(values.missing).to.deep.equal(['customer', 'close date']);
  });

  it('lets a line without product travel as such', () => {
    const bare = deal({
      lines: [{ id: 'l', description: null, product: null, quantity: '1', unitPrice: '5' }],
    });
    expect(orderOf(planned(bare, '006')).values.lines[0]).to.deep.include({ product: null, discount: '0' });
  });

  it('adds up the lines where the deal itself tells no amount', () => {
    const lines = deal().lines.map((line) => ({ ...line, total: 90_000 }));
    expect(orderOf(planned(deal({ amount: null, lines }), '006')).values.expected_untaxed).to.equal(90_000);
    expect(orderOf(planned(deal({ amount: null }), '006')).values.expected_untaxed).to.equal(null);
  });

  it('stops at a stage that the rules do not map, naming it and the line to add', () => {
    const act = () => planned(deal({ stage: 'Legal review', status: 'open' }), '006');
    expect(act).to.throw(Failure, /“Legal review”/);
    try {
      act();
    } catch (error) {
      expect(error).to.include({ class: 'missing_mapping', code: 'stage_unknown' });
      expect((error as Failure).hint).to.match(/"Legal review: .*salesforce.*Prospecting/);
    }
  });
});

describe('mailboxes', () => {
  it('tells a person’s address from an office’s', () => {
    expect(personalMailbox('Ada.Lovelace@acme.example')).to.equal('ada.lovelace@acme.example');
    for (const shared of ['info@a.example', 'SALES@a.example', 'billing+eu@a.example'])
      expect(personalMailbox(shared)).to.equal(null);
    for (const none of [null, undefined, '', 'ada', 'a b@c.example'])
      expect(personalMailbox(none)).to.equal(null);
  });

  it('takes what a site adds to the lists', () => {
    const more = { shared: ['frontdesk'], free: ['isp.example'] };
    expect(personalMailbox('frontdesk@a.example', more)).to.equal(null);
    expect(companyDomain(null, 'ada@isp.example', more)).to.equal(null);
  });

  it('reads the domain from websites however they are written', () => {
    for (const site of ['acme.example', 'www.acme.example', 'HTTPS://WWW.Acme.example:8080/about?x=1'])
      expect(companyDomain(site, null)).to.equal('acme.example');
    expect(companyDomain('not a site', null)).to.equal(null);
  });
});
