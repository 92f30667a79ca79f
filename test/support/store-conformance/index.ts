/** The rules every Store keeps, whatever database is below it. */
import type { Store } from '../../../sidecar/store/store.ts';
import { T0 } from '../deliveries.ts';
import { absenceRules } from './absences.ts';
import { claimRules, putRules } from './intake.ts';
import { correctionRules } from './corrections.ts';
import { helpers, type StoreUnderTest, type Use } from './kit.ts';
import { linkRules, listingRules, noteRules } from './memory.ts';
import { newsRules, parkRules } from './people.ts';
import { verdictRules } from './verdicts.ts';
import { ackRules, failRules, waitRules } from './work.ts';

/** Runs the suite; `makeStore` is called before each test and gives an empty store. */
export function storeConformance(makeStore: () => StoreUnderTest): void {
  let made: StoreUnderTest;
  let store: Store;
  beforeEach(() => {
    made = makeStore();
    made.clock.now = T0;
    store = made.open();
  });
  const use = (): Use => ({
    store,
    clock: made.clock,
    reopen: () => (store = made.open()),
    ...helpers(store, made),
  });
  describe('put', () => putRules(use));
  describe('claim', () => claimRules(use));
  describe('ack and fence', () => ackRules(use));
  describe('fail and reap', () => failRules(use));
  describe('wait', () => waitRules(use));
  describe('park, retry, ignore', () => parkRules(use));
  describe('exception news', () => newsRules(use));
  describe('links', () => linkRules(use));
  describe('sightings and absences', () => absenceRules(use));
  describe('corrections', () => correctionRules(use));
  describe('verdicts of first contact', () => verdictRules(use));
  describe('journal, counters, listings', () => listingRules(use));
  describe('cursors and settings', () => noteRules(use));
}
