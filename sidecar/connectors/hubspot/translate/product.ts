/** HubSpot product → product. Its one price is for rules to use (`extra.price`): what is sold at which price stands on the deal's lines. */
import type { Event } from '../../../domain/event.ts';
import { eventOf, textOf, told, type Input } from './event.ts';

export function translateProduct(input: Input): Event {
  const { object } = input.body;
  const text = (name: string) => textOf(object, name);
  const name = text('name') ?? text('hs_sku') ?? object.id;
  return eventOf(
    input,
    {
      kind: 'product',
      name,
      type: text('hs_product_type') === 'inventory' ? 'good' : 'service',
      status: object.archived === true ? 'archived' : 'active',
      ...told({ sku: text('hs_sku'), description: text('description') }),
    },
    `Product ${name}`,
    told({ price: text('price') }),
  );
}
