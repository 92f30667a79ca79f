/** The admin API as a table: path, schemas, what it does. The OpenAPI description is made from the same table. */
import * as z from 'zod';
import { InvalidData } from '../domain/failure.ts';
import { maskPayload } from '../domain/pii.ts';
import { Kind, laneOf } from '../domain/reference.ts';
import type { Engine, Parked, Store } from '../engine/index.ts';

export interface AdminDeps {
  engine: Engine;
  store: Store;
  now: () => number;
}

export interface Route {
  method: 'get' | 'post';
  /** In OpenAPI's form: /connections/{id}/pause. */
  path: string;
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodObject;
  run(deps: AdminDeps, input: Input): unknown;
}

interface Input {
  params: Record<string, string>;
  // Checked against the route's own schema before `run` is called.
  // oxlint-disable-next-line typescript/no-explicit-any
  query: any;
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

const text = z.string().min(1);
const Selector = z.strictObject({
  connection: text.optional(),
  delivery: text.optional().describe('Id of a delivery; needs connection'),
  lane: text.optional().describe('A record: billing-eu/invoice:in_1'),
  cause: text.optional().describe('Open exceptions with this code or of this class'),
  from: z.int().optional().describe('Something arrived at or after, UTC ms'),
  to: z.int().optional().describe('Something arrived at or before, UTC ms'),
  dry_run: z.boolean().default(true).describe('Only say which records are meant and what would change'),
  limit: z.int().min(0).max(1_000).default(100).describe('A dry run looks at no more records than this'),
  by: text.max(200).optional().describe('Who asks, for the journal'),
});
const Explain = z.strictObject({
  connection: text,
  delivery: text.optional(),
  snapshot: z.strictObject({ kind: Kind, externalId: text, body: z.unknown() }).optional(),
});

const command = (name: string, summary: string): Route => ({
  method: 'post',
  path: `/connections/{id}/${name}`,
  summary,
  run: async ({ engine }, { params }) => {
    await engine.command({
      command: name,
      connection: params['id']!,
      kind: null,
      external_id: null,
      user: 'admin API',
    });
    return { done: true };
  },
});

export const routes: readonly Route[] = [
  {
    method: 'get',
    path: '/status',
    summary: 'How everything does',
    run: ({ engine }) => engine.status(),
  },
  {
    method: 'get',
    path: '/connections',
    summary: 'The connections with health, backlog and counters',
    run: ({ engine }) => engine.status().connections,
  },
  {
    method: 'get',
    path: '/exceptions',
    summary: 'Records that wait for a person; payloads are masked',
    query: z.strictObject({ connection: text.optional(), code: text.optional() }),
    run: ({ store }, { query }) =>
      store
        .parked(query.connection === undefined ? {} : { connection: query.connection })
        .filter((parked) => query.code === undefined || parked.code === query.code)
        .map(withoutValues),
  },
  {
    method: 'get',
    path: '/deliveries/{id}',
    summary: 'One delivery with its story; the body is masked',
    query: z.strictObject({ connection: text }),
    run: ({ store }, { params, query }) => deliveryOf(store, query.connection, params['id']!),
  },
  {
    method: 'get',
    path: '/journal',
    summary: 'What was done, newest last',
    query: z.strictObject({
      delivery: text.optional(),
      lane: text.optional(),
      connection: text.optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    run: ({ store }, { query }) => store.journal(query),
  },
  {
    method: 'post',
    path: '/retry',
    summary: 'Makes records ready now that sleep or wait for a person',
    body: z.strictObject({ connection: text.optional(), lane: text.optional(), code: text.optional() }),
    run: ({ store }, { body }) => ({
      lanes: store.retry({
        ...(body.connection === undefined ? {} : { connection: body.connection }),
        ...(body.lane === undefined ? {} : { lanes: [body.lane] }),
        ...(body.code === undefined ? {} : { code: body.code }),
      }),
    }),
  },
  {
    method: 'post',
    path: '/replay',
    summary:
      'Reads records again and compares every field; only says what would change unless dry_run is false',
    body: Selector,
    run: ({ engine }, { body: { dry_run: dry, limit, by = 'the admin API', ...selector } }) => {
      if (Object.keys(selector).length === 0)
        throw new InvalidData('nothing_selected', 'Nothing is selected', {
          hint: 'Name a connection, delivery, lane, cause, from or to.',
        });
      return engine.replay(selector, { dry, limit, by });
    },
  },
  {
    method: 'post',
    path: '/explain',
    summary: 'What would be done about a delivery or an object, and why; touches nothing',
    body: Explain,
    run: ({ engine, now }, { body }) =>
      body.snapshot
        ? engine.explain(body.connection, { ...body.snapshot, readAt: now() })
        : engine.explainDelivery(body.connection, body.delivery ?? ''),
  },
  {
    method: 'post',
    path: '/connections/{id}/pull',
    summary: 'Reads the event feed now',
    run: async ({ engine }, { params }) => ({ arrived: await engine.pull(params['id']!) }),
  },
  command('pause', 'Stops all work of the connection; what arrives is kept'),
  command('resume', 'Goes on'),
  command('backfill', 'Lists everything at the vendor once more'),
  command('sweep', 'Lists everything, asks about what is missing, and compares with Odoo'),
];

/** Of a conflict only what it is about: values are for those who may see the record in Odoo. */
function withoutValues({ conflict, ...parked }: Parked): unknown {
  if (!conflict) return parked;
  const { model, resId, fields } = conflict;
  return { ...parked, conflict: { model, resId, fields: fields.map(({ field, why }) => ({ field, why })) } };
}

function deliveryOf(store: Store, connection: string, id: string): unknown {
  const delivery = store.delivery(connection, id);
  if (!delivery) return undefined;
  const { body, ...rest } = delivery;
  return {
    ...rest,
    lane: laneOf(delivery),
    body: maskedBody(body),
    journal: store.journal({ connection, delivery: id }),
  };
}

function maskedBody(body: Buffer): unknown {
  try {
    return body.length === 0 ? null : maskPayload(JSON.parse(body.toString('utf8')));
  } catch {
    return `${body.length} bytes that are no JSON`;
  }
}
