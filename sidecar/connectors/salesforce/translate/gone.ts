/** A record of which nothing is left, not even in the recycle bin: what an event about its end can still say. */
import type { Snapshot, Translation, TranslationContext } from '../../../domain/connector.ts';
import type { Entity } from '../../../domain/entity/index.ts';
import { InvalidData } from '../../../domain/failure.ts';
import type { Kind } from '../../../domain/reference.ts';
import { TITLE } from '../settings.ts';

const REMAINS: Partial<Record<Kind, (id: string) => Entity>> = {
  customer: (id) => ({ kind: 'customer', name: id, status: 'archived' }),
  contact: (id) => ({ kind: 'contact', name: id, status: 'archived' }),
  product: (id) => ({ kind: 'product', name: id, type: 'service', status: 'archived' }),
  deal: (id) => ({
    kind: 'deal',
    name: id,
    customer: null,
    stage: '',
    status: 'lost',
    amount: null,
    currency: null,
    lines: [],
  }),
};

export function translateGone(snapshot: Snapshot, context: TranslationContext): Translation {
  const { kind, externalId, readAt } = snapshot;
  // A price without its product says nothing; Odoo keeps what it has.
  if (kind === 'price') return { events: [], follow: [] };
  const entity = REMAINS[kind]?.(externalId);
  if (!entity) throw new InvalidData('unknown_kind', `${TITLE} has no records of kind ${kind}`);
  const event = {
    ref: { connection: context.connection, kind, externalId },
    version: readAt,
    action: 'deleted' as const,
    reason: context.reason,
    label: `${kind} ${externalId}`,
    entity,
  };
  return { events: [event], follow: [] };
}
