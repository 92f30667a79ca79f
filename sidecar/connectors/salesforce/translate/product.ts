/** Product2 → product. */
import type { Translation } from '../../../domain/connector.ts';
import type { Product } from '../../../domain/entity/index.ts';
import { WireProduct } from '../schema.ts';
import { eventOf, readWire, type Input } from './event.ts';
import { currencyOf, decimalOf, nameOf, textOf, told } from './values.ts';

export function translateProduct(input: Input): Translation {
  const wire = readWire(WireProduct, input);
  const sku = textOf(wire.ProductCode) ?? textOf(wire.StockKeepingUnit);
  const gone = wire.IsDeleted === true || wire.IsActive === false || wire.IsArchived === true;
  const entity: Product = {
    kind: 'product',
    name: nameOf(wire.Name, sku, wire.Id),
    // Salesforce does not tell goods from services; who sells goods says so by family in the rules.
    type: 'service',
    status: gone ? 'archived' : 'active',
    ...told({
      sku,
      description: textOf(wire.Description),
      unit: textOf(wire.QuantityUnitOfMeasure),
    }),
  };
  const extra = told({ family: textOf(wire.Family), price: standardPrice(wire, input) });
  return { events: [eventOf(input, entity, 'Product', extra)], follow: [] };
}

/** What the standard price book says, in the connection's currency: for rules to use, what is sold at which price stands on deals. */
function standardPrice(wire: WireProduct, { org }: Input): string | null {
  const found = (wire.PricebookEntries ?? []).find(
    ({ IsActive, CurrencyIsoCode, Pricebook2 }) =>
      IsActive === true &&
      Pricebook2?.IsStandard === true &&
      (org.currency === null || currencyOf(CurrencyIsoCode, org) === org.currency),
  );
  return typeof found?.UnitPrice === 'number' ? decimalOf(found.UnitPrice) : null;
}
