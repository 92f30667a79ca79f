/** From a vendor's page to what Odoo is asked and told: translate, plan, score. Pure but for what it is handed. */
import type { Snapshot } from '../../domain/connector.ts';
import type { Contact, Customer, Product } from '../../domain/entity/index.ts';
import type { Event } from '../../domain/event.ts';
import { asFailure } from '../../domain/failure.ts';
import { REVIEWED, type Candidate, type Finding, type Stranger } from '../../domain/first-contact.ts';
import { judge, traitsOf, twinKeys } from '../../rules/score.ts';
import type { Member, RulesPort } from '../types.ts';

/** A record on its way: `stranger` where Odoo has to be asked, else `finding` says why not. */
export interface Seen {
  stranger?: Stranger;
  /** May be made in Odoo, by the rules. */
  makes?: boolean;
  finding: Finding;
}

/** The reviewed records of a page. A record that contradicts itself is told as such; its exception comes with the sync. */
export function seenIn(items: readonly Snapshot[], member: Member, rules: RulesPort): Seen[] {
  return items
    .filter(({ kind }) => REVIEWED.has(kind))
    .flatMap((snapshot) => seenOf(snapshot, member, rules));
}

function seenOf(snapshot: Snapshot, member: Member, rules: RulesPort): Seen[] {
  try {
    const { connection, connector } = member;
    const { events } = connector.translate(snapshot, {
      connection: connection.id,
      timeZone: connection.time_zone,
      environment: connection.environment,
      reason: 'first contact',
    });
    return events
      .filter(({ ref }) => REVIEWED.has(ref.kind))
      .map((event) => ofEvent(event, rules, connector.system));
  } catch (error) {
    const { kind, externalId } = snapshot;
    return [{ finding: { ...plain(kind, externalId), finding: 'faulty', why: asFailure(error).message } }];
  }
}

function ofEvent(event: Event, rules: RulesPort, system: string): Seen {
  const { kind, externalId } = event.ref;
  const entity = event.entity as Customer | Contact | Product;
  const traits = traitsOf(entity);
  const base: Finding = {
    ...plain(kind, externalId),
    name: entity.name,
    details: detailsOf(entity),
    traits,
    url: event.url ?? null,
    twins: twinKeys(traits),
  };
  const plan = rules.plan(event, undefined, { force: false, system });
  const change = plan.changes.find(({ op }) => op === 'upsert');
  if (event.action !== 'observed' || change?.op !== 'upsert')
    return { finding: { ...base, finding: 'ignored', why: change ? 'It is gone there' : plan.because } };
  return {
    stranger: { kind, externalId, model: change.model, traits },
    makes: change.create,
    finding: { ...base, model: change.model },
  };
}

/** What is made of the candidates. */
export function foundOf({ finding, makes }: Seen, candidates: readonly Candidate[]): Finding {
  const verdict = judge(finding.traits, candidates);
  if (verdict.finding === 'create' && makes === false)
    return {
      ...finding,
      finding: 'ignored',
      why: 'Nothing in Odoo looks like it, and the rule makes no new ones',
    };
  const resId = verdict.finding === 'match' ? (verdict.suggestions[0]?.id ?? null) : null;
  return { ...finding, ...verdict, resId };
}

const plain = (kind: Finding['kind'], externalId: string): Finding => ({
  kind,
  externalId,
  name: externalId,
  details: '',
  traits: { name: externalId },
  url: null,
  finding: 'create',
  score: 0,
  why: '',
  suggestions: [],
  model: null,
  resId: null,
  twins: {},
});

function detailsOf(entity: Customer | Contact | Product): string {
  if (entity.kind === 'product') return entity.sku ?? '';
  const address = entity.addresses?.find(({ role }) => role === 'main') ?? entity.addresses?.[0];
  const place = [address?.postcode, address?.city].filter(Boolean).join(' ');
  return [entity.email, place].filter(Boolean).join(' · ');
}
