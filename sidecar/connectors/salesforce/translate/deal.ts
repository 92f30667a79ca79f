/** Opportunity with its lines and people → deal. */
import type { Translation } from '../../../domain/connector.ts';
import type { Deal, DealLine } from '../../../domain/entity/index.ts';
import { msOf } from '../record.ts';
import { WireDeal, type WireLine } from '../schema.ts';
import { roleOf } from './contact.ts';
import { eventOf, readWire, type Input } from './event.ts';
import {
  currencyOf,
  decimalOf,
  idOrNull,
  minorOf,
  nameOf,
  ownerOf,
  ownFlag,
  ownText,
  textOf,
  told,
} from './values.ts';

export function translateDeal(input: Input): Translation {
  const wire = readWire(WireDeal, input);
  const extra = told({
    type: textOf(wire['Type']),
    next_step: textOf(wire['NextStep']),
    forecast: textOf(wire['ForecastCategoryName']),
  });
  return { events: [eventOf(input, entityOf(wire, input), 'Opportunity', extra)], follow: [] };
}

function entityOf(wire: WireDeal, { org, record, snapshot }: Input): Deal {
  const currency = currencyOf(wire.CurrencyIsoCode, org);
  const won = wire.IsWon === true;
  const status = won ? 'won' : wire.IsClosed === true ? 'lost' : 'open';
  return {
    kind: 'deal',
    name: nameOf(wire.Name, snapshot.externalId),
    customer: idOrNull(wire.AccountId) ?? null,
    stage: wire.StageName ?? '',
    status,
    amount: minorOf(wire.Amount, currency),
    currency,
    lines: (wire.OpportunityLineItems ?? []).map((line) => lineOf(line, currency)),
    terms: told({
      start: dateOf(ownText(record, org, 'contract_start')),
      end: dateOf(ownText(record, org, 'contract_end')),
      paymentTerms: ownText(record, org, 'payment_terms'),
      renewal: ownFlag(record, org, 'renewal'),
      purchaseOrder: ownText(record, org, 'purchase_order'),
    }),
    ...told({
      contacts: contactsOf(wire),
      owner: ownerOf(wire.Owner),
      probability: wire.Probability,
      closeDate: dateOf(textOf(wire.CloseDate)),
      legalEntity: ownText(record, org, 'legal_entity'),
      lostReason: status === 'lost' ? ownText(record, org, 'lost_reason') : null,
      wonAt: won ? (msOf(wire.LastStageChangeDate) ?? null) : null,
      description: textOf(wire.Description),
    }),
  };
}

/** A date field has no zone; of a date and time the date is enough. */
function dateOf(text: string | null | undefined): string | null | undefined {
  return text === null || text === undefined ? text : (/^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? null);
}

function lineOf(line: WireLine, currency: string | null): DealLine {
  return {
    id: line.Id,
    description: textOf(line.Description) ?? textOf(line.Product2?.Name) ?? textOf(line.Name) ?? null,
    product: idOrNull(line.Product2Id) ?? null,
    quantity: decimalOf(line.Quantity ?? 1),
    unitPrice: decimalOf(line.UnitPrice ?? 0),
    total: minorOf(line.TotalPrice, currency),
    ...told({
      price: idOrNull(line.PricebookEntryId),
      sku: textOf(line.ProductCode),
      discount:
        line.Discount === null ? null : line.Discount === undefined ? undefined : decimalOf(line.Discount),
      start: dateOf(textOf(line.ServiceDate)),
    }),
  };
}

/** The people of a deal: whom the org calls primary, then who decides, then all others. */
function contactsOf(wire: WireDeal): string[] | undefined {
  if (wire.OpportunityContactRoles === undefined) return undefined;
  const people = (wire.OpportunityContactRoles ?? []).flatMap(({ ContactId, Role, IsPrimary }) => {
    const id = idOrNull(ContactId);
    const rank = IsPrimary === true ? 0 : roleOf(Role ?? '') === 'decision' ? 1 : 2;
    return id ? [{ id, rank }] : [];
  });
  return [...new Set(people.sort((a, b) => a.rank - b.rank).map(({ id }) => id))];
}
