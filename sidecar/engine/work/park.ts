/** What is told to a person about a record that stands still. */
import type { Event } from '../../domain/event.ts';
import type { Failure } from '../../domain/failure.ts';
import { maskPayload } from '../../domain/pii.ts';
import { laneClassOf } from '../../domain/reference.ts';
import type { Parked } from '../../store/store.ts';
import { correctableOf } from './correction.ts';
import type { Work } from './read.ts';

/** Builds the exception of one piece of work. The payload is masked here, once. */
export function parkedOf(work: Work, failure: Failure, now: number, personal?: ReadonlySet<string>): Parked {
  const event = work.plans[0]?.event;
  return {
    ref: work.batch.ref,
    cause: failure.class,
    code: failure.code,
    message: failure.message,
    hint: failure.hint,
    args: failure.args,
    label: nameOf(work),
    rule: work.changes[0]?.rule,
    reason: work.delivery.reason,
    delivery: work.delivery.id,
    attempts: work.batch.attempts + 1,
    firstAt: now,
    lastAt: now,
    ...moneyOf(event),
    url: event?.url,
    payload: maskPayload(work.snapshot?.body ?? null),
    document: documentOf(work, event),
    correctable: correctableOf(work, failure, personal ?? new Set()),
    ...(work.sourceDigest === '' ? {} : { sourceDigest: work.sourceDigest }),
    ...(work.conflict ? { conflict: work.conflict } : {}),
  };
}

/** What people look for when they look for its document; masters belong to none. */
function documentOf({ batch }: Work, event: Event | undefined): string | undefined {
  const entity = event?.entity;
  if (entity?.kind === 'payment') return entity.allocations[0]?.invoice ?? batch.ref.externalId;
  if (entity?.kind === 'credit_note') return entity.invoice;
  if (entity?.kind === 'refund') return entity.payment ?? batch.ref.externalId;
  return laneClassOf(batch.ref.kind) === 'document' ? batch.ref.externalId : undefined;
}

/** What people call the record. */
export const nameOf = (work: Pick<Work, 'plans' | 'batch'>): string =>
  work.plans[0]?.event.label ?? labelOf(work);

/** "Credit note cn_1": what a record is called before it could be read. */
export function labelOf(work: { batch: { ref: { kind: string; externalId: string } } }): string {
  const { kind, externalId } = work.batch.ref;
  const words = kind.replaceAll('_', ' ');
  return `${words[0]?.toUpperCase()}${words.slice(1)} ${externalId}`;
}

function moneyOf(event: Event | undefined): Pick<Parked, 'amount' | 'currency' | 'partner'> {
  const entity = event?.entity;
  switch (entity?.kind) {
    case 'invoice':
    case 'credit_note':
      return {
        amount: entity.totals.total,
        currency: entity.currency,
        partner: entity.customerName ?? undefined,
      };
    case 'payment':
    case 'refund':
      return { amount: entity.amount, currency: entity.currency, partner: undefined };
    case 'deal':
      return {
        amount: entity.amount ?? undefined,
        currency: entity.currency ?? undefined,
        partner: undefined,
      };
    case 'customer':
    case 'contact':
      return { amount: undefined, currency: undefined, partner: entity.name };
    case 'product':
    case 'price':
    case 'tax_rate':
    case undefined:
      return { amount: undefined, currency: undefined, partner: undefined };
  }
}
