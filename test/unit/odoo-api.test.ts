/** The typed client believes only answers that are as agreed, and the probe says what is wrong and what to do. */
import { expect } from 'chai';
import type { Change } from '../../sidecar/domain/change.ts';
import { ConnectionBroken, type Failure } from '../../sidecar/domain/failure.ts';
import { makeOdooApi } from '../../sidecar/odoo/api.ts';
import { probeOdoo } from '../../sidecar/odoo/probe.ts';

const NOW = Date.UTC(2026, 10, 22, 8);

const HELLO = {
  odoo: '19.0',
  database: 'prod',
  uuid: 'u-1',
  time: '2026-11-22T08:00:00Z',
  user: 'sync',
  companies: [{ id: 1, name: 'Northwind', xmlid: 'base.main_company' }],
  addons: { saas_sync: '19.0.1.0.0' },
  problems: [],
};

/** An api whose transport gives these answers and remembers what it was asked. */
function apiThatGets(...answers: unknown[]) {
  const asked: { method: string; request: unknown }[] = [];
  const api = makeOdooApi({
    name: 'json2',
    call: async (method, request) => {
      asked.push({ method, request });
      const next = answers.length > 1 ? answers.shift() : answers[0];
      if (next instanceof Error) throw next;
      return next;
    },
  });
  return { api, asked };
}

const change = (externalId: string): Change => ({
  op: 'link',
  key: { kind: 'tax_rate', external_id: externalId },
  model: 'account.tax',
  version: 1,
  digest: 'd',
  label: 'Tax',
  rule: 'tax_rate@1',
  reason: 'backfill',
  match: [],
  details: {},
});
const result = (externalId: string, more: object = {}) => ({
  key: { kind: 'tax_rate', external_id: externalId },
  status: 'unchanged',
  ...more,
});

describe('odoo: typed client', () => {
  it('reads records as they are, and what belongs to a difference', async () => {
    const country = { lookup: ['res.country', 'code', 'DE'] };
    const record = { id: 7, key: 'abcd1234-7', values: { name: 'Acme', country_id: country } };
    const fields = { name: {}, country_id: { lookup: ['res.country', 'code'] as [string, string] } };
    const { api, asked } = apiThatGets({ records: [record] });
    expect(await api.values('crm', 'res.partner', [7], fields)).to.deep.equal([record]);
    expect(asked[0]).to.deep.equal({
      method: 'values',
      request: { connection: 'crm', model: 'res.partner', ids: [7], fields },
    });
    const differs = {
      status: 'diverged',
      current: { name: 'A' },
      linked: ['crm'],
      edited: { at: 5, by: 'ada' },
    };
    const { api: other } = apiThatGets({ results: [result('t', differs)] });
    const [answer] = await other.apply({ connection: 'crm', changes: [change('t')] });
    expect(answer).to.deep.include(differs);
  });

  it('asks in the words of the protocol', async () => {
    const { api, asked } = apiThatGets({ results: [] }, { links: [], next: null }, { rows: [] }, {}, {});
    await api.apply({ batch: 'b1', connection: 'stripe-eu', changes: [] });
    await api.links('stripe-eu', 5, 10);
    await api.outbox(7);
    await api.outboxDone([{ id: 1, ok: true }]);
    await api.report({ connections: [] });
    expect(asked).to.deep.equal([
      { method: 'apply', request: { batch: 'b1', connection: 'stripe-eu', changes: [] } },
      { method: 'links', request: { connection: 'stripe-eu', after: 5, limit: 10 } },
      { method: 'outbox', request: { limit: 7 } },
      { method: 'outbox_done', request: { rows: [{ id: 1, ok: true }] } },
      { method: 'report', request: { connections: [] } },
    ]);
  });

  it('gives links in our words and leaves out what Odoo left empty', async () => {
    const row = {
      id: 9,
      kind: 'customer',
      external_id: 'cus_1',
      model: 'res.partner',
      res_id: 4,
      version: 2 ** 40,
    };
    const { api } = apiThatGets({ links: [{ ...row, digest: null, base: { city: null } }], next: 9 });
    expect(await api.links('stripe-eu', 0, 1)).to.deep.equal({
      links: [
        {
          kind: 'customer',
          externalId: 'cus_1',
          model: 'res.partner',
          resId: 4,
          version: 2 ** 40,
          digest: '',
          base: { city: null },
        },
      ],
      corrections: [],
      exceptions: undefined,
      total: undefined,
      next: 9,
    });
  });

  it('leaves out of a result what is null, and keeps nulls among values', async () => {
    const { api } = apiThatGets({
      results: [result('t', { res_id: null, error: null, base: { city: null } })],
    });
    const [found] = await api.apply({ connection: 'c', changes: [change('t')] });
    expect(found).to.deep.equal(result('t', { base: { city: null } }));
  });

  const strange: [what: string, answer: unknown][] = [
    ['nothing', null],
    ['a text', 'ok'],
    ['fewer results', { results: [result('a')] }],
    ['results in another order', { results: [result('b'), result('a')] }],
    ['an unknown status', { results: [result('a', { status: 'maybe' }), result('b')] }],
    [
      'an unknown class of error',
      { results: [result('a', { error: { class: 'x', code: 'c', message: 'm' } }), result('b')] },
    ],
  ];
  for (const [what, answer] of strange)
    it(`does not believe ${what}`, async () => {
      const { api } = apiThatGets(answer);
      const failure = await caught(api.apply({ connection: 'c', changes: [change('a'), change('b')] }));
      expect(failure).to.include({ class: 'bug', code: 'odoo_answer' });
      expect(failure.hint).to.match(/versions/);
    });
});

describe('odoo: probe', () => {
  const probe = (hello: unknown, addons: string[] = []) =>
    probeOdoo(apiThatGets(hello).api, { now: () => NOW, addons });
  const codes = async (hello: unknown, addons?: string[]) =>
    (await probe(hello, addons)).problems.map(({ code, level }) => `${level} ${code}`);

  it('finds nothing where all is well', async () => {
    expect(await probe(HELLO)).to.deep.include({ problems: [], clockSkewMs: 0 });
  });

  it('finds missing addons, other versions, no company, and clocks that differ', async () => {
    expect(await codes(HELLO, ['saas_sync_billing'])).to.deep.equal(['stop odoo_addon']);
    expect(await codes({ ...HELLO, odoo: '18.0' })).to.deep.equal(['warn odoo_version']);
    expect(await codes({ ...HELLO, addons: { saas_sync: '18.0.1.0.0' } })).to.deep.equal([
      'warn odoo_addon_version',
    ]);
    expect(await codes({ ...HELLO, companies: [] })).to.deep.equal(['stop odoo_rights']);
    expect(await codes({ ...HELLO, time: '2026-11-22T08:02:00Z' })).to.deep.equal(['warn clock_skew']);
    expect(await codes({ ...HELLO, time: '2026-11-22T07:59:45Z' })).to.deep.equal([]);
  });

  it('passes on what Odoo finds missing, always with a way out', async () => {
    const { problems } = await probe({
      ...HELLO,
      problems: [{ code: 'no_connection', message: 'None yet.' }],
    });
    expect(problems).to.have.length(1);
    expect(problems[0]).to.include({ code: 'no_connection', level: 'warn' });
    expect(problems[0]?.hint).not.to.equal('');
  });

  it('tells why Odoo cannot be asked instead of throwing', async () => {
    const broken = new ConnectionBroken('odoo_key', 'The key is refused.', { hint: 'Make a new key.' });
    expect(await probe(broken)).to.deep.equal({
      hello: undefined,
      clockSkewMs: undefined,
      problems: [
        { code: 'odoo_key', message: 'The key is refused.', hint: 'Make a new key.', level: 'stop' },
      ],
    });
  });
});

async function caught(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('nothing was thrown');
}
