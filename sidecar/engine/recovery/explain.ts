/** What would be done about an object, and why; reads links, touches nothing. */
import type { Plan } from '../../domain/change.ts';
import type { Snapshot } from '../../domain/connector.ts';
import type { Reference } from '../../domain/reference.ts';
import { decideSnapshot } from '../work/decide.ts';
import type { Member, RulesPort } from '../types.ts';
import type { Store } from '../../store/store.ts';

export interface Explanation {
  snapshot: { kind: string; externalId: string; readAt: number };
  plans: Plan[];
  follow: Reference[];
}

/** Translates and plans a snapshot as if it had just been read. Throws InvalidData as the engine would. */
export function explainSnapshot(
  snapshot: Snapshot,
  member: Member,
  rules: RulesPort,
  store: Pick<Store, 'link'> | undefined,
): Explanation {
  const { kind, externalId, readAt } = snapshot;
  const { plans, follow } = decideSnapshot(snapshot, member, rules, (ref) => store?.link(ref), {
    force: false,
    reason: 'explain',
  });
  return { snapshot: { kind, externalId, readAt }, plans, follow };
}
