/**
 * What changed since the last look, object by object, by SystemModstamp and id, the recycle bin included. A long transaction commits
 * rows with a stamp of minutes ago, so the last minutes are looked through again and again; what was handed out is left out.
 */
import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Page } from '../../domain/connector.ts';
import type { NewDelivery } from '../../domain/delivery.ts';
import { ConnectionBroken, Failure } from '../../domain/failure.ts';
import type { Kind } from '../../domain/reference.ts';
import { parseJson } from '../kit/json.ts';
import type { QueryPage, Wire } from './client.ts';
import { FIELD_MISSING } from './errors.ts';
import { longId } from './ids.ts';
import { PARTS, SPECS, type ObjectSpec } from './objects.ts';
import type { Reading } from './read.ts';
import { idOf, msOf, orgOf, whole, type Org } from './record.ts';
import { TITLE } from './settings.ts';
import { instant, quoted, selectOf } from './soql.ts';
import { textIn } from './text.ts';

/** How far back rows may still turn up. */
export const OVERLAP_MS = 5 * 60_000;
/** How often the overlap is looked through. */
const LATE_LOOK_MS = 60_000;
/** Rows this young may change once more within the second of their stamp: they are looked at again. */
const SETTLED_MS = 5_000;
/** The recycle bin keeps rows for 15 days; a day is left as margin. */
export const MEMORY_MS = 14 * 24 * 3_600_000;
/** Queries in one call of the vendor's. */
const TOGETHER = 5;

const Tip = z.object({ at: z.int(), id: z.string() });
type Tip = z.infer<typeof Tip>;
/** `checked`: UTC ms up to which everything was seen. `tips`: the newest row seen of each object. */
const Cursor = z.object({ v: z.literal(1), checked: z.int(), tips: z.record(z.string(), Tip) });
type Cursor = z.infer<typeof Cursor>;

/** What a session remembers between two looks. */
export interface Memory {
  /** Rows handed out within the overlap: object, id and stamp → stamp. */
  seen: Map<string, number>;
  /** When the overlap was last looked through. */
  lateAt: number;
}

export const newMemory = (): Memory => ({ seen: new Map(), lateAt: Number.NEGATIVE_INFINITY });

export interface Feed extends Reading {
  connection: string;
  memory: Memory;
}

/** An object whose rows are looked at: a record of ours, or a part of one. */
interface Source {
  object: string;
  spec?: ObjectSpec;
  parents?: Readonly<Partial<Record<Kind, string>>>;
}

const SOURCES: readonly Source[] = [...SPECS.map((spec) => ({ object: spec.object, spec })), ...PARTS];

/** See `Session.changes`. */
export async function* changes(feed: Feed, text: string | null): AsyncGenerator<Page<NewDelivery>> {
  const started = feed.now();
  const from = { at: started - OVERLAP_MS, id: '' };
  if (text === null) {
    const tips = Object.fromEntries(SOURCES.map(({ object }) => [object, from]));
    yield { items: [], cursor: write({ v: 1, checked: started, tips }) };
    return;
  }
  let cursor = read(text, started);
  const late = Math.abs(started - feed.memory.lateAt) >= LATE_LOOK_MS;
  for (let at = 0; at < SOURCES.length; at += TOGETHER)
    for await (const step of look(feed, SOURCES.slice(at, at + TOGETHER), cursor, late)) {
      cursor = { ...cursor, tips: { ...cursor.tips, [step.object]: step.tip } };
      yield { items: step.items, cursor: write(cursor) };
      // Only now: who asks for the next page has kept this one.
      for (const [key, stamp] of step.keys) feed.memory.seen.set(key, stamp);
    }
  if (late) feed.memory.lateAt = started;
  forget(feed.memory.seen, started - 2 * OVERLAP_MS);
  yield { items: [], cursor: write({ ...cursor, checked: started }) };
}

const write = (cursor: Cursor): string => JSON.stringify(cursor);

function read(text: string, started: number): Cursor {
  const parsed = Cursor.safeParse(parseJson(text));
  if (!parsed.success) throw expired('The place where polling stopped cannot be read');
  const away = started - parsed.data.checked;
  if (away > MEMORY_MS) throw expired(`${TITLE} was last asked ${Math.round(away / 86_400_000)} days ago`);
  return parsed.data;
}

function expired(why: string): Failure {
  return new ConnectionBroken('cursor_expired', `${why}; deletions may have been missed.`, {
    hint: 'Load the connection anew ("backfill"); polling then goes on from now.',
  });
}

interface Step {
  object: string;
  tip: Tip;
  items: NewDelivery[];
  keys: [string, number][];
}

/** Up to five objects: their first pages in one call, what is more than a page one after the other. */
async function* look(
  feed: Feed,
  sources: readonly Source[],
  cursor: Cursor,
  late: boolean,
): AsyncGenerator<Step> {
  const { now, client } = feed;
  const tipOf = ({ object }: Source): Tip =>
    cursor.tips[object] ?? { at: Math.min(cursor.checked, now()) - OVERLAP_MS, id: '' };
  const readAt = now();
  const first = await firstPages(feed, sources, (source) => lookFrom(tipOf(source), late));
  for (const [place, source] of sources.entries()) {
    let page = first[place];
    // Parts that our user may not see are no reason to stop: their parents are looked at anyway.
    if (!page) continue;
    let tip = tipOf(source);
    for (let at = readAt; ;) {
      const step = await stepOf(feed, source, page, tip, at);
      tip = step.tip;
      yield step;
      if (page.next === null) break;
      at = now();
      page = await client.more(page.next, 1);
    }
  }
}

const lookFrom = (tip: Tip, late: boolean): Tip => (late ? { at: tip.at - OVERLAP_MS, id: '' } : tip);

async function firstPages(
  feed: Feed,
  sources: readonly Source[],
  from: (source: Source) => Tip,
): Promise<(QueryPage | undefined)[]> {
  for (let tries = 0; ; tries += 1) {
    const texts = await Promise.all(sources.map((source) => queryOf(feed, source, from(source))));
    const asked = texts.filter((soql) => soql !== undefined);
    const answers = asked.length > 0 ? await feed.client.queries(asked, 1) : [];
    const failed = answers.find((answer) => answer instanceof Failure);
    if (failed === undefined) {
      let next = 0;
      return texts.map((soql) => (soql === undefined ? undefined : (answers[next++] as QueryPage)));
    }
    if (failed.code !== FIELD_MISSING || tries > 0) throw failed;
    feed.shapes.forget();
  }
}

async function queryOf(feed: Feed, { object, spec, parents }: Source, tip: Tip): Promise<string | undefined> {
  const stamp = instant(tip.at);
  const where =
    tip.id === ''
      ? `SystemModstamp >= ${stamp}`
      : `SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} AND Id > ${quoted(tip.id)})`;
  const order = 'ORDER BY SystemModstamp, Id';
  if (spec) return `${await selectOf(feed.shapes, spec, feed.options)} WHERE ${where} ${order}`;
  const shape = await feed.shapes.of(object);
  if (!shape) return undefined;
  return `SELECT Id, SystemModstamp, ${Object.values(parents ?? {}).join(', ')} FROM ${object} WHERE ${where} ${order}`;
}

async function stepOf(
  feed: Feed,
  source: Source,
  page: QueryPage,
  before: Tip,
  readAt: number,
): Promise<Step> {
  const { instance } = await feed.client.login();
  const org = source.spec && orgOf(instance, feed.options, source.spec);
  const items: NewDelivery[] = [];
  const keys: [string, number][] = [];
  const settled = readAt - SETTLED_MS;
  let tip = before;
  for (const record of page.records) {
    const at = msOf(record['SystemModstamp']) ?? before.at;
    const id = idOf(record);
    tip = later(tip, at > settled ? { at: toSecond(settled), id: '' } : { at, id });
    const mark = source.spec ? markOf(record) : at > settled ? String(readAt) : '';
    const key = `${source.object}:${id}:${at}${mark && `:${mark}`}`;
    if (feed.memory.seen.has(key)) continue;
    keys.push([key, at]);
    const news = { record, key, at, readAt };
    if (org) items.push(await stateOf(feed, source.spec!, org, news));
    else items.push(...hintsOf(feed, source, news));
  }
  return { object: source.object, tip, items, keys };
}

const toSecond = (at: number): number => Math.floor(at / 1000) * 1000;

const later = (a: Tip, b: Tip): Tip => (b.at > a.at || (b.at === a.at && b.id > a.id) ? b : a);

/** Stamps are whole seconds: a row that changed twice within one differs by what it says. */
const markOf = (record: Wire): string => hash('sha256', JSON.stringify(record)).slice(0, 16);

interface News {
  record: Wire;
  key: string;
  at: number;
  readAt: number;
}

async function stateOf(feed: Feed, spec: ObjectSpec, org: Org, news: News): Promise<NewDelivery> {
  const record = await whole(feed.client, news.record, 1);
  return {
    ...deliveryOf(feed, news),
    id: news.key,
    kind: spec.kind,
    externalId: idOf(record),
    form: 'state',
    reason: `${spec.object} ${record['IsDeleted'] === true ? 'deleted' : 'changed'}`,
    body: Buffer.from(JSON.stringify({ org, record })),
  };
}

/** A part that changed, came or went: its parents are read again. */
function hintsOf(feed: Feed, { object, parents = {} }: Source, news: News): NewDelivery[] {
  return Object.entries(parents).flatMap(([kind, field]) => {
    const parent = longId(textIn(news.record[field]));
    if (parent === undefined) return [];
    return {
      ...deliveryOf(feed, news),
      id: `${news.key}:${kind}`,
      kind: kind as Kind,
      externalId: parent,
      form: 'hint' as const,
      reason: `${object} changed`,
      body: Buffer.from(JSON.stringify({ object, id: idOf(news.record) })),
    };
  });
}

const deliveryOf = (feed: Feed, { at, readAt }: News) => ({
  connection: feed.connection,
  origin: 'poll' as const,
  occurredAt: at,
  receivedAt: readAt,
});

function forget(seen: Map<string, number>, before: number): void {
  for (const [key, at] of seen) if (at < before) seen.delete(key);
}
