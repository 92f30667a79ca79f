/** What Odoo decides reaches Salesforce: many at once, each settled by itself, told twice without doing more. */
import { expect } from 'chai';
import { Failure } from '../../sidecar/domain/failure.ts';
import type { Push, Pushed, Session } from '../../sidecar/domain/connector.ts';
import { eventOf, lineTo, wired, type Wired } from '../support/salesforce-wire.ts';

const push = (externalId: string | null, values: Push['values'], more: Partial<Push> = {}): Push => ({
  kind: 'customer',
  externalId,
  odooKey: null,
  values,
  custom: {},
  priority: 1,
  ...more,
});

async function told(session: Session, ...pushes: Push[]): Promise<(Pushed | Failure)[]> {
  const settled = await Promise.allSettled(pushes.map((each) => session.push!(each)));
  return settled.map((each) => {
    if (each.status === 'fulfilled') return each.value;
    if (each.reason instanceof Failure) return each.reason;
    throw each.reason;
  });
}

const codesOf = (results: (Pushed | Failure)[]) =>
  results.map((result) => (result instanceof Failure ? `${result.class}:${result.code}` : 'told'));

describe('Salesforce push', () => {
  let open: Wired;
  const start = async (...how: Parameters<typeof wired>): Promise<Wired> => (open = await wired(...how));
  const account = (Name: string) => open.org.people.create('Account', { Name });
  const row = (id: string) => open.org.org.find('Account', id)!;
  afterEach(() => open.org.stop());

  it('writes two hundred records in one call', async () => {
    const { org, session } = await start();
    const ids = Array.from({ length: 200 }, (_, index) => account(`A${index}`));
    await session.probe();
    org.api.calls.length = 0;
    const results = await told(session, ...ids.map((id, index) => push(id, { phone: `+49 ${index}` })));
    expect(results.every((result) => !(result instanceof Failure))).to.equal(true);
    expect(org.api.calls).to.have.length(1);
    expect(row(ids[199]!)['Phone']).to.equal('+49 199');
  });

  it('writes names, addresses, numbers and flags as the fields take them', async () => {
    const { org, session } = await start();
    const id = account('A');
    const custom = { Odoo_Standing__c: 'late', Odoo_Open_Amount__c: '119.50', Odoo_Credit_Hold__c: true };
    const values = {
      'address.street': 'Kai 1\nHaus 2',
      'address.country': 'NO',
      vat: 'NO1MVA',
      website: null,
    };
    await session.push!(push(id, values, { custom }));
    expect(row(id)).to.include({
      BillingStreet: 'Kai 1\nHaus 2',
      BillingCountry: 'Norway',
      VAT__c: 'NO1MVA',
      Website: null,
      Odoo_Standing__c: 'late',
      Odoo_Open_Amount__c: 119.5,
      Odoo_Credit_Hold__c: true,
    });
    const person = org.people.create('Contact', { LastName: 'X' });
    const name = { name: 'Ida Marie Berg', mobile: '+47 1' };
    await session.push!(push(person, { ...name, customer: id }, { kind: 'contact' }));
    expect(org.org.find('Contact', person)).to.include({
      FirstName: 'Ida Marie',
      LastName: 'Berg',
      AccountId: id,
    });
  });

  it('reads back what it has told, so that both agree', async () => {
    const { session } = await start();
    const id = account('A');
    await session.push!(push(id, { name: 'Ä & Ö "AS"', 'address.country': 'DE', 'address.city': 'Köln' }));
    const { entity } = await eventOf(session, 'customer', id);
    expect(entity).to.deep.include({ name: 'Ä & Ö "AS"' });
    expect(entity).to.have.nested.include({ 'addresses[0].country': 'DE', 'addresses[0].city': 'Köln' });
  });

  it('writes codes where the org keeps lists of countries and states', async () => {
    const { org, session } = await start();
    org.org.addField('Account', 'BillingCountryCode', 'picklist');
    org.org.addField('Account', 'BillingStateCode', 'picklist');
    const id = account('A');
    await session.push!(push(id, { 'address.country': 'DE', 'address.region': 'BY' }));
    expect(row(id)).to.include({ BillingCountryCode: 'DE', BillingStateCode: 'BY', BillingCountry: null });
  });

  it('makes a record born in Odoo once, however often it is told', async () => {
    const { org, session } = await start();
    const born = push(null, { name: 'Born in Odoo' }, { odooKey: '0a1b2c3d-7' });
    const first = await session.push!(born);
    const second = await session.push!(born);
    expect([first.created, second.created]).to.deep.equal([true, false]);
    expect(second.externalId).to.equal(first.externalId);
    expect(org.org.table('Account').rows.size).to.equal(1);
    const { entity } = await eventOf(session, 'customer', first.externalId);
    expect(entity).to.include({ odooKey: '0a1b2c3d-7' });
  });

  it('leaves out of a birth what the org has no place for, and refuses it of an edit', async () => {
    const { session } = await start({}, { fields: {} });
    const born = push(null, { name: 'B', vat: 'DE1' }, { odooKey: 'k-1' });
    const { externalId } = await session.push!(born);
    const [result] = await told(session, push(externalId, { vat: 'DE2' }));
    expect(codesOf([result!])).to.deep.equal(['missing_mapping:field_missing_there']);
    expect((result as Failure).hint).to.contain('options.fields.vat');
  });

  it('settles each record by itself, in words of the business', async () => {
    const { org, session } = await start();
    const ids = ['fine', 'gone', 'locked', 'ruled', 'long', 'empty'].map(account);
    const [fine, gone, locked, ruled, long, empty] = ids as [string, string, string, string, string, string];
    org.people.delete('Account', gone);
    org.org.locks.set(locked, 1);
    org.org.rules.push({
      object: 'Account',
      check: ({ Phone }) => (Phone === '0' ? 'Phone numbers start with a plus' : undefined),
    });
    const results = await told(
      session,
      push(fine, { phone: '+1' }),
      push(gone, { phone: '+1' }),
      push(locked, { phone: '+1' }),
      push(ruled, { phone: '0' }),
      push(long, { phone: '1'.repeat(41) }),
      push(empty, { name: null }),
    );
    expect(codesOf(results)).to.deep.equal([
      'told',
      'business_rule:record_gone_there',
      'transient:record_locked',
      'business_rule:refused_by_their_rule',
      'invalid_data:value_refused_there',
      'business_rule:required_there',
    ]);
    expect((results[3] as Failure).message).to.contain('Phone numbers start with a plus');
    expect(codesOf(await told(session, push(locked, { phone: '+1' })))).to.deep.equal(['told']);
  });

  it('takes a duplicate rule for a question, unless the connection allows duplicates', async () => {
    const { org, session } = await start();
    account('Same');
    org.org.duplicateRules.set('Account', ['Name']);
    const born = push(null, { name: 'Same' }, { odooKey: 'k-1' });
    expect(codesOf(await told(session, born))).to.deep.equal(['duplicate:duplicate_there']);
    await org.stop();
    const lenient = await start({}, { duplicates: 'allow' });
    account('Same');
    lenient.org.org.duplicateRules.set('Account', ['Name']);
    expect(codesOf(await told(lenient.session, born))).to.deep.equal(['told']);
  });

  it('tells of a key that several records carry', async () => {
    const { org, session } = await start();
    org.org.objects.get('Account')!.fields.get('Odoo_Key__c')!.unique = false;
    for (const Name of ['A', 'B']) org.people.create('Account', { Name, Odoo_Key__c: 'k-1' });
    const results = await told(session, push(null, { name: 'C' }, { odooKey: 'k-1' }));
    expect(codesOf(results)).to.deep.equal(['duplicate:key_not_unique_there']);
  });

  it('says what to create where the field for the key, or one of the rules, is not there', async () => {
    const { org, session } = await start();
    org.org.removeField('Account', 'Odoo_Key__c');
    const id = account('A');
    org.org.secure('Account', 'Website', 'read');
    const results = await told(
      session,
      push(null, { name: 'B' }, { odooKey: 'k-1' }),
      push(id, {}, { custom: { Odoo_Nothing__c: 'x' } }),
      push(id, { website: 'x.example' }),
      push(id, { phone: '+1' }),
    );
    expect(codesOf(results)).to.deep.equal([
      'missing_mapping:field_missing_there',
      'missing_mapping:field_missing_there',
      'business_rule:may_not_write',
      'told',
    ]);
    expect((results[0] as Failure).hint).to.contain('External ID');
  });

  it('says which right is missing where it may not write, and reads on; without a login nothing works', async () => {
    const { org, session, connection } = await start();
    const id = account('A');
    const edit = push(id, { phone: '+1' });
    expect(codesOf(await told(session, edit))).to.deep.equal(['told']);
    const refused = async (line: Session, when: string): Promise<void> => {
      const [result] = await told(line, edit);
      expect(codesOf([result!]), when).to.deep.equal(['business_rule:may_not_write']);
      expect((result as Failure).hint, when)
        .to.contain('permission set')
        .and.contain('Retry');
    };
    org.fault({ kind: 'forbidden', match: { method: 'PATCH' } });
    await refused(session, 'the whole call');
    org.org.objects.get('Account')!.frozen = true;
    await refused(session, 'the row');
    await refused(lineTo(org, connection), 'before anything is sent');
    const { entity } = await eventOf(session, 'customer', id);
    expect(entity).to.include({ name: 'A' });
    org.oauth.revoke();
    org.oauth.refuse = { error: 'invalid_grant', description: 'expired access/refresh token' };
    expect((await told(session, edit))[0]).to.have.property('class', 'connection');
  });

  it('goes on for all others when a field vanishes from the schema between two calls', async () => {
    const { org, session } = await start();
    const ids = ['A', 'B', 'C'].map(account);
    await session.push!(push(ids[0]!, { phone: '+0' }, { custom: { Odoo_Standing__c: 'fine' } }));
    org.org.removeField('Account', 'Odoo_Standing__c');
    const results = await told(
      session,
      push(ids[0]!, { phone: '+1' }),
      push(ids[1]!, { phone: '+2' }, { custom: { Odoo_Standing__c: 'late' } }),
      push(ids[2]!, { phone: '+3' }),
    );
    expect(codesOf(results)).to.deep.equal(['told', 'missing_mapping:field_missing_there', 'told']);
    expect(ids.map((id) => row(id)['Phone'])).to.deep.equal(['+1', null, '+3']);
  });

  it('whose answer is lost is an unknown outcome, and does nothing more when repeated', async () => {
    const { org, session } = await start();
    await session.probe();
    org.fault({ kind: 'timeout', match: { method: 'PATCH' }, after: true, ms: 1 });
    const born = push(null, { name: 'Once' }, { odooKey: 'k-1' });
    expect(codesOf(await told(session, born))).to.deep.equal(['unknown_outcome:answer_lost']);
    expect((await session.push!(born)).created).to.equal(false);
    expect(org.org.table('Account').rows.size).to.equal(1);
  });
});
