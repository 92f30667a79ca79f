/** Comparing with Odoo in the words of the protocol; an answer that is not as agreed is not believed. */
import { expect } from 'chai';
import { makeOdooApi } from '../../sidecar/odoo/api.ts';

function apiThatGets(answer: unknown) {
  const asked: unknown[] = [];
  const call = async (method: string, request: unknown) => {
    asked.push({ method, request });
    return answer;
  };
  return { api: makeOdooApi({ name: 'json2', call }), asked };
}

describe('the comparison with Odoo', () => {
  it('asks for sums, of all or of some buckets', async () => {
    const buckets = [{ bucket: '2026-11', count: 2, hash: '00ff00ff00ff00ff' }];
    const { api, asked } = apiThatGets({ buckets });
    expect(await api.compareBuckets('stripe-eu', 'month')).to.deep.equal(buckets);
    await api.compareBuckets('stripe-eu', 'day', ['2026-11']);
    expect(asked).to.deep.equal([
      { method: 'compare', request: { connection: 'stripe-eu', level: 'month' } },
      { method: 'compare', request: { connection: 'stripe-eu', level: 'day', within: ['2026-11'] } },
    ]);
  });

  it('gives links and strays in our words', async () => {
    const row = {
      kind: 'customer',
      external_id: 'cus_1',
      model: 'res.partner',
      res_id: 4,
      version: 2 ** 40,
      digest: '',
    };
    const rows = apiThatGets({ rows: [row] });
    expect(await rows.api.compareRows('stripe-eu', ['2026-11-22T08/a7'])).to.deep.equal([
      { kind: 'customer', externalId: 'cus_1', model: 'res.partner', resId: 4, version: 2 ** 40, digest: '' },
    ]);
    const strays = apiThatGets({
      rows: [{ kind: 'customer', external_id: 'cus_1', why: 'gone' }],
      next: null,
    });
    expect(await strays.api.compareRecords('stripe-eu', 0)).to.deep.equal({
      rows: [{ kind: 'customer', externalId: 'cus_1', why: 'gone' }],
      next: null,
    });
  });

  it('does not believe an answer without buckets, or a reason it does not know', async () => {
    const refused = async (promise: Promise<unknown>) =>
      ((await promise.catch((error: Error) => error)) as { code?: string }).code;
    expect(await refused(apiThatGets({}).api.compareBuckets('stripe-eu', 'month'))).to.equal('odoo_answer');
    const odd = { rows: [{ kind: 'customer', external_id: 'x', why: 'bored' }], next: null };
    expect(await refused(apiThatGets(odd).api.compareRecords('stripe-eu', 0))).to.equal('odoo_answer');
  });
});
