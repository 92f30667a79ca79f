/** From a claimed lane to the vendor's object as it is: many deliveries of one record cost at most one read. */
import type { Change, Link, Plan } from '../domain/change.ts';
import type { Session, Snapshot } from '../domain/connector.ts';
import type { Delivery } from '../domain/delivery.ts';
import { InvalidData } from '../domain/failure.ts';
import type { Reference } from '../domain/reference.ts';
import type { LaneBatch } from '../store/store.ts';

/** One lane on its way to Odoo. */
export interface Work {
  batch: LaneBatch;
  /** The newest delivery: names the work in the journal. */
  delivery: Delivery;
  upTo: number;
  /** True if any of its deliveries asks for it. */
  force: boolean;
  link: (Link & { sourceDigest: string | null }) | undefined;
  snapshot: Snapshot | undefined;
  sourceDigest: string;
  plans: Plan[];
  changes: Change[];
  follow: Reference[];
  /** Links made so far, also when a later change of the same lane failed. */
  made: Link[];
  /** How often a three-way merge was tried. */
  merges: number;
}

/** Folds the deliveries of a lane into one piece of work; undefined for an empty lane. */
export function fold(batch: LaneBatch, link: Work['link']): Work | undefined {
  const delivery = batch.deliveries.at(-1);
  if (!delivery) return undefined;
  return {
    batch,
    delivery,
    upTo: delivery.seq,
    force: batch.deliveries.some((each) => each.force === true),
    link,
    snapshot: undefined,
    sourceDigest: '',
    plans: [],
    changes: [],
    follow: [],
    made: [],
    merges: 0,
  };
}

/**
 * The snapshot a lane is about: the newest delivery's own body if it is a state, else one read. A state older than
 * a hint is worthless: the hint says that something happened since.
 */
export async function snapshotOf(delivery: Delivery, session: Session): Promise<Snapshot> {
  if (delivery.form === 'state') return stateOf(delivery);
  return session.read(delivery.kind, delivery.externalId);
}

/** The object a `state` delivery carries. Throws InvalidData if its body is no JSON. */
export function stateOf(delivery: Delivery): Snapshot {
  const { kind, externalId, receivedAt } = delivery;
  try {
    return { kind, externalId, readAt: receivedAt, body: JSON.parse(delivery.body.toString('utf8')) };
  } catch (error) {
    throw new InvalidData('body_not_json', `The stored object of ${kind} ${externalId} is not JSON`, {
      hint: 'Press "Sync now" on the record: it is then read again.',
      cause: error,
    });
  }
}
