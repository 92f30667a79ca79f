/** Looks what a re-read would lead to, without putting or writing anything: the dry run of a replay. */
import pLimit from 'p-limit';
import { asFailure, reactionTo, type Failure } from '../../domain/failure.ts';
import { laneOf, type Reference } from '../../domain/reference.ts';
import { digestOf } from '../../rules/index.ts';
import type { Context, Line } from '../context.ts';
import { withCorrection } from '../work/correction.ts';
import { decideSnapshot, type Decided } from '../work/decide.ts';
import { differenceOf, type Difference, type Verdict } from './difference.ts';

/** What was seen of one record. `unread`: it could not be looked at just now, and `what` says why. */
export interface Finding {
  lane: string;
  label: string;
  verdict: Verdict | 'unread';
  what: string[];
}

/** Reads at the same time, over all connections, after everything that is in earnest. */
const AT_ONCE = 2;
const LEAST_URGENT = 3;

/** Same order. Never throws for a record. */
export function lookAll(context: Context, refs: readonly Reference[]): Promise<Finding[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(refs.map((ref) => limit(() => look(context, ref))));
}

async function look(context: Context, ref: Reference): Promise<Finding> {
  const lane = laneOf(ref);
  const unnamed = `${ref.kind.replaceAll('_', ' ')} ${ref.externalId}`;
  const line = context.lines.get(ref.connection)!;
  try {
    if (context.stopping.aborted) return { lane, label: unnamed, verdict: 'unread', what: ['stopped'] };
    if (context.health.blocked(ref.connection))
      return { lane, label: unnamed, verdict: 'unread', what: [`${ref.connection} rests or is paused`] };
    const snapshot = await line.session.read(ref.kind, ref.externalId, LEAST_URGENT);
    const decided = decideSnapshot(snapshot, line, context.rules, (each) => context.store.link(each), {
      force: false,
      reason: 'replay',
    });
    const correction = context.store.correction(ref);
    if (correction?.sourceDigest === digestOf(snapshot.body))
      decided.changes = withCorrection(correction, ref, decided.changes);
    const { verdict, what } = withException(context, lane, sum(context, line, decided));
    return { lane, label: decided.plans[0]?.event.label ?? unnamed, verdict, what };
  } catch (error) {
    return { lane, label: unnamed, ...failedWith(asFailure(error)) };
  }
}

/** A record whose object contradicts itself goes to a person; everything else says that nothing is known. */
function failedWith(failure: Failure): Pick<Finding, 'verdict' | 'what'> {
  const parks = reactionTo(failure.class) === 'park';
  return { verdict: parks ? 'person' : 'unread', what: [failure.message] };
}

const WEIGHT: Record<Verdict, number> = { same: 0, change: 1, waits: 2, person: 3 };

/** All changes of one record in one: the gravest verdict, and the sentences that are not "nothing". */
function sum(context: Context, line: Line, { plans, changes }: Decided): Difference {
  if (changes.length === 0)
    return { verdict: 'same', what: [plans.map(({ because }) => because).join('; ') || 'nothing to do'] };
  const own = new Set(changes.map(({ key }) => `${key.kind}:${key.external_id}`));
  const linked = (ref: Reference) =>
    own.has(`${ref.kind}:${ref.externalId}`) || context.store.link(ref) !== undefined;
  const all = changes.map((change) => {
    const { kind, external_id: externalId } = change.key;
    const link = context.store.link({ connection: line.id, kind, externalId });
    const personal = context.rules.personal?.(kind) ?? new Set<string>();
    return differenceOf(change, { link, linked, connection: line.id, personal });
  });
  const gravest = all.reduce((worst, each) => (WEIGHT[each.verdict] > WEIGHT[worst.verdict] ? each : worst));
  const told = gravest.verdict === 'same' ? all : all.filter(({ verdict }) => verdict !== 'same');
  return { verdict: gravest.verdict, what: [...new Set(told.flatMap(({ what }) => what))] };
}

/** An open exception is told with it: what looks like a change may be what a person is being asked about. */
function withException(context: Context, lane: string, difference: Difference): Difference {
  const [parked] = context.store.parked({ lane, limit: 1 });
  if (!parked) return difference;
  return { ...difference, what: [...difference.what, `an exception is open: ${parked.message}`] };
}
