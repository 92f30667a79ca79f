/** Whatever people do in an org, its feed tells it all; whatever the words and numbers, they arrive as they were meant. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Customer } from '../../sidecar/domain/entity/index.ts';
import { toDecimal } from '../../sidecar/domain/money.ts';
import { longId } from '../../sidecar/connectors/salesforce/ids.ts';
import { instant, quoted } from '../../sidecar/connectors/salesforce/soql.ts';
import { decimalOf, minorOf } from '../../sidecar/connectors/salesforce/translate/values.ts';
import { eighteen } from '../sandbox/salesforce/ids.ts';
import { parseSoql } from '../sandbox/salesforce/soql.ts';
import { drained, eventOf, lineTo, wired } from '../support/salesforce-wire.ts';

type Act =
  | { do: 'create'; late: number }
  | { do: 'edit' | 'delete' | 'merge'; at: number }
  | { do: 'wait'; seconds: number }
  | { do: 'look'; stopAfter: number }
  | { do: 'restart' };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('create' as const), late: fc.constantFrom(0, 0, 0, 30, 120) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('edit' as const, 'edit' as const, 'delete' as const, 'merge' as const),
      at: fc.nat(50),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 3, 20, 70) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('look' as const), stopAfter: fc.constantFrom(1, 2, 99) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
);

/** Plays the acts; the answer is what the feed told last of each account, and what the org holds. */
async function play(acts: readonly Act[]): Promise<{ told: Map<string, string>; held: Map<string, string> }> {
  const open = await wired({ batch: 3 });
  const { org, connection } = open;
  let { session } = open;
  let { cursor } = await drained(session.changes(null));
  const ids: string[] = [];
  const told = new Map<string, string>();
  let edits = 0;

  const look = async (stopAfter: number): Promise<void> => {
    let pages = 0;
    for await (const page of session.changes(cursor)) {
      for (const { externalId, body } of page.items)
        told.set(externalId, JSON.stringify((JSON.parse(body.toString()) as { record: unknown }).record));
      ({ cursor } = page);
      pages += 1;
      if (pages >= stopAfter) return;
    }
  };
  const alive = () => ids.filter((id) => org.org.find('Account', id)?.['IsDeleted'] === false);
  const step = async (each: Act): Promise<void> => {
    const living = alive();
    if (each.do === 'create')
      ids.push(org.org.insert('Account', { Name: `A${ids.length}` }, { stampedAgoMs: each.late * 1_000 }).Id);
    else if (each.do === 'wait') org.advance(each.seconds * 1_000);
    else if (each.do === 'look') await look(each.stopAfter);
    else if (each.do === 'restart') session = lineTo(org, connection);
    else if (each.do === 'merge' && living.length > 1)
      org.people.merge('Account', living[each.at % living.length]!, living[(each.at + 1) % living.length]!);
    else if (living.length > 0 && each.do !== 'merge') {
      const id = living[each.at % living.length]!;
      if (each.do === 'delete') org.people.delete('Account', id);
      else org.people.edit('Account', id, { Phone: `+${(edits += 1)}` });
    }
  };
  try {
    for (const each of acts) await step(each);
    // Time passes, and everything that may still turn up does.
    for (let minutes = 0; minutes < 3; minutes += 1) {
      org.advance(61_000);
      await look(Number.POSITIVE_INFINITY);
    }
    const snapshots = await Promise.all(ids.map((id) => session.read('customer', id)));
    const held = snapshots.map(
      ({ externalId, body }) => [externalId, JSON.stringify((body as { record: unknown }).record)] as const,
    );
    return { told, held: new Map(held) };
  } finally {
    await org.stop();
  }
}

describe('Salesforce feed', function () {
  this.timeout(120_000);

  it('has told the last state of every record once people rest, whatever they did and wherever it was stopped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 60 }), async (acts) => {
        const { told, held } = await play(acts);
        expect([...told.keys()].sort()).to.deep.equal([...held.keys()].sort());
        for (const [id, record] of held) expect(told.get(id), id).to.equal(record);
      }),
      { numRuns: 120 },
    );
  });
});

describe('Salesforce words and numbers', () => {
  it('keep amounts to the minor unit, whatever the double', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        (minor, currency) => {
          expect(minorOf(Number(toDecimal(minor, currency)), currency)).to.equal(minor);
        },
      ),
    );
  });

  it('write any double as the decimal text that reads back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = decimalOf(value);
        expect(text).to.match(/^-?\d+(\.\d+)?$/);
        expect(Number(text)).to.equal(value === 0 ? 0 : value);
      }),
    );
  });

  it('find an id again from its first fifteen characters', () => {
    const letters = fc.constantFrom(
      ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'.split(''),
    );
    fc.assert(
      fc.property(fc.string({ unit: letters, minLength: 15, maxLength: 15 }), (id) => {
        expect(longId(id)).to.equal(eighteen(id));
        expect(longId(longId(id)!)).to.equal(longId(id));
      }),
    );
  });

  it('travel in a query unharmed, whatever text they are', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 4e12 }), (text, at) => {
        const query = parseSoql(
          `SELECT Id FROM Account WHERE Name = ${quoted(text)} AND SystemModstamp >= ${instant(at)}`,
        );
        const values =
          query.where?.op === 'and' ? query.where.parts.map((part) => 'value' in part && part.value) : [];
        expect(values[0]).to.equal(text);
        expect(values[1]).to.deep.equal({ instant: instant(at) });
      }),
    );
  });

  it('come back from the org as they were told', async function () {
    this.timeout(60_000);
    const { org, session } = await wired();
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((each) => each.trim() === each && each.length <= 20 && each !== '');
    try {
      await fc.assert(
        fc.asyncProperty(text, text, async (name, city) => {
          const common = { kind: 'customer' as const, custom: {}, priority: 1 as const };
          const id = org.people.create('Account', { Name: 'before' });
          await session.push!({
            ...common,
            externalId: id,
            odooKey: null,
            values: { name, 'address.city': city },
          });
          const { entity } = await eventOf(session, 'customer', id);
          expect(entity).to.include({ name });
          expect((entity as Customer).addresses?.[0]?.city).to.equal(city);
        }),
        { numRuns: 40 },
      );
    } finally {
      await org.stop();
    }
  });
});
