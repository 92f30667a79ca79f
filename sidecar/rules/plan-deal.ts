/** Plans deals: a lead in Odoo as long as people work on it, and an order once it is won. */
import type { FieldValue, Link, OrderChange, OrderLine } from '../domain/change.ts';
import type { Deal, DealLine } from '../domain/entity/index.ts';
import type { Event } from '../domain/event.ts';
import { Failure } from '../domain/failure.ts';
import { exponentOf } from '../domain/money.ts';
import { scopeOf, type Draft, type Nothing, type Towards } from './draft.ts';
import type { CompiledRule, MergedRule } from './load.ts';
import { liveDraft, upsertDraft } from './plan-master.ts';
import type { DealRule, OrderRule } from './rule.ts';

type CompiledDeal = DealRule & CompiledRule;

/** What `order.require` asks for, in words of the contract. */
const WORDS: Readonly<Record<string, string>> = {
  'terms.start': 'start date',
  'terms.end': 'end date',
  'terms.paymentTerms': 'payment terms',
  'terms.renewal': 'renewal',
  'terms.purchaseOrder': 'purchase order',
  closeDate: 'close date',
  legalEntity: 'legal entity',
};

/**
 * The lead, and the order of a won deal. A linked deal that is not won (any more) asks for the end of an order that there may be.
 * Throws Failure `stage_unknown` for a stage of an open or won deal that the rule does not map.
 */
export function dealDrafts(
  event: Event,
  deal: Deal,
  rule: CompiledDeal,
  link: Link | undefined,
  towards: Towards,
): Draft[] | Nothing {
  if (event.action === 'deleted') {
    const lead = upsertDraft(event, rule, link, towards);
    if ('nothing' in lead) return lead;
    return link && rule.order ? [lead, orderDraft(event, deal, rule.order, true)] : [lead];
  }
  const lead = liveDraft(event, rule, link, towards, stageOf(deal, rule, towards.system));
  if (!rule.order) return [lead];
  const scope = scopeOf(event, towards.system);
  const won = deal.status === 'won' && rule.expression(rule.order.when)(scope) === true;
  return won || link ? [lead, orderDraft(event, deal, rule.order, !won)] : [lead];
}

/** A deal that lives on as another one leaves its order to that one. */
export function endedOrder(event: Event, rule: MergedRule, link: Link | undefined): Draft<OrderChange>[] {
  const { entity } = event;
  if (entity.kind !== 'deal' || rule.entity !== 'deal' || !rule.order || !link) return [];
  return [orderDraft(event, entity, rule.order, true)];
}

/** A lost deal keeps the stage it got to: Odoo shows it as lost wherever it stands. */
function stageOf(deal: Deal, rule: CompiledDeal, system: string): Record<string, FieldValue> {
  if (deal.status === 'lost') return {};
  const stages = rule.stages[system] ?? rule.stages['default'] ?? {};
  const stage = stages[`${deal.pipeline} / ${deal.stage}`] ?? stages[deal.stage];
  if (stage !== undefined) return { stage_id: { lookup: ['crm.stage', 'name', stage] } };
  const known = Object.keys(stages).sort().join(', ');
  throw new Failure(
    'missing_mapping',
    'stage_unknown',
    `The rules do not say what stage “${deal.stage}” is in Odoo`,
    {
      hint:
        `Add a line "${deal.stage}: <stage in Odoo>" under stages › ${system || 'default'} in sync-rules/deal.yaml, restart the ` +
        `sidecar and retry. Mapped so far: ${known || 'none'}.`,
      args: { stage: deal.stage, pipeline: deal.pipeline ?? null, system },
    },
  );
}

function orderDraft(event: Event, deal: Deal, rule: OrderRule, lost: boolean): Draft<OrderChange> {
  const terms = deal.terms ?? {};
  return {
    op: 'order',
    model: 'sale.order',
    values: {
      opportunity: { ref: { kind: 'deal', external_id: event.ref.externalId } },
      partner: deal.customer === null ? null : { ref: { kind: 'customer', external_id: deal.customer } },
      currency: deal.currency,
      exponent: deal.currency === null ? 2 : exponentOf(deal.currency),
      date_order: dayOf(deal.wonAt) ?? deal.closeDate ?? null,
      commitment_date: terms.start ?? null,
      client_order_ref: terms.purchaseOrder ?? null,
      payment_term: termOf(terms.paymentTerms, rule),
      legal_entity: deal.legalEntity ?? null,
      lines: deal.lines.map(lineOf),
      expected_untaxed: deal.amount ?? sumOf(deal.lines),
      price_tolerance: rule.price_tolerance,
      missing: lost ? [] : missingOf(deal, rule.require),
      lost,
    },
    climb: lost ? ['cancelled'] : rule.confirm === 'confirm' ? ['drafted', 'confirmed'] : ['drafted'],
  };
}

const dayOf = (instant: number | null | undefined): string | null =>
  instant === null || instant === undefined ? null : new Date(instant).toISOString().slice(0, 10);

const termOf = (name: string | null | undefined, { payment_terms }: OrderRule): string | null =>
  name ? (payment_terms[name] ?? name) : null;

/** A line without product travels as such: Odoo asks a person which product is meant. */
const lineOf = (line: DealLine): OrderLine => ({
  id: line.id,
  name: line.description ?? line.sku ?? '',
  product: line.product === null ? null : { ref: { kind: 'product', external_id: line.product } },
  quantity: line.quantity,
  price_unit: line.unitPrice,
  discount: line.discount ?? '0',
});

/** Null where a line does not say what it comes to. */
function sumOf(lines: readonly DealLine[]): number | null {
  let sum = 0;
  for (const { total } of lines) {
    if (total === null || total === undefined) return null;
    sum += total;
  }
  return lines.length === 0 ? null : sum;
}

function missingOf(deal: Deal, required: readonly string[]): string[] {
  const paths = deal.customer === null ? ['customer', ...required] : required;
  const missing = paths.filter((path) => isMissing(valueAt(deal, path)));
  return [...new Set(missing)].map((path) => WORDS[path] ?? path);
}

const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const valueAt = (deal: Deal, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], deal);
