/** A record of Salesforce as it is kept in a snapshot: without the API's ornaments, with its children whole, and with what the org says. */
import type { Priority } from '../../domain/priority.ts';
import { isRecord } from '../kit/json.ts';
import { pageOf, type Client, type Wire } from './client.ts';
import { longId } from './ids.ts';
import type { ObjectSpec } from './objects.ts';
import type { Options } from './settings.ts';
import { textIn } from './text.ts';

/** What translating needs to know beside the record: `translate` sees nothing but the snapshot. */
export interface Org {
  /** Where people open its records. */
  url: string;
  currency: string | null;
  fields: Options['fields'];
  key: string;
  /** Fields that go into `extra`. */
  extra: readonly string[];
}

/** Body of a snapshot; a plain null stands for "no such record". */
export interface Body {
  org: Org;
  record: Wire;
}

export function orgOf(instance: string, options: Options, spec: ObjectSpec): Org {
  return {
    url: instance,
    currency: options.currency ?? null,
    fields: options.fields,
    key: options.key_field,
    extra: options.extra[spec.object] ?? [],
  };
}

/** Follows what the API cut off a record's list of children, and turns each list into an array. */
export async function whole(client: Client, record: Wire, priority: Priority): Promise<Wire> {
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(record)) {
    if (name === 'attributes') continue;
    entries.push([name, isList(value) ? await children(client, value, priority) : plain(value)]);
  }
  return Object.fromEntries(entries);
}

const isList = (value: unknown): value is Wire => isRecord(value) && Array.isArray(value['records']);

async function children(client: Client, list: Wire, priority: Priority): Promise<Wire[]> {
  let page = pageOf(list, 'a list of children');
  const all = [...page.records];
  while (page.next !== null) {
    page = await client.more(page.next, priority);
    all.push(...page.records);
  }
  return all.map((child) => plain(child) as Wire);
}

function plain(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'attributes');
  return Object.fromEntries(kept.map(([name, inner]) => [name, plain(inner)]));
}

/** The record's id with 18 characters. */
export const idOf = (record: Wire): string => {
  const id = textIn(record['Id']);
  return longId(id) ?? id;
};

/** An instant of the API, `2026-05-02T09:15:30.000+0000`, in UTC ms; undefined if it is none. */
export function msOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : at;
}
