/** Everything there is, listing by listing, by rising id: resumable after each page by the last one seen. */
import type { ListOptions, Page, Snapshot } from '../../domain/connector.ts';
import { ConfigurationError, Failure } from '../../domain/failure.ts';
import type { Kind } from '../../domain/reference.ts';
import { LOCATOR_GONE } from './errors.ts';
import { SPECS, STREAMS, type ObjectSpec } from './objects.ts';
import type { QueryPage } from './client.ts';
import { withFreshShapes, type Reading } from './read.ts';
import { idOf, orgOf, whole } from './record.ts';
import { TITLE } from './settings.ts';
import { instant, quoted, selectOf } from './soql.ts';

/** What is deleted is in no listing, everything else that our user may see is. */
export const WHOLE: Readonly<Record<string, readonly Kind[]>> = Object.fromEntries(
  SPECS.map(({ stream, kind }) => [stream, [kind]]),
);

/** See `Session.list`. Throws ConfigurationError for a name that is no listing of ours. */
export async function* list(
  reading: Reading,
  stream: string,
  cursor: string | null,
  options: ListOptions = {},
): AsyncGenerator<Page<Snapshot>> {
  const spec = SPECS.find((each) => each.stream === stream);
  if (!spec)
    throw new ConfigurationError('unknown_stream', `${TITLE} has no listing "${stream}"`, {
      hint: `Choose one of ${STREAMS.join(', ')}.`,
    });
  let last = cursor ?? '';
  for (;;) {
    try {
      for await (const page of walk(reading, spec, last, options)) {
        last = page.cursor;
        yield page;
      }
      return;
    } catch (error) {
      // The vendor forgets its place after two days; ours is good for ever.
      if (!(error instanceof Failure) || error.code !== LOCATOR_GONE) throw error;
    }
  }
}

async function* walk(
  reading: Reading,
  spec: ObjectSpec,
  after: string,
  { createdSince }: ListOptions,
): AsyncGenerator<Page<Snapshot>> {
  const { client, shapes, now } = reading;
  const conditions = [
    ...(after === '' ? [] : [`Id > ${quoted(after)}`]),
    ...(createdSince === undefined ? [] : [`CreatedDate >= ${instant(createdSince)}`]),
  ];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  let readAt = now();
  let page: QueryPage = await withFreshShapes(shapes, async () =>
    client.query(`${await selectOf(shapes, spec, reading.options)}${where} ORDER BY Id`, false, 3),
  );
  const { instance } = await client.login();
  const org = orgOf(instance, reading.options, spec);
  let cursor = after;
  for (;;) {
    const items: Snapshot[] = [];
    for (const record of page.records) {
      const body = { org, record: await whole(client, record, 3) };
      items.push({ kind: spec.kind, externalId: idOf(record), readAt, body });
    }
    cursor = items.at(-1)?.externalId ?? cursor;
    yield { items, cursor };
    if (page.next === null) return;
    readAt = now();
    page = await client.more(page.next, 3);
  }
}
