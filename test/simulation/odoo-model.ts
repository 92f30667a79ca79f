/**
 * A model of Odoo with our addons, as docs/protocol.md tells it: one call, one transaction; links and receipts unique
 * and committed with the effect they stand for. Arithmetic is left out: what is expected is what is booked.
 */
import { compareLinks } from './odoo-compare.ts';
import type { ApplyResult, ApplyStatus, Change, FieldValue } from '../../sidecar/domain/change.ts';
import type { FailureClass } from '../../sidecar/domain/failure.ts';
import { rankOf, type Kind } from '../../sidecar/domain/reference.ts';
import type { Ladder } from './odoo-ladder.ts';
import { link, upsert } from './odoo-masters.ts';
import { move } from './odoo-moves.ts';
import { payment } from './odoo-payments.ts';
import {
  keyOf,
  OdooState,
  type LinkRow,
  type Master,
  type Move,
  type OpenException,
  type Payment,
  type Receipt,
} from './odoo-state.ts';

type Key = { kind: Kind; external_id: string };

/** What a model does on purpose wrong, to see whether the checks notice. */
export interface Defects {
  /** No unique index: a transaction does not see what was committed since it began. */
  receiptsNotUnique?: boolean;
  /** The digest is kept although a rung failed. */
  keepsDigest?: boolean;
}

export class OdooModel {
  readonly state = new OdooState();
  readonly keepsDigest: boolean;
  /** Told of every business record that a transaction wrote. */
  wrote: (key: string, record: Master | Move | Payment) => void = () => {};
  readonly #blind: boolean;

  constructor(defects: Defects = {}) {
    this.keepsDigest = defects.keepsDigest ?? false;
    this.#blind = defects.receiptsNotUnique ?? false;
  }

  /** What a method of `saas.sync.api` answers; `begun` and `now` are steps of the scheduler. */
  call(method: string, request: any, begun: number, now: number): unknown {
    switch (method) {
      case 'hello':
        return HELLO;
      case 'apply':
        return { results: this.#apply(request.changes, this.#blind ? begun : Infinity, now) };
      case 'links':
        return this.#links(request.after, request.limit);
      case 'compare':
        return compareLinks(this.state.links.values(), request);
      case 'outbox':
        return { rows: this.#take(request.limit) };
      case 'outbox_done':
        for (const { id } of request.rows) this.state.outbox.find((row) => row.id === id)!.state = 'done';
        return {};
      case 'report':
        return this.#report(request);
      default:
        throw new Error(`the model has no method ${method}`);
    }
  }

  #apply(changes: Change[], view: number, now: number): ApplyResult[] {
    const tx = new Transaction(this, view, now);
    const results = new Map<Change, ApplyResult>();
    const seen = new Set<string>();
    const fresh = changes.filter((change) => {
      const known = tx.link(keyOf(change.key));
      if (seen.has(keyOf(change.key)))
        results.set(change, tx.rejected(change, 'duplicate', 'key_twice', 'The same record came twice.'));
      else if (
        known &&
        (change.version < known.version || (change.digest === known.digest && !change.force))
      ) {
        known.version = Math.max(known.version, change.version);
        results.set(change, tx.result(change, 'unchanged'));
      }
      seen.add(keyOf(change.key));
      return !results.has(change);
    });
    for (const change of fresh.sort((a, b) => rankOf(a.key.kind) - rankOf(b.key.kind)))
      results.set(change, one(tx, change));
    return changes.map((change) => results.get(change)!);
  }

  #links(after: number, limit: number): unknown {
    const rows = [...this.state.links.values()].filter(({ id }) => id > after).sort((a, b) => a.id - b.id);
    const page = rows.slice(0, limit).map(({ since: _since, ...row }) => row);
    const first = { total: rows.length, exceptions: [...this.state.exceptions.values()].map(onDesk) };
    return { links: page, next: rows.length > limit ? page.at(-1)!.id : null, ...(after === 0 ? first : {}) };
  }

  #take(limit: number): unknown[] {
    const rows = this.state.outbox.filter(({ state }) => state !== 'done').slice(0, limit);
    for (const row of rows) row.state = 'taken';
    return rows.map(({ state: _state, ...row }) => ({ ...row, at: '2026-11-22T08:00:00Z' }));
  }

  #report({ exceptions, conflicts, resolved }: Told): unknown {
    for (const each of [...exceptions, ...conflicts.map(asException)])
      this.state.exceptions.set(keyOf(each), each);
    for (const each of resolved) this.state.exceptions.delete(keyOf(each));
    return {};
  }
}

interface Told {
  exceptions: OpenException[];
  conflicts: (Key & { label: string })[];
  resolved: Key[];
}

/** A conflict has a screen of its own; for a sidecar that lost its store it stands among what is open. */
const asException = ({ kind, external_id, label }: Told['conflicts'][number]): OpenException => ({
  kind,
  external_id,
  cause: 'conflict',
  code: 'both_sides_changed',
  label,
  message: `${label} differs`,
});

const onDesk = ({ kind, external_id, cause, code, label, message }: OpenException): OpenException => ({
  kind,
  external_id,
  cause,
  code,
  label,
  message,
});

function one(tx: Transaction, change: Change): ApplyResult {
  switch (change.op) {
    case 'upsert':
      return upsert(tx, change);
    case 'link':
      return link(tx, change);
    case 'move':
      return move(tx, change);
    case 'payment':
      return payment(tx, change);
    case 'merge':
    case 'order':
      throw new Error(`the model of Odoo has no ${change.op}`);
  }
}

/** One call of `apply`. */
export class Transaction {
  readonly model: OdooModel;
  readonly state: OdooState;
  readonly #view: number;
  readonly #now: number;

  constructor(model: OdooModel, view: number, now: number) {
    this.model = model;
    this.state = model.state;
    this.#view = view;
    this.#now = now;
  }

  link(key: string): LinkRow | undefined {
    return this.#visible(this.state.links.get(key));
  }

  receipt(key: string, rung: string): Receipt | undefined {
    return this.#visible(this.state.receipts.get(`${key} ${rung}`));
  }

  #visible<T extends { since: number }>(row: T | undefined): T | undefined {
    return row && (row.since <= this.#view || row.since === this.#now) ? row : undefined;
  }

  recordOf<T>(change: Change, model: string, table: ReadonlyMap<number, T>): T | undefined {
    const known = this.link(keyOf(change.key));
    return known?.model === model ? table.get(known.res_id) : undefined;
  }

  wrote(key: string, record: Master | Move | Payment): void {
    this.state.writes++;
    this.model.wrote(key, record);
  }

  saveLink(
    change: Change,
    model: string,
    id: number,
    about: { digest: string | null; base?: Record<string, FieldValue> },
  ): void {
    const { kind, external_id } = change.key;
    const known = this.link(keyOf(change.key));
    const row = { kind, external_id, model, res_id: id, version: change.version, digest: about.digest };
    const base = about.base ?? known?.base ?? null;
    if (known) Object.assign(known, { ...row, base });
    else this.state.links.set(keyOf(change.key), { id: this.state.newId(), ...row, base, since: this.#now });
  }

  saveReceipt(key: string, rung: string, made: string): void {
    this.state.receipts.set(`${key} ${rung}`, { made, since: this.#now });
  }

  result(change: Change, status: ApplyStatus, extra: Partial<ApplyResult> = {}): ApplyResult {
    const known = this.link(keyOf(change.key));
    const about = known && {
      model: known.model,
      res_id: known.res_id,
      version: known.version,
      digest: known.digest ?? '',
    };
    return { key: change.key, status, ...about, ...extra };
  }

  rejected(change: Change, failureClass: FailureClass, code: string, message: string): ApplyResult {
    return this.result(change, 'rejected', { error: { class: failureClass, code, message } });
  }

  missing(change: Change, keys: Key[]): ApplyResult {
    return this.result(change, 'waiting', { waiting_for: keys });
  }

  /** A draft is cancelled; what is posted gets a counter-document. */
  voided(record: Move, ladder: Ladder): void {
    if (record.state === 'draft') {
      record.state = 'cancel';
      this.wrote(record.key, record);
    }
    if (record.state === 'cancel') return ladder.climb('voided', 'cancelled');
    const id = this.state.newId();
    const type = record.type === 'out_refund' ? 'out_invoice' : 'out_refund';
    const counter: Move = { ...record, id, counter: true, type, name: `INV/${id}`, original: record.id };
    this.state.moves.set(id, counter);
    if (record.type === 'out_refund') this.state.unreconcile(`move:${record.id}`);
    this.state.reconcile(record, counter);
    this.wrote(record.key, counter);
    ladder.climb('voided', counter.name);
  }
}

const HELLO = {
  odoo: '19.0',
  database: 'simulated',
  uuid: 'simulated-1',
  time: '2026-11-22T08:00:00Z',
  user: 'saas_sync',
  companies: [{ id: 1, name: 'Nordlicht', xmlid: 'base.main_company' }],
  addons: { saas_sync: '19.0.1.0.0', saas_sync_billing: '19.0.1.0.0' },
  problems: [],
};
