/** Everything there is, listing by listing, as complete snapshots; resumable after each page. */
import type { ListOptions, Page, Snapshot } from '../../domain/connector.ts';
import { ConfigurationError } from '../../domain/failure.ts';
import { nextOf, objectsOf } from './client.ts';
import { BATCH, readMany, type Reader } from './objects.ts';
import { createdSince, PAGE, type Search } from './search.ts';
import { TITLE } from './settings.ts';
import { TYPE_OF, type HubSpotKind } from './vocabulary.ts';

/** In the order of a first load: what others point to comes first. */
export const STREAMS = ['companies', 'contacts', 'products', 'deals'] as const;

/** Archived records are in no listing: what one lacks was archived, deleted or merged. */
export const WHOLE = {
  companies: ['customer'],
  contacts: ['contact'],
  products: ['product'],
  deals: ['deal'],
} as const satisfies Record<(typeof STREAMS)[number], readonly HubSpotKind[]>;

/** Listings are bulk. */
const PRIORITY = 3;

export interface ListDeps {
  reader: Reader;
  search: Search;
  now: () => number;
}

/** See `Session.list`. Throws ConfigurationError for a name that is no listing of ours. */
export async function* list(
  deps: ListDeps,
  stream: string,
  cursor: string | null,
  { createdSince: since }: ListOptions = {},
): AsyncGenerator<Page<Snapshot>> {
  if (!Object.hasOwn(WHOLE, stream))
    throw new ConfigurationError('unknown_stream', `${TITLE} has no listing "${stream}"`, {
      hint: `Choose one of ${STREAMS.join(', ')}.`,
    });
  const kind = WHOLE[stream as (typeof STREAMS)[number]][0];
  const pages = since === undefined ? allIds(deps, kind, cursor) : newIds(deps, kind, since, cursor);
  for await (const { ids, cursor: place } of pages)
    yield { items: await snapshots(deps, kind, ids), cursor: place };
}

interface Ids {
  ids: string[];
  cursor: string;
}

/** The listing names the records; what they hold is read like any single one, so that both say the same. */
async function* allIds({ reader }: ListDeps, kind: HubSpotKind, start: string | null): AsyncGenerator<Ids> {
  const path = `/crm/v3/objects/${TYPE_OF[kind]}`;
  for (let after = start || null; ;) {
    const answer = await reader
      .client(PRIORITY)
      .get(path, [
        ['limit', BATCH],
        ['archived', false],
        ['properties', 'hs_object_id'],
        ...(after === null ? [] : [['after', after] as const]),
      ]);
    const next = nextOf(answer.body);
    yield { ids: objectsOf(answer, path).map(({ id }) => id), cursor: next ?? after ?? '' };
    if (next === null || next === after) return;
    after = next;
  }
}

async function* newIds(
  { reader, search }: ListDeps,
  kind: HubSpotKind,
  since: number,
  start: string | null,
): AsyncGenerator<Ids> {
  for (let last = start || null; ;) {
    const objects = await createdSince(search, reader.client(PRIORITY), TYPE_OF[kind], since, last);
    last = objects.at(-1)?.id ?? last;
    yield { ids: objects.map(({ id }) => id), cursor: last ?? '' };
    if (objects.length < PAGE) return;
  }
}

/** What vanished or was merged between the two calls is left out: the winner is in the listing itself. */
async function snapshots(
  { reader, now }: ListDeps,
  kind: HubSpotKind,
  ids: readonly string[],
): Promise<Snapshot[]> {
  const items: Snapshot[] = [];
  for (let from = 0; from < ids.length; from += BATCH) {
    const part = ids.slice(from, from + BATCH);
    const readAt = now();
    const bodies = await readMany(reader, kind, part, PRIORITY);
    for (const [externalId, body] of bodies)
      if (body !== null && body.object.id === externalId) items.push({ kind, externalId, readAt, body });
  }
  return items;
}
