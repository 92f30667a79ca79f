/** The work loop on the real store: nothing lost, nothing doubled, nobody held up by a neighbour. */
import { expect } from 'chai';
import { ConnectionBroken, Failure, Transient, UnknownOutcome } from '../../sidecar/domain/failure.ts';
import { refOf, world } from '../support/engine.ts';

const down = () => new Transient('odoo_down', 'Odoo does not answer');

describe('the work loop', () => {
  it('reads a record once for many deliveries and writes it once', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    for (let time = 0; time < 5; time++) await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.vendors['a']!.reads).to.deep.equal(['customer:c1']);
    expect(w.odoo.writes).to.equal(1);
    expect(w.store.depth().pending).to.equal(0);
  });

  it('uses a listed state without a read, but reads when a hint is newer', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' }).set('customer:c2', { name: 'Bob' });
    await w.engine.backfill('a');
    await w.hook('a', 'customer:c2');
    await w.engine.runUntilIdle();
    expect(w.vendors['a']!.reads).to.deep.equal(['customer:c2']);
    expect(w.held()).to.deep.equal(['a/customer:c1', 'a/customer:c2']);
  });

  it('makes no call for an object that is exactly as last time, unless forced', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.odoo.calls).to.have.length(1);
    await w.engine.command({ command: 'sync_now', connection: 'a', kind: 'customer', external_id: 'c1' });
    await w.engine.runUntilIdle();
    expect(w.odoo.calls).to.have.length(2);
    expect(w.odoo.calls[1]![0]!.force).to.equal(true);
  });

  it('makes no call when the vendor changed something no rule looks at', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada', leads: [] });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.odoo.calls).to.have.length(1);
    expect(w.store.link(refOf('a', 'customer:c1'))?.sourceDigest).to.be.a('string');
  });

  it('never puts a key twice into a call, and keeps calls within their size', async () => {
    const w = world({ deps: { settings: { mastersPerCall: 10, documentsPerCall: 4 } } });
    const masters = Array.from({ length: 45 }, (_, i) => `customer:c${i}`);
    const documents = Array.from({ length: 9 }, (_, i) => `invoice:i${i}`);
    for (const name of [...masters, ...documents]) w.vendors['a']!.things.set(name, { name });
    await w.hook('a', ...masters, ...documents);
    await w.engine.runUntilIdle();
    for (const call of w.odoo.calls) {
      expect(new Set(call.map(({ key }) => key.external_id)).size).to.equal(call.length);
      expect(call.length).to.be.at.most(call[0]!.key.kind === 'invoice' ? 4 : 10);
    }
    expect(w.odoo.writes).to.equal(54);
    expect(w.odoo.mostConcurrent).to.be.at.most(3);
  });

  it('follows a chain of five missing records to its end', async () => {
    const w = world();
    const chain = ['invoice:i1', 'customer:c5', 'customer:c4', 'customer:c3', 'customer:c2', 'customer:c1'];
    chain.forEach((name, index) => {
      const next = chain[index + 1];
      w.vendors['a']!.things.set(name, { name, needs: next ? [next] : [] });
    });
    await w.hook('a', 'invoice:i1');
    await w.engine.runUntilIdle();
    expect(w.held()).to.have.length(6);
    expect(w.store.depth()).to.deep.include({ pending: 0 });
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('hands a circle of records that wait for each other to a person', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'one', needs: ['customer:c2'] }).set('customer:c2', {
      name: 'two',
      needs: ['customer:c1'],
    });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    const parked = w.store.parked();
    expect(parked.map(({ ref }) => ref.externalId).sort()).to.deep.equal(['c1', 'c2']);
    expect(parked.map(({ message }) => message).join()).to.match(
      /wait for each other: customer c\d → customer c\d/,
    );
  });

  it('parks a record that needs one the vendor does not have, and revives it when that one comes', async () => {
    const w = world();
    w.vendors['a']!.things.set('invoice:i1', { name: 'bill', needs: ['customer:c1'] });
    await w.hook('a', 'invoice:i1');
    await w.engine.runUntilIdle();
    expect(w.store.parked()[0]?.message).to.equal(
      'Thing i1 waits for customer c1: customer c1 was looked up and did not come into Odoo',
    );
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['a/customer:c1', 'a/invoice:i1']);
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('parks an invoice whose customer is parked, and both go on once the customer is mended', async () => {
    const w = world();
    w.vendors['a']!.things.set('invoice:i1', { name: 'bill', needs: ['customer:c1'] }).set('customer:c1', {
      name: 'Ada',
      wrong: true,
    });
    await w.hook('a', 'invoice:i1');
    await w.engine.runUntilIdle();
    expect(w.store.parked().map(({ code }) => code)).to.have.members(['does_not_add_up', 'waits_for_record']);
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await w.engine.command({ command: 'retry', connection: 'a', kind: 'customer', external_id: 'c1' });
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['a/customer:c1', 'a/invoice:i1']);
  });

  it('asks a person after a quarter of an hour of waiting, and goes on by itself when the record comes', async () => {
    const w = world();
    w.vendors['a']!.things.set('invoice:i1', { name: 'bill', needs: ['customer:c1'] }).set('customer:c1', {
      name: 'Ada',
    });
    w.odoo.answers.set('customer:c1', () => ({
      status: 'rejected',
      error: { class: 'transient', code: 'locked', message: 'Locked by somebody' },
    }));
    await w.hook('a', 'invoice:i1');
    await w.engine.runUntilIdle();
    await w.pass(14 * 60_000, 30_000);
    expect(w.store.parked()).to.deep.equal([]);
    await w.pass(2 * 60_000, 30_000);
    expect(w.store.parked().map(({ message }) => message)).to.deep.equal([
      'Thing i1 waits for customer c1: it has not come within 15 minutes',
    ]);
    w.odoo.answers.clear();
    await w.pass(20 * 60_000, 30_000);
    expect(w.held()).to.deep.equal(['a/customer:c1', 'a/invoice:i1']);
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('tries all documents again that lack the same tax, once one of them shows that it is mapped', async () => {
    const w = world();
    for (const name of ['i1', 'i2', 'i3']) {
      w.vendors['a']!.things.set(`invoice:${name}`, { name });
      w.odoo.answers.set(`invoice:${name}`, () => ({
        status: 'rejected',
        error: {
          class: 'missing_mapping',
          code: 'tax_unmapped',
          message: 'VAT 7 % has no tax in Odoo',
          args: { tax_rate: name === 'i3' ? 'other' : 'txr_7' },
        },
      }));
    }
    await w.hook('a', 'invoice:i1', 'invoice:i2', 'invoice:i3');
    await w.engine.runUntilIdle();
    expect(w.store.parked()).to.have.length(3);
    w.odoo.answers.delete('invoice:i1');
    w.odoo.answers.delete('invoice:i2');
    await w.engine.command({ command: 'retry', connection: 'a', kind: 'invoice', external_id: 'i1' });
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['a/invoice:i1', 'a/invoice:i2']);
    expect(w.store.parked().map(({ ref }) => ref.externalId)).to.deep.equal(['i3']);
  });

  it('parks a poisonous record while its neighbours go on', async () => {
    const w = world();
    const names = Array.from({ length: 20 }, (_, i) => `customer:c${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name, wrong: name === 'customer:c7' });
    w.odoo.answers.set('customer:c9', () => ({
      status: 'rejected',
      error: {
        class: 'business_rule',
        code: 'blocked',
        message: 'This contact is blocked',
        hint: 'Unblock it.',
      },
    }));
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    expect(w.odoo.writes).to.equal(18);
    const parked = w.store.parked();
    expect(parked.map(({ code }) => code).sort()).to.deep.equal(['blocked', 'does_not_add_up']);
    expect(parked.find(({ code }) => code === 'blocked')?.hint).to.equal('Unblock it.');
  });

  it('finds the one record for which Odoo refuses a whole call', async () => {
    const w = world();
    const names = Array.from({ length: 16 }, (_, i) => `customer:c${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name });
    w.odoo.trouble = (changes, moment) => {
      if (moment === 'before' && changes.some(({ key }) => key.external_id === 'c3'))
        throw new Failure('invalid_data', 'refused', 'A change cannot be read');
    };
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    expect(w.odoo.writes).to.equal(15);
    expect(w.store.parked().map(({ ref }) => ref.externalId)).to.deep.equal(['c3']);
  });

  it('loses nothing and blames nobody while Odoo is down for an hour', async () => {
    const w = world();
    const names = Array.from({ length: 30 }, (_, i) => `customer:c${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name });
    w.odoo.trouble = () => {
      throw down();
    };
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    await w.pass(3_600_000, 10_000);
    expect(w.store.parked()).to.deep.equal([]);
    expect(w.engine.status().odoo.message).to.equal('Odoo does not answer');
    const calls = w.odoo.calls.length;
    expect(calls).to.be.within(20, 300);
    w.odoo.trouble = undefined;
    await w.pass(120_000, 5_000);
    expect(w.odoo.writes).to.equal(30);
    expect(w.store.depth().pending).to.equal(0);
    expect(w.engine.status().odoo.reachable).to.equal(true);
  });

  it('asks again with the same batch when Odoo’s answer is lost, and nothing is doubled', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    let lost = 0;
    w.odoo.trouble = (_, moment) => {
      if (moment === 'after' && lost++ < 2) throw new UnknownOutcome('answer_lost', 'The answer was lost');
    };
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.odoo.calls).to.have.length(3);
    expect(new Set(w.odoo.batches).size).to.equal(1);
    expect(w.odoo.writes).to.equal(1);
    expect(w.store.link(refOf('a', 'customer:c1'))?.resId).to.equal(1);
  });

  it('repeats harmlessly what was applied but not acknowledged when it was killed', async () => {
    const first = world();
    first.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await first.hook('a', 'customer:c1');
    const dead = Object.assign(Object.create(first.store) as typeof first.store, {
      ackAll: () => {
        throw new Error('killed');
      },
      wait: () => 'lost' as const,
      fail: () => 'lost' as const,
    });
    const killed = world({ store: dead, odoo: first.odoo, clock: first.clock });
    killed.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    await killed.engine.runUntilIdle().catch(() => undefined);
    expect(first.odoo.writes).to.equal(1);
    first.store.reap(Number.MAX_SAFE_INTEGER);
    await first.engine.runUntilIdle();
    expect(first.odoo.writes).to.equal(1);
    expect(first.odoo.calls).to.have.length(2);
    expect(first.store.depth().pending).to.equal(0);
  });

  it('pauses only the connection that is broken, and goes on by itself when it is mended', async () => {
    const w = world();
    for (const id of ['a', 'b']) w.vendors[id]!.things.set('customer:c1', { name: id });
    w.vendors['a']!.failure = new ConnectionBroken('key_revoked', 'The key was revoked', {
      hint: 'Make a new one.',
    });
    await w.hook('a', 'customer:c1');
    await w.hook('b', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['b/customer:c1']);
    const [a, b] = w.engine.status().connections;
    expect(a).to.include({
      state: 'broken',
      message: 'The key was revoked',
      hint: 'Make a new one.',
      backlog: 1,
    });
    expect(b).to.include({ state: 'healthy' });
    expect(await w.engine.probe('a')).to.equal(false);
    w.vendors['a']!.failure = undefined;
    expect(await w.engine.probe('a')).to.equal(true);
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['a/customer:c1', 'b/customer:c1']);
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('tries one record again with growing pauses while the others go on', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' }).set('customer:c2', { name: 'Bob' });
    let failures = 0;
    const late = () => {
      if (++failures > 4) return undefined as never;
      return {
        status: 'rejected' as const,
        error: { class: 'transient', code: 'locked', message: 'Locked by somebody' },
      };
    };
    w.odoo.answers.set('customer:c1', late);
    await w.hook('a', 'customer:c1', 'customer:c2');
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['a/customer:c2']);
    const sleeping = w.store.nextReadyAt();
    expect(sleeping).to.be.greaterThan(w.clock.now());
    await w.pass(60_000);
    expect(w.held()).to.deep.equal(['a/customer:c1', 'a/customer:c2']);
    expect(
      w.store.journal({ lane: 'a/customer:c1' }).filter(({ step }) => step === 'retried'),
    ).to.have.length(4);
  });

  it('parks a record on which our own code fails, after three tries', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    w.odoo.answers.set('customer:c1', () => ({
      status: 'rejected',
      error: { class: 'bug', code: 'unexpected', message: 'division by zero' },
    }));
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    await w.pass(60_000);
    expect(w.odoo.calls).to.have.length(3);
    expect(w.store.parked()[0]).to.deep.include({ cause: 'bug', attempts: 3 });
  });

  it('lets a connection rest when its vendor asks for it, without one attempt on any record', async () => {
    const w = world();
    const names = Array.from({ length: 40 }, (_, i) => `customer:c${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name });
    w.vendors['a']!.failure = new Failure('rate_limited', 'slow_down', 'Too many requests', {
      retryAfterMs: 30_000,
    });
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    expect(w.vendors['a']!.reads.length).to.be.at.most(8);
    expect(w.engine.status().connections[0]).to.include({ state: 'degraded', message: 'Too many requests' });
    w.vendors['a']!.failure = undefined;
    await w.pass(29_000);
    expect(w.odoo.writes).to.equal(0);
    expect(w.store.depth().pending).to.equal(40);
    await w.pass(10_000);
    expect(w.odoo.writes).to.equal(40);
    expect(w.engine.status().connections[0]).to.include({ state: 'healthy' });
  });

  it('takes what a person edited in Odoo into account, and asks when both sides changed', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' }).set('customer:c2', { name: 'Bob' });
    const first = new Set<string>();
    for (const [name, base] of [
      ['c1', 'Ada'],
      ['c2', 'Robert'],
    ] as const)
      w.odoo.answers.set(`customer:${name}`, () => {
        if (first.has(name)) return undefined as never;
        first.add(name);
        return { status: 'diverged', current: { name: 'Edited' }, base: { name: base } };
      });
    await w.hook('a', 'customer:c1', 'customer:c2');
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['a/customer:c1']);
    const [conflict] = w.store.parked();
    expect(conflict).to.deep.include({ cause: 'conflict', code: 'both_sides_changed' });
    expect(conflict?.args['fields']).to.deep.equal(['name']);
  });

  it('looks at what a record leads to, once, even if two records name each other', async () => {
    const w = world();
    w.vendors['a']!.things.set('invoice:i1', { name: 'bill', leads: ['invoice:i2', 'customer:c1'] })
      .set('invoice:i2', { name: 'other', leads: ['invoice:i1'] })
      .set('customer:c1', { name: 'Ada' });
    w.odoo.answers.set('invoice:i2', () => ({ status: 'skipped' }));
    await w.hook('a', 'invoice:i1');
    await w.engine.runUntilIdle();
    expect(w.vendors['a']!.reads.sort()).to.deep.equal(['customer:c1', 'invoice:i1', 'invoice:i2']);
    expect(w.held()).to.deep.equal(['a/customer:c1', 'a/invoice:i1']);
  });
});
