/** Reading records by id: calls of the same moment become one query of up to 200 records, deleted ones included. */
import type { Priority } from '../../domain/priority.ts';
import { Failure, InvalidData } from '../../domain/failure.ts';
import type { Kind } from '../../domain/reference.ts';
import type { Snapshot } from '../../domain/connector.ts';
import { gather } from '../kit/gather.ts';
import { pages } from '../kit/paging.ts';
import type { Client, Wire } from './client.ts';
import type { Shapes } from './describe.ts';
import { FIELD_MISSING } from './errors.ts';
import { longId } from './ids.ts';
import { specOf, type ObjectSpec } from './objects.ts';
import { idOf, orgOf, whole } from './record.ts';
import { TITLE, type Options } from './settings.ts';
import { among, selectOf } from './soql.ts';

/** Everything that reads needs. */
export interface Reading {
  client: Client;
  shapes: Shapes;
  options: Options;
  now: () => number;
}

interface Wanted {
  kind: Kind;
  id: string;
  priority: Priority;
}

export const AT_ONCE = 200;

/** `Session.read`. */
export function readerOf(
  reading: Reading,
): (kind: Kind, id: string, priority?: Priority) => Promise<Snapshot> {
  const one = gather<Wanted, Snapshot>({
    most: AT_ONCE,
    group: ({ kind, priority }) => `${kind} ${priority}`,
    together: (wanted) => together(reading, wanted),
  });
  return async (kind, id, priority = 1) => {
    if (!specOf(kind)) throw new InvalidData('unknown_kind', `${TITLE} has no records of kind ${kind}`);
    // A text that is no id would fail the whole query for all who travel along.
    if (longId(id) === undefined) return { kind, externalId: id, readAt: reading.now(), body: null };
    return one({ kind, id, priority });
  };
}

async function together(reading: Reading, wanted: readonly Wanted[]): Promise<Snapshot[]> {
  const { kind, priority } = wanted[0]!;
  const spec = specOf(kind)!;
  const readAt = reading.now();
  const ids = [...new Set(wanted.map(({ id }) => longId(id)!))];
  const records = await withFreshShapes(reading.shapes, () => recordsOf(reading, spec, ids, priority));
  const { instance } = await reading.client.login();
  const org = orgOf(instance, reading.options, spec);
  return wanted.map(({ id }) => {
    const record = records.get(longId(id)!);
    return { kind, externalId: id, readAt, body: record ? { org, record } : null };
  });
}

async function recordsOf(
  { client, shapes, options }: Reading,
  spec: ObjectSpec,
  ids: readonly string[],
  priority: Priority,
): Promise<Map<string, Wire>> {
  const soql = `${await selectOf(shapes, spec, options)} WHERE ${among('Id', ids)}`;
  const found = new Map<string, Wire>();
  const fetch = async (next: string | null) => {
    const page = next === null ? await client.query(soql, true, priority) : await client.more(next, priority);
    return { items: page.records, next: page.next };
  };
  for await (const { items } of pages(null, fetch))
    for (const record of items) found.set(idOf(record), await whole(client, record, priority));
  return found;
}

/** A field that was there a moment ago may be gone: what was described is forgotten, and the call is made once more. */
export async function withFreshShapes<T>(shapes: Shapes, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== FIELD_MISSING) throw error;
    shapes.forget();
    return call();
  }
}
