/** What a person corrects of one record reaches Odoo, stays, and ends with the next news from the vendor. */
import { expect } from 'chai';
import type { Change, UpsertChange } from '../../sidecar/domain/change.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import { correctableOf } from '../../sidecar/engine/work/correction.ts';
import { refOf, world } from '../support/engine.ts';

const REF = refOf('a', 'customer:c1');
const refusal = {
  status: 'rejected' as const,
  error: { class: 'business_rule', code: 'refused_by_odoo', message: 'The name Ada?? will not do' },
};

/** A customer whose name Odoo refuses until it is Ada. */
async function refused() {
  const w = world();
  w.vendors['a']!.things.set('customer:c1', { name: 'Ada??' });
  w.odoo.answers.set('customer:c1', (change: Change) =>
    (change as UpsertChange).values['name'] === 'Ada??' ? refusal : undefined,
  );
  await w.hook('a', 'customer:c1');
  await w.engine.runUntilIdle();
  const correct = (values: object, note = 'as she told me') =>
    w.engine.command({
      command: 'correct',
      connection: 'a',
      kind: 'customer',
      external_id: 'c1',
      user: 'ada',
      args: { values, note },
    });
  const sent = () => (w.odoo.calls.at(-1)![0] as UpsertChange).values['name'];
  const story = () => w.store.journal({ lane: 'a/customer:c1' }).filter(({ step }) => step === 'corrected');
  return { ...w, correct, sent, story };
}

const rejection = async (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail('it was accepted'),
    (error: unknown) => error as Failure,
  );

describe('corrections', () => {
  it('are offered with the field that failed first, its value masked', async () => {
    const w = await refused();
    const [parked] = w.store.parked();
    expect(parked?.correctable?.[0]).to.deep.equal({
      field: 'name',
      model: 'res.partner',
      type: 'text',
      value: 'A•••',
    });
  });

  it('reach Odoo in place of the vendor’s value, and the journal says who and why', async () => {
    const w = await refused();
    await w.correct({ name: 'Ada' });
    await w.engine.runUntilIdle();
    expect(w.sent()).to.equal('Ada');
    expect(w.store.parked()).to.deep.equal([]);
    expect(w.story().map(({ detail }) => detail)).to.deep.equal(['ada corrected name: as she told me']);
  });

  it('are no secret kept from the journal: the value itself is not told there', async () => {
    const w = await refused();
    await w.correct({ name: 'Lovelace' });
    await w.engine.runUntilIdle();
    expect(JSON.stringify(w.store.journal({ lane: 'a/customer:c1' }))).not.to.contain('Lovelace');
  });

  it('are not overwritten by an unchanged sync, nor when a person asks to compare everything', async () => {
    const w = await refused();
    await w.correct({ name: 'Ada' });
    await w.engine.runUntilIdle();
    const calls = w.odoo.calls.length;
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.odoo.calls).to.have.length(calls);
    w.clock.advance(1_000);
    await w.engine.command({ command: 'sync_now', connection: 'a', kind: 'customer', external_id: 'c1' });
    await w.engine.runUntilIdle();
    expect(w.odoo.calls).to.have.length(calls + 1);
    expect(w.sent()).to.equal('Ada');
  });

  it('hold in the dry run of a replay too', async () => {
    const w = await refused();
    await w.correct({ name: 'Ada' });
    await w.engine.runUntilIdle();
    const { findings } = await w.engine.replay({ lane: 'a/customer:c1' }, { dry: true });
    expect(findings.map(({ verdict }) => verdict)).to.deep.equal(['same']);
  });

  it('end by themselves when the record changes at its vendor, with a line in the journal', async () => {
    const w = await refused();
    await w.correct({ name: 'Ada' });
    await w.engine.runUntilIdle();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada King' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.sent()).to.equal('Ada King');
    expect(w.store.correction(REF)).to.equal(undefined);
    expect(w.story().at(-1)?.detail).to.match(/correction of name ends: the record changed/);
  });

  it('count once when the command comes twice, also after it has worked', async () => {
    const w = await refused();
    await w.correct({ name: 'Ada' });
    await w.engine.runUntilIdle();
    await w.correct({ name: 'Ada' });
    expect(w.story()).to.have.length(1);
  });

  it('are learnt from Odoo again when the store was lost, and hold on', async () => {
    const w = await refused();
    const sourceDigest = w.store.parked()[0]!.sourceDigest!;
    const correction = { sourceDigest, values: { name: 'Ada' }, note: '', author: 'ada', at: 5 };
    const lost = world({ odoo: w.odoo });
    lost.vendors['a']!.things.set('customer:c1', { name: 'Ada??' });
    const links = w.odoo.links.bind(w.odoo);
    w.odoo.links = async (...page) => ({
      ...(await links(...page)),
      corrections: [{ kind: 'customer', externalId: 'c1', correction }],
    });
    await lost.engine.makeReady('a');
    await lost.hook('a', 'customer:c1');
    await lost.engine.runUntilIdle();
    expect((lost.odoo.calls.at(-1)![0] as UpsertChange).values['name']).to.equal('Ada');
    expect(lost.store.parked()).to.deep.equal([]);
  });

  it('are refused in words for other fields, other types, and when nothing stands still', async () => {
    const w = await refused();
    expect((await rejection(w.correct({ credit_limit: '9' }))).message).to.contain(
      'credit_limit cannot be corrected',
    );
    expect((await rejection(w.correct({ name: 5 }))).message).to.contain('name must be a text');
    expect((await rejection(w.correct({}))).message).to.contain('names no value');
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada King' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect((await rejection(w.correct({ name: 'Ada' }))).message).to.contain('Nothing stands still');
  });

  it('never offer amounts, currency, lines or customer of a document', () => {
    const move = {
      op: 'move',
      key: { kind: 'invoice', external_id: 'in_1' },
      model: 'account.move',
      values: {
        partner: { ref: { kind: 'customer', external_id: 'c' } },
        invoice_date: '2026-10-05',
        invoice_date_due: null,
        payment_reference: 'A-1',
        narration: 'Dear Ada',
        currency: 'EUR',
        exponent: 2,
        expected: { total: 100 },
        lines: [],
        tolerance: 1,
        ref: 'in_1',
      },
    } as unknown as Change;
    const work = { changes: [move], batch: { ref: refOf('a', 'invoice:in_1') } } as never;
    const failure = new Failure('business_rule', 'refused_by_odoo', 'no', {
      args: { field: 'payment_reference' },
    });
    const offered = correctableOf(work, failure, new Set());
    expect(offered.map(({ field, type, value }) => [field, type, value])).to.deep.equal([
      ['payment_reference', 'text', 'A-1'],
      ['invoice_date', 'date', '2026-10-05'],
      ['invoice_date_due', 'text', null],
      ['narration', 'text', 'D•••'],
    ]);
  });
});
