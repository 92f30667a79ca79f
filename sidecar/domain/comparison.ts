/** Two sides tell whether they hold the same links without showing them: counts and hashes per span of time, ever finer. */
import { hash } from 'node:crypto';
import type { Kind } from './reference.ts';

/** Coarse to fine: a month of versions, a day, an hour, and one of 256 slots of an hour (by the record's name). */
export const LEVELS = ['month', 'day', 'hour', 'slot'] as const;
export type Level = (typeof LEVELS)[number];

/** `bucket`: "2026-11", "2026-11-22", "2026-11-22T08", "2026-11-22T08/a7"; `hash`: of its links, in whatever order. */
export interface Bucket {
  bucket: string;
  count: number;
  hash: string;
}

/** What is compared of a link. Versions are UTC ms, so they say when the record was last agreed on. */
export interface ComparedLink {
  kind: Kind;
  externalId: string;
  model: string;
  resId: number;
  version: number;
  digest: string;
}

/** A link whose record in Odoo asks for a look: deleted there, or edited since the last sync. */
export interface Stray {
  kind: Kind;
  externalId: string;
  why: 'gone' | 'edited';
}

const LENGTH = { month: 7, day: 10, hour: 13 } as const;

/** The bucket that a link falls into. */
export function bucketOf(level: Level, link: Pick<ComparedLink, 'kind' | 'externalId' | 'version'>): string {
  const at = new Date(link.version).toISOString();
  if (level !== 'slot') return at.slice(0, LENGTH[level]);
  return `${at.slice(0, LENGTH.hour)}/${hash('sha256', `${link.kind}\n${link.externalId}`).slice(0, 2)}`;
}

/** Adds up links, bucket by bucket: two sums of 32 bits of each link's SHA-256, so that the order does not matter. */
export class BucketSums {
  readonly #sums = new Map<string, { count: number; high: number; low: number }>();

  add(bucket: string, link: Pick<ComparedLink, 'kind' | 'externalId' | 'version' | 'digest'>): void {
    const own = hash('sha256', [link.kind, link.externalId, link.version, link.digest].join('\n'));
    const sum = this.#sums.get(bucket) ?? { count: 0, high: 0, low: 0 };
    sum.count++;
    sum.high = (sum.high + Number.parseInt(own.slice(0, 8), 16)) >>> 0;
    sum.low = (sum.low + Number.parseInt(own.slice(8, 16), 16)) >>> 0;
    this.#sums.set(bucket, sum);
  }

  buckets(): Bucket[] {
    const text = (part: number) => part.toString(16).padStart(8, '0');
    return [...this.#sums].map(([bucket, { count, high, low }]) => ({
      bucket,
      count,
      hash: text(high) + text(low),
    }));
  }
}

/** Names of the buckets that differ between two sides, or are on one of them only; sorted. */
export function differing(ours: readonly Bucket[], theirs: readonly Bucket[]): string[] {
  const marks = (side: readonly Bucket[]) =>
    new Map(side.map(({ bucket, count, hash: sum }) => [bucket, `${count} ${sum}`]));
  const left = marks(ours);
  const right = marks(theirs);
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((bucket) => left.get(bucket) !== right.get(bucket))
    .sort();
}
