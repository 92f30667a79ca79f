/** The Salesforce sandbox is what the vendor describes: judged by its OpenAPI file, and by the client that everybody uses. */
import { expect } from 'chai';
import jsforce from 'jsforce';
import type { Session } from '../../sidecar/domain/connector.ts';
import { drained, wired, type Wired } from '../support/salesforce-wire.ts';
import { SPEC, specIsThere, VendorSchemas } from './sandbox-salesforce-schema.ts';

/** A working day: everything a session does, and what people do meanwhile. */
async function workingDay({ org, session }: Wired): Promise<void> {
  const { people } = org;
  await session.probe();
  const { product } = people.product('Sync Pro', 'PRO', 49.9);
  const account = people.create('Account', { Name: 'Nordlys', BillingCountry: 'Norway' });
  const contact = people.create('Contact', { LastName: 'Berg', AccountId: account, Email: 'a@b.example' });
  const deal = people.deal({
    account,
    name: 'D',
    closeDate: '2026-12-01',
    lines: [{ product, quantity: 2, discount: 10 }],
    contacts: [{ id: contact, role: 'Buyer' }],
  });
  const { cursor } = await drained(session.changes(null));
  for (const stream of session.streams) await drained(session.list(stream, null));
  await Promise.all([
    session.read('deal', deal),
    session.read('customer', account),
    session.read('contact', contact),
  ]);
  await drained(session.changes(cursor));
  await pushes(session, account);
  people.merge('Account', account, people.create('Account', { Name: 'Nordlis' }));
  people.win(deal);
  await drained(session.changes(cursor));
}

async function pushes(session: Session, account: string): Promise<void> {
  const common = { kind: 'customer' as const, custom: {}, priority: 1 as const };
  await session.push!({ ...common, externalId: account, odooKey: null, values: { phone: '+47 1' } });
  await session.push!({ ...common, externalId: null, odooKey: 'k-1', values: { name: 'Born' } });
  const refused = { ...common, externalId: account, odooKey: null, values: { name: null } };
  await session.push!(refused).catch((error: Error) => expect(error.message).to.contain('Name'));
}

describe('the Salesforce sandbox, judged by the vendor’s file', function () {
  this.timeout(60_000);
  const violations = new Set<string>();
  const judged = new Set<string>();
  let schemas: VendorSchemas;
  let open: Wired | undefined;

  const judge = (name: string, faults: string[] | undefined): void => {
    if (faults) judged.add(name);
    for (const fault of faults ?? []) violations.add(fault);
  };

  before(async function () {
    if (!specIsThere()) {
      process.stderr.write(`\n    NOT JUDGED: the vendor's OpenAPI file is not at ${SPEC}\n`);
      return this.skip();
    }
    schemas = new VendorSchemas();
    open = await wired({
      childBatch: 1,
      batch: 2,
      observe: ({ method, url, status, body, sent }) => {
        const path = url.split('?')[0] ?? '';
        judge(`${method} ${path} ${status}`, schemas.faultsOfAnswer(method, url, status, body));
        judge(`${method} ${path} sent`, schemas.faultsOfRequest(method, url, sent));
      },
    });
    await workingDay(open);
  });

  after(() => open?.org.stop());

  it('hears from our session only what the file allows, and answers as it says', () => {
    expect([...violations]).to.deep.equal([]);
    const names = [...judged].join('\n');
    for (const part of [
      '/query ',
      '/query/01g',
      '/queryAll',
      '/describe',
      '/composite ',
      '/composite sent',
      '/composite/sobjects sent',
      '/Odoo_Key__c 200',
      '/oauth2/token 200',
    ])
      expect(names).to.contain(part);
  });

  it('words its errors as the file says', async () => {
    const { org } = open!;
    const headers = { authorization: `Bearer ${org.oauth.issue()}` };
    const base = `${org.url}/services/data/v62.0`;
    judged.clear();
    await fetch(`${base}/query?q=SELECT+Nope+FROM+Account`, { headers });
    await fetch(`${base}/query?q=SELECT+Id+FROM+Account`);
    await fetch(`${base}/sobjects/Account/001Qy00000zzzzzIAA`, { headers });
    org.fault({ kind: 'limit_exceeded' });
    await fetch(`${base}/query?q=SELECT+Id+FROM+Account`, { headers });
    expect([...violations]).to.deep.equal([]);
    expect([...judged].map((name) => name.slice(-3))).to.have.members(['400', '401', '404', '403']);
  });

  it('shows single records as the file describes them', async () => {
    const { org } = open!;
    const headers = { authorization: `Bearer ${org.oauth.issue()}` };
    for (const object of [
      'Account',
      'Contact',
      'Product2',
      'PricebookEntry',
      'Opportunity',
      'OpportunityLineItem',
      'User',
    ]) {
      const id = [...org.org.table(object).rows.values()].find((row) => row['IsDeleted'] !== true)!.Id;
      const answer = await fetch(`${org.url}/services/data/v62.0/sobjects/${object}/${id}`, { headers });
      expect(answer.status, object).to.equal(200);
    }
    expect([...violations]).to.deep.equal([]);
  });

  it('is a check that notices a wrong answer', () => {
    const faults = schemas.faultsOfAnswer('GET', '/services/data/v62.0/query', 200, { records: 'none' });
    expect(faults?.join()).to.contain('records');
  });
});

describe('the Salesforce sandbox, used by jsforce', function () {
  this.timeout(60_000);
  let open: Wired;
  let client: jsforce.Connection;

  before(async () => {
    open = await wired({ batch: 50 });
    const { url, clientId, clientSecret } = open.org;
    client = new jsforce.Connection({
      loginUrl: url,
      instanceUrl: url,
      oauth2: { clientId, clientSecret, loginUrl: url },
    });
    await client.authorize({ grant_type: 'client_credentials' });
  });

  after(() => open.org.stop());

  it('logs in and knows who it is', async () => {
    expect((await client.identity()).organization_id).to.equal(open.org.org.id);
  });

  it('creates, finds, changes and deletes a record', async () => {
    const made = await client.sobject('Account').create({ Name: "O'Neill & Søn", Phone: '+45 1' });
    expect(made.success).to.equal(true);
    const id = made.id!;
    await client.sobject('Account').update({ Id: id, Phone: '+45 2' });
    const found = await client.sobject('Account').find({ Name: "O'Neill & Søn" }, 'Id, Name, Phone');
    expect(found.map(({ Phone }) => Phone)).to.deep.equal(['+45 2']);
    await client.sobject('Account').destroy(id);
    expect(await client.sobject('Account').find({ Id: id })).to.deep.equal([]);
    const all = await client.query(`SELECT Id, IsDeleted FROM Account WHERE Id = '${id}'`, { scanAll: true });
    expect(all.records[0]?.['IsDeleted']).to.equal(true);
  });

  it('writes two hundred at once and hears about each', async () => {
    const wishes = Array.from({ length: 200 }, (_, index) =>
      index === 7 ? { Phone: 'no name' } : { Name: `J${index}` },
    );
    const results = await client
      .sobject('Account')
      .create(wishes as { Name: string }[], { allowRecursive: false });
    expect(results.filter(({ success }) => success)).to.have.length(199);
    expect(JSON.stringify(results[7])).to.contain('REQUIRED_FIELD_MISSING');
  });

  it('reads a long answer to its end', async () => {
    const all = await client.query("SELECT Id, Name FROM Account WHERE Name LIKE 'J%'", {
      autoFetch: true,
      maxFetch: 500,
    });
    expect(all.records).to.have.length(199);
  });

  it('makes a record by its key once', async () => {
    const upsert = async () =>
      client.sobject('Account').upsert({ Name: 'K', Odoo_Key__c: 'k-9' }, 'Odoo_Key__c');
    const [first, second] = [await upsert(), await upsert()];
    expect([first.success, second.success]).to.deep.equal([true, true]);
    expect(await client.sobject('Account').count({ Odoo_Key__c: 'k-9' })).to.equal(1);
  });

  it('is told what an object looks like, and what changed lately', async () => {
    const described = await client.describe('Contact');
    expect(described.fields.map(({ name }) => name)).to.include.members(['LastName', 'AccountId']);
    const { ids } = await client
      .sobject('Account')
      .updated(new Date(0).toISOString(), new Date(Date.now() + 1e9).toISOString());
    expect(ids.length).to.be.at.least(200);
  });
});
