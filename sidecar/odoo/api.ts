/** The methods of `saas.sync.api` with their types; every answer is checked. */
import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { ApplyResult, Change, KeptCorrection, Link } from '../domain/change.ts';
import type { OdooRecord } from '../domain/agreement.ts';
import type { OpenException } from '../domain/exception.ts';
import type { ContactPort } from '../domain/first-contact.ts';
import { Failure } from '../domain/failure.ts';
import { Applied, Hello, LinksPage, Nothing, Outbox, Records, type OutboxRow } from './answers.ts';
import type { OdooTransport } from './client.ts';
import { compareCalls, type CompareCalls } from './compare.ts';
import { contactCalls } from './contact.ts';

interface CallOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** docs/protocol.md as functions. All throw what the transport throws, and Failure `odoo_answer` for a wrong answer. */
export interface OdooApi extends CompareCalls, ContactPort {
  readonly transport: OdooTransport['name'];
  hello(options?: CallOptions): Promise<Hello>;
  /** One transaction; one result per change, in the same order. A repeated batch does nothing twice. */
  apply(
    request: { batch?: string; connection: string; changes: readonly Change[] },
    options?: CallOptions,
  ): Promise<ApplyResult[]>;
  /** Links with an id above `after`; `next` is the `after` of the next page, null on the last. */
  links(
    connection: string,
    after: number,
    limit: number,
    options?: CallOptions,
  ): Promise<{
    links: Link[];
    corrections: KeptCorrection[];
    next: number | null;
    /** On the first page: how many links there are in all, and what is open on the desk. */
    total: number | undefined;
    exceptions: OpenException[] | undefined;
  }>;
  /** Records of a model, each named field in the notation of changes; those that are gone are left out. */
  values(
    connection: string,
    model: string,
    ids: readonly number[],
    fields: Record<string, { lookup?: [model: string, field: string] }>,
    options?: CallOptions,
  ): Promise<OdooRecord[]>;
  outbox(limit: number, options?: CallOptions): Promise<OutboxRow[]>;
  outboxDone(
    rows: readonly { id: number; ok: boolean; message?: string }[],
    options?: CallOptions,
  ): Promise<void>;
  /** Health, counters, exceptions: the object of docs/protocol.md, "report". */
  report(report: object, options?: CallOptions): Promise<void>;
}

/** Over either transport. */
export function makeOdooApi(transport: OdooTransport): OdooApi {
  const ask = async <T extends z.ZodType>(
    method: string,
    answer: T,
    request: unknown,
    options?: CallOptions,
  ): Promise<z.output<T>> => checked(method, answer, await transport.call(method, request, options));

  return {
    transport: transport.name,
    hello: (options) => ask('hello', Hello, {}, options),
    apply: async ({ batch = randomUUID(), connection, changes }, options) => {
      const { results } = await ask('apply', Applied, { batch, connection, changes }, options);
      return inOrder(changes, results as ApplyResult[]);
    },
    links: async (connection, after, limit, options) => {
      const page = await ask('links', LinksPage, { connection, after, limit }, options);
      return {
        links: page.links.map(toLink),
        corrections: page.links.flatMap(toCorrection),
        next: page.next,
        total: page.total,
        exceptions: page.exceptions?.map(toException),
      };
    },
    ...compareCalls(ask),
    ...contactCalls(ask),
    values: async (connection, model, ids, fields, options) =>
      (await ask('values', Records, { connection, model, ids, fields }, options)).records,
    outbox: async (limit, options) => (await ask('outbox', Outbox, { limit }, options)).rows as OutboxRow[],
    outboxDone: async (rows, options) => void (await ask('outbox_done', Nothing, { rows }, options)),
    report: async (report, options) => void (await ask('report', Nothing, report, options)),
  };
}

type Open = NonNullable<z.output<typeof LinksPage>['exceptions']>[number];

function toException({ external_id: externalId, hint, ...row }: Open): OpenException {
  return { ...row, externalId, hint: hint || undefined };
}

function toLink(row: z.output<typeof LinksPage>['links'][number]): Link {
  const { kind, external_id: externalId, model, res_id: resId, version, digest, base } = row;
  return { kind, externalId, model, resId, version, digest, base };
}

function toCorrection(row: z.output<typeof LinksPage>['links'][number]): KeptCorrection[] {
  if (!row.correction) return [];
  const { source_digest: sourceDigest, ...rest } = row.correction;
  return [{ kind: row.kind, externalId: row.external_id, correction: { sourceDigest, ...rest } }];
}

/** Fields without a value are left out, so that they cannot be mistaken for one that is there. */
function checked<T extends z.ZodType>(method: string, answer: T, value: unknown): z.output<T> {
  const parsed = answer.safeParse(value);
  if (parsed.success) return withoutUndefined(parsed.data) as z.output<T>;
  const issue = parsed.error.issues[0];
  throw strange(method, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutUndefined(inner)]));
}

/** The engine pairs results with changes by position; an answer that does not fit must not be believed. */
function inOrder(changes: readonly Change[], results: ApplyResult[]): ApplyResult[] {
  if (results.length !== changes.length)
    throw strange('apply', `${results.length} results for ${changes.length} changes`);
  const wrong = changes.findIndex(({ key }, index) => {
    const found = results[index]?.key;
    return found?.kind !== key.kind || found.external_id !== key.external_id;
  });
  if (wrong >= 0) throw strange('apply', `result ${wrong} is about another record`);
  return results;
}

const strange = (method: string, what: string): Failure =>
  new Failure('bug', 'odoo_answer', `Odoo's answer to "${method}" is not as agreed (${what}).`, {
    hint: 'Compare the versions of the sidecar and the addon saas_sync; they have to fit.',
    args: { method, what },
  });
