/** `saas.sync.api.compare`: Odoo's side of comparing links, in sums first and row by row where the sums differ. */
import * as z from 'zod';
import type { Bucket, ComparedLink, Level, Stray } from '../domain/comparison.ts';
import { Kind } from '../domain/reference.ts';

const Buckets = z.object({
  buckets: z.array(z.object({ bucket: z.string(), count: z.int(), hash: z.string() })),
});

const Rows = z.object({
  rows: z.array(
    z.object({
      kind: Kind,
      external_id: z.string(),
      model: z.string(),
      res_id: z.int(),
      version: z.int(),
      digest: z.string(),
    }),
  ),
});

const Records = z.object({
  rows: z.array(z.object({ kind: Kind, external_id: z.string(), why: z.enum(['gone', 'edited']) })),
  next: z.int().nullable(),
});

/** Each throws what the transport throws, and Failure `odoo_answer` for a wrong answer. */
export interface CompareCalls {
  /** Counts and hashes of the connection's links, of the buckets `within` (of the level above) if given. */
  compareBuckets(connection: string, level: Level, within?: readonly string[]): Promise<Bucket[]>;
  /** The links in these slots. */
  compareRows(connection: string, slots: readonly string[]): Promise<ComparedLink[]>;
  /** Links whose records were deleted or edited in Odoo, with an id above `after`; `next` is null on the last page. */
  compareRecords(connection: string, after: number): Promise<{ rows: Stray[]; next: number | null }>;
}

type Ask = <T extends z.ZodType>(method: string, answer: T, request: unknown) => Promise<z.output<T>>;

export function compareCalls(ask: Ask): CompareCalls {
  return {
    compareBuckets: async (connection, level, within) =>
      (await ask('compare', Buckets, { connection, level, ...(within ? { within } : {}) })).buckets,
    compareRows: async (connection, within) => {
      const { rows } = await ask('compare', Rows, { connection, level: 'rows', within });
      return rows.map(({ external_id: externalId, res_id: resId, ...row }) => ({
        ...row,
        externalId,
        resId,
      }));
    },
    compareRecords: async (connection, after) => {
      const { rows, next } = await ask('compare', Records, { connection, level: 'records', after });
      return { rows: rows.map(({ external_id: externalId, ...row }) => ({ ...row, externalId })), next };
    },
  };
}
