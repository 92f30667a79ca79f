/** A small world for tests of the engine: the real store, a clock turned by hand, a vendor and an Odoo made of maps. */
import type { ApplyResult, Change, UpsertChange } from '../../sidecar/domain/change.ts';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Connector, Session, Snapshot } from '../../sidecar/domain/connector.ts';
import type { NewDelivery } from '../../sidecar/domain/delivery.ts';
import type { Event } from '../../sidecar/domain/event.ts';
import { Failure, Refused } from '../../sidecar/domain/failure.ts';
import type { Kind, Reference } from '../../sidecar/domain/reference.ts';
import { createEngine, type Clock, type EngineDeps, type OdooPort, type Report } from '../../sidecar/engine/index.ts';
import { hint } from '../../sidecar/engine/intake.ts';
import { digestOf, merge } from '../../sidecar/rules/index.ts';
import { openStore } from '../../sidecar/store/sqlite/index.ts';
import type { Store } from '../../sidecar/store/store.ts';
import * as z from 'zod';

export const START = Date.UTC(2026, 10, 22, 8);

/** A clock that only moves when told; sleepers wake when their time has come. */
export class HandClock implements Clock {
  #now = START;
  #sleepers: { at: number; wake: () => void }[] = [];
  now = (): number => this.#now;
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
    });
  }
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
  }
}

/** A vendor's record in tests: what it says, and which records it needs in Odoo or leads to. */
export interface Thing {
  name: string;
  needs?: string[];
  leads?: string[];
  /** Its translation throws. */
  wrong?: boolean;
}

/** `customer:c1` → reference. */
export function refOf(connection: string, name: string): Reference {
  const [kind, externalId] = name.split(':') as [Kind, string];
  return { connection, kind, externalId };
}

export class Vendor {
  things = new Map<string, Thing>();
  reads: string[] = [];
  /** Thrown by the next reads, probes and feeds while set. */
  failure: Failure | undefined;
  feed: NewDelivery[] = [];
  /** Where each listed page began. */
  pages: number[] = [];
  /** Listing page size. */
  pageSize = 2;

  session(clock: Clock, connection: string): Session {
    const vendor = this;
    const guard = () => {
      const { failure } = this;
      if (failure) throw failure;
    };
    const snapshot = (key: string): Snapshot => {
      const { kind, externalId } = refOf(connection, key);
      return { kind, externalId, readAt: clock.now(), body: this.things.get(key) ?? null };
    };
    return {
      streams: ['all'],
      probe: async () => {
        guard();
        return { account: 'acct', details: {} };
      },
      read: async (kind, externalId) => {
        this.reads.push(`${kind}:${externalId}`);
        guard();
        return snapshot(`${kind}:${externalId}`);
      },
      changes: async function* (cursor) {
        guard();
        const from = cursor === null ? vendor.feed.length : Number(cursor);
        yield { items: vendor.feed.slice(from), cursor: String(vendor.feed.length) };
      },
      list: async function* (_stream, cursor) {
        const keys = [...vendor.things.keys()].sort();
        for (let at = Number(cursor ?? 0); at < keys.length; at += vendor.pageSize) {
          guard();
          vendor.pages.push(at);
          const items = keys.slice(at, at + vendor.pageSize).map(snapshot);
          yield { items, cursor: String(at + vendor.pageSize) };
        }
      },
    };
  }
}

interface Row {
  resId: number;
  version: number;
  digest: string;
  values: Record<string, unknown>;
}

/** Odoo's side of the protocol, as far as the engine can tell: links by key, compare by digest and version. */
export class FakeOdoo implements OdooPort {
  rows = new Map<string, Row>();
  calls: Change[][] = [];
  batches: string[] = [];
  writes = 0;
  reports: Report[] = [];
  box: Parameters<OdooPort['outboxDone']>[0] = [];
  commands: Awaited<ReturnType<OdooPort['outbox']>> = [];
  /** Consulted before every apply; may throw. `after` = the effect has been made, the answer gets lost. */
  trouble: ((changes: readonly Change[], moment: 'before' | 'after') => void) | undefined;
  /** A prepared answer for a key instead of the usual one. */
  answers = new Map<string, (change: Change) => Partial<ApplyResult>>();
  reportFailure: Failure | undefined;
  concurrent = 0;
  mostConcurrent = 0;

  async apply({ batch, connection, changes }: { batch: string; connection: string; changes: Change[] }) {
    this.concurrent++;
    this.mostConcurrent = Math.max(this.mostConcurrent, this.concurrent);
    await Promise.resolve();
    try {
      this.calls.push(changes);
      this.batches.push(batch);
      this.trouble?.(changes, 'before');
      const results = changes.map((change) => this.#one(connection, change));
      this.trouble?.(changes, 'after');
      return results;
    } finally {
      this.concurrent--;
    }
  }

  #one(connection: string, change: Change): ApplyResult {
    const key = `${connection}/${change.key.kind}:${change.key.external_id}`;
    const own = this.answers.get(`${change.key.kind}:${change.key.external_id}`);
    const prepared = own?.(change);
    if (prepared) return { key: change.key, status: 'rejected', ...prepared };
    const values = (change as UpsertChange).values as Record<string, unknown>;
    const missing = Object.values(values)
      .filter((value): value is { ref: { kind: Kind; external_id: string } } => typeof value === 'object' && value !== null && 'ref' in value)
      .map(({ ref }) => ref)
      .filter((ref) => !this.rows.has(`${connection}/${ref.kind}:${ref.external_id}`));
    if (missing.length > 0) return { key: change.key, status: 'waiting', waiting_for: missing };
    const row = this.rows.get(key);
    const old = row && (change.version < row.version || (row.digest === change.digest && !change.force));
    if (row && old) return this.#answer(change, 'unchanged', row);
    const next = { resId: row?.resId ?? this.rows.size + 1, version: change.version, digest: change.digest, values };
    this.rows.set(key, next);
    this.writes++;
    return this.#answer(change, row ? 'updated' : 'created', next);
  }

  #answer(change: Change, status: ApplyResult['status'], row: Row): ApplyResult {
    const { resId: res_id, version, digest } = row;
    return { key: change.key, status, model: change.model, res_id, version, digest, base: {} };
  }

  async links(connection: string, after: number, limit: number) {
    const all = [...this.rows].filter(([key]) => key.startsWith(`${connection}/`));
    const page = all.slice(after, after + limit).map(([key, row]) => {
      const { kind, externalId } = refOf(connection, key.slice(connection.length + 1));
      const { resId, version, digest } = row;
      return { kind, externalId, model: 'res.partner', resId, version, digest, base: {} };
    });
    return { links: page, next: after + limit < all.length ? after + limit : null };
  }

  outbox = async () => this.commands.splice(0);
  outboxDone = async (rows: Parameters<OdooPort['outboxDone']>[0]) => void this.box.push(...rows);
  async report(report: Report) {
    if (this.reportFailure) throw this.reportFailure;
    this.reports.push(report);
  }
}

/** Reads `Thing`s; each becomes one event. */
export const thingConnector: Connector = {
  system: 'things',
  title: 'Things Inc.',
  kinds: ['customer', 'product', 'invoice'],
  options: z.strictObject({ color: z.enum(['red', 'blue']).optional() }),
  credentials: { key: 'the key', webhook: 'the webhook secret' },
  receive(raw, connection) {
    if (raw.headers['x-secret'] !== connection.secrets['webhook']?.[0])
      throw new Refused(401, 'bad_signature', 'The signature does not fit', {
        hint: 'Copy the secret of the endpoint.',
      });
    const stamp = Number(raw.headers['x-stamp'] ?? raw.receivedAt);
    if (Math.abs(raw.receivedAt - stamp) > 300_000)
      throw new Refused(401, 'stale_timestamp', 'The message is older than five minutes');
    let told: { id: string; about: string; type: string };
    try {
      told = JSON.parse(raw.body.toString()) as typeof told;
    } catch {
      throw new Refused(400, 'body_not_json', 'The body is not JSON');
    }
    if (told.type === 'noise') return { deliveries: [], ignored: 'event type noise is not synchronised' };
    const ref = refOf(connection.id, told.about);
    const about = { id: told.id, origin: 'hook' as const, reason: told.type, now: raw.receivedAt };
    return { deliveries: [{ ...hint(ref, about), body: raw.body }] };
  },
  translate(snapshot, context) {
    const thing = snapshot.body as Thing | null;
    const ref = { connection: context.connection, kind: snapshot.kind, externalId: snapshot.externalId };
    if (thing === null) return { events: [], follow: [] };
    if (thing.wrong) throw new Failure('invalid_data', 'does_not_add_up', `${thing.name}: 1 + 1 is not 3`);
    const entity = {
      kind: 'product' as const,
      name: thing.name,
      type: 'good' as const,
      status: 'active' as const,
      unit: (thing.needs ?? []).join(' '),
    };
    const label = `Thing ${snapshot.externalId}`;
    const event: Event = { ref, version: snapshot.readAt, action: 'observed', reason: context.reason, label, entity };
    return { events: [event], follow: (thing.leads ?? []).map((name) => refOf(context.connection, name)) };
  },
  open: () => {
    throw new Error('tests hand their own sessions in');
  },
};

export const connectionNamed = (id: string): Connection => ({
  id,
  system: 'things',
  company: 'base.main_company',
  environment: 'test',
  time_zone: 'UTC',
  options: {},
  baseUrl: undefined,
  secrets: { webhook: ['s3cret'], key: ['k3y-of-the-vendor'] },
});

/** One rule: a thing becomes a contact whose fields point to what it needs. */
const rules: EngineDeps['rules'] = {
  merge,
  plan(event, _link, { force }) {
    const entity = event.entity as { name: string; unit?: string };
    const needs = (entity.unit ?? '').split(' ').filter(Boolean);
    const refs = needs.map((name, index) => {
      const { kind, externalId } = refOf('', name);
      return [`need_${index}`, { ref: { kind, external_id: externalId } }] as const;
    });
    const values = { name: entity.name, ...Object.fromEntries(refs) };
    const change: UpsertChange = {
      op: 'upsert',
      key: { kind: event.ref.kind, external_id: event.ref.externalId },
      model: 'res.partner',
      version: event.version,
      digest: digestOf(values),
      label: event.label,
      rule: 'thing@1',
      reason: event.reason,
      values,
      base: null,
      match: [],
      create: true,
      create_only: [],
      overwrite: [],
      ...(force ? { force } : {}),
    };
    return { event, changes: [change], because: 'rule thing@1' };
  },
};

export interface World {
  engine: ReturnType<typeof createEngine>;
  store: Store;
  clock: HandClock;
  odoo: FakeOdoo;
  vendors: Record<string, Vendor>;
  logs: string[];
  /** Something happened to these records of a connection. */
  hook(connection: string, ...names: string[]): Promise<void>;
  /** Turns the clock by `ms` in steps, working in between. */
  pass(ms: number, step?: number): Promise<void>;
  /** Keys whose records Odoo holds. */
  held(): string[];
}

/** Builds a world with connections `a` and `b`; `given` replaces parts, e.g. the store of a world that crashed. */
export function world(given: { store?: Store; odoo?: FakeOdoo; clock?: HandClock; deps?: Partial<EngineDeps> } = {}): World {
  const clock = given.clock ?? new HandClock();
  const store = given.store ?? openStore(':memory:', { now: clock.now });
  const odoo = given.odoo ?? new FakeOdoo();
  const vendors: Record<string, Vendor> = { a: new Vendor(), b: new Vendor() };
  const logs: string[] = [];
  const log = (message: string) => void logs.push(message);
  let seed = 1;
  const engine = createEngine({
    store,
    odoo,
    rules,
    members: Object.keys(vendors).map((id) => ({ connection: connectionNamed(id), connector: thingConnector })),
    open: ({ connection }) => vendors[connection.id]!.session(clock, connection.id),
    clock,
    random: () => (seed = (seed * 16807) % 2147483647) / 2147483647,
    logger: { debug: log, info: log, warn: log, error: log },
    version: '0.0.0',
    ...given.deps,
  });
  let count = 0;
  return {
    engine,
    store,
    clock,
    odoo,
    vendors,
    logs,
    async hook(connection, ...names) {
      const about = (name: string) =>
        hint(refOf(connection, name), { id: `evt_${clock.now()}_${++count}`, origin: 'hook', reason: 'changed', now: clock.now() });
      await engine.intake.put(names.map(about));
    },
    async pass(ms, step = 1_000) {
      for (let gone = 0; gone < ms; gone += step) {
        clock.advance(step);
        await engine.runUntilIdle();
      }
    },
    held: () => [...odoo.rows.keys()].sort(),
  };
}
