/** Keeps lanes leased while they are worked on, however long a vendor or Odoo takes. */
import type { LaneBatch } from '../../store/store.ts';
import type { Context } from '../context.ts';

/** Prolongs the leases of these lanes until the answer is called. Lanes that were settled meanwhile are left alone. */
export function keepLeases(context: Context, batches: readonly LaneBatch[]): () => void {
  const done = new AbortController();
  void (async () => {
    const { store, clock, settings } = context;
    for (let held = batches; held.length > 0;) {
      await clock.sleep(settings.leaseMs / 3, done.signal);
      if (done.signal.aborted) return;
      try {
        held = held.filter((batch) => store.extend(batch, settings.leaseMs, clock.now()));
      } catch {
        // The disk takes nothing just now; there are two more tries before a lease runs out.
      }
    }
  })();
  return () => done.abort();
}
