/** One simulated Stripe account: its objects, its clock, its ids, and the events every change makes. */
import { EventEmitter } from 'node:events';
import { noSuch } from './errors.ts';
import { Ids, type Kind } from './ids.ts';
import { Table, loadSaved, save, type Saved, type StripeObject, type Tables } from './state.ts';
import { eventSnapshot } from './render.ts';

/** The one version of the API the sandbox speaks. */
export const API_VERSION = '2026-10-28.endive';

/** The story begins on 2026-08-01 at 08:00 UTC. */
export const START_OF_STORY = Date.UTC(2026, 7, 1, 8) / 1000;

const EVENTS_KEPT_SECONDS = 30 * 24 * 3600;

const NAMES: Partial<Record<Kind, string>> = {
  tax_id: 'tax id',
  tax_rate: 'tax rate',
  payment_intent: 'payment_intent',
  line_item: 'invoice line item',
};

export type AccountOptions = {
  seed?: string;
  /** Unix seconds at which a fresh account's clock stands. */
  now?: number;
  /** JSON file that keeps the account. */
  statePath?: string | undefined;
  id?: string;
  name?: string;
};

/** Emits `event` for each new event object, in order. */
export class Account extends EventEmitter {
  readonly id: string;
  readonly name: string;
  readonly ids: Ids;
  readonly path: string | undefined;
  readonly tables: Tables = {};
  /** Unix seconds; only {@link tick} moves it, and only forward. */
  now: number;
  /** Names of the story's chapters that were played. */
  story: string[] = [];
  /** What asked for the change now being made; events name it. */
  request: { id: string | null; idempotency_key: string | null } = { id: null, idempotency_key: null };
  /** Bulk loads make no events. */
  silent = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: AccountOptions = {}) {
    super();
    const saved = options.statePath ? loadSaved(options.statePath) : undefined;
    this.path = options.statePath;
    this.id = options.id ?? 'acct_1SandboxNordlicht';
    this.name = options.name ?? 'Nordlicht Software GmbH';
    this.ids = new Ids(saved?.seed ?? options.seed ?? 'nordlicht', saved?.count ?? 0);
    this.now = saved?.now ?? options.now ?? START_OF_STORY;
    if (saved) this.restore(saved);
  }

  table(kind: Kind): Table {
    return (this.tables[kind] ??= new Table());
  }

  insert(kind: Kind, row: StripeObject): StripeObject {
    this.changed();
    return this.table(kind).insert(row);
  }

  /** @throws ApiError resource_missing; `param` names where the id came from. */
  get(kind: Kind, id: string, param = 'id'): StripeObject {
    const row = this.table(kind).rows.get(id);
    if (!row || row['_gone']) throw noSuch(NAMES[kind] ?? kind, id, param);
    return row;
  }

  find(kind: Kind, id: string | null | undefined): StripeObject | undefined {
    return id ? this.table(kind).rows.get(id) : undefined;
  }

  where(kind: Kind, field: string, value: string): StripeObject[] {
    return this.table(kind).where(field, value);
  }

  all(kind: Kind): StripeObject[] {
    return [...this.table(kind).rows.values()];
  }

  delete(kind: Kind, id: string): void {
    this.changed();
    this.table(kind).delete(id);
  }

  /** Fields every object starts with. */
  base(kind: Kind, object: string = kind): { id: string; object: string; created: number; livemode: false } {
    return { id: this.ids.next(kind), object, created: this.now, livemode: false };
  }

  /** Makes one event of each type about an object as it is now. */
  emitEvents(row: StripeObject, types: string[], before?: unknown): void {
    if (this.silent) return;
    const snapshot = eventSnapshot(this, row);
    for (const type of types) {
      const data: Record<string, unknown> = { object: structuredClone(snapshot) };
      if (type.endsWith('.updated') && before) data['previous_attributes'] = difference(before, snapshot);
      const event = this.insert('event', {
        id: this.ids.next('event'),
        object: 'event',
        api_version: API_VERSION,
        created: this.now,
        data,
        livemode: false,
        pending_webhooks: 0,
        request: { ...this.request },
        type,
        _event_object: row.id,
      });
      this.emit('event', event);
    }
  }

  /** Changes an object and tells the world; an `.updated` event is left out if nothing that is shown changed. */
  change(row: StripeObject, types: string[], mutate: () => void): void {
    const before = this.silent ? undefined : structuredClone(eventSnapshot(this, row));
    mutate();
    this.changed();
    if (!before) return;
    const different = Object.keys(difference(before, eventSnapshot(this, row)) as object).length > 0;
    this.emitEvents(
      row,
      types.filter((type) => different || !type.endsWith('.updated')),
      before,
    );
  }

  /** Moves the clock, never backwards; events past 30 days are forgotten, as by Stripe. */
  tick(to: number): void {
    this.now = Math.max(this.now, to);
    for (const event of this.table('event').rows.values()) {
      if (event['created'] >= this.now - EVENTS_KEPT_SECONDS) break;
      this.delete('event', event.id);
    }
    this.changed();
  }

  /** Forgets everything. */
  reset(now = START_OF_STORY): void {
    for (const kind of Object.keys(this.tables)) delete this.tables[kind as Kind];
    this.ids.count = 0;
    this.now = now;
    this.story = [];
    this.changed();
  }

  /** Writes the file now; without a path it does nothing. */
  flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = undefined;
    if (this.path) save(this.path, this.saved());
  }

  private changed(): void {
    if (!this.path || this.timer) return;
    this.timer = setTimeout(() => this.flush(), 250);
    this.timer.unref();
  }

  private saved(): Saved {
    const tables = Object.fromEntries(
      Object.entries(this.tables).map(([kind, table]) => [kind, [...table.rows.values()]]),
    );
    const { now, story } = this;
    return { seed: this.ids.seed, now, count: this.ids.count, story, tables };
  }

  private restore(saved: Saved): void {
    this.story = saved.story;
    for (const [kind, rows] of Object.entries(saved.tables)) {
      for (const row of rows) this.table(kind as Kind).insert(row);
    }
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The old values of what changed; inside objects only the changed keys, lists as a whole. */
export function difference(before: unknown, after: unknown): unknown {
  if (!isPlain(before) || !isPlain(after)) return before;
  const old: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[key] ?? null;
    if (JSON.stringify(was) === JSON.stringify(after[key] ?? null)) continue;
    old[key] = isPlain(was) && isPlain(after[key]) ? difference(was, after[key]) : was;
  }
  return old;
}
