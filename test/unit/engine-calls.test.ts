/** The size of calls and claims, and leases that last as long as the call they belong to. */
import { expect } from 'chai';
import { UnknownOutcome } from '../../sidecar/domain/failure.ts';
import { CallSizes } from '../../sidecar/engine/pace/call-size.ts';
import { DEFAULT_SETTINGS } from '../../sidecar/engine/types.ts';
import { HandClock, refOf, world } from '../support/engine.ts';

describe('the size of calls', () => {
  const sizes = () => new CallSizes(DEFAULT_SETTINGS);

  it('grows step by step to the most an Odoo takes that is quick', () => {
    const calls = sizes();
    const seen = [calls.size('master')];
    for (let time = 0; time < 8; time++) {
      calls.took('master', calls.size('master'), calls.size('master') * 2);
      seen.push(calls.size('master'));
    }
    expect(seen[0]).to.equal(50);
    expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).to.equal(150);
    expect(calls.size('document')).to.equal(16);
  });

  it('meets the wanted time with an Odoo that is slow, and never goes below five', () => {
    const calls = sizes();
    const perDocument = 500;
    for (let time = 0; time < 10; time++)
      calls.took('document', calls.size('document'), calls.size('document') * perDocument);
    expect(calls.size('document') * perDocument).to.be.within(3_000, 4_000);
    for (let time = 0; time < 10; time++) calls.took('document', calls.size('document'), 60_000);
    expect(calls.size('document')).to.equal(5);
  });

  it('is halved when no answer came in time', () => {
    const calls = sizes();
    calls.lost('master');
    expect(calls.size('master')).to.equal(25);
  });

  it('does not take the fixed costs of a tiny call for the costs of its change', () => {
    const calls = sizes();
    for (let time = 0; time < 8; time++) calls.took('master', 150, 1_500);
    for (let time = 0; time < 20; time++) calls.took('master', 1, 40);
    expect(calls.size('master')).to.be.greaterThan(90);
  });

  it('follows what was measured in the flow of work', async () => {
    const w = world();
    const names = Array.from({ length: 300 }, (_, i) => `invoice:i${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name });
    const apply = w.odoo.apply.bind(w.odoo);
    w.odoo.apply = (request) => {
      w.clock.advance(1_000 * request.changes.length);
      return apply(request);
    };
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    expect(w.odoo.writes).to.equal(300);
    const lengths = w.odoo.calls.map((call) => call.length);
    expect(lengths[0]).to.equal(16);
    expect(Math.max(...lengths.slice(2))).to.be.at.most(5);
  });

  it('is halved for the next call when answers are lost, while the same batch is asked for again', async () => {
    const w = world();
    const names = Array.from({ length: 40 }, (_, i) => `invoice:i${i}`);
    for (const name of names) w.vendors['a']!.things.set(name, { name });
    let lost = 1;
    w.odoo.trouble = (_changes, moment) => {
      if (moment === 'after' && lost-- > 0) throw new UnknownOutcome('answer_lost', 'no answer');
    };
    await w.hook('a', ...names);
    await w.engine.runUntilIdle();
    const [first, again] = w.odoo.calls.map((call) => call.length);
    expect([first, again]).to.deep.equal([16, 16]);
    expect(w.odoo.batches[0]).to.equal(w.odoo.batches[1]);
    expect(w.odoo.writes).to.equal(40);
  });
});

describe('the size of claims', () => {
  it('follows the vendor’s pace, so that "Sync now" never waits long behind what was claimed before', async () => {
    const clock = new HandClock();
    const w = world({ clock });
    const names = Array.from({ length: 400 }, (_, i) => `customer:c${i}`);
    const claimed: number[] = [];
    const claim = w.store.claim.bind(w.store);
    w.store.claim = (options) => {
      const batches = claim(options);
      if (batches.length > 0) claimed.push(batches.length);
      return batches;
    };
    const own = world({
      store: w.store,
      clock,
      deps: {
        open: () => ({
          ...w.vendors['a']!.session(clock),
          async read(kind, externalId) {
            clock.advance(100);
            return { kind, externalId, readAt: clock.now(), body: { name: externalId } };
          },
        }),
      },
    });
    await own.hook('a', ...names);
    await own.engine.runUntilIdle();
    expect(own.odoo.writes).to.equal(400);
    expect(claimed[0]).to.equal(100);
    expect(Math.max(...claimed.slice(1))).to.be.at.most(20);
  });
});

describe('leases', () => {
  it('are prolonged while a call takes longer than they last', async () => {
    const w = world({ deps: { settings: { leaseMs: 30_000 } } });
    w.vendors['a']!.things.set('customer:c1', { name: 'Ada' });
    const apply = w.odoo.apply.bind(w.odoo);
    w.odoo.apply = async (request) => {
      for (let time = 0; time < 12; time++) {
        w.clock.advance(10_000);
        await new Promise((done) => setImmediate(done));
        w.store.reap(w.clock.now());
      }
      return apply(request);
    };
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.odoo.calls).to.have.length(1);
    expect(w.logs.join()).not.to.include('Lease lost');
    expect(w.store.lanesOf([refOf('a', 'customer:c1')])[0]).to.deep.equal({ state: 'idle', pending: 0 });
  });
});
