/** Both ways where it gets difficult: births, merges, refusals, vendors that rest, and records with more than one change. */
import { expect } from 'chai';
import type { MergeChange, OrderChange } from '../../sidecar/domain/change.ts';
import { RateLimited } from '../../sidecar/domain/failure.ts';
import { acme, fieldsAt, rules, twoWay } from '../support/two-way.ts';

describe('the engine, both ways, at the edges', () => {
  it('makes a record that was born in Odoo at the vendor, and links it under the id it got there', async () => {
    const w = await acme();
    w.crms.north.lose = 1;
    const born = w.odoo.make('north', { name: 'New Co', email: 'x@new.example', is_company: true });
    await w.settle();
    expect([...w.crms.north.rows.values()].filter(({ odooKey }) => odooKey === `db-${born}`)).to.have.length(
      1,
    );
    expect(w.odoo.partners.size).to.equal(2);
    expect([...w.odoo.held].find(([key]) => key.startsWith('north/customer:new'))![1].resId).to.equal(born);
  });

  it('never tells a system anything that cannot be written to', async () => {
    const w = await acme();
    w.crms.plain.edit('p1', { name: 'Acme', email: 'a@acme.example', phone: '1', website: 'acme.example' });
    await w.settle();
    w.odoo.edit(1, { phone: '2', website: 'x' });
    w.crms.plain.edit('p1', { phone: '3' });
    await w.settle();
    expect(w.crms.plain.pushes).to.deep.equal([]);
    await w.engine.report();
    const watch = w.odoo.reports.at(-1)!.connections.find(({ id }) => id === 'plain')!.watch.customer;
    expect(Object.values(watch!.fields).filter(({ outward }) => outward)).to.deep.equal([]);
  });

  it('refuses a row of the outbox that it does not understand, and goes on with the others', async () => {
    const w = await acme();
    w.odoo.rows.push({
      id: 900,
      command: 'push',
      connection: 'north',
      kind: null,
      external_id: null,
      args: {},
    });
    w.odoo.rows.push({
      id: 901,
      command: 'resolve',
      connection: 'north',
      kind: 'customer',
      external_id: 'n1',
      args: { decisions: { name: { take: 'both' } } },
    });
    w.odoo.edit(1, { phone: '2' });
    await w.settle();
    expect(w.odoo.failed.map(({ id }) => id)).to.deep.equal([900, 901]);
    expect(fieldsAt(w, 'north')).to.include({ phone: '2' });
  });

  it('tells nobody anything while a vendor rests, blames no record, and then tells each once', async () => {
    const w = twoWay();
    const ids = Array.from({ length: 60 }, (_, index) => `n${index}`);
    for (const id of ids) w.crms.north.edit(id, { name: id, phone: '1', email: `${id}@x.example` });
    await w.settle();
    let calls = 0;
    w.crms.north.beforePush = () => void calls++;
    w.crms.north.refusal = new RateLimited('rate_limited', 'Slow down', { retryAfterMs: 30_000 });
    for (let id = 1; id <= 60; id++) w.odoo.edit(id, { phone: '2' });
    for (let round = 0; round < 5; round++) {
      await w.engine.pullCommands();
      await w.engine.runUntilIdle();
      w.clock.advance(1_000);
    }
    expect(calls).to.be.within(1, 40);
    expect(w.store.parked()).to.deep.equal([]);
    w.crms.north.refusal = undefined;
    w.clock.advance(60_000);
    await w.settle();
    expect(w.crms.north.pushes).to.have.length(60);
    expect([...w.crms.north.rows.values()].every(({ fields }) => fields['phone'] === '2')).to.equal(true);
  });

  it('tells the vendor how it stands before it hands over what Odoo refused of the same record', async () => {
    const w = twoWay({ rules: { ...rules, plan: withOrder } });
    w.odoo.answers.set('n1', (change) =>
      change.op === 'order'
        ? { status: 'rejected', error: { class: 'business_rule', code: 'credit_hold', message: 'On hold' } }
        : undefined,
    );
    w.crms.north.edit('n1', { name: 'Acme', email: 'a@acme.example' });
    await w.settle();
    expect(w.store.parked().map(({ code }) => code)).to.deep.equal(['credit_hold']);
    w.odoo.edit(1, { standing: 'pending' });
    await w.settle();
    expect(fieldsAt(w, 'north')).to.include({ Standing__c: 'pending' });
    expect(w.store.parked().map(({ code }) => code)).to.deep.equal(['credit_hold']);
    expect(w.crms.north.pushes).to.have.length(1);
  });

  it('does not take the vendor for the newest because of what we told it ourselves', async () => {
    const w = await acme();
    w.crms.north.edit('n1', { phone: 'older' });
    w.clock.advance(1_000);
    w.odoo.edit(1, { phone: 'newer', website: 'new.example' });
    w.crms.north.lose = 1;
    w.clock.advance(5_000);
    await w.settle();
    w.odoo.edit(1, { website: 'newest.example' });
    await w.settle();
    const held = { phone: 'newer', website: 'newest.example' };
    expect(w.odoo.partners.get(1)).to.include(held);
    for (const system of ['north', 'south'] as const) expect(fieldsAt(w, system)).to.include(held);
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('takes what the sync wrote for no edit in Odoo, when it was stopped before it heard of it', async () => {
    const w = await acme();
    const known = w.store.link({ connection: 'north', kind: 'customer', externalId: 'n1' })!;
    w.crms.north.edit('n1', { website: 'first.example' });
    await w.settle();
    w.store.saveLinks('north', [{ ...known, digest: '' }]);
    w.crms.north.edit('n1', { website: 'second.example' });
    await w.settle();
    expect(w.store.parked()).to.deep.equal([]);
    expect(w.odoo.partners.get(1)).to.include({ website: 'second.example' });
  });

  it('tells what only Odoo knows although a clock that was ahead made Odoo know later news', async () => {
    const w = await acme();
    w.odoo.held.get('north/customer:n1')!.version += 60_000;
    w.odoo.edit(1, { standing: 'overdue' });
    await w.settle();
    expect(fieldsAt(w, 'north')).to.include({ Standing__c: 'overdue' });
  });

  it('knows its own word at the vendor again, also where a part of what it told cannot be read', async () => {
    const w = await acme();
    w.crms.north.lose = 1;
    w.odoo.edit(1, { website: 'sooner.example', standing: 'overdue' });
    await w.engine.pullCommands();
    await w.engine.runUntilIdle();
    expect(w.crms.north.lost).to.equal(1);
    w.odoo.edit(1, { website: 'later.example' });
    await w.settle();
    expect(w.store.parked()).to.deep.equal([]);
    expect(fieldsAt(w, 'north')).to.include({ website: 'later.example', Standing__c: 'overdue' });
  });

  it('keeps a proposal about a record that was just born until somebody decides', async () => {
    const w = twoWay({ rules: southBears });
    const born = w.odoo.make('south', { name: 'New Co', email: 'x@new.example', comment: null });
    let edited = false;
    w.crms.south.beforePush = () => {
      if (!edited) w.odoo.edit(born, { comment: 'proposed' });
      edited = true;
    };
    await w.settle();
    const id = [...w.crms.south.rows.keys()][0]!;
    await w.engine.command({ command: 'sync_now', connection: 'south', kind: 'customer', external_id: id });
    await w.settle();
    w.crms.south.edit(id, { note: 'the owner’s' });
    await w.settle();
    expect(w.odoo.partners.get(born)).to.include({ comment: 'proposed' });
    const conflict = w.store.parked()[0]?.conflict;
    expect(conflict?.fields.map(({ field, why }) => [field, why])).to.deep.equal([
      ['comment', 'owned_elsewhere'],
    ]);
  });

  it('looks at the survivor when two records of the vendor became one', async () => {
    const w = twoWay({ rules: { ...rules, plan: withMerge } });
    w.crms.north.edit('n1', { name: 'Acme', email: 'a@acme.example' });
    w.odoo.answers.set('n2', () => ({ status: 'updated', model: 'res.partner', res_id: 1 }));
    await w.settle();
    w.crms.north.reads.length = 0;
    w.crms.north.edit('n2', { name: 'into n1', email: 'b@acme.example' });
    await w.settle();
    expect(w.crms.north.reads).to.deep.equal(['n2', 'n1']);
  });

  it('says nothing of values in log and journal', async () => {
    const w = await acme();
    w.crms.north.edit('n1', { website: 'secret-there' });
    w.odoo.edit(1, { website: 'secret-here', phone: '0049-secret' });
    await w.settle();
    await w.engine.report();
    w.odoo.resolve('north', 'n1', () => 'other');
    await w.settle();
    const told = [...w.logs, ...w.store.journal({}).map(({ detail }) => detail)];
    expect(told.filter((line) => line.includes('secret'))).to.deep.equal([]);
    expect(told.join('\n')).to.include('told North phone').and.to.include('decided by ben');
  });
});

/** Records are born at South, too, with an empty note. */
const southBears: typeof rules = {
  ...rules,
  birth(kind, _system, record) {
    const telling = rules.birth(kind, 'north', record);
    return telling && { ...telling, values: { ...telling.values, note: null } };
  },
};

/** Every record also becomes an order. */
const withOrder: typeof rules.plan = (event, link, options) => {
  const plan = rules.plan(event, link, options);
  const [lead] = plan.changes;
  if (lead?.op !== 'upsert') return plan;
  const { op: _op, key, values: _values, ...about } = lead;
  const order = { ...about, op: 'order', key: { ...key, kind: 'order' }, values: {}, climb: [] };
  return { ...plan, changes: [lead, order as unknown as OrderChange] };
};

/** A record whose name says so became one with another. */
const withMerge: typeof rules.plan = (event, link, options) => {
  const plan = rules.plan(event, link, options);
  const [change] = plan.changes;
  const into = 'name' in event.entity ? /^into (.+)$/.exec(event.entity.name)?.[1] : undefined;
  if (into === undefined || change?.op !== 'upsert') return plan;
  const merge = { ...change, op: 'merge', into: { kind: 'customer', external_id: into } };
  return { ...plan, changes: [merge as unknown as MergeChange] };
};
