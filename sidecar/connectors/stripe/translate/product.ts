/** Stripe product → product. */
import type { Translation } from '../../../domain/connector.ts';
import { WireProduct } from '../schema_money.ts';
import { eventOf, readWire, told, type Input } from './event.ts';

export function translateProduct(input: Input): Translation {
  const wire = readWire(WireProduct, input);
  const name = wire.name.trim() || wire.id;
  const event = eventOf(input, {
    entity: {
      kind: 'product',
      name,
      type: wire.type === 'good' || wire.shippable === true ? 'good' : 'service',
      status: wire.active ? 'active' : 'archived',
      ...told({ description: wire.description, unit: wire.unit_label, taxClass: wire.tax_code }),
    },
    label: `Product ${name}`,
    at: `products/${wire.id}`,
    extra: { metadata: wire.metadata ?? {} },
  });
  return { events: [event], follow: [] };
}
