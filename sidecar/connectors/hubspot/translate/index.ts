/** From a snapshot to events, by kind. Pure: no clock, no network. */
import type { Snapshot, Translation, TranslationContext } from '../../../domain/connector.ts';
import type { Event } from '../../../domain/event.ts';
import { InvalidData } from '../../../domain/failure.ts';
import { TITLE } from '../settings.ts';
import { isKind, type HubSpotKind } from '../vocabulary.ts';
import { translateContact } from './contact.ts';
import { translateCustomer } from './customer.ts';
import { translateDeal } from './deal.ts';
import { inputOf, type Input } from './event.ts';
import { translateGone } from './gone.ts';
import { translateProduct } from './product.ts';

const BY_KIND: Record<HubSpotKind, (input: Input) => Event> = {
  customer: translateCustomer,
  contact: translateContact,
  product: translateProduct,
  deal: translateDeal,
};

/** See `Connector.translate`. Throws InvalidData. */
export function translate(snapshot: Snapshot, context: TranslationContext): Translation {
  const { kind, externalId } = snapshot;
  if (!isKind(kind)) throw new InvalidData('unknown_kind', `${TITLE} has no records of kind ${kind}`);
  if (snapshot.body === null) return { events: [translateGone(kind, snapshot, context)], follow: [] };
  const input = inputOf(kind, snapshot, context);
  const event = BY_KIND[kind](input);
  return event.ref.externalId === externalId ? { events: [event], follow: [] } : merged(event, externalId);
}

/** HubSpot answers with the winner where it was asked for a record that was merged into it. */
function merged(winner: Event, loser: string): Translation {
  const ref = { ...winner.ref, externalId: loser };
  return {
    events: [{ ...winner, ref, action: 'merged', into: winner.ref.externalId }],
    follow: [winner.ref],
  };
}
