/** The store in one SQLite file. SQLite has one writer at a time, so lanes need no locking order among themselves. */
import { makeAbsences } from './absences.ts';
import type { Base } from './base.ts';
import { makeBase, refOf } from './base.ts';
import { makeClaims } from './claim.ts';
import { makeConnections } from './connections.ts';
import { makeCorrections } from './corrections.ts';
import { makeDeliveries } from './deliveries.ts';
import { makeDepth } from './depth.ts';
import { makeExceptions } from './exceptions.ts';
import { makeGroupCommit, type Timing } from './group-commit.ts';
import { makeIntake } from './intake.ts';
import { makeJournal } from './journal.ts';
import { makeLanes } from './lanes.ts';
import { makeLinks } from './links.ts';
import { makeNotes } from './notes.ts';
import { openDatabase } from './open.ts';
import { makeRecords } from './records.ts';
import { makeQueues } from './queues.ts';
import { makeRetry } from './retry.ts';
import { makeVerdicts } from './verdicts.ts';
import { makeWaits } from './waits.ts';
import { makeWork } from './work.ts';
import type { NewDelivery, Store } from '../store.ts';

/** All optional; the defaults are those of production. */
export interface StoreOptions {
  /** The clock, in UTC ms; Date.now unless given. */
  now?: () => number;
  /** The file refuses to grow beyond this, as if the disk were full. */
  maxBytes?: number;
  /** With `:memory:`: what `bytes` of another store gave. */
  from?: Buffer;
  /** When puts are committed; by the machine's timers unless given. */
  timing?: Timing;
  /** Told of every commit of puts: how many rows, how long it took in ms. */
  committed?: (rows: number, ms: number) => void;
}

export interface SqliteStore extends Store {
  /** All that is committed, as the content of a file. */
  bytes(): Buffer;
  /** Closes without committing what was put last: what a killed process leaves. */
  abandon(): void;
}

/**
 * Opens or makes the store at `path` and gives back every lease: its only possible holder is gone. Throws
 * ConfigurationError (in use, newer, foreign, not writable, damaged) or Transient (disk full).
 */
export function openStore(path: string, options: StoreOptions = {}): SqliteStore {
  const now = options.now ?? Date.now;
  const { db, close } = openDatabase(path, now, options);
  const store = assemble(makeBase(db, path, now), close, options);
  store.reap(Number.MAX_SAFE_INTEGER);
  return { ...store, bytes: () => db.serialize(), abandon: close };
}

function makeParts(base: Base) {
  const connections = makeConnections(base);
  const lanes = makeLanes(base, connections);
  const deliveries = makeDeliveries(base);
  return {
    connections,
    lanes,
    deliveries,
    waits: makeWaits(base),
    verdicts: makeVerdicts(base),
    links: makeLinks(base, connections),
    absences: makeAbsences(base, connections),
    journal: makeJournal(base, connections, lanes),
    exceptions: makeExceptions(base),
    intake: makeIntake({ connections, lanes, deliveries }),
    ...makeSignal(),
  };
}

function makeSignal(): { ready: () => void; onReady: Store['onReady'] } {
  const listeners = new Set<() => void>();
  return {
    ready: () => {
      for (const listener of listeners) listener();
    },
    onReady: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function assemble(base: Base, closeFile: () => void, { timing, committed }: StoreOptions): Store {
  const parts = makeParts(base);
  const { connections, lanes, deliveries, links, journal, exceptions } = parts;
  const { clear: clearAbsences, ...absences } = parts.absences;
  const { clear: clearVerdicts, ...verdicts } = parts.verdicts;
  const commit = makeGroupCommit((rows) => {
    const begun = performance.now();
    const results = base.write(() => rows.map((row: NewDelivery) => parts.intake.one(row)));
    committed?.(rows.length, performance.now() - begun);
    parts.ready();
    return results;
  }, timing);
  const retry = makeRetry(base);
  const idOf = (name: string | undefined): number | null | undefined =>
    name === undefined ? null : connections.find(name);
  return {
    put: commit.put,
    ...makeClaims(base, parts),
    ...makeWork(base, parts),
    ...makeNotes(base),
    ...makeCorrections(base, parts),
    retry: (selector) => {
      const woken = retry(selector);
      if (woken > 0) parts.ready();
      return woken;
    },
    reap: (at) =>
      base.writeRelaxed(() => {
        const reaped = lanes.reap(at);
        // Whoever had them may have got something into Odoo that nobody heard of.
        for (const key of reaped) links.doubt(refOf(key));
        return reaped.length;
      }),
    depth: makeDepth(base, parts),
    queues: makeQueues(base),
    lanesOf: (refs) => refs.map(lanes.stateOf),
    held: lanes.held,
    link: links.one,
    linksOf: (refs) => refs.map(links.one),
    saveLinks: (connection, rows) => base.write(() => rows.forEach((row) => links.save(connection, row))),
    countLinks: links.count,
    forgetLinks: () =>
      base.write(() => {
        links.clear();
        clearAbsences();
        clearVerdicts();
      }),
    forgetLinksOf: (refs) => base.write(() => refs.forEach(links.forget)),
    linksAfter: links.after,
    ...absences,
    ...verdicts,
    recall: (open) =>
      base.write(() => {
        for (const parked of open) {
          const connection = connections.idOf(parked.ref.connection);
          exceptions.recall(lanes.ensure(parked.ref, connection), connection, parked);
        }
      }),
    parked: (filter = {}) => exceptions.list(filter),
    exceptionTotals: exceptions.totals,
    takeExceptionNews: exceptions.news,
    dropExceptionNews: (position) => base.write(() => exceptions.dropNews(position)),
    journal: journal.read,
    delivery: (connection, id) => {
      const known = connections.find(connection);
      return known === undefined ? undefined : deliveries.one(known, id);
    },
    deliveries: (filter) => {
      const connection = idOf(filter.connection);
      const lane = filter.lane === undefined ? null : lanes.find(filter.lane)?.id;
      return connection === undefined || lane === undefined ? [] : deliveries.list(filter, connection, lane);
    },
    records: makeRecords(base),
    note: (lines) => base.write(() => lines.forEach(journal.write)),
    counters: connections.totals,
    onReady: parts.onReady,
    prune: (before) =>
      prune(base, [
        ...connections.all().map(
          ({ id }) =>
            (most: number) =>
              deliveries.prune(id, before, most),
        ),
        (most) => journal.prune(before, most),
      ]),
    close: () => {
      commit.flush();
      closeFile();
    },
  };
}

/** Rows per call: a webhook that comes meanwhile waits some hundred milliseconds, not minutes. */
const PRUNE_ROWS = 10_000;

function prune(base: Base, steps: ((most: number) => number)[]): number {
  return base.write(() => steps.reduce((gone, step) => gone + step(Math.max(0, PRUNE_ROWS - gone)), 0));
}
