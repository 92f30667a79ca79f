/** The shapes of Odoo's answers (docs/protocol.md), checked before anyone believes them. */
import * as z from 'zod';
import { FAILURE_CLASSES } from '../domain/failure.ts';
import { Kind } from '../domain/reference.ts';
import type { ApplyStatus, FieldValue } from '../domain/change.ts';

/** Python's empty values: a field left out and `null` mean the same. */
const optional = <T extends z.ZodType>(schema: T) =>
  z
    .union([schema, z.null()])
    .optional()
    .transform((value) => value ?? undefined);

/** Who is there. */
export const Hello = z.object({
  odoo: z.string(),
  database: z.string(),
  uuid: optional(z.string()),
  /** ISO 8601, UTC, to the second. */
  time: z.iso.datetime(),
  user: z.string(),
  companies: z.array(z.object({ id: z.int(), name: z.string(), xmlid: optional(z.string()) })),
  addons: z.record(z.string(), z.string()),
  problems: z
    .array(z.object({ code: z.string(), message: z.string(), hint: optional(z.string()) }))
    .default([]),
});
export type Hello = z.output<typeof Hello>;

const Key = z.object({ kind: Kind, external_id: z.string() });
const Values = z.record(z.string(), z.custom<FieldValue>());
const STATUSES = [
  'created',
  'updated',
  'unchanged',
  'diverged',
  'waiting',
  'rejected',
  'skipped',
] as const satisfies readonly ApplyStatus[];

/** What became of one change. */
export const Result = z.object({
  key: Key,
  status: z.enum(STATUSES),
  model: optional(z.string()),
  res_id: optional(z.int()),
  version: optional(z.int()),
  digest: optional(z.string()),
  base: optional(Values),
  current: optional(Values),
  linked: optional(z.array(z.string())),
  edited: optional(z.object({ at: z.int(), by: z.string() })),
  waiting_for: optional(z.array(Key)),
  climbed: optional(z.record(z.string(), z.string())),
  error: optional(
    z.object({
      class: z.enum(FAILURE_CLASSES),
      code: z.string(),
      message: z.string(),
      field: optional(z.string()),
      hint: optional(z.string()),
      args: optional(z.record(z.string(), z.unknown())),
    }),
  ),
});

/** Same order and length as the changes. */
export const Applied = z.object({ results: z.array(Result) });

/** `next` is null on the last page. */
export const LinksPage = z.object({
  links: z.array(
    z.object({
      id: z.int(),
      kind: Kind,
      external_id: z.string(),
      model: z.string(),
      res_id: z.int(),
      version: z.int(),
      digest: z
        .union([z.string(), z.null()])
        .optional()
        .transform((digest) => digest ?? ''),
      base: z
        .union([Values, z.null()])
        .optional()
        .transform((base) => base ?? null),
      /** What a person corrected of it; the addon sends it only where there is one. */
      correction: z
        .object({
          source_digest: z.string(),
          values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
          note: z.string(),
          author: z.string(),
          at: z.int(),
        })
        .optional(),
    }),
  ),
  next: z.int().nullable(),
  /** On the first page: links of the connection in all. */
  total: z.int().optional(),
  /** On the first page: what is open on the desk. */
  exceptions: z
    .array(
      z.object({
        kind: Kind,
        external_id: z.string(),
        cause: z.enum(FAILURE_CLASSES),
        code: z.string(),
        label: z.string(),
        message: z.string(),
        hint: z.union([z.string(), z.literal(false), z.null()]).optional(),
      }),
    )
    .optional(),
});

/** Records as they are, in the notation of changes. */
export const Records = z.object({
  records: z.array(z.object({ id: z.int(), key: z.string(), values: Values })),
});

/** One row of Odoo's outbox: something a person asked for. */
export interface OutboxRow {
  id: number;
  command: string;
  connection: string;
  kind: string | null;
  external_id: string | null;
  args?: Record<string, unknown> | null;
  user?: string | null;
  /** ISO 8601, UTC. */
  at?: string | null;
}

const Row = z.object({
  id: z.int(),
  command: z.string(),
  connection: z.string(),
  kind: z.string().nullable(),
  external_id: z.string().nullable(),
  args: z.record(z.string(), z.unknown()).nullish(),
  user: z.string().nullish(),
  at: z.string().nullish(),
});

/** Commands that wait for the sidecar. */
export const Outbox = z.object({ rows: z.array(Row) });

/** Answers without content. */
export const Nothing = z.unknown();
