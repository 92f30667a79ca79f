/**
 * What happened since the last look, from /v1/events, oldest first. Events of one second have no order and may turn up
 * late, so the place to go on from always lies some minutes back; what was handed out already is left out.
 */
import * as z from 'zod';
import type { Page } from '../../domain/connector.ts';
import type { NewDelivery } from '../../domain/delivery.ts';
import { ConnectionBroken, Failure } from '../../domain/failure.ts';
import { parseJson } from '../kit/json.ts';
import type { Params } from '../kit/http.ts';
import type { Client, Wire } from './client.ts';
import { POLLED } from './concerns.ts';
import { deliveriesOf } from './receive.ts';
import { WireEvent } from './schema.ts';

/** How far back every look begins again. */
export const OVERLAP_MS = 5 * 60_000;
/** The vendor keeps events for 30 days; a day is left as margin. */
export const MEMORY_MS = 29 * 24 * 3_600_000;

const GROUPS = ['masters', 'documents'] as const;
type Group = (typeof GROUPS)[number];

const Anchor = z.object({ id: z.string(), at: z.int() }).nullable();
type Anchor = z.infer<typeof Anchor>;

/** `checked`: UTC ms up to which everything was seen. `anchors`: the event after which each group goes on. */
const Cursor = z.object({
  v: z.literal(1),
  checked: z.int(),
  anchors: z.object({ masters: Anchor, documents: Anchor }),
});
type Cursor = z.infer<typeof Cursor>;

export interface ChangesDeps {
  client: Client;
  connection: string;
  now: () => number;
  /** Ids handed out within the overlap, by the time they happened; kept by the session between looks. */
  seen: Map<string, number>;
}

/** See `Session.changes`. */
export async function* changes(deps: ChangesDeps, text: string | null): AsyncGenerator<Page<NewDelivery>> {
  const started = deps.now();
  if (text === null) {
    const anchors = {
      masters: await newest(deps.client, 'masters', started),
      documents: await newest(deps.client, 'documents', started),
    };
    yield { items: [], cursor: write({ v: 1, checked: started, anchors }) };
    return;
  }
  let cursor = read(text);
  for (const group of GROUPS) {
    for await (const { events, anchor } of walkGroup(deps, group, cursor, started)) {
      cursor = { ...cursor, anchors: { ...cursor.anchors, [group]: anchor } };
      const fresh = events.filter((event) => !deps.seen.has(event.id));
      yield { items: toDeliveries(deps, fresh), cursor: write(cursor) };
      // Only now: who asks for the next page has kept this one.
      for (const event of fresh) deps.seen.set(event.id, event.created * 1000);
    }
  }
  forget(deps.seen, started - 2 * OVERLAP_MS);
  yield { items: [], cursor: write({ ...cursor, checked: started }) };
}

const write = (cursor: Cursor) => JSON.stringify(cursor);

function read(text: string): Cursor {
  const parsed = Cursor.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw expired('The place where polling stopped cannot be read');
}

function expired(why: string): Failure {
  return new ConnectionBroken('cursor_expired', `${why}; events may have been missed.`, {
    hint: 'Load the connection anew ("backfill"); polling then goes on from now.',
  });
}

/** Where a first look goes on from: an event, because "after this one" holds whatever the clocks say. */
async function newest(client: Client, group: Group, started: number): Promise<Anchor> {
  const { data } = await client.page('/v1/events', [...typesOf(group), ['limit', 1]]);
  return data[0] === undefined ? null : anchorOf(eventOf(data[0]), started);
}

const typesOf = (group: Group): Params =>
  Object.keys(POLLED[group]).map((type) => ['types[]', type] as const);

/** Pages of one group, oldest first, with the anchor to keep after each. */
async function* walkGroup(
  deps: ChangesDeps,
  group: Group,
  cursor: Cursor,
  started: number,
): AsyncGenerator<{ events: WireEvent[]; anchor: Anchor }> {
  const types = typesOf(group);
  let anchor = await usable(deps, cursor.anchors[group], started);
  if (anchor === null) {
    if (started - cursor.checked > MEMORY_MS)
      throw expired(`Stripe was last asked ${Math.round((started - cursor.checked) / 86_400_000)} days ago`);
    // A clock that went ahead at the last look and has been set right must not hide what happened since.
    const since = Math.min(cursor.checked, started) - OVERLAP_MS;
    const oldest = await oldestSince(deps.client, types, since);
    if (oldest === null) return;
    anchor = anchorOf(oldest, started) ?? null;
    yield { events: [oldest], anchor };
    yield* newerThan(deps.client, types, oldest.id, anchor, started);
    return;
  }
  yield* newerThan(deps.client, types, anchor.id, anchor, started);
}

/** An anchor that the vendor still knows; an old one is no loss as long as all was seen since. */
async function usable(deps: ChangesDeps, anchor: Anchor, started: number): Promise<Anchor> {
  if (anchor === null || started - anchor.at > MEMORY_MS) return null;
  const event = await deps.client.get(`/v1/events/${encodeURIComponent(anchor.id)}`);
  return event === null ? null : anchor;
}

async function* newerThan(
  client: Client,
  types: Params,
  from: string,
  kept: Anchor,
  started: number,
): AsyncGenerator<{ events: WireEvent[]; anchor: Anchor }> {
  let anchor = kept;
  for (let last = from; ;) {
    const page = await client.page('/v1/events', [...types, ['ending_before', last]]);
    const events = page.data.map(eventOf).reverse();
    const newest = events.at(-1);
    if (newest === undefined) return;
    for (const event of events) anchor = anchorOf(event, started) ?? anchor;
    yield { events, anchor };
    if (!page.hasMore || newest.id === last) return;
    last = newest.id;
  }
}

/** Walks down to the first event after `since` and keeps only that one, however many lie in between. */
async function oldestSince(client: Client, types: Params, since: number): Promise<WireEvent | null> {
  const params: Params = [...types, ['created[gte]', Math.floor(since / 1000)]];
  let oldest: Wire | undefined;
  for await (const page of client.walk('/v1/events', params, null)) oldest = page.items.at(-1) ?? oldest;
  return oldest === undefined ? null : eventOf(oldest);
}

function eventOf(wire: Wire): WireEvent {
  return WireEvent.parse(wire);
}

/** An event may be an anchor once no older one can turn up any more. */
function anchorOf(event: WireEvent, started: number): Anchor {
  const at = event.created * 1000;
  return at <= started - OVERLAP_MS ? { id: event.id, at } : null;
}

function toDeliveries(deps: ChangesDeps, events: WireEvent[]): NewDelivery[] {
  return events.flatMap(
    (event) =>
      deliveriesOf(event, {
        connection: deps.connection,
        origin: 'poll',
        receivedAt: deps.now(),
        body: Buffer.from(JSON.stringify(event)),
      }) ?? [],
  );
}

function forget(seen: Map<string, number>, before: number): void {
  for (const [id, at] of seen) if (at < before) seen.delete(id);
}
