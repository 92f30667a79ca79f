/** The rules of one site as the engine's decisions. */
import type { Agreement, Divergence, OdooRecord, Telling, Watch } from '../domain/agreement.ts';
import type { Link, Plan } from '../domain/change.ts';
import type { Event } from '../domain/event.ts';
import type { Kind } from '../domain/reference.ts';
import type { Rules } from './load.ts';
import { merge } from './merge.ts';
import { policiesOf, type Systems } from './ownership.ts';
import { personalFields } from './personal.ts';
import { plan } from './plan.ts';
import { birthOf, mergedRule, watchOf } from './watch.ts';

/** `connected`: what the connectors of the site's connections can write, by system. */
export function rulesPort(rules: Rules, connected: Systems = {}) {
  const policies = (kind: Kind, system: string) => {
    const rule = mergedRule(rules.byKind.get(kind));
    return rule && policiesOf(rule, system, connected);
  };
  return {
    plan: (event: Event, link: Link | undefined, options: { force: boolean; system: string }): Plan =>
      plan(event, rules, link, { ...options, systems: connected }),
    merge: (divergence: Divergence): Agreement =>
      merge(divergence, policies(divergence.change.key.kind, divergence.system)),
    watch: (system: string): Partial<Record<Kind, Watch>> => watchOf(rules, system, connected),
    birth: (kind: Kind, system: string, record: OdooRecord): Telling | undefined =>
      birthOf(rules, kind, system, record, connected),
    personal: (kind: Kind): ReadonlySet<string> => personalFields(rules.byKind.get(kind)),
  };
}
