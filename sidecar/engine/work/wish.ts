/** What Odoo's outbox tells of a record travels in the bodies of its deliveries; a lane's many become one. */
import type { Delivery } from '../../domain/delivery.ts';
import { Wish } from '../../domain/wish.ts';

const NOTHING: Wish = { edits: {}, decisions: {} };

/** All that the deliveries of a lane tell; of two words about one field the later counts. Others' bodies tell nothing. */
export function wishOf(deliveries: readonly Delivery[]): Wish {
  return deliveries
    .filter(({ origin, body }) => origin === 'outbox' && body.length > 0)
    .reduce(added, NOTHING);
}

function added(known: Wish, { body }: Delivery): Wish {
  const { born = known.born, edits, decisions } = Wish.parse(JSON.parse(body.toString('utf8')));
  return {
    ...(born ? { born } : {}),
    edits: later(known.edits, edits),
    decisions: later(known.decisions, decisions),
  };
}

function later<T extends { at: number }>(
  known: Record<string, T>,
  next: Record<string, T>,
): Record<string, T> {
  const kept = Object.entries(next).filter(([field, { at }]) => at >= (known[field]?.at ?? 0));
  return { ...known, ...Object.fromEntries(kept) };
}
