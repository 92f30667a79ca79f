/** What the model of Odoo between CRMs remembers: records, links of several connections, watched fields, the outbox. */
import type { Watch } from '../../../sidecar/domain/agreement.ts';
import type { FieldValue, Scalar } from '../../../sidecar/domain/change.ts';
import type { Kind } from '../../../sidecar/domain/reference.ts';
import type { Edit } from '../../../sidecar/domain/wish.ts';
import type { ConflictReport } from '../../../sidecar/engine/index.ts';
import type { LinkRow, OpenException, OutboxEntry } from '../odoo-state.ts';

export type Values = Record<string, FieldValue>;

export interface CrmLink extends LinkRow {
  connection: string;
  /** `merged`: an alias of the survivor; `duplicate`: another link of the connection leads to the record. */
  state: 'synced' | 'merged' | 'duplicate';
}

export interface CrmRecord {
  id: number;
  model: string;
  /** Relations are the id of their record; what a lookup names stands as the lookup. */
  values: Values;
  /** The last who wrote it, unless it was the sync. */
  edited?: Edit;
}

export interface Order {
  id: number;
  state: 'sale' | 'cancel';
  content: string;
}

/** A field of a record changed. `by` undefined: the sync of the connection `origin` wrote it. */
export interface Written {
  record: CrmRecord;
  field: string;
  before: FieldValue;
  by: string | undefined;
}

interface Note {
  record: CrmRecord;
  fields: Record<string, Edit>;
  origin: string | undefined;
}

type Key = { kind: string; external_id: string };
export const lane = (connection: string, { kind, external_id }: Key): string =>
  `${connection}/${kind}:${external_id}`;

/** Odoo's ways to hold nothing are one. */
export const plain = (value: FieldValue | undefined): FieldValue =>
  value === undefined || value === '' || value === false ? null : value;
export const same = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  JSON.stringify(plain(a)) === JSON.stringify(plain(b));

const RELATIONS: ReadonlySet<string> = new Set(['parent_id', 'partner_id']);

/** One database of Odoo. */
export class Office {
  readonly links = new Map<string, CrmLink>();
  readonly records = new Map<string, CrmRecord>();
  readonly watches = new Map<string, Partial<Record<Kind, Watch>>>();
  readonly exceptions = new Map<string, OpenException & { connection: string }>();
  readonly conflicts = new Map<string, ConflictReport>();
  readonly orders = new Map<string, Order>();
  outbox: OutboxEntry[] = [];
  /** Rises with every field that the sync wrote, and every record and order it made. */
  writes = 0;
  /** Told of every field that changes. */
  wrote: (written: Written) => void = () => {};
  #notes: Note[] = [];
  #last = 0;
  readonly #now: () => number;

  /** `now`: UTC ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  newId(): number {
    return ++this.#last;
  }

  record(model: string, id: number): CrmRecord | undefined {
    return this.records.get(`${model},${id}`);
  }

  partners(): CrmRecord[] {
    return [...this.records.values()].filter(({ model }) => model === 'res.partner');
  }

  linksOf(record: CrmRecord): CrmLink[] {
    return [...this.links.values()].filter(
      ({ model, res_id, state }) => model === record.model && res_id === record.id && state === 'synced',
    );
  }

  /** `by` undefined: made by the sync of the connection `origin`. */
  create(model: string, values: Values, by: string | undefined, origin?: string): CrmRecord {
    const record: CrmRecord = { id: this.newId(), model, values: {} };
    this.records.set(`${model},${record.id}`, record);
    this.write(record, values, by, origin);
    return record;
  }

  /** Writes what differs; returns whether anything did. */
  write(record: CrmRecord, values: Values, by: string | undefined, origin?: string): boolean {
    const edit = { at: this.#now(), by: by ?? 'saas_sync' };
    const changed = Object.keys(values).filter((name) => !same(record.values[name], values[name]));
    for (const field of changed) {
      const before = plain(record.values[field]);
      record.values[field] = plain(values[field]);
      this.wrote({ record, field, before, by });
      if (by === undefined) this.writes++;
    }
    if (changed.length === 0) return false;
    if (by === undefined) delete record.edited;
    else record.edited = edit;
    this.touch(record, changed, edit, origin);
    return true;
  }

  /** Fields changed that no write tells of, or one did. */
  touch(record: CrmRecord, names: readonly string[], edit: Edit, origin?: string): void {
    const fields = Object.fromEntries(names.map((name) => [name, edit]));
    this.#notes.push({ record, fields, origin });
  }

  /** What changed since the last commit goes into the outbox. */
  commit(): void {
    for (const note of this.#notes.splice(0)) {
      if (!this.record(note.record.model, note.record.id)) continue;
      this.#tellPushes(note);
      this.#tellBirths(note.record);
    }
  }

  #tellPushes({ record, fields, origin }: Note): void {
    for (const link of this.linksOf(record)) {
      if (link.connection === origin) continue;
      const watched = this.watches.get(link.connection)?.[link.kind]?.fields ?? {};
      const told = Object.entries(fields).filter(([name]) => watched[name]?.outward);
      if (told.length > 0)
        this.queue('push', link.connection, { ...link, args: { edits: Object.fromEntries(told) } });
    }
  }

  #tellBirths(record: CrmRecord): void {
    for (const [connection, watch] of this.watches)
      for (const [kind, { model, born }] of Object.entries(watch)) {
        if (!born || model !== record.model || !fits(record, born)) continue;
        const linked = [...this.links.values()].some(
          (link) => link.connection === connection && link.model === model && link.res_id === record.id,
        );
        const key = { kind, external_id: `simulate-${record.id}` };
        if (!linked) this.queue('born', connection, { ...key, args: { model, res_id: record.id } });
      }
  }

  /** Pending rows about one thing become one; edits are laid over each other. */
  queue(
    command: string,
    connection: string,
    about: { kind?: string; external_id?: string; args?: Record<string, unknown> } = {},
  ): void {
    const { kind = null, external_id: externalId = null, args = {} } = about;
    const isEqual = (row: OutboxEntry) =>
      row.state === 'pending' &&
      row.command === command &&
      row.connection === connection &&
      row.kind === kind &&
      row.external_id === externalId;
    const opposite = { pause: 'resume', resume: 'pause' }[command];
    this.outbox = this.outbox.filter(
      (row) => row.state !== 'pending' || row.command !== opposite || row.connection !== connection,
    );
    const equal = this.outbox.find(isEqual);
    const edits = {
      ...(equal?.args['edits'] as object | undefined),
      ...(args['edits'] as object | undefined),
    };
    const merged = command === 'push' ? { ...args, edits } : args;
    if (equal) equal.args = merged;
    else
      this.outbox.push({
        id: this.newId(),
        command,
        connection,
        kind,
        external_id: externalId,
        args: merged,
        user: 'ada',
        state: 'pending',
      });
  }

  /** The record that a reference means on this connection, as an id; lookups and scalars as they are. */
  resolved(connection: string, value: FieldValue | undefined): FieldValue | undefined {
    if (value === null || typeof value !== 'object') return plain(value);
    if ('lookup' in value) return { lookup: value.lookup.slice(0, 3) as [string, string, string] };
    return this.links.get(lane(connection, value.ref))?.res_id;
  }

  /** A field in the notation of changes. */
  notation(connection: string, record: CrmRecord, field: string): FieldValue {
    const value = plain(record.values[field]);
    if (!RELATIONS.has(field) || typeof value !== 'number') return value;
    const link = [...this.links.values()].find(
      (each) =>
        each.connection === connection &&
        each.model === 'res.partner' &&
        each.res_id === value &&
        each.state === 'synced',
    );
    return link ? { ref: { kind: link.kind, external_id: link.external_id } } : value;
  }

  /** The only record that a domain of conditions finds among these; several: all of them. */
  found(model: string, domain: readonly unknown[], taken: ReadonlySet<number>): CrmRecord[] {
    return [...this.records.values()].filter(
      (record) => record.model === model && !taken.has(record.id) && fits(record, domain),
    );
  }
}

/** Whether a record meets all conditions of a domain. */
function fits(record: CrmRecord, domain: readonly unknown[]): boolean {
  return (domain as [string, string, Scalar][]).every(([field, operator, wanted]) => {
    const value = field === 'saas_sync_key' ? `simulate-${record.id}` : plain(record.values[field]);
    if (operator === '=') return same(value, wanted);
    const [text, pattern] = [
      String(value ?? '').toLowerCase(),
      String(wanted).replaceAll(/\\(.)/g, '$1').toLowerCase(),
    ];
    if (operator === '=ilike') return text === pattern;
    if (operator === 'ilike') return text.includes(pattern);
    throw new Error(`the model knows no operator ${operator}`);
  });
}

/** What `hello` answers. */
export const HELLO = {
  odoo: '19.0',
  database: 'simulated',
  uuid: 'simulate-two-ways',
  time: '2026-11-22T08:00:00Z',
  user: 'saas_sync',
  companies: [{ id: 1, name: 'Nordlicht', xmlid: 'base.main_company' }],
  addons: { saas_sync: '19.0.1.0.0', saas_sync_sales: '19.0.1.0.0' },
  problems: [],
};
