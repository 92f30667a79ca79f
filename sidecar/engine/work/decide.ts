/** From a vendor's snapshot to changes: translate, then plan; the pure part of the flow in one place. */
import type { Change, Link, Plan } from '../../domain/change.ts';
import type { Snapshot } from '../../domain/connector.ts';
import type { Event } from '../../domain/event.ts';
import type { Reference } from '../../domain/reference.ts';
import type { Member, RulesPort } from '../types.ts';

export interface Decided {
  plans: Plan[];
  changes: Change[];
  follow: Reference[];
}

/** Throws InvalidData when the vendor's object contradicts itself or a rule fails on it. */
export function decideSnapshot(
  snapshot: Snapshot,
  member: Member,
  rules: RulesPort,
  linkOf: (ref: Reference) => Link | undefined,
  options: { force: boolean; reason: string },
): Decided {
  const { connection, connector } = member;
  const { events, follow } = connector.translate(snapshot, {
    connection: connection.id,
    timeZone: connection.time_zone,
    environment: connection.environment,
    reason: options.reason,
  });
  const about = { force: options.force, system: connector.system };
  const plans = events.map((event: Event) => rules.plan(event, linkOf(event.ref), about));
  return { plans, changes: plans.flatMap((plan) => plan.changes), follow };
}
