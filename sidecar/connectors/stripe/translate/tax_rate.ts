/** Stripe tax rate → tax rate. */
import type { Translation } from '../../../domain/connector.ts';
import { WireTaxRate } from '../schema_money.ts';
import { decimalText } from './amounts.ts';
import { countryOf } from './customer.ts';
import { eventOf, readWire, told, type Input } from './event.ts';

export function translateTaxRate(input: Input): Translation {
  const wire = readWire(WireTaxRate, input);
  const name = wire.display_name.trim() || wire.id;
  // With automatic tax, `percentage` is the law's and `effective_percentage` the one that was calculated with.
  const percentage = decimalText(wire.effective_percentage ?? wire.percentage);
  const event = eventOf(input, {
    entity: {
      kind: 'tax_rate',
      name,
      percentage,
      inclusive: wire.inclusive,
      jurisdiction: wire.jurisdiction,
      taxKind: wire.tax_type,
      status: wire.active ? 'active' : 'archived',
      ...told({ country: countryOf(wire.country) }),
    },
    label: `Tax rate ${name} ${percentage} %`,
    at: `tax-rates/${wire.id}`,
    extra: { rate_type: wire.rate_type ?? null, state: wire.state ?? null, metadata: wire.metadata ?? {} },
  });
  return { events: [event], follow: [] };
}
