/** Who owns what, where it is told, what Odoo watches: what rules make of ownership for each system. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { UpsertChange } from '../../sidecar/domain/change.ts';
import { connectors } from '../../sidecar/connectors/index.ts';
import type { Customer } from '../../sidecar/domain/entity/index.ts';
import { loadRules, plan, rulesPort, type Rules, type Systems } from '../../sidecar/rules/index.ts';
import { canonicalName } from '../../sidecar/rules/ownership.ts';
import { customer, eventOf } from '../support/events.ts';

const NAMES = ['name', 'phone', 'address.street', 'address.city', 'address.country', 'email'];
const KNOWN: Systems = { stripe: undefined, salesforce: { customer: NAMES }, hubspot: { customer: NAMES } };
const STRIPE: Systems = { stripe: undefined };

const head = 'entity: customer\nversion: 1\nowner: RevOps\npurpose: p\nodoo: res.partner\n';

function rulesOf(text: string, known?: Systems): Rules {
  const folder = mkdtempSync(join(tmpdir(), 'saas-sync-rules-'));
  try {
    writeFileSync(join(folder, 'c.yaml'), text);
    return loadRules(folder, known);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const changeOf = (rules: Rules, system: string, systems: Systems, over: Partial<Customer> = {}) =>
  plan(eventOf(customer(over), '001'), rules, undefined, { system, systems }).changes[0] as UpsertChange;

describe('ownership in changes', () => {
  const rules = rulesOf(
    `${head}fields:
  name: { from: customer.name, owner: [salesforce, hubspot] }
  phone: { from: customer.phone, owner: [salesforce], against: propose }
  email: { from: lower(customer.email), owner: manual }
  ref: { to: { salesforce: Odoo_Ref__c } }
`,
    KNOWN,
  );

  it('lets a system write what it owns if nobody before it in the list knows the record', () => {
    const change = changeOf(rules, 'hubspot', KNOWN);
    expect(change.overwrite).to.deep.equal(['name']);
    expect(change.yields_to).to.deep.equal({ name: ['salesforce'] });
    expect(changeOf(rules, 'salesforce', KNOWN)).not.to.have.property('yields_to');
  });

  it('puts a system that no list names after all that are connected', () => {
    expect(changeOf(rules, 'stripe', KNOWN).yields_to).to.deep.equal({ name: ['salesforce', 'hubspot'] });
  });

  it('asks Odoo for nothing more where a system is alone', () => {
    const change = changeOf(rules, 'stripe', STRIPE);
    expect(change).not.to.have.any.keys('yields_to', 'outward');
    expect(change.overwrite).to.deep.equal(['name']);
  });

  it('asks Odoo about what may be told: what others own, what both may change, proposals, and what is only told', () => {
    expect(changeOf(rules, 'hubspot', KNOWN, { phone: '1' }).outward).to.have.all.keys(
      'name',
      'email',
      'phone',
    );
    const salesforce = changeOf(rules, 'salesforce', KNOWN, { phone: '1' });
    expect(salesforce.outward).to.have.all.keys('email', 'phone', 'ref');
    expect(salesforce.overwrite).to.deep.equal(['name']);
  });

  it('does not tell blindly what the vendor keeps from us', () => {
    expect(changeOf(rules, 'salesforce', KNOWN).outward).to.have.all.keys('email', 'ref');
  });

  it('gives the same digest whoever else is connected: who decides is no part of what is wanted', () => {
    expect(changeOf(rules, 'stripe', KNOWN).digest).to.equal(changeOf(rules, 'stripe', STRIPE).digest);
  });
});

describe('where a field is told', () => {
  it('reads it from plain expressions, and from no others', () => {
    expect(canonicalName('customer.name', 'customer')).to.equal('name');
    expect(canonicalName('lower(customer.email)', 'customer')).to.equal('email');
    expect(canonicalName("address(customer.addresses, 'postcode')", 'customer')).to.equal('address.postcode');
    expect(canonicalName("customer.name + '!'", 'customer')).to.equal(undefined);
    expect(canonicalName('upper(customer.name)', 'customer')).to.equal(undefined);
  });

  it('refuses a name that no system can be told, and lists those that can', () => {
    const text = `${head}fields:\n  comment: { from: customer.note, to: nota }\n`;
    expect(() => rulesOf(text, KNOWN)).to.throw(/c\.yaml:7: .*"nota".*hubspot: .*name, phone/);
  });

  it('only warns about a system that nobody knows', () => {
    const text = `${head}fields:\n  name: { from: customer.name, owner: [sugar] }\n`;
    expect(rulesOf(text, KNOWN).warnings).to.deep.equal(['c.yaml: no connector is called sugar']);
  });

  it('refuses a field that neither comes from anywhere nor goes anywhere, and policies without an owner', () => {
    expect(() => rulesOf(`${head}fields:\n  ref: { pii: true }\n`)).to.throw(/c\.yaml:7: .*"from".*"to"/);
    expect(() =>
      rulesOf(`${head}fields:\n  name: { from: customer.name, owner: manual, against: warn }\n`),
    ).to.throw(/c\.yaml:7: .*"against"/);
  });
});

describe('what Odoo watches', () => {
  const shipped = loadRules('sync-rules', Object.fromEntries(connectors.map((c) => [c.system, c.writable])));

  it('locks what a lone system owns and sends no edit anywhere', () => {
    const watch = rulesPort(shipped, STRIPE).watch('stripe');
    expect(watch.customer?.fields['name']).to.deep.equal({
      owner: ['stripe'],
      against: 'revert',
      outward: false,
    });
    const outward = Object.values(watch).flatMap((each) => Object.values(each.fields).map((f) => f.outward));
    expect(outward).not.to.include(true);
  });

  it('has an edit of what a listed system owns looked at once a system is there that can be told', () => {
    const outward = (system: string, systems: Systems) =>
      rulesPort(shipped, systems).watch(system).customer?.fields['name']?.outward;
    expect(outward('salesforce', KNOWN)).to.equal(true);
    expect(outward('salesforce', { salesforce: undefined })).to.equal(false);
  });

  it('names the owners in their order, and how a relation is told', () => {
    const port = rulesPort(shipped, KNOWN);
    expect(port.watch('hubspot').customer?.fields['country_id']).to.deep.equal({
      owner: ['salesforce', 'hubspot'],
      against: 'revert',
      outward: true,
      lookup: ['res.country', 'code'],
    });
    expect(port.watch('stripe').customer?.fields['name']?.owner).to.deep.equal([
      'salesforce',
      'hubspot',
      'stripe',
    ]);
  });

  it('has a record born only at the systems that the rule names', () => {
    const rules = rulesOf(
      `${head}born:\n  salesforce: [[customer_rank, '>', 0]]\nfields:\n  name: { from: customer.name }\n` +
        `  phone: { from: customer.phone }\n  ref: { to: { salesforce: Odoo_Ref__c } }\n`,
      KNOWN,
    );
    const port = rulesPort(rules, KNOWN);
    expect(port.watch('salesforce').customer?.born).to.deep.equal([['customer_rank', '>', 0]]);
    expect(port.watch('hubspot').customer).not.to.have.property('born');
    const record = { id: 7, key: 'abcd1234-7', values: { name: 'Acme', phone: null, ref: 'C7' } };
    expect(port.birth('customer', 'hubspot', record)).to.equal(undefined);
    expect(port.birth('customer', 'salesforce', record)).to.deep.equal({
      values: { name: 'Acme' },
      custom: { Odoo_Ref__c: 'C7' },
      agreed: { name: 'Acme', ref: 'C7' },
    });
  });
});
