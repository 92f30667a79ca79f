/** What happens by itself when time passes: renewals, finalisation of drafts, retries of refunds. */
import type { Account } from './account.ts';
import { finalize } from './resources/invoice_life.ts';
import { completeRefund, failRefund } from './resources/refunds.ts';
import { collect, renew } from './resources/subscription_billing.ts';
import { endSubscription } from './resources/subscriptions.ts';

type Due = { at: number; run: () => void };

function earliest(account: Account): Due | undefined {
  const due: Due[] = [];
  for (const invoice of account.table('invoice').rows.values()) {
    const at = invoice['automatically_finalizes_at'];
    if (invoice['status'] !== 'draft' || at === null || !invoice['auto_advance']) continue;
    due.push({
      at,
      run: () => {
        finalize(account, invoice);
        collect(account, invoice);
      },
    });
  }
  for (const subscription of account.table('subscription').rows.values()) {
    if (!['active', 'past_due'].includes(subscription['status'])) continue;
    const item = account.where('subscription_item', 'subscription', subscription.id)[0];
    if (!item) continue;
    const run = subscription['cancel_at_period_end']
      ? (): void => void endSubscription(account, subscription, 'cancellation_requested')
      : (): void => renew(account, subscription);
    due.push({ at: item['current_period_end'], run });
  }
  for (const refund of account.table('refund').rows.values()) {
    if (refund['_fails_at']) due.push({ at: refund['_fails_at'], run: () => failRefund(account, refund) });
    if (refund['_succeeds_at'])
      due.push({ at: refund['_succeeds_at'], run: () => completeRefund(account, refund) });
  }
  return due.sort((a, b) => a.at - b.at)[0];
}

/** Moves the clock to a time (Unix seconds), letting everything due on the way happen in its order and at its time. */
export function advance(account: Account, to: number): void {
  for (let next = earliest(account); next && next.at <= to; next = earliest(account)) {
    account.tick(next.at);
    account.request = { id: null, idempotency_key: null };
    next.run();
  }
  account.tick(to);
}
