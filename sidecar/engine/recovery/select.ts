/** Which records somebody means who says a delivery, a lane, a connection, a cause or a span of time. */
import { FAILURE_CLASSES, InvalidData } from '../../domain/failure.ts';
import { parseLane, type Reference } from '../../domain/reference.ts';
import type { Parked } from '../../store/store.ts';
import type { Context } from '../context.ts';

/** Every given field must fit. */
export interface ReplaySelector {
  /** A delivery's id; needs `connection`. */
  delivery?: string | undefined;
  /** `billing-eu/invoice:in_1`. */
  lane?: string | undefined;
  connection?: string | undefined;
  /** Open exceptions with this code (`tax_unmapped`) or of this class (`missing_mapping`). */
  cause?: string | undefined;
  /** UTC ms, inclusive: something about the record arrived then (with `cause`: it failed last then). */
  from?: number | undefined;
  to?: number | undefined;
}

type From = Pick<Context, 'store' | 'lines' | 'stopping'>;

const PAGE = 1_000;
/** As many exceptions as the store tells of at once. */
const MOST_PARKED = 10_000;

/** Throws InvalidData with the way out when the selector names what does not exist or contradicts itself. */
export function checkSelector({ store, lines }: From, selector: ReplaySelector): void {
  const { delivery, lane, connection, cause, from, to } = selector;
  const ref = lane === undefined ? undefined : laneNamed(lane);
  for (const named of [connection, ref?.connection])
    if (named !== undefined && !lines.has(named))
      throw new InvalidData('unknown_connection', `There is no connection "${named}"`, {
        hint: `connections.yaml has: ${[...lines.keys()].join(', ') || 'none'}.`,
      });
  if (ref && connection !== undefined && ref.connection !== connection)
    throw new InvalidData('lane_elsewhere', `The record ${lane} is not one of connection ${connection}`, {
      hint: 'Leave --connection away: a record names its own.',
    });
  if (from !== undefined && to !== undefined && from > to)
    throw new InvalidData('period_reversed', `The period ends (${iso(to)}) before it begins (${iso(from)})`, {
      hint: 'Exchange --from and --to. A day in --to counts to its end; times are UTC unless they say otherwise.',
    });
  if (delivery !== undefined) deliveryNamed(store, connection, delivery);
  if (cause !== undefined) checkCause(parkedOf({ store }, {}), cause);
}

function laneNamed(lane: string): Reference {
  const ref = parseLane(lane);
  if (ref) return ref;
  throw new InvalidData('no_lane', `"${lane}" does not name a record`, {
    hint: 'Write connection/kind:id, e.g. billing-eu/invoice:in_1.',
  });
}

function deliveryNamed(store: From['store'], connection: string | undefined, id: string): Reference {
  if (connection === undefined)
    throw new InvalidData('connection_missing', 'A delivery is known by its connection and its id', {
      hint: `Add --connection, e.g. saas-sync replay --connection billing-eu --delivery ${id}`,
    });
  const found = store.delivery(connection, id);
  if (found) return { connection, kind: found.kind, externalId: found.externalId };
  throw new InvalidData('unknown_delivery', `There is no delivery "${id}" on ${connection}`, {
    hint: 'Ids are in the journal, in the log and on every exception; deliveries that are done are forgotten after a while.',
  });
}

/** A class is always a cause; a code only if an exception has it, for a misspelt one would select nothing in silence. */
function checkCause(open: readonly Parked[], cause: string): void {
  if ((FAILURE_CLASSES as readonly string[]).includes(cause)) return;
  if (open.some(({ code }) => code === cause)) return;
  const codes = [...new Set(open.map(({ code }) => code))].sort().join(', ');
  throw new InvalidData('unknown_cause', `No exception is open with the cause "${cause}"`, {
    hint: codes
      ? `Open are: ${codes}. A class is a cause too: ${FAILURE_CLASSES.join(', ')}.`
      : 'No exception is open at all.',
  });
}

/** The records meant, page by page, each once. A stop of the engine ends it. */
export async function* chosen(context: From, selector: ReplaySelector): AsyncGenerator<Reference[]> {
  const { delivery, lane, connection, cause, from, to } = selector;
  if (delivery !== undefined) return yield [deliveryNamed(context.store, connection, delivery)];
  if (lane !== undefined) return yield [laneNamed(lane)];
  if (cause !== undefined) {
    const parked = parkedOf(context, connection === undefined ? {} : { connection }).filter(
      (each) =>
        context.lines.has(each.ref.connection) &&
        (each.code === cause || each.cause === cause) &&
        inside(each.lastAt, from, to),
    );
    for (let at = 0; at < parked.length; at += PAGE) yield parked.slice(at, at + PAGE).map(({ ref }) => ref);
    return;
  }
  const scope = {
    ...(connection === undefined ? {} : { connection }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  for (let after: number | null = 0; after !== null && !context.stopping.aborted;) {
    const page = context.store.records({ ...scope, after, limit: PAGE });
    const known = page.refs.filter((ref) => context.lines.has(ref.connection));
    if (known.length > 0) yield known;
    after = page.next;
  }
}

const parkedOf = ({ store }: Pick<Context, 'store'>, scope: { connection?: string }): Parked[] =>
  store.parked({ ...scope, limit: MOST_PARKED });

const inside = (at: number, from = -Infinity, to = Infinity): boolean => at >= from && at <= to;

const iso = (at: number): string => new Date(at).toISOString();
