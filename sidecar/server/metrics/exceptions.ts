/** What waits for a person, by cause, by whom it concerns, and how much money stands still with it. */
import { Gauge, type Registry } from 'prom-client';
import { concernOf } from '../../domain/failure.ts';
import { exponentOf } from '../../domain/money.ts';
import type { Picture } from '../metrics.ts';

export function createExceptionGauges(registry: Registry): (now: Picture) => void {
  const gauge = (name: string, help: string, ...labels: string[]) =>
    new Gauge({ name, help, labelNames: ['connection', ...labels], registers: [registry] });
  const open = gauge(
    'saas_sync_exceptions_open',
    'Records that stand still until somebody decides; repeated tries are among them',
    'cause',
    'concerns',
  );
  const oldest = gauge(
    'saas_sync_exceptions_oldest_timestamp_seconds',
    'When the oldest of them first stood still',
    'cause',
    'concerns',
  );
  const amount = gauge(
    'saas_sync_exceptions_amount',
    'Sum of the documents and payments among them, in whole units of the currency',
    'currency',
  );
  return ({ exceptions }) => {
    for (const each of [open, oldest, amount]) each.reset();
    // Oldest last: of several currencies with the same cause the oldest record counts.
    for (const each of exceptions.toSorted((a, b) => b.oldestAt - a.oldestAt)) {
      const { connection, cause, code, currency } = each;
      const labels = { connection, cause, concerns: concernOf(cause, code) };
      open.inc(labels, each.open);
      oldest.set(labels, each.oldestAt / 1_000);
      if (currency !== null) amount.inc({ connection, currency }, each.amount / 10 ** exponentOf(currency));
    }
  };
}
