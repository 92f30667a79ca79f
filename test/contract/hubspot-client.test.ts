/** The vendor's own client works against the sandbox: every endpoint that the connector uses, and the signature of webhooks. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Signature } from '@hubspot/api-client';
import { expect } from 'chai';
import { startHubSpotSandbox, type HubSpotSandbox } from '../sandbox/hubspot/index.ts';

describe('HubSpot’s own client against the sandbox', function () {
  this.timeout(30_000);
  let sandbox: HubSpotSandbox;
  let client: Client;
  let inbox: http.Server;
  let url: string;
  const messages: { headers: http.IncomingHttpHeaders; body: string }[] = [];

  before(async () => {
    inbox = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        messages.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => inbox.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(inbox.address() as AddressInfo).port}/hooks/hubspot-eu`;
    sandbox = await startHubSpotSandbox({ webhook: { url, secret: 'app-secret' } });
    client = sandbox.client;
  });

  after(async () => {
    await sandbox.stop();
    inbox.closeAllConnections();
    inbox.close();
  });

  it('creates, reads, changes, lists and archives a company', async () => {
    const { basicApi } = client.crm.companies;
    const { id } = await basicApi.create({ properties: { name: 'Ada GmbH' }, associations: [] });
    await basicApi.update(id, { properties: { city: 'Berlin' } });
    const read = await basicApi.getById(id, ['name', 'city', 'no_such_property']);
    expect(read.properties).to.include({ name: 'Ada GmbH', city: 'Berlin' });
    expect(read.properties).to.not.have.property('no_such_property');
    await basicApi.create({ properties: { name: 'Second' }, associations: [] });
    const page = await basicApi.getPage(1);
    expect(page.results.map((one) => one.id)).to.deep.equal([id]);
    const rest = await basicApi.getPage(1, page.paging?.next?.after);
    expect(rest.results[0]?.properties['name']).to.equal('Second');
    await basicApi.archive(id);
    expect(await code(basicApi.getById(id))).to.equal(404);
    expect((await basicApi.getById(id, undefined, undefined, undefined, true)).archived).to.equal(true);
    const gone = await basicApi.getPage(10, undefined, undefined, undefined, undefined, true);
    expect(gone.results.map((one) => one.id)).to.deep.equal([id]);
  });

  it('reads, creates, updates, upserts and archives in batches, and tells what is missing row by row', async () => {
    const { batchApi } = client.crm.contacts;
    const made = await batchApi.create({
      inputs: [{ properties: { email: 'Grace@Example.com' }, associations: [], objectWriteTraceId: 'a' }],
    });
    const id = made.results[0]!.id;
    const read = await batchApi.read({
      inputs: [{ id }, { id: '999' }],
      properties: ['email'],
      propertiesWithHistory: [],
    });
    expect(read.results.map((one) => one.properties['email'])).to.deep.equal(['grace@example.com']);
    expect(read).to.have.property('numErrors', 1);
    const updated = await batchApi.update({ inputs: [{ id, properties: { lastname: 'Muster' } }] });
    expect(updated.results[0]?.properties['lastname']).to.equal('Muster');
    const born = { id: 'key-1', idProperty: 'odoo_key', properties: { lastname: 'Born' } };
    const first = await batchApi.upsert({ inputs: [born] });
    const second = await batchApi.upsert({ inputs: [born] });
    expect([first.results[0]?._new, second.results[0]?._new]).to.deep.equal([true, false]);
    expect(second.results[0]?.id).to.equal(first.results[0]?.id);
    await batchApi.archive({ inputs: [{ id }] });
    expect(await code(client.crm.contacts.basicApi.getById(id))).to.equal(404);
  });

  it('refuses a second contact with the same e-mail address, naming the first', async () => {
    const { basicApi } = client.crm.contacts;
    const { id } = await basicApi.create({ properties: { email: 'twice@example.com' }, associations: [] });
    const error = await problem(
      basicApi.create({ properties: { email: 'TWICE@example.com' }, associations: [] }),
    );
    expect(error.code).to.equal(409);
    expect(error.message).to.include(`Contact already exists. Existing ID: ${id}`);
  });

  it('refuses values of properties that do not exist or cannot hold them', async () => {
    const { basicApi } = client.crm.deals;
    const error = await problem(
      basicApi.create({ properties: { nope: '1', amount: 'much' }, associations: [] }),
    );
    expect(error.code).to.equal(400);
    expect(error.message).to.include('PROPERTY_DOESNT_EXIST').and.include('INVALID_DOUBLE');
  });

  it('searches by time and id, in pages, in one order', async () => {
    const ids = sandbox.seedMany('products', 5, (n) => ({ name: `Part ${n}`, hs_sku: 'search' }));
    const ask = (after?: string) =>
      client.crm.products.searchApi.doSearch({
        filterGroups: [
          {
            filters: [
              { propertyName: 'hs_sku', operator: 'EQ' as never, value: 'search' },
              { propertyName: 'hs_object_id', operator: 'GT' as never, value: ids[0]! },
            ],
          },
        ],
        sorts: ['hs_object_id'],
        properties: ['name'],
        limit: 3,
        ...(after ? { after } : {}),
      });
    const first = await ask();
    expect(first.total).to.equal(4);
    const rest = await ask(first.paging?.next?.after);
    const found = [...first.results, ...rest.results].map((one) => one.id);
    expect(found).to.deep.equal(ids.slice(1));
  });

  it('merges two companies into one with a new id, to which both old ids lead', async () => {
    const { basicApi } = client.crm.companies;
    const [one, two] = [
      sandbox.create('companies', { name: 'One' }),
      sandbox.create('companies', { name: 'Two' }),
    ];
    const merged = await basicApi.merge({ primaryObjectId: one, objectIdToMerge: two });
    expect([one, two]).to.not.include(merged.id);
    for (const id of [one, two]) expect((await basicApi.getById(id)).id).to.equal(merged.id);
    const read = await basicApi.getById(merged.id, ['hs_merged_object_ids']);
    expect(read.properties['hs_merged_object_ids']).to.equal(`${one};${two}`);
  });

  it('associates with labels, and reads the associations of many at once', async () => {
    const [company, contact] = [sandbox.create('companies', {}), sandbox.create('contacts', {})];
    const { batchApi, schema } = client.crm.associations.v4;
    const label = await schema.definitionsApi.create('contacts', 'companies', {
      label: 'Billing contact',
      name: 'billing',
    } as never);
    const typeId = label.results[0]!.typeId;
    await batchApi.create('contacts', 'companies', {
      inputs: [
        {
          _from: { id: contact },
          to: { id: company },
          types: [{ associationCategory: 'USER_DEFINED' as never, associationTypeId: typeId }],
        },
      ],
    });
    const read = await batchApi.getPage('contacts', 'companies', { inputs: [{ id: contact }] });
    const labels = read.results[0]!.to[0]!.associationTypes.map((type) => type.label);
    expect(labels).to.include.members(['Primary', 'Billing contact', null]);
    expect(read.results[0]!.to[0]).to.have.property('toObjectId', Number(company));
  });

  it('tells account, properties, pipelines and owners, those who left as well', async () => {
    const { id } = sandbox.addOwner('sally@example.com', 'Sally', 'Sample');
    sandbox.addOwner('left@example.com').archived = true;
    const { properties, pipelines, owners } = client.crm;
    const property = (await properties.coreApi.getAll('companies')).results.find(
      ({ name }) => name === 'odoo_key',
    );
    expect(property?.hasUniqueValue).to.equal(true);
    const stages = (await pipelines.pipelinesApi.getAll('deals')).results[0]!.stages;
    expect(stages.find((stage) => stage.id === 'closedwon')?.metadata).to.deep.equal({
      isClosed: 'true',
      probability: '1.0',
    });
    expect((await owners.ownersApi.getPage()).results.map((owner) => owner.id)).to.deep.equal([id]);
    const left = await owners.ownersApi.getPage(undefined, undefined, 100, true);
    expect(left.results[0]).to.include({ email: 'left@example.com' }).and.not.have.property('userId');
    const account = await client.apiRequest({ path: '/account-info/v3/details' });
    expect(await account.json()).to.include({ portalId: 1001, companyCurrency: 'EUR' });
  });

  it('hands out tokens that end, and none once the app was taken away', async () => {
    const { clientId, clientSecret, refreshToken } = sandbox.access.app;
    const ask = () =>
      new Client({ basePath: sandbox.url }).oauth.tokensApi.create(
        'refresh_token',
        undefined,
        undefined,
        clientId,
        clientSecret,
        refreshToken,
      );
    const { accessToken, expiresIn } = await ask();
    expect(expiresIn).to.equal(1800);
    const other = new Client({ basePath: sandbox.url, accessToken });
    expect((await other.crm.deals.basicApi.getPage()).results).to.deep.equal([]);
    const kept = sandbox.access.accessToken;
    sandbox.access.revoke();
    expect(await code(other.crm.deals.basicApi.getPage())).to.equal(401);
    expect(await code(ask())).to.equal(400);
    sandbox.access.accessToken = kept;
  });

  it('accepts the signature of every webhook, and none over another body', async () => {
    sandbox.create('companies', { name: 'Signed' });
    await sandbox.webhooks.idle();
    expect(messages).to.not.be.empty;
    for (const { headers, body } of messages) {
      const check = (requestBody: string) =>
        Signature.isValid({
          signatureVersion: 'v3',
          signature: String(headers['x-hubspot-signature-v3']),
          timestamp: Number(headers['x-hubspot-request-timestamp']),
          clientSecret: 'app-secret',
          method: 'POST',
          url,
          requestBody,
        });
      expect(check(body)).to.equal(true);
      expect(check(`${body} `)).to.equal(false);
    }
  });
});

interface Problem {
  code: number;
  message: string;
}

async function problem(promise: Promise<unknown>): Promise<Problem> {
  try {
    await promise;
  } catch (error) {
    return error as Problem;
  }
  throw new Error('was not refused');
}

const code = async (promise: Promise<unknown>): Promise<number> => (await problem(promise)).code;
