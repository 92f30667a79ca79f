/**
 * What changed since the last look, by searching for it, oldest first. The index lags behind, so the place to go on from lies some
 * minutes back; what was handed out already is left out.
 */
import * as z from 'zod';
import type { Page } from '../../domain/connector.ts';
import type { NewDelivery } from '../../domain/delivery.ts';
import { ConnectionBroken } from '../../domain/failure.ts';
import { parseJson } from '../kit/json.ts';
import { related } from './associations.ts';
import type { Client } from './client.ts';
import { swallowedBy } from './objects.ts';
import { changedSince, type Change, type Search } from './search.ts';
import { TITLE } from './settings.ts';
import { KINDS, TYPE_OF, type HubSpotKind } from './vocabulary.ts';

/** How far behind the index may be. */
export const OVERLAP_MS = 5 * 60_000;

const FEEDS = [...KINDS, 'line_item'] as const;
type Feed = (typeof FEEDS)[number];

/** UTC ms per feed from which on is asked next: the moment of the last page on the way, the overlap taken off at the end. */
const Cursor = z.object({
  v: z.literal(1),
  from: z.object({
    customer: z.int(),
    contact: z.int(),
    product: z.int(),
    deal: z.int(),
    line_item: z.int(),
  }),
});
type Cursor = z.infer<typeof Cursor>;

export interface ChangesDeps {
  client: Client;
  search: Search;
  connection: string;
  now: () => number;
  /** Ids handed out lately, by the time of their change; kept by the session between looks. */
  seen: Map<string, number>;
}

/** See `Session.changes`. */
export async function* changes(deps: ChangesDeps, text: string | null): AsyncGenerator<Page<NewDelivery>> {
  const started = deps.now();
  if (text === null) {
    const at = started - OVERLAP_MS;
    const from = { customer: at, contact: at, product: at, deal: at, line_item: at };
    yield { items: [], cursor: JSON.stringify({ v: 1, from }) };
    return;
  }
  let cursor = read(text);
  for (const feed of FEEDS) {
    let last = cursor.from[feed];
    for await (const page of changedSince(deps.search, deps.client, typeOf(feed), last)) {
      const items = (await deliveriesOf(deps, feed, page)).filter(({ id }) => !deps.seen.has(id));
      last = Math.max(last, page.at(-1)?.at ?? last);
      cursor = { ...cursor, from: { ...cursor.from, [feed]: last } };
      yield { items, cursor: JSON.stringify(cursor) };
      // Only now: who asks for the next page has kept this one.
      for (const { id, occurredAt } of items) deps.seen.set(id, occurredAt ?? started);
    }
    // A clock of ours that is ahead must not hide what happened since the last change that was seen.
    const next = Math.min(last, started - OVERLAP_MS);
    cursor = { ...cursor, from: { ...cursor.from, [feed]: next } };
    yield { items: [], cursor: JSON.stringify(cursor) };
  }
  const oldest = Math.min(...Object.values(cursor.from)) - OVERLAP_MS;
  for (const [id, at] of deps.seen) if (at < oldest) deps.seen.delete(id);
}

const typeOf = (feed: Feed) => (feed === 'line_item' ? 'line_items' : TYPE_OF[feed]);

function read(text: string): Cursor {
  const parsed = Cursor.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ConnectionBroken(
    'cursor_expired',
    `The place where the search for changes at ${TITLE} stopped cannot be read; some may have been missed.`,
    { hint: 'Load the connection anew ("backfill"); the search then goes on from now.' },
  );
}

async function deliveriesOf(deps: ChangesDeps, feed: Feed, page: readonly Change[]): Promise<NewDelivery[]> {
  if (feed === 'line_item') return dealsOf(deps, page);
  const told = page.flatMap((change) => [
    delivery(deps, feed, change.id, `${feed}.changed`, change.at, `${change.id}:${change.at}`),
    // Whatever became of a merge's hook: the same id each time, so the loser is looked at once.
    ...swallowedBy(change.object).map((loser) =>
      delivery(deps, feed, loser, `${feed}.merged`, change.at, `${loser}:merged:${change.id}`),
    ),
  ]);
  return unique(told);
}

/** A changed line item is news about its deal. */
async function dealsOf(deps: ChangesDeps, page: readonly Change[]): Promise<NewDelivery[]> {
  if (page.length === 0) return [];
  const ids = page.map(({ id }) => id);
  const deals = await related(deps.client, 'line_items', 'deals', ids);
  return unique(
    page.flatMap(({ id, at }) =>
      (deals.get(id) ?? []).map((deal) =>
        delivery(deps, 'deal', deal.id, 'line_item.changed', at, `${deal.id}:line:${id}:${at}`),
      ),
    ),
  );
}

const unique = (all: NewDelivery[]): NewDelivery[] => [...new Map(all.map((one) => [one.id, one])).values()];

function delivery(
  deps: ChangesDeps,
  kind: HubSpotKind,
  externalId: string,
  reason: string,
  occurredAt: number,
  id: string,
): NewDelivery {
  return {
    id: `${kind}:${id}`,
    connection: deps.connection,
    kind,
    externalId,
    origin: 'poll',
    form: 'hint',
    reason,
    occurredAt,
    receivedAt: deps.now(),
    body: Buffer.from(JSON.stringify({ id: externalId, changed: occurredAt })),
  };
}
