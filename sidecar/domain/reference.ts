/** How a record of another system is named: by connection, kind and the id exactly as its vendor writes it. */
import * as z from 'zod';

export const KINDS = [
  'tax_rate',
  'customer',
  'contact',
  'product',
  'price',
  'deal',
  'order',
  'invoice',
  'credit_note',
  'payment',
  'refund',
] as const;
export const Kind = z.enum(KINDS);
export type Kind = z.infer<typeof Kind>;

export const Reference = z.object({
  connection: z.string().min(1),
  kind: Kind,
  externalId: z.string().min(1).max(255),
});
export type Reference = z.infer<typeof Reference>;

/** Masters are merged field by field; documents climb a ladder of effects. They travel in separate batches. */
export const DOCUMENTS: ReadonlySet<Kind> = new Set<Kind>([
  'deal',
  'order',
  'invoice',
  'credit_note',
  'payment',
  'refund',
]);
export type LaneClass = 'master' | 'document';
export const laneClassOf = (kind: Kind): LaneClass => (DOCUMENTS.has(kind) ? 'document' : 'master');

/** Kinds that others point to come first, so that one batch can hold a record and what it depends on. */
export const rankOf = (kind: Kind): number => KINDS.indexOf(kind);

/** The record to look at for news of this one: an order comes of its deal, and no vendor knows it by itself. */
export const sourceOf = <T extends { kind: Kind }>(ref: T): T =>
  ref.kind === 'order' ? { ...ref, kind: 'deal' } : ref;

/** The lane of a record, and its key in every table: `stripe-eu/invoice:in_1`. */
export const laneOf = (ref: Reference): string => `${ref.connection}/${ref.kind}:${ref.externalId}`;

/** Inverse of `laneOf`; undefined when the text is not a lane. */
export function parseLane(lane: string): Reference | undefined {
  const match = /^([^/]+)\/([a-z_]+):(.+)$/.exec(lane);
  const parsed = Reference.safeParse({ connection: match?.[1], kind: match?.[2], externalId: match?.[3] });
  return parsed.success ? parsed.data : undefined;
}
