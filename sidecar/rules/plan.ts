/** From what happened to what should be done: (event, rules, link) → changes, each with its reason. Pure and total. */
import type { Change, Link, MergeChange, Plan } from '../domain/change.ts';
import type { Event } from '../domain/event.ts';
import type { Kind } from '../domain/reference.ts';
import type { CompiledRule, MergedRule, Rules } from './load.ts';
import { digestOf } from './digest.ts';
import { scopeOf, type Draft, type Nothing, type Towards } from './draft.ts';
import type { Systems } from './ownership.ts';
import { dealDrafts, endedOrder } from './plan-deal.ts';
import { linkDraft, upsertDraft } from './plan-master.ts';
import { moveDraft } from './plan-move.ts';
import { paymentDraft } from './plan-payment.ts';

export interface PlanOptions {
  /** Compare with Odoo field by field even if nothing seems to have changed. */
  force?: boolean;
  /** Of the connection that the event comes from. */
  system?: string;
  /** What the connected systems can be told. */
  systems?: Systems;
}

/** Throws InvalidData when a rule's expression fails on this event, Failure `stage_unknown` for a stage that no rule maps. */
export function plan(event: Event, rules: Rules, link: Link | undefined, options: PlanOptions = {}): Plan {
  const towards = { system: options.system ?? '', systems: options.systems ?? {} };
  const rule = rules.byKind.get(event.entity.kind);
  if (!rule) return { event, changes: [], because: `no rule speaks of ${event.entity.kind}` };
  if (rule.expression(rule.when)(scopeOf(event, towards.system)) !== true)
    return { event, changes: [], because: `rule ${rule.name} leaves it alone: not ${rule.when}` };
  const drafts = draftsOf(event, rule, link, towards);
  if ('nothing' in drafts) return { event, changes: [], because: drafts.nothing };
  const changes = drafts.map((draft) => complete(draft, event, rule, options));
  return { event, changes, because: `rule ${rule.name}` };
}

function draftsOf(
  event: Event,
  rule: CompiledRule,
  link: Link | undefined,
  towards: Towards,
): Draft[] | Nothing {
  const { entity } = event;
  if (event.action === 'merged' && event.into !== undefined && 'fields' in rule)
    return [mergeDraft(event.ref.kind, event.into, rule), ...endedOrder(event, rule, link)];
  if (entity.kind === 'deal')
    return rule.entity === 'deal' ? dealDrafts(event, entity, rule, link, towards) : mismatch(rule);
  const draft = draftOf(event, rule, link, towards);
  return 'nothing' in draft ? draft : [draft];
}

const mergeDraft = (kind: Kind, into: string, rule: MergedRule): Draft<MergeChange> => ({
  op: 'merge',
  model: rule.odoo,
  into: { kind, external_id: into },
});

function draftOf(
  event: Event,
  rule: CompiledRule,
  link: Link | undefined,
  towards: Towards,
): Draft | Nothing {
  const { entity } = event;
  switch (entity.kind) {
    case 'customer':
    case 'contact':
    case 'product':
      return 'fields' in rule ? upsertDraft(event, rule, link, towards) : mismatch(rule);
    case 'tax_rate':
    case 'price':
      return 'to' in rule || 'match' in rule
        ? linkDraft(event, rule as Parameters<typeof linkDraft>[1], towards.system)
        : mismatch(rule);
    case 'invoice':
    case 'credit_note':
      return 'drafts' in rule ? moveDraft(entity, event.ref.externalId, rule) : mismatch(rule);
    case 'payment':
    case 'refund':
      return paymentDraft(entity, event.ref.externalId);
    case 'deal':
      return mismatch(rule);
  }
}

/** Cannot happen with rules that were loaded: the schema ties entity and form together. */
const mismatch = (rule: CompiledRule): Nothing => ({ nothing: `rule ${rule.name} has another form` });

function complete(draft: Draft, event: Event, rule: CompiledRule, options: PlanOptions): Change {
  return {
    ...draft,
    key: { kind: draft.op === 'order' ? 'order' : event.ref.kind, external_id: event.ref.externalId },
    version: event.version,
    digest: digestOf(wantedOf(draft)),
    label: event.label,
    ...(event.url === undefined ? {} : { url: event.url }),
    rule: rule.name,
    reason: event.reason,
    ...(options.force ? { force: true } : {}),
  };
}

/** What makes two changes the same wish: everything but what we believe Odoo holds, and who decides. */
function wantedOf(draft: Draft): unknown {
  if (draft.op !== 'upsert') return draft;
  const { base: _base, outward: _outward, yields_to: _yields, ...wanted } = draft;
  return wanted;
}
