/**
 * Both transports against a real Odoo with the addon. The test driver sets ODOO_TEST_URL, ODOO_TEST_DB, ODOO_TEST_KEY
 * and ODOO_TEST_LOGIN.
 */
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import type { ApplyResult, UpsertChange } from '../../sidecar/domain/change.ts';
import type { Failure } from '../../sidecar/domain/failure.ts';
import { makeOdooApi, type OdooApi } from '../../sidecar/odoo/api.ts';
import type { OdooSettings } from '../../sidecar/odoo/client.ts';
import { probeOdoo } from '../../sidecar/odoo/probe.ts';
import { openTransport } from '../../sidecar/odoo/transport.ts';

const { ODOO_TEST_URL, ODOO_TEST_DB, ODOO_TEST_KEY, ODOO_TEST_LOGIN } = process.env;
const LARGE = 1_795_334_400_123;

for (const kind of ['json2', 'xmlrpc'] as const)
  describe(`odoo: ${kind} against a real Odoo`, function () {
    this.timeout(30_000);
    const connection = `rpc-${kind}-${randomUUID().slice(0, 8)}`;
    let settings: OdooSettings;
    let api: OdooApi;

    before(async function () {
      if (!ODOO_TEST_URL || !ODOO_TEST_DB || !ODOO_TEST_KEY || !ODOO_TEST_LOGIN) {
        process.stderr.write('\n  !! NOT TESTED: no real Odoo. Set ODOO_TEST_URL, _DB, _KEY and _LOGIN.\n\n');
        return this.skip();
      }
      settings = {
        url: ODOO_TEST_URL,
        database: ODOO_TEST_DB,
        apiKey: ODOO_TEST_KEY,
        login: ODOO_TEST_LOGIN,
      };
      api = makeOdooApi(openTransport(settings, kind));
      await api.report(reportOf(connection));
    });

    const failureWith = async (other: Partial<OdooSettings>): Promise<Failure> => {
      const wrong = makeOdooApi(openTransport({ ...settings, ...other }, kind));
      return caught(wrong.hello());
    };

    it('says who is there', async () => {
      const hello = await api.hello();
      expect(hello).to.include({ odoo: '19.0', database: settings.database, user: ODOO_TEST_LOGIN });
      expect(hello.addons).to.have.property('saas_sync');
      expect(hello.companies).not.to.be.empty;
    });

    it('has nothing that stops the sidecar, and a clock that agrees', async () => {
      const { problems, clockSkewMs } = await probeOdoo(api);
      expect(problems.filter(({ level }) => level === 'stop')).to.deep.equal([]);
      expect(Math.abs(clockSkewMs ?? Number.NaN)).to.be.lessThan(5000);
    });

    it('applies customers with empty values, any script and large versions, and finds them done the second time', async () => {
      const changes = [
        customer('cus_1', { name: 'Ünïcødé & Søn <AG> 株式会社 🚀', city: null }),
        customer('cus_2', { name: 'Zeile eins', street: 'Straße "1" \\ a', ref: null }),
        customer('cus_3', { name: "O'Brien\u00a0Ltd", email: 'a@example.com' }),
      ];
      const results = await api.apply({ connection, changes });
      expect(results.map(({ status }) => status)).to.deep.equal(['created', 'created', 'created']);
      expectLink(results[0], changes[0]!);
      expect(results[0]?.base).to.include({ name: 'Ünïcødé & Søn <AG> 株式会社 🚀' });
      const again = await api.apply({ connection, changes });
      expect(again.map(({ status, res_id }) => [status, res_id])).to.deep.equal(
        results.map(({ res_id }) => ['unchanged', res_id]),
      );
    });

    it('gives links back page by page, with their large versions', async () => {
      await api.apply({
        connection,
        changes: [customer('cus_8', { name: 'A' }), customer('cus_9', { name: 'B' })],
      });
      const found = [];
      for (let after: number | null = 0; after !== null;) {
        const page: Awaited<ReturnType<OdooApi['links']>> = await api.links(connection, after, 1);
        expect(page.links.length).to.be.lessThan(2);
        found.push(...page.links);
        after = page.next;
      }
      const link = found.find(({ externalId }) => externalId === 'cus_9');
      expect(link).to.include({
        kind: 'customer',
        model: 'res.partner',
        version: LARGE,
        digest: 'digest of cus_9',
      });
      expect(link?.base).to.include({ name: 'B' });
    });

    it('answers changes of a connection it does not know, instead of failing', async () => {
      const [result] = await api.apply({
        connection: 'never-seen',
        changes: [customer('cus_1', { name: 'A' })],
      });
      expect(result?.status).to.equal('rejected');
      expect(result?.error).to.include({ class: 'connection', code: 'connection_unknown' });
    });

    it('gives records as they are, with their keys, relations by name, and nothing for those that are gone', async () => {
      const country = { lookup: ['res.country', 'code', 'DE'] as [string, string, string] };
      const made = { name: 'Ünïcødé 株式会社', city: null, country_id: country };
      const [result] = await api.apply({ connection, changes: [customer('cus_values', made)] });
      const id = result?.res_id ?? 0;
      const fields = {
        name: {},
        city: {},
        country_id: { lookup: ['res.country', 'code'] as [string, string] },
      };
      const records = await api.values(connection, 'res.partner', [id, 2_000_000_000], fields);
      expect(records).to.have.length(1);
      expect(records[0]).to.deep.include({ id, values: made });
      expect(records[0]?.key).to.match(new RegExp(`^[0-9a-f]{8}-${id}$`));
    });

    it('takes two calls at the same time', async () => {
      const batches = ['p', 'q'].map((part) =>
        [1, 2, 3].map((n) => customer(`cus_${part}${n}`, { name: `${part} ${n}` })),
      );
      const answers = await Promise.all(batches.map((changes) => api.apply({ connection, changes })));
      expect(answers.flat().map(({ status }) => status)).to.deep.equal(Array(6).fill('created'));
    });

    it('takes reports and gives the outbox', async () => {
      await api.report(reportOf(connection));
      expect(await api.outbox(10)).to.be.an('array');
      await api.outboxDone([]);
    });

    it('calls a wrong key, a wrong database and a wrong address what they are', async () => {
      expect(await failureWith({ apiKey: '0'.repeat(40) })).to.include({
        class: 'connection',
        code: 'odoo_key',
      });
      expect(await failureWith({ database: 'no_such_database' })).to.include({
        class: 'connection',
        code: 'odoo_database',
      });
      expect(await failureWith({ url: `${settings.url}/nowhere` })).to.have.property('class', 'connection');
    });

    it('calls a method that Odoo does not have an outdated addon, and shows no traceback', async () => {
      const failure = await caught(openTransport(settings, kind).call('no_such_method', {}));
      expect(failure).to.include({ class: 'connection', code: 'odoo_addon_outdated' });
      expect(failure.message + JSON.stringify(failure.args)).not.to.include('Traceback');
    });
  });

function customer(externalId: string, values: UpsertChange['values']): UpsertChange {
  return {
    op: 'upsert',
    key: { kind: 'customer', external_id: externalId },
    model: 'res.partner',
    version: LARGE,
    digest: `digest of ${externalId}`,
    label: 'Customer',
    rule: 'customer@1',
    reason: 'customer.updated',
    values,
    base: null,
    match: [],
    create: true,
    create_only: [],
    overwrite: Object.keys(values),
  };
}

function expectLink(result: ApplyResult | undefined, change: UpsertChange): void {
  expect(result?.key).to.deep.equal(change.key);
  expect(result).to.include({ model: 'res.partner', version: LARGE, digest: change.digest });
  expect(result?.res_id).to.be.greaterThan(0);
}

const reportOf = (connection: string) => ({
  sidecar: { version: '0.1.0', started_at: '2026-11-22T08:00:00Z' },
  connections: [
    {
      id: connection,
      name: 'Transport test',
      system: 'stripe',
      system_name: 'Stripe',
      environment: 'test',
      company: 'base.main_company',
      state: 'healthy',
      message: '',
      hint: '',
      backlog: 0,
      parked: 0,
      waiting: 0,
      last_event_at: null,
      lag_ms: 0,
      counters: { received: 0, applied: 0, unchanged: 0, failed: 0 },
      streams: [],
    },
  ],
  exceptions: [],
  resolved: [],
});

async function caught(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('nothing was thrown');
}
