/** A lost store is filled from Odoo: links with a word on how far it is, and what the desk still shows as open. */
import { expect } from 'chai';
import { laneOf } from '../../sidecar/domain/reference.ts';
import { world, type World } from '../support/engine.ts';

const open = (externalId: string) => ({
  kind: 'customer' as const,
  externalId,
  cause: 'invalid_data' as const,
  code: 'does_not_add_up',
  label: `Thing ${externalId}`,
  message: '1 + 1 is not 3',
  hint: undefined,
});

async function rebuilt(w: World): Promise<void> {
  expect(await w.engine.makeReady('a')).to.equal(true);
  await w.engine.backfill('a');
  await w.engine.runUntilIdle();
}

describe('a store that was lost', () => {
  it('ends on Odoo’s desk what is well by now, and keeps open there what is not', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:well', { name: 'Ada' }).set('customer:ill', {
      name: 'B',
      wrong: true,
    });
    w.odoo.links = async () => ({ links: [], next: null, total: 0, exceptions: [open('well'), open('ill')] });
    await rebuilt(w);
    const { opened, resolved } = w.store.takeExceptionNews(10);
    expect(resolved.map(laneOf)).to.deep.equal(['a/customer:well']);
    expect(opened.map(({ ref }) => laneOf(ref))).to.deep.equal(['a/customer:ill']);
    expect(w.store.parked().map(({ ref }) => laneOf(ref))).to.deep.equal(['a/customer:ill']);
  });

  it('knows the exceptions before it has looked at them, without telling Odoo what Odoo has told', async () => {
    const w = world();
    w.odoo.links = async () => ({ links: [], next: null, total: 0, exceptions: [open('ill')] });
    await w.engine.makeReady('a');
    expect(w.store.parked({ connection: 'a' })[0]).to.deep.include({
      code: 'does_not_add_up',
      label: 'Thing ill',
    });
    expect(w.store.takeExceptionNews(10)).to.deep.include({ opened: [], resolved: [] });
  });

  it('leaves an exception that it knows better as it is', async () => {
    const w = world();
    w.vendors['a']!.things.set('customer:ill', { name: 'B', wrong: true });
    await w.hook('a', 'customer:ill');
    await w.engine.runUntilIdle();
    const [before] = w.store.parked();
    w.odoo.links = async () => ({ links: [], next: null, exceptions: [open('ill')] });
    await w.engine.makeReady('a');
    expect(w.store.parked()[0]).to.deep.equal(before);
  });

  it('tells how many links of how many it has learnt, until it has all', async () => {
    const w = world();
    const link = (n: number) => ({
      kind: 'customer' as const,
      externalId: `c${n}`,
      model: 'res.partner',
      resId: n,
      version: 1,
      digest: 'd',
      base: {},
    });
    const said: (string | null)[] = [];
    const far = () => w.engine.status().connections[0]!.learning;
    w.odoo.links = async (_connection, after) => {
      said.push(far());
      const page = Array.from({ length: after < 2_000 ? 1_000 : 500 }, (_, n) => link(after + n));
      return {
        links: page,
        next: after < 2_000 ? after + 1_000 : null,
        ...(after === 0 ? { total: 2_500 } : {}),
      };
    };
    await w.engine.makeReady('a');
    expect(said).to.deep.equal([null, '1000 of 2500', '2000 of 2500']);
    expect(far()).to.equal(null);
    expect(w.store.countLinks('a')).to.equal(2_500);
  });
});
