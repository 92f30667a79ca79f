/** After a lost store: what Odoo's desk still shows as open is looked at again, and ends there when it ends here. */
import type { OpenException } from '../../domain/exception.ts';
import { laneOf } from '../../domain/reference.ts';
import { newId, type Context } from '../context.ts';
import { hint } from '../intake.ts';

/** Remembers the exceptions as open and reads their records again; one the store knows stays as it is. */
export async function recallExceptions(
  context: Context,
  connection: string,
  exceptions: readonly OpenException[],
): Promise<void> {
  const now = context.clock.now();
  const run = newId(context);
  const reason = 'open in Odoo';
  const known = exceptions.map((exception) => {
    const { kind, externalId } = exception;
    const ref = { connection, kind, externalId };
    return { exception, ref, delivery: `recall:${run}:${laneOf(ref)}` };
  });
  context.store.recall(
    known.map(({ exception, ref, delivery }) => ({
      ref,
      cause: exception.cause,
      code: exception.code,
      message: exception.message,
      hint: exception.hint,
      args: {},
      label: exception.label,
      rule: undefined,
      reason,
      delivery,
      attempts: 0,
      firstAt: now,
      lastAt: now,
      amount: undefined,
      currency: undefined,
      partner: undefined,
      url: undefined,
      payload: null,
    })),
  );
  await context.intake.put(
    known.map(({ ref, delivery }) =>
      hint(ref, { id: delivery, origin: 'backfill', reason, now, force: true }),
    ),
  );
}
