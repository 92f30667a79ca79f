/** From a claimed lane to the vendor's object as it is: many deliveries of one record cost at most one read. */
import type { HeldConflict } from '../../domain/agreement.ts';
import type { Change, Link, Plan } from '../../domain/change.ts';
import type { Session, Snapshot } from '../../domain/connector.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { InvalidData } from '../../domain/failure.ts';
import type { Priority } from '../../domain/priority.ts';
import type { Reference } from '../../domain/reference.ts';
import type { Wish } from '../../domain/wish.ts';
import type { LaneBatch } from '../../store/store.ts';
import type { Open } from './agree.ts';
import type { Ending } from './results.ts';
import { wishOf } from './wish.ts';

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
  /** When that was read, by our clock, UTC ms. */
  readAt: number;
  sourceDigest: string;
  plans: Plan[];
  changes: Change[];
  follow: Reference[];
  /** Links made so far, also when a later change of the same lane failed. */
  made: Link[];
  /** What Odoo's outbox told of it. */
  wish: Wish;
  /** How often both sides had to be brought to agree, and what came of it last. */
  merges: number;
  agreeing: readonly Open[];
  /** What happened on the way to the end, for the journal. */
  notes: string[];
  /** Something was written, in Odoo or at the vendor. */
  touched: boolean;
  /** How it ends once both sides agree as far as they can: something else of it failed or waits. */
  ending?: Ending;
  /** Fields that wait for a person; everything else of it goes on. */
  conflict?: HeldConflict;
  /** The batch it was last sent in. */
  sentIn?: string;
}

/** Folds the deliveries of a lane into one piece of work; undefined for an empty lane. */
export function fold(batch: LaneBatch, link: Work['link']): Work | undefined {
  const newest = batch.deliveries.at(-1);
  if (!newest) return undefined;
  return {
    batch,
    delivery: isLatest(newest, batch.deliveries, link) ? newest : { ...newest, form: 'hint' },
    upTo: newest.seq,
    force: batch.deliveries.some((each) => each.force === true),
    link,
    snapshot: undefined,
    readAt: newest.receivedAt,
    sourceDigest: '',
    plans: [],
    changes: [],
    follow: [],
    made: [],
    wish: wishOf(batch.deliveries),
    merges: 0,
    agreeing: [],
    notes: [],
    touched: false,
  };
}

/**
 * Whether nothing else in the lane, nor what Odoo has been told, speaks of a later moment. An object of a listing may have
 * been read before something happened that was told first: then it is worthless, and the record is read again.
 */
function isLatest(newest: Delivery, deliveries: readonly Delivery[], link: Work['link']): boolean {
  if (link && link.version > newest.receivedAt) return false;
  return deliveries.every((each) => each === newest || each.receivedAt < newest.receivedAt);
}

/** The snapshot a lane is about: the delivery's own body if it is a state, else one read. */
export async function snapshotOf(
  delivery: Delivery,
  session: Session,
  priority: Priority = 0,
): Promise<Snapshot> {
  if (delivery.form === 'state') return stateOf(delivery);
  return session.read(delivery.kind, delivery.externalId, priority);
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
