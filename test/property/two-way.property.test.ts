/** Three systems and Odoo, edits on all sides, news in any order, answers that get lost: all of it comes to rest, and agrees. */
import { expect } from 'chai';
import fc from 'fast-check';
import { SYSTEMS, twoWay, type System, type TwoWay } from '../support/two-way.ts';

type Side = System | 'odoo';
const FIELDS = { name: 'name', phone: 'phone', email: 'email', website: 'website', comment: 'note' } as const;
type Field = keyof typeof FIELDS;

/** One thing that happens. */
type Act =
  | { do: 'edit'; side: Side; field: Field }
  | { do: 'standing' }
  | { do: 'news'; system: System; late: boolean }
  | { do: 'pull' }
  | { do: 'work' }
  | { do: 'pass' }
  | { do: 'lose'; side: 'north' | 'south' | 'odoo' }
  | { do: 'resolve'; take: 'odoo' | 'other' };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      side: fc.constantFrom<Side>('odoo', 'odoo', ...SYSTEMS),
      field: fc.constantFrom<Field>('name', 'phone', 'email', 'website', 'comment'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'standing' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('news' as const),
      system: fc.constantFrom(...SYSTEMS),
      late: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'pull' } as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'work' } as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'pass' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lose' as const),
      side: fc.constantFrom('north', 'south', 'odoo'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('resolve' as const), take: fc.constantFrom('odoo', 'other') }),
  },
) as fc.Arbitrary<Act>;

const IDS: Record<System, string> = { north: 'n1', south: 's1', plain: 'p1' };

/** A world in which Acme is one record everywhere; `said` are all values that anybody ever gave a field. */
async function begun() {
  const w = twoWay();
  const said: Record<Field, Set<string>> = {
    name: new Set(['Acme']),
    phone: new Set(['1']),
    email: new Set(['a@acme.example']),
    website: new Set(['acme.example']),
    comment: new Set(['n']),
  };
  const start = { name: 'Acme', phone: '1', email: 'a@acme.example', website: 'acme.example', note: 'n' };
  for (const system of SYSTEMS) {
    w.crms[system].edit(IDS[system], start);
    await w.settle();
  }
  for (const crm of Object.values(w.crms)) crm.pushes.length = 0;
  return { w, said };
}

let count = 0;

async function happen(w: TwoWay, said: Record<Field, Set<string>>, act: Act): Promise<void> {
  switch (act.do) {
    case 'edit': {
      const value = `${act.field} ${++count}`;
      said[act.field].add(value);
      w.clock.advance(7);
      if (act.side === 'odoo') w.odoo.edit(1, { [act.field]: value });
      else w.crms[act.side].edit(IDS[act.side], { [FIELDS[act.field]]: value });
      return;
    }
    case 'standing':
      return w.odoo.edit(1, { standing: `standing ${++count}` });
    case 'news': {
      const { news } = w.crms[act.system];
      // Late ones stay for another time, and are told all the same: webhooks come twice and out of order.
      await w.hook(act.system, ...(act.late ? news : news.splice(0)));
      return;
    }
    case 'pull':
      return void (await w.engine.pullCommands());
    case 'work':
      return w.engine.runUntilIdle();
    case 'pass':
      return w.clock.advance(60_000);
    case 'lose':
      if (act.side !== 'odoo') w.crms[act.side].lose = 1;
      else w.odoo.loseAnswer();
      return;
    case 'resolve': {
      await w.engine.report();
      const [open] = w.store.parked().filter(({ conflict }) => conflict);
      if (open) w.odoo.resolve(open.ref.connection, open.ref.externalId, () => act.take);
    }
  }
}

/** What nobody agrees about and a person is asked. */
const inConflict = (w: TwoWay, field: string): boolean =>
  w.store.parked().some(({ conflict }) => conflict?.fields.some((each) => each.field === field));

function valueAt(w: TwoWay, side: Side, field: Field): unknown {
  const held =
    side === 'odoo'
      ? w.odoo.partners.get(1)![field]
      : w.crms[side].rows.get(IDS[side])!.fields[FIELDS[field]];
  return held ?? null;
}

describe('two ways between three systems and Odoo', function () {
  this.timeout(120_000);

  it('come to rest in agreement, ask about the rest, and tell nobody what it holds already', () =>
    fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 40 }), async (history) => {
        const { w, said } = await begun();
        for (const act of history) await happen(w, said, act);
        await w.settle();
        await w.engine.report();

        for (const field of Object.keys(FIELDS) as Field[]) {
          const values = (['odoo', 'north', 'south'] as const).map((side) => valueAt(w, side, field));
          expect(said[field].has(String(values[0])), `${field} was made up: ${String(values[0])}`).to.equal(
            true,
          );
          if (inConflict(w, field)) continue;
          expect(values[1], `${field} at North`).to.equal(values[0]);
          // Only what its rule makes South's proposal differs there without a conflict.
          expect(values[2], `${field} at South`).to.equal(values[0]);
        }
        expect(w.store.parked().filter(({ conflict }) => !conflict)).to.deep.equal([]);
        expect(w.crms.plain.pushes).to.deep.equal([]);

        const pushes = () => [...w.crms.north.pushes, ...w.crms.south.pushes];
        const needless = pushes().filter(({ news }) => !news);
        // What is told and never read can only be told again when the answer was lost.
        const lost = w.crms.north.lost + w.crms.south.lost;
        expect(needless.length, 'told what it held already').to.be.at.most(lost);

        const before = { pushes: pushes().length, writes: w.odoo.writes };
        for (const system of SYSTEMS) await w.hook(system, IDS[system], IDS[system]);
        await w.settle();
        expect({ pushes: pushes().length, writes: w.odoo.writes }, 'a loop').to.deep.equal(before);
      }),
      { numRuns: 150 },
    ));

  it('tell one edit in Odoo to each system at most once', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Field>('phone', 'email', 'website'), { minLength: 1, maxLength: 6 }),
        fc.array(fc.constantFrom<Act>({ do: 'pull' }, { do: 'work' }, { do: 'pass' }), { maxLength: 12 }),
        async (edited, between) => {
          const { w, said } = await begun();
          for (const field of edited) {
            await happen(w, said, { do: 'edit', side: 'odoo', field });
            for (const act of between) await happen(w, said, act);
          }
          await w.settle();
          for (const system of ['north', 'south'] as const) {
            const told = w.crms[system].pushes.flatMap((push) => Object.values(push.told));
            expect(new Set(told).size, 'one value twice').to.equal(told.length);
            expect(w.crms[system].pushes.length).to.be.at.most(edited.length);
            for (const field of edited) expect(valueAt(w, system, field)).to.equal(valueAt(w, 'odoo', field));
          }
        },
      ),
      { numRuns: 100 },
    ));

  it('settle every conflict once people decided, and both sides hold what they chose', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.constantFrom<Side>('odoo', 'north', 'south'),
            fc.constantFrom<Field>('website', 'comment'),
          ),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        fc.constantFrom('odoo' as const, 'other' as const),
        async (edits, take) => {
          const { w, said } = await begun();
          for (const [side, field] of edits) await happen(w, said, { do: 'edit', side, field });
          await w.settle();
          for (let round = 0; round < 8 && w.store.parked().length > 0; round++) {
            await happen(w, said, { do: 'resolve', take });
            await w.settle();
          }
          expect(w.store.parked()).to.deep.equal([]);
          for (const field of ['website', 'comment'] as const)
            for (const system of ['north', 'south'] as const)
              expect(valueAt(w, system, field), `${field} at ${system}`).to.equal(valueAt(w, 'odoo', field));
        },
      ),
      { numRuns: 100 },
    ));
});
