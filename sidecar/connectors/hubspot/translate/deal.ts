/** HubSpot deal → deal. Won and lost are what its pipeline says of the stage, whatever the stage is called. */
import type { Deal } from '../../../domain/entity/index.ts';
import type { Event } from '../../../domain/event.ts';
import { Currency, toMinor } from '../../../domain/money.ts';
import type { WireBody } from '../schema.ts';
import { ASSOCIATION } from '../vocabulary.ts';
import { byId, primaryOf, rolesOf } from './contact.ts';
import { dayOf, eventOf, instantOf, plainDayOf, textOf, told, type Input } from './event.ts';
import { decimalOf, linesOf } from './lines.ts';

export function translateDeal(input: Input): Event {
  const { object, account, owner, companies, contacts, lines = [], pipeline } = input.body;
  const text = (name: string | undefined) => textOf(object, name);
  const currency = currencyOf(input.body);
  const amount = decimalOf(object, 'amount');
  const status = statusOf(input.body);
  return eventOf(
    input,
    {
      kind: 'deal',
      name: text('dealname') ?? object.id,
      customer: (companies && primaryOf(companies, ASSOCIATION.dealToPrimaryCompany)?.id) ?? null,
      stage: input.body.stage?.label ?? text('dealstage') ?? 'unknown',
      status,
      amount: amount === null || currency === null ? null : toMinor(amount, currency),
      currency,
      lines: linesOf(lines, currency),
      ...told({
        contacts: contacts && [...contacts].sort(byWeight).map(({ id }) => id),
        owner,
        pipeline: pipeline ?? text('pipeline'),
        probability: probabilityOf(input.body),
        closeDate: dayOf(input, object, 'closedate'),
        terms: termsOf(input.body),
        legalEntity: text(account.fields.legal_entity),
        lostReason: text('closed_lost_reason'),
        wonAt: status === 'won' ? wonAt(input.body) : undefined,
        description: text('description'),
      }),
    },
    `Deal ${object.id}`,
    told({ dealstage: text('dealstage'), pipeline: text('pipeline'), dealtype: text('dealtype') }),
  );
}

/** A stage that no pipeline has any more is judged by what HubSpot computed for the deal. */
function statusOf({ stage, object }: WireBody): Deal['status'] {
  const closed = stage ? stage.closed : textOf(object, 'hs_is_closed') === 'true';
  if (!closed) return 'open';
  const won = stage ? stage.probability === 1 : textOf(object, 'hs_is_closed_won') === 'true';
  return won ? 'won' : 'lost';
}

function wonAt({ object }: WireBody): number | null | undefined {
  return instantOf(object, 'hs_closed_won_date') ?? instantOf(object, 'closedate');
}

function currencyOf({ object, account }: WireBody): string | null {
  const own = textOf(object, 'deal_currency_code')?.toUpperCase();
  return Currency.safeParse(own).success ? own! : account.currency;
}

function probabilityOf({ object, stage }: WireBody): number | null | undefined {
  const own = decimalOf(object, 'hs_deal_stage_probability');
  const part = own === null ? (stage?.probability ?? undefined) : Number(own);
  if (part === undefined) return undefined;
  return Math.min(100, Math.max(0, Math.round(part * 10_000) / 100));
}

/** Who decides comes first, then in the order of their making. */
function byWeight(a: { id: string; labels: string[] }, b: { id: string; labels: string[] }): number {
  const weight = ({ labels }: { labels: string[] }) => (rolesOf(labels).includes('decision') ? 0 : 1);
  return weight(a) - weight(b) || byId(a, b);
}

function termsOf({ object, account: { fields } }: WireBody): Deal['terms'] {
  const type = textOf(object, 'dealtype');
  const terms = told({
    start: plainDayOf(object, fields.contract_start),
    end: plainDayOf(object, fields.contract_end),
    paymentTerms: textOf(object, fields.payment_terms),
    purchaseOrder: textOf(object, fields.purchase_order),
    renewal: type === undefined ? undefined : type === null ? null : /renewal/i.test(type),
  });
  return Object.keys(terms).length === 0 ? undefined : terms;
}
