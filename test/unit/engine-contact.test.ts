/** First contact: what is looked at, what waits for people, and what becomes of their decisions. */
import { expect } from 'chai';
import { Transient } from '../../sidecar/domain/failure.ts';
import { connectionNamed, thingConnector } from '../support/things.ts';
import { world, type World } from '../support/engine.ts';

const nameOf = (i: number) => `product:p${String(i).padStart(2, '0')}`;

/** Connection `a` is reviewed and has `count` records; `b` is not. */
function reviewed(count: number, given: Parameters<typeof world>[0] = {}): World {
  const members = ['a', 'b'].map((id) => ({
    connection: { ...connectionNamed(id), ...(id === 'a' ? { first_contact: 'review' as const } : {}) },
    connector: thingConnector,
  }));
  const w = world({ ...given, deps: { ...given.deps, members } });
  w.vendors['a']!.whole = ['product', 'customer'];
  for (let i = 0; i < count; i++) w.vendors['a']!.things.set(nameOf(i), { name: `Thing ${i}` });
  return w;
}

const order = (w: World, command: string, about?: string, args?: Record<string, unknown>) => {
  const [kind = null, external_id = null] = about?.split(':') ?? [];
  return w.engine.command({
    command,
    connection: 'a',
    kind: kind as never,
    external_id,
    ...(args ? { args } : {}),
    user: 'ada',
  });
};

/** Everything that can happen by itself. */
async function settled(w: World): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    if (await w.engine.makeReady('a')) await w.engine.backfill('a');
    await w.pass(2_000);
  }
}

const contactOf = (w: World) => w.engine.status().connections.find(({ id }) => id === 'a')!;

describe('first contact', () => {
  it('writes nothing before a person has started it, whatever arrives meanwhile', async () => {
    const w = reviewed(5);
    await w.hook('a', nameOf(1));
    await settled(w);
    expect(w.odoo.contact).to.equal('review');
    expect([...w.odoo.found.keys()].sort()).to.deep.equal([0, 1, 2, 3, 4].map(nameOf));
    expect(w.odoo.writes).to.equal(0);
    expect(w.odoo.calls).to.deep.equal([]);
    expect(w.vendors['a']!.reads).to.deep.equal([]);
    expect(contactOf(w).backlog).to.equal(1);
  });

  it('does not hold up other connections', async () => {
    const w = reviewed(2);
    w.vendors['b']!.things.set('product:other', { name: 'Other' });
    await w.hook('b', 'product:other');
    await settled(w);
    expect(w.held()).to.deep.equal(['b/product:other']);
  });

  it('carries out what was decided: links, creations, and what is ignored or open stays out', async () => {
    const w = reviewed(4);
    w.odoo.known = [{ id: 70, name: 'Thing 0', sku: 'T0' }];
    w.vendors['a']!.things.set(nameOf(0), { name: 'Thing 0' });
    await settled(w);
    expect(w.odoo.plans()[nameOf(0)]).to.equal('decide');
    w.odoo.found.get(nameOf(0))!.resId = 70;
    w.odoo.decided.set(nameOf(0), 'link');
    w.odoo.decided.set(nameOf(1), 'ignore');
    w.odoo.decided.set(nameOf(2), 'decide');
    await order(w, 'start_syncing');
    await settled(w);
    expect(w.odoo.contact).to.equal('started');
    expect(w.held()).to.deep.equal([`a/${nameOf(0)}`, `a/${nameOf(3)}`]);
    expect(w.odoo.rows.get(`a/${nameOf(0)}`)?.resId).to.equal(70);
    const open = w.store.parked({ connection: 'a' });
    expect(open.map(({ ref, code }) => [ref.externalId, code])).to.deep.equal([['p02', 'ambiguous_match']]);
    const made = w.odoo.calls.flat().find(({ key }) => key.external_id === 'p03');
    expect(made).to.have.property('match').that.deep.equals([]);
  });

  it('goes on ignoring what was ignored when it changes, until a person wants it after all', async () => {
    const w = reviewed(1);
    await settled(w);
    w.odoo.decided.set(nameOf(0), 'ignore');
    await order(w, 'start_syncing');
    await settled(w);
    w.vendors['a']!.things.set(nameOf(0), { name: 'Thing 0, renamed' });
    await w.hook('a', nameOf(0));
    await w.pass(2_000);
    expect(w.held()).to.deep.equal([]);
    await order(w, 'sync_now', nameOf(0), { verdict: 'create' });
    await w.pass(2_000);
    expect(w.held()).to.deep.equal([`a/${nameOf(0)}`]);
  });

  it('ends the exception of an undecided record when a person decides', async () => {
    const w = reviewed(1);
    await settled(w);
    w.odoo.decided.set(nameOf(0), 'decide');
    await order(w, 'start_syncing');
    await settled(w);
    expect(w.store.parked({ connection: 'a' })).to.have.length(1);
    await order(w, 'retry', nameOf(0));
    await w.pass(2_000);
    expect(w.store.parked({ connection: 'a' }), 'trying again decides nothing').to.have.length(1);
    await order(w, 'retry', nameOf(0), { verdict: 'link' });
    await w.pass(2_000);
    expect(w.store.parked({ connection: 'a' })).to.deep.equal([]);
    expect(w.held()).to.deep.equal([`a/${nameOf(0)}`]);
  });

  it('goes on where it was after a restart and after trouble at the vendor', async () => {
    const w = reviewed(9);
    let pages = 0;
    const { findings } = w.odoo;
    w.odoo.findings = async function (...given) {
      await findings.apply(w.odoo, given);
      if (++pages === 2) w.vendors['a']!.failure = new Transient('down', 'The vendor is down');
    };
    await w.engine.makeReady('a');
    expect(w.odoo.contact).to.equal('looking');
    expect(w.odoo.found.size).to.equal(4);
    const next = reviewed(9, { store: w.store, odoo: w.odoo, clock: w.clock });
    await next.engine.makeReady('a');
    expect(w.odoo.contact).to.equal('review');
    expect(w.odoo.found.size).to.equal(9);
    expect(next.vendors['a']!.pages[0]).to.equal(4);
    expect(w.odoo.looked.at(-1)).to.equal(9);
  });

  it('is told by Odoo how it stands after the store was lost, in each state', async () => {
    const w = reviewed(3);
    await settled(w);
    const lost = reviewed(3, { odoo: w.odoo, clock: w.clock });
    await settled(lost);
    expect(lost.vendors['a']!.pages, 'nothing is looked at again').to.deep.equal([]);
    w.odoo.decided.set(nameOf(1), 'ignore');
    w.odoo.contact = 'starting';
    const starting = reviewed(3, { odoo: w.odoo, clock: w.clock });
    await settled(starting);
    expect(w.held()).to.deep.equal([`a/${nameOf(0)}`, `a/${nameOf(2)}`]);
    const started = reviewed(3, { odoo: w.odoo, clock: w.clock });
    await settled(started);
    expect(w.odoo.contact).to.equal('started');
    expect(w.held()).to.deep.equal([`a/${nameOf(0)}`, `a/${nameOf(2)}`]);
  });

  it('is left out where Odoo has links of the connection', async () => {
    const w = reviewed(2);
    w.odoo.rows.set(`a/${nameOf(0)}`, { resId: 1, version: 1, digest: 'd', values: {} });
    await settled(w);
    expect(w.odoo.contact).to.equal('none');
    expect(w.held()).to.have.length(2);
  });

  it('looks again on demand, forgets what is gone, and keeps decisions', async () => {
    const w = reviewed(3);
    await settled(w);
    w.odoo.decided.set(nameOf(0), 'ignore');
    w.vendors['a']!.things.delete(nameOf(1));
    w.vendors['a']!.things.set(nameOf(7), { name: 'New' });
    w.clock.advance(1_000);
    await order(w, 'first_contact');
    await settled(w);
    expect([...w.odoo.found.keys()].sort()).to.deep.equal([nameOf(0), nameOf(2), nameOf(7)]);
    expect(w.odoo.plans()[nameOf(0)]).to.equal('ignore');
  });

  it('refuses to start while it looks, and to look once it synchronises', async () => {
    const w = reviewed(3);
    await settled(w);
    await order(w, 'first_contact');
    const early = await order(w, 'start_syncing').catch((error: unknown) => error);
    expect(early).to.have.property('code', 'still_looking');
    await settled(w);
    await order(w, 'start_syncing');
    await settled(w);
    const late = await order(w, 'first_contact').catch((error: unknown) => error);
    expect(late).to.have.property('code', 'in_sync');
  });

  it('waits until Odoo knows the connection, and tells how far it is', async () => {
    const w = reviewed(5);
    w.odoo.contact = 'unknown';
    await settled(w);
    expect(w.odoo.found.size).to.equal(0);
    w.odoo.contact = 'none';
    await settled(w);
    expect(contactOf(w).streams.find(({ name }) => name === 'all')?.progress).to.equal('done');
    expect(w.odoo.looked).to.deep.equal([2, 4, 5]);
  });

  it('tells a record that contradicts itself as such, and goes on', async () => {
    const w = reviewed(2);
    w.vendors['a']!.things.set(nameOf(2), { name: 'Odd', wrong: true });
    await settled(w);
    expect(w.odoo.found.get(nameOf(2))).to.include({ finding: 'faulty', why: 'Odd: 1 + 1 is not 3' });
    expect(w.odoo.contact).to.equal('review');
  });

  it('asks in questions of bounded size, however large a page is', async () => {
    const w = reviewed(600);
    w.vendors['a']!.pageSize = 600;
    await settled(w);
    expect(w.odoo.found.size).to.equal(600);
    expect(w.odoo.mostAsked).to.equal(250);
  });
});
