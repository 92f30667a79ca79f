/** The model's answer to `compare`: sums of its links, or the links behind them. Nobody deletes records here. */
import { BucketSums, bucketOf, LEVELS, type Level } from '../../sidecar/domain/comparison.ts';
import type { LinkRow } from './odoo-state.ts';

interface Question {
  level: Level | 'rows' | 'records';
  within?: string[];
}

export function compareLinks(rows: Iterable<LinkRow>, { level, within }: Question): unknown {
  const links = [...rows].map((row) => ({ ...row, externalId: row.external_id, digest: row.digest ?? '' }));
  if (level === 'records') return { rows: [], next: null };
  if (level === 'rows')
    return {
      rows: links
        .filter((link) => within?.includes(bucketOf('slot', link)))
        .map(({ kind, external_id, model, res_id, version, digest }) => ({
          kind,
          external_id,
          model,
          res_id,
          version,
          digest,
        })),
    };
  const above = LEVELS[LEVELS.indexOf(level) - 1];
  const sums = new BucketSums();
  for (const link of links)
    if (!within || !above || within.includes(bucketOf(above, link))) sums.add(bucketOf(level, link), link);
  return { buckets: sums.buckets() };
}
