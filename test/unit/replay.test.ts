/** Replaying: who is meant, what a dry run says, and that only an order does anything. */
import { expect } from 'chai';
import { drawn, selectorOf } from '../../sidecar/cli/replay.ts';
import type { MoveChange, UpsertChange } from '../../sidecar/domain/change.ts';
import { Failure, Transient } from '../../sidecar/domain/failure.ts';
import { differenceOf, type Known } from '../../sidecar/engine/recovery/difference.ts';
import type { ReplaySelector } from '../../sidecar/engine/index.ts';
import { START, world, type World } from '../support/engine.ts';

const DAY = 86_400_000;

describe('replay: what is meant', () => {
  let w: World;

  before(async () => {
    w = world();
    const things = w.vendors['a']!.things;
    things.set('customer:c1', { name: 'Ada' }).set('customer:c2', { name: 'Bob', wrong: true });
    w.vendors['b']!.things.set('customer:c3', { name: 'Cleo' });
    await w.hook('a', 'customer:c1', 'customer:c2');
    await w.engine.runUntilIdle();
    w.clock.advance(DAY);
    await w.hook('b', 'customer:c3');
    await w.engine.runUntilIdle();
  });

  const lanes = async (selector: ReplaySelector) => (await w.engine.replay(selector, { dry: true })).lanes;
  const refusal = async (selector: ReplaySelector): Promise<Failure> => {
    try {
      await lanes(selector);
    } catch (error) {
      return error as Failure;
    }
    throw new Error('nothing was refused');
  };

  it('is a record, a delivery, a connection, a code, a class, a period, or what fits several of them', async () => {
    const [delivery] = w.store.deliveries({ connection: 'a' });
    expect(await lanes({ lane: 'a/customer:c1' })).to.deep.equal(['a/customer:c1']);
    expect(await lanes({ connection: 'a', delivery: delivery!.id })).to.deep.equal(['a/customer:c1']);
    expect(await lanes({ connection: 'a' })).to.deep.equal(['a/customer:c1', 'a/customer:c2']);
    expect(await lanes({ cause: 'does_not_add_up' })).to.deep.equal(['a/customer:c2']);
    expect(await lanes({ cause: 'invalid_data' })).to.deep.equal(['a/customer:c2']);
    expect(await lanes({ cause: 'invalid_data', connection: 'b' })).to.deep.equal([]);
    expect(await lanes({ cause: 'invalid_data', from: START + DAY })).to.deep.equal([]);
    expect(await lanes({ from: START + DAY })).to.deep.equal(['b/customer:c3']);
    expect(await lanes({ to: START + DAY - 1 })).to.deep.equal(['a/customer:c1', 'a/customer:c2']);
    expect(await lanes({ from: START + DAY, connection: 'a' })).to.deep.equal([]);
  });

  it('is refused with the way out when there is no such thing', async () => {
    expect((await refusal({ connection: 'c' })).hint).to.equal('connections.yaml has: a, b.');
    expect((await refusal({ lane: 'c/customer:c1' })).code).to.equal('unknown_connection');
    expect((await refusal({ lane: 'c1' })).hint).to.contain('connection/kind:id');
    expect((await refusal({ connection: 'a', lane: 'b/customer:c3' })).code).to.equal('lane_elsewhere');
    expect((await refusal({ connection: 'a', delivery: 'evt_none' })).code).to.equal('unknown_delivery');
    expect((await refusal({ cause: 'tax_unmaped' })).hint).to.match(
      /^Open are: does_not_add_up\. .*invalid_data/,
    );
    expect((await refusal({ from: START + 1, to: START })).hint).to.contain('Exchange --from and --to');
  });

  it('has no upper limit: more than a page of records are all meant, each once', async () => {
    const many = world();
    await many.hook('a', ...Array.from({ length: 2_300 }, (_, n) => `customer:c${n}`));
    await many.hook('a', 'customer:c1', 'customer:c2');
    const plan = await many.engine.replay({ connection: 'a' }, { dry: false, by: 'ada' });
    expect(plan.records).to.equal(2_300);
    expect(many.store.depth().pending).to.equal(4_602);
  });
});

describe('replay: a dry run', () => {
  it('says of each record what would be done, reads no more than its limit, and touches nothing', async () => {
    const w = world();
    const things = w.vendors['a']!.things;
    things.set('customer:c1', { name: 'Ada' }).set('customer:c2', { name: 'Bob', wrong: true });
    things.set('customer:c3', { name: 'Cleo', needs: ['customer:c9'] }).set('customer:c4', { name: 'Dan' });
    await w.hook('a', 'customer:c1', 'customer:c2', 'customer:c3', 'customer:c4');
    await w.engine.runUntilIdle();
    things.set('customer:c4', { name: 'Daniel' });
    const [reads, writes, pending] = [w.vendors['a']!.reads.length, w.odoo.writes, w.store.depth().pending];
    const journal = w.store.journal({ connection: 'a' }).length;
    const { findings } = await w.engine.replay({ connection: 'a' }, { dry: true });
    expect(Object.fromEntries(findings.map(({ lane, verdict }) => [lane, verdict]))).to.deep.equal({
      'a/customer:c1': 'same',
      'a/customer:c2': 'person',
      'a/customer:c3': 'waits',
      'a/customer:c4': 'change',
      // Looked for because c3 needs it; the vendor has none such.
      'a/customer:c9': 'same',
    });
    expect(findings[1]?.what).to.deep.equal(['Bob: 1 + 1 is not 3']);
    expect(findings[2]?.what[0]).to.equal('would wait for customer c9');
    expect(findings[2]?.what[1]).to.match(/^an exception is open: Thing c3/);
    expect(findings[3]).to.deep.include({ label: 'Thing c4', what: ['would update name: (empty) → Daniel'] });
    expect(w.vendors['a']!.reads.length - reads).to.equal(5);
    const limited = await w.engine.replay({ connection: 'a' }, { dry: true, limit: 1 });
    expect([limited.records, limited.findings.length]).to.deep.equal([5, 1]);
    expect(w.vendors['a']!.reads.length - reads).to.equal(6);
    expect([w.odoo.writes, w.store.depth().pending]).to.deep.equal([writes, pending]);
    expect(w.store.journal({ connection: 'a' })).to.have.length(journal);
  });

  it('says that a vendor cannot be read instead of failing', async () => {
    const w = world();
    await w.hook('a', 'customer:c1');
    w.vendors['a']!.failure = new Transient('vendor_down', 'Things Inc. does not answer');
    const { findings } = await w.engine.replay({ connection: 'a' }, { dry: true });
    expect(findings[0]).to.deep.include({ verdict: 'unread', what: ['Things Inc. does not answer'] });
  });
});

describe('replay: in earnest', () => {
  it('reads each record again, compares every field, and leaves in the journal who asked', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    const plan = await w.engine.replay(
      { lane: 'a/customer:c1' },
      { dry: false, by: 'ada on the command line' },
    );
    expect(plan).to.deep.include({ dry: false, records: 1, findings: [] });
    const line = w.store.journal({ lane: 'a/customer:c1' }).find(({ step }) => step === 'replayed');
    expect(line?.detail).to.equal('asked for by ada on the command line');
    expect(w.store.delivery('a', line!.delivery)?.origin).to.equal('replay');
    await w.engine.runUntilIdle();
    expect(w.odoo.calls.flat().at(-1)).to.include({ force: true });
  });

  it('of one record goes before live work, of many behind it', async () => {
    const w = world();
    await w.hook('a', 'customer:c1', 'customer:c2', 'customer:c3');
    await w.engine.runUntilIdle();
    const priorities = () =>
      w.store
        .claim({ laneClass: 'master', lanes: 9, perLane: 9, now: w.clock.now(), leaseMs: 1 })
        .map(({ priority }) => priority);
    await w.engine.replay({ lane: 'a/customer:c1' }, { dry: false });
    expect(priorities()).to.deep.equal([0]);
    const others = world();
    await others.hook('a', 'customer:c1', 'customer:c2');
    await others.engine.runUntilIdle();
    await others.engine.replay({ connection: 'a' }, { dry: false });
    const claimed = others.store.claim({ laneClass: 'master', lanes: 9, perLane: 9, now: START, leaseMs: 1 });
    expect(claimed.map(({ priority }) => priority)).to.deep.equal([3, 3]);
  });
});

describe('replay: the difference to what Odoo holds', () => {
  const link = (more: object) => ({
    kind: 'customer' as const,
    externalId: 'c1',
    model: 'res.partner',
    resId: 7,
    version: 1,
    digest: 'old',
    base: {
      name: 'Ada',
      vat: 'DE1',
      city: null,
      country_id: { lookup: ['res.country', 'code', 'DE'] } as never,
    },
    ...more,
  });
  const known = (more: Partial<Known> = {}): Known => ({
    link: link({}),
    linked: () => true,
    connection: 'a',
    personal: new Set(['name']),
    ...more,
  });
  const upsert = (values: UpsertChange['values'], more: Partial<UpsertChange> = {}): UpsertChange => ({
    op: 'upsert',
    key: { kind: 'customer', external_id: 'c1' },
    model: 'res.partner',
    version: 2,
    digest: 'new',
    label: 'Customer c1',
    rule: 'customer@1',
    reason: 'x',
    values,
    base: null,
    match: [],
    create: true,
    create_only: [],
    overwrite: [],
    ...more,
  });

  it('names each field with both values, masks the personal ones, and takes all empties for one', () => {
    const values = {
      name: 'Bea',
      vat: 'DE2',
      city: '',
      is_company: true,
      country_id: { lookup: ['res.country', 'code', 'FR'] } as never,
    };
    expect(differenceOf(upsert(values, { create_only: ['is_company'] }), known())).to.deep.equal({
      verdict: 'change',
      what: [
        'would update name: A••• → B•••',
        'would update vat: DE1 → DE2',
        'would update country_id: DE → FR',
      ],
    });
  });

  it('is nothing when the digest or every field agrees', () => {
    expect(differenceOf(upsert({ name: 'X' }, { digest: 'old' }), known()).verdict).to.equal('same');
    expect(differenceOf(upsert({ name: 'Ada' }), known()).verdict).to.equal('same');
  });

  it('of a record that is not linked is its making, or a twin, or nothing', () => {
    const none = known({ link: undefined });
    const match = [['vat', '=', 'DE1']];
    expect(differenceOf(upsert({}), none).what).to.deep.equal(['would be created as res.partner']);
    expect(differenceOf(upsert({}, { match }), none).what[0]).to.contain('unless one that fits is found');
    expect(differenceOf(upsert({}, { create: false }), none).verdict).to.equal('same');
  });

  it('of a document says what a posted one means, and an unmapped tax asks a person', () => {
    const move = {
      ...upsert({}),
      op: 'move',
      key: { kind: 'invoice', external_id: 'in_1' },
      values: { lines: [{ taxes: [{ ref: { kind: 'tax_rate', external_id: 'txr_7' } }] }] },
      climb: ['drafted', 'posted'],
    } as unknown as MoveChange;
    const posted = differenceOf(move, known());
    expect(posted.verdict).to.equal('person');
    expect(posted.what[0]).to.contain('a posted document is never edited');
    expect(differenceOf(move, known({ link: undefined })).what).to.deep.equal([
      'would be drafted, then posted',
    ]);
    expect(differenceOf(move, known({ linked: () => false }))).to.deep.equal({
      verdict: 'person',
      what: ['tax rate txr_7 has no tax in Odoo yet'],
    });
  });
});

describe('saas-sync replay', () => {
  it('draws what would change, then counts', () => {
    expect(
      drawn({
        dry: true,
        records: 5,
        lanes: ['a/customer:c1', 'a/customer:c2'],
        findings: [
          {
            lane: 'a/customer:c1',
            label: 'Customer c1',
            verdict: 'change',
            what: ['would update vat: DE1 → DE2'],
          },
          {
            lane: 'a/customer:c2',
            label: 'Customer c2',
            verdict: 'same',
            what: ['Odoo already holds exactly this'],
          },
        ],
      }),
    ).to.equal(
      [
        'Customer c1  (a/customer:c1)',
        '    would update vat: DE1 → DE2',
        '5 records are meant, 2 looked at:',
        '  1 would change',
        '  1 need nothing',
        '  3 not looked at (--limit)',
        'Nothing was changed. Add --yes to do it.',
      ].join('\n'),
    );
  });

  it('takes a day to its end, and no time without its zone', () => {
    expect(selectorOf({ from: '2026-11-01', to: '2026-11-01' })).to.deep.equal({
      from: Date.UTC(2026, 10, 1),
      to: Date.UTC(2026, 10, 2) - 1,
    });
    expect(selectorOf({ from: '2026-11-01T08:00+01:00' }).from).to.equal(Date.UTC(2026, 10, 1, 7));
    for (const from of ['yesterday', '2026-13-01', '2026-11-01T08:00', '1.11.2026'])
      expect(() => selectorOf({ from })).to.throw(`--from is "${from}", which is no time`);
  });
});
