/** The policy of trying again: a table of decisions, and what must hold for any of them. */
import { expect } from 'chai';
import fc from 'fast-check';
import { Failure, FAILURE_CLASSES, reactionTo, type FailureClass } from '../../sidecar/domain/failure.ts';
import {
  backOff,
  BUG_ATTEMPTS,
  CAP_MS,
  decide,
  TRANSIENT_ATTEMPTS,
} from '../../sidecar/engine/work/retry.ts';

const failing = (failureClass: FailureClass, retryAfterMs?: number) =>
  new Failure(failureClass, 'code', 'message', retryAfterMs === undefined ? {} : { retryAfterMs });
const NOW = 1_000_000;
const half = () => 0.5;

describe('the retry policy', () => {
  const table: [FailureClass, number, 'retry' | 'park' | 'pause'][] = [
    ['transient', 0, 'retry'],
    ['transient', TRANSIENT_ATTEMPTS - 2, 'retry'],
    ['transient', TRANSIENT_ATTEMPTS - 1, 'park'],
    ['rate_limited', 5, 'retry'],
    ['unknown_outcome', 5, 'retry'],
    ['connection', 0, 'pause'],
    ['missing_mapping', 0, 'park'],
    ['invalid_data', 0, 'park'],
    ['conflict', 0, 'park'],
    ['business_rule', 0, 'park'],
    ['duplicate', 0, 'park'],
    ['bug', 0, 'retry'],
    ['bug', BUG_ATTEMPTS - 1, 'park'],
  ];
  for (const [failureClass, attempt, wanted] of table)
    it(`answers ${wanted} to ${failureClass} after ${attempt} failed tries`, () => {
      expect(decide(failing(failureClass), attempt, NOW, half).do).to.equal(wanted);
    });

  it('doubles the pause with every attempt up to fifteen minutes', () => {
    const pauses = [0, 1, 2, 3, 9, 10, 50].map((attempt) => backOff(attempt, () => 0.999999));
    expect(pauses).to.deep.equal([999, 1999, 3999, 7999, 511_999, 899_999, 899_999]);
  });

  it('gives a passing trouble about a day before it asks a person', () => {
    let waited = 0;
    for (let attempt = 0; attempt < TRANSIENT_ATTEMPTS; attempt++) waited += backOff(attempt, half);
    expect(waited / 3_600_000).to.be.within(23, 25);
  });

  it('never retries before the vendor asked to, nor in the past, nor later than cap or Retry-After', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FAILURE_CLASSES),
        fc.nat(400),
        fc.option(fc.nat(3_600_000), { nil: undefined }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failureClass, attempt, retryAfterMs, chance) => {
          const decision = decide(failing(failureClass, retryAfterMs), attempt, NOW, () => chance);
          if (decision.do !== 'retry')
            return decision.do === reactionTo(failureClass) || decision.do === 'park';
          const pause = decision.retryAt - NOW;
          return pause >= (retryAfterMs ?? 0) && pause <= Math.max(CAP_MS, retryAfterMs ?? 0);
        },
      ),
    );
  });
});
