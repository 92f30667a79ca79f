/** Stripe price → price. */
import type { Translation } from '../../../domain/connector.ts';
import type { Price } from '../../../domain/entity/index.ts';
import { WirePrice } from '../schema_money.ts';
import { currencyOf, major } from './amounts.ts';
import { eventOf, readWire, type Input } from './event.ts';

export function translatePrice(input: Input): Translation {
  const wire = readWire(WirePrice, input);
  const event = eventOf(input, {
    entity: entityOf(wire),
    label: `Price ${wire.nickname?.trim() || wire.id}`,
    at: `prices/${wire.id}`,
    extra: {
      lookup_key: wire.lookup_key ?? null,
      // With "package", unitAmount is the price of a whole package of this many units.
      transform_quantity: wire.transform_quantity,
      metadata: wire.metadata ?? {},
    },
  });
  return { events: [event], follow: [] };
}

function entityOf(wire: WirePrice): Price {
  const currency = currencyOf(wire.currency);
  const amountOf = (text: string | null) => (text === null ? null : major(text, currency));
  const scheme = schemeOf(wire);
  const priced = scheme === 'per_unit' || scheme === 'package';
  const { recurring } = wire;
  return {
    kind: 'price',
    product: wire.product,
    nickname: wire.nickname,
    currency,
    scheme,
    unitAmount: priced ? amountOf(wire.unit_amount_decimal) : null,
    tiers: (wire.tiers ?? []).map((tier) => ({
      upTo: tier.up_to,
      unitAmount: amountOf(tier.unit_amount_decimal),
      flatAmount: amountOf(tier.flat_amount_decimal),
    })),
    recurrence: recurring && { interval: recurring.interval, count: recurring.interval_count },
    usage: recurring?.usage_type === 'metered' ? 'metered' : 'licensed',
    taxBehaviour: behaviourOf(wire.tax_behavior),
    status: wire.active ? 'active' : 'archived',
  };
}

function schemeOf(wire: WirePrice): Price['scheme'] {
  if (wire.custom_unit_amount !== null) return 'custom';
  if (wire.billing_scheme === 'tiered') return wire.tiers_mode === 'volume' ? 'volume' : 'graduated';
  return wire.transform_quantity === null ? 'per_unit' : 'package';
}

function behaviourOf(wire: string | null): Price['taxBehaviour'] {
  return wire === 'inclusive' || wire === 'exclusive' ? wire : 'unspecified';
}
