/** A model of Odoo between CRMs, as docs/protocol.md tells it: one call, one transaction. */
import type { Watch } from '../../../sidecar/domain/agreement.ts';
import type {
  ApplyResult,
  ApplyStatus,
  Change,
  MergeChange,
  OrderChange,
} from '../../../sidecar/domain/change.ts';
import type { FailureClass } from '../../../sidecar/domain/failure.ts';
import { rankOf, type Kind } from '../../../sidecar/domain/reference.ts';
import type { ConflictReport } from '../../../sidecar/engine/index.ts';
import { digestOf } from '../../../sidecar/rules/index.ts';
import { compareLinks } from '../odoo-compare.ts';
import type { OpenException } from '../odoo-state.ts';
import { mergeInto } from './merge.ts';
import { HELLO, lane, Office, same, type CrmLink, type CrmRecord, type Values } from './office.ts';
import { upsert } from './upsert.ts';

type Key = { kind: Kind; external_id: string };

interface Told {
  connections: { id: string; watch: Partial<Record<Kind, Watch>> }[];
  exceptions: (OpenException & { connection: string })[];
  conflicts: ConflictReport[];
  resolved: (Key & { connection: string })[];
}

export class CrmOdoo {
  readonly office: Office;
  /** Wishes that the sidecar could not carry out, as it told their authors. */
  readonly failed: string[] = [];
  /** Told of every conflict that is reported. */
  disputed: (conflict: ConflictReport) => void = () => {};

  constructor(now: () => number) {
    this.office = new Office(now);
  }

  /** What a method of `saas.sync.api` answers. */
  call(method: string, request: any): unknown {
    const { office } = this;
    switch (method) {
      case 'hello':
        return HELLO;
      case 'apply':
        return { results: this.#apply(request.connection, request.changes) };
      case 'links':
        return this.#links(request.connection, request.after, request.limit);
      case 'compare':
        return this.#compare(request);
      case 'values':
        return { records: this.#values(request) };
      case 'outbox': {
        const rows = office.outbox.filter(({ state }) => state !== 'done').slice(0, request.limit);
        for (const row of rows) row.state = 'taken';
        return { rows: rows.map(({ state: _state, ...row }) => ({ ...row, at: '2026-11-22T08:00:00Z' })) };
      }
      case 'outbox_done':
        for (const { id, ok, message } of request.rows) {
          office.outbox.find((row) => row.id === id)!.state = 'done';
          if (!ok) this.failed.push(message);
        }
        return {};
      case 'report':
        return this.#report(request);
      default:
        throw new Error(`the model has no method ${method}`);
    }
  }

  #apply(connection: string, changes: Change[]): ApplyResult[] {
    const tx = new Applying(this.office, connection);
    const results = new Map<Change, ApplyResult>();
    for (const change of [...changes].sort((a, b) => rankOf(a.key.kind) - rankOf(b.key.kind)))
      results.set(change, tx.one(change));
    this.office.commit();
    return changes.map((change) => results.get(change)!);
  }

  #linksOf(connection: string): CrmLink[] {
    return [...this.office.links.values()].filter((link) => link.connection === connection);
  }

  #links(connection: string, after: number, limit: number): unknown {
    const all = this.#linksOf(connection).sort((a, b) => a.id - b.id);
    const rows = all.filter(({ id }) => id > after);
    const page = rows.slice(0, limit);
    const mine = <T extends { connection: string }>(open: Iterable<T>) =>
      [...open].filter((each) => each.connection === connection);
    const { exceptions, conflicts, outbox } = this.office;
    // Who asks from the beginning has lost what it had taken.
    if (after === 0)
      for (const row of outbox)
        if (row.connection === connection && row.state === 'done' && NEWS.has(row.command))
          row.state = 'taken';
    const desk = [
      ...mine(exceptions.values()).map(({ kind, external_id, cause, code, label, message }) => {
        return { kind, external_id, cause, code, label, message };
      }),
      ...mine(conflicts.values()).map(({ kind, external_id, label }) => {
        const message = `${label} differs`;
        return { kind, external_id, cause: 'conflict', code: 'both_sides_changed', label, message };
      }),
    ];
    return {
      links: page.map(({ since: _since, state: _state, connection: _connection, digest, ...row }) => {
        return { ...row, digest: digest ?? '' };
      }),
      next: rows.length > limit ? page.at(-1)!.id : null,
      ...(after === 0 ? { total: all.length, exceptions: desk } : {}),
    };
  }

  #compare(request: { connection: string; level: any; within?: string[] }): unknown {
    const links = this.#linksOf(request.connection);
    if (request.level !== 'records') return compareLinks(links, request);
    const { office } = this;
    const rows = links
      .filter(({ state }) => state === 'synced')
      .flatMap(({ kind, external_id, model, res_id, base }) => {
        const record = office.record(model, res_id);
        if (kind === 'order') return [];
        if (!record) return [{ kind, external_id, why: 'gone' }];
        const differs =
          !base ||
          Object.entries(base).some(
            ([name, value]) => !same(record.values[name], office.resolved(request.connection, value)),
          );
        return differs ? [{ kind, external_id, why: 'edited' }] : [];
      });
    return { rows, next: null };
  }

  #values({ connection, model, ids, fields }: any): unknown[] {
    return (ids as number[]).flatMap((id) => {
      const record = this.office.record(model, id);
      if (!record) return [];
      const values = Object.keys(fields).map((name) => [
        name,
        this.office.notation(connection, record, name),
      ]);
      return [{ id, key: `simulate-${id}`, values: Object.fromEntries(values) }];
    });
  }

  #report({ connections, exceptions, conflicts, resolved }: Told): unknown {
    const { office } = this;
    for (const { id, watch } of connections) office.watches.set(id, watch);
    for (const each of conflicts) {
      this.disputed(each);
      office.conflicts.set(lane(each.connection, each), each);
      office.exceptions.delete(lane(each.connection, each));
    }
    for (const each of exceptions) office.exceptions.set(lane(each.connection, each), each);
    for (const each of resolved) {
      office.exceptions.delete(lane(each.connection, each));
      office.conflicts.delete(lane(each.connection, each));
    }
    return {};
  }
}

/** One call of `apply`. */
export class Applying {
  readonly office: Office;
  readonly connection: string;

  constructor(office: Office, connection: string) {
    this.office = office;
    this.connection = connection;
  }

  one(change: Change): ApplyResult {
    const known = this.link(change);
    const isOld = known && change.version < known.version;
    if (known && (isOld || (change.digest === known.digest && !change.force) || known.state !== 'synced')) {
      known.version = Math.max(known.version, change.version);
      if (known.state !== 'synced' && !isOld) known.digest = change.digest;
      return this.result(change, 'unchanged');
    }
    if (change.op === 'upsert') return upsert(this, change);
    if (change.op === 'merge') return this.#merge(change);
    if (change.op === 'order') return this.#order(change);
    throw new Error(`the model between CRMs has no ${change.op}`);
  }

  link(change: { key: Key }): CrmLink | undefined {
    return this.office.links.get(lane(this.connection, change.key));
  }

  /** A survivor that nobody knows yet gets the loser's record. */
  #merge(change: MergeChange): ApplyResult {
    const { office, connection } = this;
    const loser = this.link(change);
    if (!loser) return this.result(change, 'skipped');
    const name = lane(connection, change.into);
    const heir: CrmLink = { ...loser, ...change.into, id: office.newId(), digest: '' };
    const survivor = office.links.get(name) ?? heir;
    office.links.set(name, survivor);
    const [from, to] = [
      office.record(loser.model, loser.res_id),
      office.record(survivor.model, survivor.res_id),
    ];
    if (!to)
      return this.rejected(change, 'conflict', 'record_missing', 'The record that lives on was deleted.');
    Object.assign(loser, { state: 'merged', version: change.version, digest: change.digest });
    if (from && from !== to) mergeInto(office, from, to, connection);
    office.queue('push', connection, { ...change.into, args: { edits: {} } });
    return this.result(change, 'updated');
  }

  #order(change: OrderChange): ApplyResult {
    const { office, connection } = this;
    const { opportunity, partner, lines, missing, lost } = change.values;
    const known = office.orders.get(lane(connection, change.key));
    if (lost && !known) return this.result(change, 'skipped');
    const refs = [opportunity, partner, ...lines.map(({ product }) => product)].flatMap((each) =>
      each ? [each.ref] : [],
    );
    const waiting = refs.filter((ref) => !office.links.has(lane(connection, ref)));
    if (waiting.length > 0) return this.result(change, 'waiting', { waiting_for: waiting });
    if (!lost && (missing.length > 0 || lines.length === 0))
      return this.rejected(
        change,
        'business_rule',
        'contract_data_missing',
        `${missing.join(', ')} is missing`,
      );
    const made = known ?? { id: office.newId(), state: 'sale' as const, content: digestOf(change.values) };
    office.orders.set(lane(connection, change.key), made);
    if (!known) {
      office.writes++;
      const lead = office.record('crm.lead', office.resolved(connection, opportunity) as number)!;
      const told = { saas_sync_order_state: 'confirmed', saas_sync_order_name: `S${made.id}` };
      // Odoo's own news: the connection whose order this is must hear it, too.
      office.write(lead, told, 'odoo');
    }
    const { kind, external_id } = change.key;
    office.links.set(lane(connection, change.key), {
      id: this.link(change)?.id ?? office.newId(),
      connection,
      kind,
      external_id,
      model: 'sale.order',
      res_id: made.id,
      version: change.version,
      digest: change.digest,
      base: null,
      since: 0,
      state: 'synced',
    });
    const climbed = known ? {} : { climbed: { drafted: `S${made.id}`, confirmed: `S${made.id}` } };
    return this.result(change, known ? 'unchanged' : 'created', climbed);
  }

  saveLink({ key, version, digest }: Change, { model, id }: CrmRecord, base: Values): void {
    const known = this.link({ key });
    const { kind, external_id } = key;
    const row = {
      connection: this.connection,
      kind,
      external_id,
      model,
      res_id: id,
      version,
      digest,
      base,
      since: 0,
    };
    this.office.links.set(lane(this.connection, key), {
      id: known?.id ?? this.office.newId(),
      ...row,
      state: 'synced',
    });
  }

  result(change: Change, status: ApplyStatus, extra: Partial<ApplyResult> = {}): ApplyResult {
    const known = this.link(change);
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
}

const NEWS: ReadonlySet<string> = new Set(['push', 'born', 'resolve']);
