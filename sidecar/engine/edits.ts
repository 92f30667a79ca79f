/** What happened to linked records in Odoo, and what people decided about them: noted as deliveries in the records' lanes. */
import type { NewDelivery } from '../domain/delivery.ts';
import { asFailure, InvalidData } from '../domain/failure.ts';
import { Reference } from '../domain/reference.ts';
import { Wish } from '../domain/wish.ts';
import { digestOf } from '../rules/index.ts';
import type { Context } from './context.ts';
import { hint } from './intake.ts';
import type { OutboxRow } from './types.ts';

/** How a row was dealt with, for Odoo. */
export interface Done {
  id: number;
  ok: boolean;
  message?: string;
}

/** More of them in one call are somebody's import: nobody waits for each of them. */
const BY_HAND = 20;

const REASONS: Record<string, string> = {
  push: 'edited in Odoo',
  born: 'made in Odoo',
  resolve: 'conflict settled',
};

/** Whether a row of the outbox speaks of one record's fields. */
export const isEdit = ({ command }: Pick<OutboxRow, 'command'>): boolean => Object.hasOwn(REASONS, command);

/** Notes all of them in one write. Throws Transient when the disk takes nothing: then none of them is done. */
export async function noteEdits(context: Context, rows: readonly OutboxRow[]): Promise<Done[]> {
  const urgent = rows.length <= BY_HAND;
  const done: Done[] = [];
  const deliveries: NewDelivery[] = [];
  for (const row of rows) {
    try {
      deliveries.push(deliveryOf(context, row, urgent));
      done.push({ id: row.id, ok: true });
    } catch (error) {
      const { message } = asFailure(error);
      context.logger.warn(`Command ${row.command} failed: ${message}`, { connection: row.connection });
      done.push({ id: row.id, ok: false, message });
    }
  }
  await context.intake.put(deliveries);
  if (deliveries.length > 0) context.work.ring();
  return done;
}

/** The content is part of the id: a row that was added to before it was acknowledged is news once more. */
function deliveryOf(context: Context, row: OutboxRow, urgent: boolean): NewDelivery {
  const { connection, kind, external_id: externalId } = row;
  if (!context.lines.has(connection))
    throw new InvalidData('unknown_connection', `There is no connection ${connection}`, {
      hint: `Known are: ${[...context.lines.keys()].join(', ')}.`,
    });
  const ref = Reference.safeParse({ connection, kind, externalId });
  if (!ref.success) throw new InvalidData('no_record', `"${row.command}" needs a record`);
  const wish = wishIn(row);
  const who = row.user ? ` by ${row.user}` : '';
  const id = `outbox:${row.id}:${digestOf(wish).slice(0, 12)}`;
  const reason = `${REASONS[row.command]}${who}`;
  const about = { id, origin: 'outbox', reason, now: context.clock.now(), force: true, urgent } as const;
  return { ...hint(ref.data, about), body: Buffer.from(JSON.stringify(wish)) };
}

function wishIn({ command, args, user }: OutboxRow): Wish {
  const { model, res_id: resId, ...rest } = args ?? {};
  const told = command === 'born' ? { born: { model, resId } } : withAuthor(rest, user ?? 'somebody');
  const wish = Wish.safeParse(told);
  if (wish.success) return wish.data;
  const [issue] = wish.error.issues;
  throw new InvalidData(
    'not_understood',
    `"${command}" is not understood: ${issue?.path.join('.')} ${issue?.message}`,
    { hint: 'Compare the versions of the sidecar and the addon saas_sync; they have to fit.' },
  );
}

/** A decision that does not say whose it is is that of the row’s user. */
function withAuthor({ edits, decisions }: Record<string, unknown>, by: string): Record<string, unknown> {
  const signed = Object.entries(decisions ?? {}).map(([field, decision]) => [
    field,
    { by, ...(decision as object) },
  ]);
  return {
    ...(edits ? { edits } : {}),
    ...(signed.length > 0 ? { decisions: Object.fromEntries(signed) } : {}),
  };
}
