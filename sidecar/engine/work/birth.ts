/** A record that was made in Odoo comes to the vendor; linking it is then the vendor's news like any other. */
import type { OdooRecord } from '../../domain/agreement.ts';
import { asFailure } from '../../domain/failure.ts';
import type { Link } from '../../domain/change.ts';
import type { Reference } from '../../domain/reference.ts';
import type { Wish } from '../../domain/wish.ts';
import { concernsAll } from '../pace/health.ts';
import type { Context, Line } from '../context.ts';
import { hint } from '../intake.ts';
import { failed, finished, giveBack, settleAll, urgency } from './outcome.ts';
import type { Work } from './read.ts';
import { timedPush, vendorFailed } from './understand.ts';

type Born = NonNullable<Wish['born']>;

/** Makes the record at the vendor and has it looked at under the id it got there. Settles the lane, so it returns false. */
export async function bear(context: Context, line: Line, work: Work, born: Born): Promise<false> {
  const record = await recordOf(context, line, work, born);
  if (record === 'failed') return false;
  const { ref } = work.batch;
  const told = record && context.rules.birth(ref.kind, line.connector.system, record);
  if (!told || !line.session.push)
    return done(context, work, 'unchanged', 'nothing of it goes to the vendor');
  const { values, custom, agreed } = told;
  try {
    const push = { kind: ref.kind, externalId: null, odooKey: record.key, values, custom };
    const pushed = await timedPush(context, line, work, push, Object.keys(agreed).join(', '));
    context.health.fine(line.id);
    const what = `${pushed.created ? 'made' : 'found'} at ${line.connector.title} as ${pushed.externalId}`;
    const base = pushed.created ? { ...leftEmpty(context, line, ref.kind, record), ...agreed } : null;
    const link = {
      kind: ref.kind,
      externalId: pushed.externalId,
      model: born.model,
      resId: born.resId,
      base,
    };
    return done(context, work, 'applied', what, link);
  } catch (error) {
    vendorFailed(context, line, work, error);
    return false;
  }
}

/**
 * What the record was made without at the system that owns it: that is common ground, too. Else what somebody adds in Odoo before
 * the record is linked would give way to the owner's first word without having been proposed.
 */
function leftEmpty(
  context: Context,
  line: Line,
  kind: Reference['kind'],
  { values }: OdooRecord,
): OdooRecord['values'] {
  const { system } = line.connector;
  const fields = Object.entries(context.rules.watch(system)[kind]?.fields ?? {}).filter(
    ([name, { owner, against }]) => against === 'propose' && owner[0] === system && values[name] === null,
  );
  return Object.fromEntries(fields.map(([name]) => [name, null]));
}

/** The record as Odoo holds it now; undefined: it is gone. */
async function recordOf(
  context: Context,
  line: Line,
  work: Work,
  { model, resId }: Born,
): Promise<OdooRecord | undefined | 'failed'> {
  const watch = context.rules.watch(line.connector.system)[work.batch.ref.kind];
  const fields = Object.fromEntries(
    Object.entries(watch?.fields ?? {}).map(([name, { lookup }]) => [name, lookup ? { lookup } : {}]),
  );
  const leave = context.gate.enter();
  if (!leave) {
    giveBack(context, work.batch);
    return 'failed';
  }
  try {
    const [record] = await context.odoo.values(line.id, model, [resId], fields);
    context.gate.good();
    return record;
  } catch (error) {
    const failure = asFailure(error);
    if (!concernsAll(failure)) failed(context, work, failure);
    else {
      context.gate.shutAfter(failure);
      giveBack(context, work.batch);
    }
    return 'failed';
  } finally {
    leave();
  }
}

/** `made`: what was told is common ground already, should somebody edit the record in Odoo before it is linked. */
function done(
  context: Context,
  work: Work,
  step: 'applied' | 'unchanged',
  detail: string,
  made?: Omit<Link, 'version' | 'digest'>,
): false {
  const ack = finished(context, work, step, detail);
  if (made) {
    const { connection } = work.batch.ref;
    const ref = { connection, kind: made.kind, externalId: made.externalId };
    const id = `born:${work.delivery.id}`;
    const about = { id, origin: 'dependency', reason: 'made from Odoo', force: true } as const;
    ack.effects.deliveries = [hint(ref, { ...about, now: context.clock.now(), ...urgency(work) })];
    if (made.base && !context.store.link(ref))
      ack.effects.links = [{ ...made, connection, version: 0, digest: '' }];
  }
  settleAll(context, [ack]);
  return false;
}
