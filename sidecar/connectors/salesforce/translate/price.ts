/** PricebookEntry → price. */
import type { Translation } from '../../../domain/connector.ts';
import type { Price } from '../../../domain/entity/index.ts';
import { Failure, InvalidData } from '../../../domain/failure.ts';
import { WirePrice } from '../schema.ts';
import { eventOf, readWire, type Input } from './event.ts';
import { currencyOf, decimalOf, idOrNull, textOf, told } from './values.ts';

export function translatePrice(input: Input): Translation {
  const wire = readWire(WirePrice, input);
  const product = idOrNull(wire.Product2Id);
  if (!product)
    throw new InvalidData('price_without_product', `Price book entry ${wire.Id} names no product`, {
      hint: 'Let our user see the field Product2Id of PricebookEntry.',
    });
  const currency = currencyOf(wire.CurrencyIsoCode, input.org);
  if (currency === null)
    throw new Failure(
      'missing_mapping',
      'currency_unknown',
      `Price book entry ${wire.Id} names no currency`,
      {
        hint: 'Set options.currency of the connection: the org keeps one currency only and does not tell which.',
      },
    );
  const gone = wire.IsDeleted === true || wire.IsActive === false || wire.IsArchived === true;
  const entity: Price = {
    kind: 'price',
    product,
    nickname: textOf(wire.Pricebook2?.Name) ?? null,
    currency,
    scheme: 'per_unit',
    unitAmount: wire.UnitPrice === null || wire.UnitPrice === undefined ? null : decimalOf(wire.UnitPrice),
    tiers: [],
    recurrence: null,
    usage: 'licensed',
    taxBehaviour: 'exclusive',
    status: gone ? 'archived' : 'active',
  };
  const extra = told({ price_book: textOf(wire.Pricebook2?.Name) });
  return { events: [eventOf(input, entity, 'Price book entry', extra)], follow: [] };
}
