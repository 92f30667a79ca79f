/** What the suite's rules share: the store under test, ways to claim, and short names. */
import { expect } from 'chai';
import type { ClaimOptions, LaneBatch, Store } from '../../../sidecar/store/store.ts';

/** What a store has to offer to be tested: a clock that the suite moves, and a way to be opened again. */
export interface StoreUnderTest {
  open: () => Store;
  clock: { now: number };
}

/** An invoice of stripe-eu. */
export const invoice = (externalId: string) => ({
  connection: 'stripe-eu',
  kind: 'invoice' as const,
  externalId,
});

/** The store of the current test with its helpers. */
export interface Use extends ReturnType<typeof helpers> {
  store: Store;
  clock: { now: number };
  reopen: () => Store;
}
/** Asked for inside a test: the store is made anew before each. */
export type Using = () => Use;

/** Short ways to claim and ack. */
export function helpers(store: Store, made: StoreUnderTest) {
  const claim = (more: Partial<ClaimOptions> = {}): LaneBatch[] =>
    store.claim({
      laneClass: 'document',
      lanes: 10,
      perLane: 10,
      now: made.clock.now,
      leaseMs: 60_000,
      ...more,
    });
  const claimOne = (more: Partial<ClaimOptions> = {}): LaneBatch => {
    const batches = claim(more);
    expect(batches, 'claimed lanes').to.have.length(1);
    return batches[0] as LaneBatch;
  };
  const ackAllOf = (batch: LaneBatch) => store.ack(batch, batch.deliveries.at(-1)?.seq ?? 0);
  return { claim, claimOne, ackAllOf };
}

/** Ids of the deliveries handed out. */
export const idsOf = (batch: LaneBatch | undefined): string[] =>
  (batch?.deliveries ?? []).map(({ id }) => id);
/** External ids of the records handed out. */
export const lanesOf = (batches: LaneBatch[]): string[] => batches.map(({ ref }) => ref.externalId);

/** A link with every sort of value in its base. */
export const linkTo = (externalId: string, digest = 'd1') => ({
  kind: 'invoice' as const,
  externalId,
  model: 'account.move',
  resId: 7,
  version: 2 ** 40,
  digest,
  base: {
    name: 'Größe',
    note: null,
    amount: 1.5,
    partner: { ref: { kind: 'customer' as const, external_id: 'c' } },
  },
});
