/** Both ways under a seeded scheduler: histories of edits on all sides and of faults, and the proof that the checks are awake. */
import { expect } from 'chai';
import { SEEDED_BUGS } from './bugs.ts';
import { BREAKS } from './plan.ts';
import { run } from './run.ts';

const SEEDS = 48;
/** Histories per test, so that a slow machine is not taken for a hanging one. */
const AT_ONCE = 12;
/** Within so many of them each seeded bug is noticed. */
const NOTICED_WITHIN = 30;

describe('simulation of two ways', function () {
  this.timeout(120_000);
  const struck: Record<string, number> = {};

  for (let first = 1; first <= SEEDS; first += AT_ONCE)
    it(`brings all sides to agree and loses nobody’s word in the histories of seeds ${first} to ${first + AT_ONCE - 1}`, async () => {
      for (let seed = first; seed < first + AT_ONCE; seed++) {
        const { violations, struck: here } = await run(seed);
        for (const [fault, times] of Object.entries(here)) struck[fault] = (struck[fault] ?? 0) + times;
        const told = violations.slice(0, 5).map(({ check, detail }) => `${check}: ${detail}`);
        expect(told, `npm run simulate -- --world crm --seed ${seed}`).to.deep.equal([]);
      }
    });

  it('tells the same history for the same seed, and another one for another seed', async () => {
    const [one, again, other] = [await run(7), await run(7), await run(8)];
    expect(again).to.deep.equal(one);
    expect(other.hash).not.to.equal(one.hash);
  });

  it('lets faults of every kind strike in these histories', () => {
    expect(BREAKS.filter((fault) => (struck[fault] ?? 0) < 3)).to.deep.equal([]);
  });

  describe('with a seeded bug', () => {
    for (const { name, bug, noticedBy } of SEEDED_BUGS)
      it(`notices that ${name} (${noticedBy.join(' or ')})`, async () => {
        for (let seed = 1; seed <= NOTICED_WITHIN; seed++) {
          const { violations } = await run(seed, { bug });
          if (violations.some(({ check }) => noticedBy.includes(check))) return;
        }
        expect.fail(`${NOTICED_WITHIN} seeds did not notice it`);
      });
  });
});
