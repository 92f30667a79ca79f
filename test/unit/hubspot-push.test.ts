/** Telling HubSpot: few calls for many records, each settled by itself, in the words of the business. */
import { expect } from 'chai';
import type { Pushed } from '../../sidecar/domain/connector.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import { nameParts } from '../../sidecar/connectors/hubspot/values.ts';
import { failureOf, hubspotWorld, push, type World } from '../support/hubspot-world.ts';

const settled = async (calls: Promise<Pushed>[]): Promise<(Pushed | string)[]> =>
  (await Promise.allSettled(calls)).map((one) =>
    one.status === 'fulfilled' ? one.value : (one.reason as Failure).code,
  );

describe('HubSpot push', function () {
  this.timeout(20_000);
  let world: World;
  beforeEach(() => (world = hubspotWorld()));

  const tell = (...args: Parameters<typeof push>) => world.session.push!(push(...args));

  it('takes 250 records in three calls', async () => {
    const ids = world.sandbox.seedMany('companies', 250, (n) => ({ name: `Company ${n}` }));
    const told = await Promise.all(ids.map((id) => tell('customer', id, { values: { phone: `+49 ${id}` } })));
    expect(told).to.deep.equal(ids.map((externalId) => ({ externalId, created: false })));
    expect(world.calls('/companies/batch/update')).to.equal(3);
    for (const id of ids)
      expect(world.sandbox.get('companies', id)?.properties['phone']).to.equal(`+49 ${id}`);
  });

  it('lets a value that is refused fail alone, and names its field', async () => {
    const ids = world.sandbox.seedMany('contacts', 20, (n) => ({ email: `p${n}@example.com` }));
    const calls = ids.map((id, n) =>
      tell('contact', id, { values: { email: n === 7 ? 'no address' : `q${n}@x.example` } }),
    );
    const failure = await failureOf(calls[7]!);
    expect(failure).to.include({ class: 'invalid_data', code: 'value_refused' });
    expect(failure.args).to.include({ field: 'email', code: 'INVALID_EMAIL' });
    const outcomes = await settled(calls);
    expect(outcomes.filter((one) => typeof one === 'object')).to.have.length(19);
    expect(world.sandbox.get('contacts', ids[8]!)?.properties['email']).to.equal('q8@x.example');
  });

  it('never repeats a person’s value in its messages', async () => {
    const id = world.sandbox.create('contacts', { lastname: 'Muster' });
    const failure = await failureOf(tell('contact', id, { values: { email: 'secret at example' } }));
    expect(failure.message).to.not.include('secret');
  });

  it('makes a record born in Odoo once, however often it is told', async () => {
    const birth = { odooKey: '0f0e0d0c-7', values: { name: 'Grace Muster', email: 'grace@example.com' } };
    const first = await tell('contact', null, birth);
    const again = await tell('contact', null, birth);
    expect(first.created).to.equal(true);
    expect(again).to.deep.equal({ externalId: first.externalId, created: false });
    expect(world.sandbox.all('contacts')).to.have.length(1);
    const { properties } = world.sandbox.all('contacts')[0]!;
    expect(properties).to.include({ odoo_key: '0f0e0d0c-7', firstname: 'Grace', lastname: 'Muster' });
  });

  it('names the contact that has the e-mail address of one born in Odoo; its neighbours are made', async () => {
    const id = world.sandbox.create('contacts', { email: 'info@example.com' });
    const births = ['a', 'info', 'b'].map((name) =>
      tell('contact', null, { odooKey: `key-${name}`, values: { name, email: `${name}@example.com` } }),
    );
    const failure = await failureOf(births[1]!);
    expect(failure).to.include({ class: 'duplicate', code: 'duplicate_there' });
    expect(failure.args).to.deep.equal({ existing: id });
    expect((await settled(births)).filter((one) => typeof one === 'object')).to.have.length(2);
  });

  it('asks for the unique property that births need', async () => {
    world.sandbox.portal.removeProperty('companies', 'odoo_key');
    const failure = await failureOf(tell('customer', null, { odooKey: 'key-1', values: { name: 'Born' } }));
    expect(failure).to.include({ class: 'missing_mapping', code: 'field_missing_there' });
    expect(failure.hint).to.include('odoo_key');
  });

  it('says which property is missing, also when it was removed a moment ago', async () => {
    const id = world.sandbox.create('companies', { name: 'Ada' });
    await tell('customer', id, { custom: { odoo_standing: 'good' } });
    world.sandbox.portal.removeProperty('companies', 'odoo_standing');
    for (let tries = 0; tries < 2; tries += 1) {
      const failure = await failureOf(tell('customer', id, { custom: { odoo_standing: 'hold' } }));
      expect(failure).to.include({ class: 'missing_mapping', code: 'field_missing_there' });
      expect(failure.message).to.include('odoo_standing');
    }
  });

  it('refuses what HubSpot computes itself', async () => {
    const id = world.sandbox.create('deals', { dealname: 'Engines', dealstage: 'contractsent' });
    const failure = await failureOf(tell('deal', id, { custom: { hs_is_closed: 'true' } }));
    expect(failure).to.include({ code: 'field_not_writable' });
  });

  it('says that a record is gone, and tells a merged one as its winner', async () => {
    const [one, two] = ['One', 'Two'].map((name) => world.sandbox.create('companies', { name }));
    const winner = world.sandbox.merge('companies', one!, two!);
    const gone = world.sandbox.create('companies', { name: 'Gone' });
    world.sandbox.forget('companies', gone);
    const outcomes = await settled([
      tell('customer', one!, { values: { phone: '1' } }),
      tell('customer', gone, { values: { phone: '2' } }),
    ]);
    expect(outcomes).to.deep.equal([{ externalId: winner, created: false }, 'gone_there']);
    expect(world.sandbox.get('companies', winner)?.properties['phone']).to.equal('1');
  });

  it('names the scope that is missing where it may not write, and reads on', async () => {
    const [a, b] = world.sandbox.seedMany('companies', 2, (n) => ({ name: `Company ${n}` }));
    world.sandbox.access.lacking.add('crm.objects.companies.write');
    const told = [a!, b!].map((id) => tell('customer', id, { values: { phone: '1' } }));
    for (const each of told) {
      const failure = await failureOf(each);
      expect(failure).to.include({ class: 'business_rule', code: 'may_not_write' });
      expect(failure.hint).to.contain('crm.objects.companies.write');
    }
    expect(world.calls('/batch/update')).to.equal(1);
    expect(await world.session.read('customer', a!)).to.have.nested.property('body.object.id', a);
  });

  it('puts two tellings of one record into one', async () => {
    const id = world.sandbox.create('companies', { name: 'Ada' });
    await Promise.all([
      tell('customer', id, { values: { name: 'Ada GmbH' } }),
      tell('customer', id, { custom: { odoo_standing: 'hold' } }),
    ]);
    const { properties } = world.sandbox.get('companies', id)!;
    expect(properties).to.include({ name: 'Ada GmbH', odoo_standing: 'hold' });
    expect(world.calls('/batch/update')).to.equal(1);
  });

  it('empties with null, and writes days, numbers and truth as HubSpot keeps them', async () => {
    const id = world.sandbox.create('deals', {
      dealname: 'Engines',
      description: 'old',
      dealstage: 'contractsent',
    });
    await tell('deal', id, {
      values: { description: null, amount: 0.000_000_1, closeDate: '2026-12-31' },
      custom: { odoo_invoiced_amount: 12.5, contract_start: '2027-01-01' },
    });
    const company = world.sandbox.create('companies', {});
    await tell('customer', company, { custom: { odoo_credit_hold: true } });
    expect(world.sandbox.get('deals', id)?.properties).to.include({
      description: null,
      amount: '0.00000010000000000000',
      closedate: '2026-12-31T12:00:00.000Z',
      odoo_invoiced_amount: '12.5',
      contract_start: '2027-01-01',
    });
    expect(world.sandbox.get('companies', company)?.properties['odoo_credit_hold']).to.equal('true');
  });

  it('splits a name so that reading it gives the same name', () => {
    for (const name of ['Grace Brewster Muster', 'Grace', '']) {
      const { firstname, lastname } = nameParts(name);
      expect([firstname, lastname].filter(Boolean).join(' ')).to.equal(name);
    }
  });

  it('leaves a write whose answer was lost open, and repeats it harmlessly', async () => {
    const id = world.sandbox.create('companies', { name: 'Ada' });
    world.sandbox.fault({
      kind: 'timeout',
      after: true,
      match: { path: '/crm/v3/objects/companies/batch/update' },
    });
    const telling = { values: { name: 'Ada GmbH' } };
    expect(await failureOf(tell('customer', id, telling))).to.have.property('class', 'unknown_outcome');
    expect(await tell('customer', id, telling)).to.deep.equal({ externalId: id, created: false });
    expect(world.sandbox.get('companies', id)?.properties['name']).to.equal('Ada GmbH');
  });
});
