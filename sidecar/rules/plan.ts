/** From what happened to what should be done: (event, rules, link) → changes, each with its reason. Pure and total. */
import type { Change, Link, Plan } from '../domain/change.ts';
import type { Event } from '../domain/event.ts';
import type { CompiledRule, Rules } from './load.ts';
import { digestOf } from './digest.ts';
import { scopeOf, type Draft, type Nothing } from './draft.ts';
import { linkDraft, upsertDraft } from './plan-master.ts';
import { moveDraft } from './plan-move.ts';
import { paymentDraft } from './plan-payment.ts';

export interface PlanOptions {
  /** Compare with Odoo field by field even if nothing seems to have changed. */
  force?: boolean;
}

/** Throws InvalidData when a rule's expression fails on this event. */
export function plan(event: Event, rules: Rules, link: Link | undefined, options: PlanOptions = {}): Plan {
  const rule = rules.byKind.get(event.entity.kind);
  if (!rule) return { event, changes: [], because: `no rule speaks of ${event.entity.kind}` };
  const scope = scopeOf(event);
  if (rule.expression(rule.when)(scope) !== true)
    return { event, changes: [], because: `rule ${rule.name} leaves it alone: not ${rule.when}` };
  const draft = draftOf(event, rule, link);
  if ('nothing' in draft) return { event, changes: [], because: draft.nothing };
  return { event, changes: [complete(draft, event, rule, options)], because: `rule ${rule.name}` };
}

function draftOf(event: Event, rule: CompiledRule, link: Link | undefined): Draft | Nothing {
  const { entity } = event;
  switch (entity.kind) {
    case 'customer':
    case 'product':
      return 'fields' in rule ? upsertDraft(event, rule, link) : mismatch(rule);
    case 'tax_rate':
    case 'price':
      return 'to' in rule || 'match' in rule
        ? linkDraft(event, rule as Parameters<typeof linkDraft>[1])
        : mismatch(rule);
    case 'invoice':
    case 'credit_note':
      return 'drafts' in rule ? moveDraft(entity, event.ref.externalId, rule) : mismatch(rule);
    case 'payment':
    case 'refund':
      return paymentDraft(entity, event.ref.externalId);
  }
}

/** Cannot happen with rules that were loaded: the schema ties entity and form together. */
const mismatch = (rule: CompiledRule): Nothing => ({ nothing: `rule ${rule.name} has another form` });

function complete(draft: Draft, event: Event, rule: CompiledRule, options: PlanOptions): Change {
  return {
    ...draft,
    key: { kind: event.ref.kind, external_id: event.ref.externalId },
    version: event.version,
    digest: digestOf(wantedOf(draft)),
    label: event.label,
    ...(event.url === undefined ? {} : { url: event.url }),
    rule: rule.name,
    reason: event.reason,
    ...(options.force ? { force: true } : {}),
  };
}

/** What makes two changes the same wish: everything but what we believe Odoo holds. */
function wantedOf(draft: Draft): unknown {
  if (draft.op !== 'upsert') return draft;
  const { base: _base, ...wanted } = draft;
  return wanted;
}
