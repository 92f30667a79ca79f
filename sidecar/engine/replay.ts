/** Doing old work again, on purpose: everything of a lane, a connection, a cause or a span of time, re-read today. */
import { laneOf, parseLane, type Reference } from '../domain/reference.ts';
import { newId, type Context } from './context.ts';
import { hint } from './intake.ts';

export interface ReplaySelector {
  /** A delivery's id; needs `connection`. */
  delivery?: string | undefined;
  /** `billing-eu/invoice:in_1`. */
  lane?: string | undefined;
  connection?: string | undefined;
  /** Exceptions with this code. */
  code?: string | undefined;
  /** UTC ms of arrival, inclusive. */
  from?: number | undefined;
  to?: number | undefined;
}

export interface ReplayPlan {
  lanes: string[];
  /** True if nothing was put. */
  dry: boolean;
}

/** At most this many deliveries are looked through at once. */
const LIMIT = 100_000;

/** Finds the records meant and, unless `dry`, puts one forced re-read for each through the one door. */
export async function replay(context: Context, selector: ReplaySelector, dry: boolean): Promise<ReplayPlan> {
  const lanes = [...new Map(chosen(context, selector).map((ref) => [laneOf(ref), ref]))].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  if (dry) return { lanes: lanes.map(([lane]) => lane), dry };
  const run = newId(context);
  const now = context.clock.now();
  await context.intake.put(
    lanes.map(([lane, ref]) =>
      hint(ref, { id: `replay:${run}:${lane}`, origin: 'replay', reason: 'replay', now, force: true }),
    ),
  );
  context.work.ring();
  return { lanes: lanes.map(([lane]) => lane), dry };
}

function chosen({ store }: Context, selector: ReplaySelector): Reference[] {
  const { delivery, lane, connection, code, from, to } = selector;
  if (delivery !== undefined) {
    const found = connection === undefined ? undefined : store.delivery(connection, delivery);
    return found ? [found] : [];
  }
  const scope = connection === undefined ? {} : { connection };
  if (code !== undefined)
    return store
      .parked(scope)
      .filter((parked) => parked.code === code)
      .map((parked) => parked.ref);
  if (lane !== undefined) {
    const ref = parseLane(lane);
    return ref ? [ref] : [];
  }
  const found = store.deliveries({
    ...scope,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    limit: LIMIT,
  });
  return found.map(({ connection: of, kind, externalId }) => ({ connection: of, kind, externalId }));
}
