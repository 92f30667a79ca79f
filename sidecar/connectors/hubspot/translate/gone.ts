/** Records that HubSpot has no more, not even in its bin: all that is left of them is the id. */
import type { Snapshot, TranslationContext } from '../../../domain/connector.ts';
import type { Entity } from '../../../domain/entity/index.ts';
import type { Event } from '../../../domain/event.ts';
import type { HubSpotKind } from '../vocabulary.ts';

export function translateGone(kind: HubSpotKind, snapshot: Snapshot, context: TranslationContext): Event {
  const { externalId, readAt } = snapshot;
  const { title, entity } = REMAINS[kind](externalId);
  return {
    ref: { connection: context.connection, kind, externalId },
    version: readAt,
    action: 'deleted',
    reason: context.reason,
    label: `${title} ${externalId}`,
    entity,
  };
}

const REMAINS: Record<HubSpotKind, (id: string) => { title: string; entity: Entity }> = {
  customer: (name) => ({ title: 'Company', entity: { kind: 'customer', name, status: 'archived' } }),
  contact: (name) => ({ title: 'Contact', entity: { kind: 'contact', name, status: 'archived' } }),
  product: (name) => ({
    title: 'Product',
    entity: { kind: 'product', name, type: 'service', status: 'archived' },
  }),
  deal: (name) => ({
    title: 'Deal',
    entity: {
      kind: 'deal',
      name,
      customer: null,
      stage: 'deleted',
      status: 'lost',
      amount: null,
      currency: null,
      lines: [],
    },
  }),
};
