/** Odoo's side of two-way synchronisation in memory: compare-and-set, its answers, and the outbox that its people fill. */
import type { OdooRecord, Watch } from '../../sidecar/domain/agreement.ts';
import type { ApplyResult, Change, FieldValue, UpsertChange } from '../../sidecar/domain/change.ts';
import { UnknownOutcome } from '../../sidecar/domain/failure.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import type { OdooPort, OutboxRow, Report } from '../../sidecar/engine/index.ts';
import { FakeOdoo } from './fake-odoo.ts';

type Values = Record<string, FieldValue>;

interface Held {
  resId: number;
  version: number;
  digest: string;
  base: Values;
}

/** What the differences of one change come to. */
interface Compared {
  write: Values;
  differs: boolean;
  agreed: Values;
}

const empty = (value: FieldValue | undefined): boolean =>
  value === undefined || value === null || value === false || value === '';
const same = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  JSON.stringify(empty(a) ? null : a) === JSON.stringify(empty(b) ? null : b);

export class TwoWayOdoo implements OdooPort {
  partners = new Map<number, Values>();
  held = new Map<string, Held>();
  rows: (OutboxRow & { taken?: true })[] = [];
  reports: Report[] = [];
  failed: { id: number; ok: boolean; message?: string }[] = [];
  writes = 0;
  applies = 0;
  /** Consulted around every apply; may throw. `after` = the effect has been made, the answer gets lost. */
  trouble: ((moment: 'before' | 'after', changes: readonly Change[]) => void) | undefined;
  /** A prepared answer for a key instead of the usual one. */
  answers = new Map<string, (change: Change) => Partial<ApplyResult> | undefined>();
  readonly #watch: (connection: string) => Partial<Record<Kind, Watch>>;
  readonly #now: () => number;
  readonly #edited = new Map<number, { at: number; by: string }>();
  #count = 0;

  /** Connections are named like their systems. */
  constructor(watch: (connection: string) => Partial<Record<Kind, Watch>>, now: () => number) {
    this.#watch = watch;
    this.#now = now;
  }

  /** A person edits a partner. */
  edit(resId: number, values: Values, by = 'ada'): void {
    const partner = this.partners.get(resId)!;
    const changed = Object.keys(values).filter((name) => !same(partner[name], values[name]));
    Object.assign(partner, values);
    const edit = { at: this.#now(), by };
    this.#edited.set(resId, edit);
    this.#tell(resId, changed, undefined, edit);
  }

  /** A person makes a partner that `born` of this connection selects. */
  make(connection: string, values: Values): number {
    const resId = this.partners.size + 1;
    this.partners.set(resId, { ...values });
    this.#queue('born', connection, `db-${resId}`, { model: 'res.partner', res_id: resId });
    return resId;
  }

  /** A person settles a conflict as the last report told it. */
  resolve(
    connection: string,
    externalId: string,
    take: (field: string) => 'odoo' | 'other',
    by = 'ben',
  ): void {
    const told = this.reports.flatMap(({ conflicts }) => conflicts);
    const conflict = told.findLast(
      (each) => each.connection === connection && each.external_id === externalId,
    )!;
    const decisions = Object.fromEntries(
      conflict.fields.map(({ field, odoo, other }) => {
        return [field, { take: take(field), odoo, other, by, at: this.#now() }];
      }),
    );
    this.#queue('resolve', connection, externalId, { decisions });
  }

  /** The answer to the next apply gets lost, after it took effect. */
  loseAnswer(): void {
    this.trouble = (moment) => {
      if (moment === 'before') return;
      this.trouble = undefined;
      throw new UnknownOutcome('answer_lost', 'Odoo’s answer was lost');
    };
  }

  recordOf(connection: string, externalId: string): Values | undefined {
    return this.partners.get(this.held.get(`${connection}/customer:${externalId}`)?.resId ?? 0);
  }

  #tell(resId: number, fields: string[], except: string | undefined, edit: { at: number; by: string }): void {
    for (const [key, link] of this.held) {
      const [connection, rest] = [key.slice(0, key.indexOf('/')), key.slice(key.indexOf(':') + 1)];
      if (link.resId !== resId || connection === except) continue;
      const watched = this.#watch(connection).customer?.fields ?? {};
      const told = fields.filter((name) => watched[name]?.outward);
      if (told.length === 0) continue;
      const edits = Object.fromEntries(told.map((name) => [name, edit]));
      this.#queue('push', connection, rest, { edits });
    }
  }

  #queue(command: string, connection: string, externalId: string, args: Record<string, unknown>): void {
    const row = this.rows.find(
      (each) =>
        !each.taken &&
        each.command === command &&
        each.connection === connection &&
        each.external_id === externalId,
    );
    if (row && command === 'push')
      row.args = { edits: { ...(row.args!['edits'] as object), ...(args['edits'] as object) } };
    else
      this.rows.push({
        id: ++this.#count,
        command,
        connection,
        kind: 'customer',
        external_id: externalId,
        args,
      });
  }

  async outbox(limit: number): Promise<OutboxRow[]> {
    const rows = this.rows.slice(0, limit);
    for (const row of rows) row.taken = true;
    return rows.map((row) => structuredClone(row));
  }

  async outboxDone(done: Parameters<OdooPort['outboxDone']>[0]): Promise<void> {
    this.rows = this.rows.filter(({ id }) => !done.some((each) => each.id === id));
    this.failed.push(...done.filter(({ ok }) => !ok));
  }

  async apply({ connection, changes }: { connection: string; changes: Change[] }): Promise<ApplyResult[]> {
    await Promise.resolve();
    this.applies++;
    this.trouble?.('before', changes);
    const results = changes.map((change) => {
      const prepared = this.answers.get(change.key.external_id)?.(change);
      if (prepared) return { key: change.key, status: 'rejected' as const, ...prepared };
      return this.#one(connection, change as UpsertChange);
    });
    this.trouble?.('after', changes);
    return structuredClone(results);
  }

  #one(connection: string, change: UpsertChange): ApplyResult {
    const name = `${connection}/${change.key.kind}:${change.key.external_id}`;
    const link = this.held.get(name);
    const answer = (
      status: ApplyResult['status'],
      held: Held,
      more: Partial<ApplyResult> = {},
    ): ApplyResult => {
      const { resId, version, digest, base } = held;
      return { key: change.key, status, model: 'res.partner', res_id: resId, version, digest, base, ...more };
    };
    if (link && (change.version < link.version || (link.digest === change.digest && !change.force)))
      return answer('unchanged', link);
    const found = link?.resId ?? this.#match(change);
    const resId = found ?? this.partners.size + 1;
    if (found === undefined) this.partners.set(resId, {});
    const base = change.base ?? link?.base ?? {};
    const compared =
      found === undefined
        ? { write: change.values, differs: false, agreed: {} }
        : this.#compare(connection, change, resId, base);
    const partner = this.partners.get(resId)!;
    const toldOnly = Object.keys(change.outward ?? {}).filter((field) => !(field in change.values));
    const current = (fields: string[]) =>
      Object.fromEntries(fields.map((field) => [field, partner[field] ?? null]));
    const about = {
      linked: this.#others(connection, resId),
      ...(this.#edited.has(resId) ? { edited: this.#edited.get(resId)! } : {}),
    };
    if (compared.differs)
      return answer('diverged', link ?? { resId, version: 0, digest: '', base: {} }, {
        base,
        current: current([...Object.keys(change.values), ...toldOnly]),
        ...about,
      });
    this.#write(resId, compared.write, connection);
    const settled = toldOnly.filter((field) => same(partner[field], change.base?.[field]));
    const held = {
      resId,
      version: change.version,
      digest: change.digest,
      base: { ...link?.base, ...compared.agreed, ...compared.write, ...change.kept, ...current(settled) },
    };
    this.held.set(name, held);
    const news = toldOnly.filter((field) => !same(partner[field], base[field]));
    const status =
      found === undefined ? 'created' : Object.keys(compared.write).length > 0 ? 'updated' : 'unchanged';
    return answer(status, held, news.length > 0 ? { current: current(news), ...about } : {});
  }

  #compare(connection: string, change: UpsertChange, resId: number, base: Values): Compared {
    const partner = this.partners.get(resId)!;
    const others = this.#others(connection, resId);
    const compared: Compared = { write: {}, differs: false, agreed: {} };
    for (const [field, wanted] of Object.entries(change.values)) {
      const outward = field in (change.outward ?? {});
      const yields = (change.yields_to?.[field] ?? []).some((system) => others.includes(system));
      if (same(partner[field], wanted)) compared.agreed[field] = wanted;
      else if (yields) compared.differs = true;
      else if (change.overwrite.includes(field)) compared.write[field] = wanted;
      else if (change.create_only.includes(field)) compared.differs ||= outward;
      else if (field in base && same(partner[field], base[field])) compared.write[field] = wanted;
      else compared.differs ||= field in base || outward;
    }
    return compared;
  }

  #others(connection: string, resId: number): string[] {
    const keys = [...this.held].filter(([, link]) => link.resId === resId).map(([key]) => key.split('/')[0]!);
    return [...new Set(keys)].filter((each) => each !== connection);
  }

  #match(change: UpsertChange): number | undefined {
    for (const domain of change.match)
      for (const [field, , value] of domain as [string, string, string][])
        for (const [resId, partner] of this.partners)
          if (
            !empty(value) &&
            (field === 'saas_sync_key' ? `db-${resId}` === value : partner[field] === value)
          )
            return resId;
    return undefined;
  }

  #write(resId: number, values: Values, connection: string): void {
    const partner = this.partners.get(resId)!;
    const changed = Object.keys(values).filter((name) => !same(partner[name], values[name]));
    if (changed.length === 0) return;
    this.writes++;
    Object.assign(partner, values);
    this.#tell(resId, changed, connection, { at: this.#now(), by: 'sync' });
  }

  async values(_connection: string, _model: string, ids: readonly number[]): Promise<OdooRecord[]> {
    return ids.flatMap((id) => {
      const values = this.partners.get(id);
      return values ? [{ id, key: `db-${id}`, values: { ...values } }] : [];
    });
  }

  async report(report: Report): Promise<void> {
    this.reports.push(report);
  }

  readonly #calm = new FakeOdoo();
  hello = () => this.#calm.hello();
  links: OdooPort['links'] = async () => ({ links: [], next: null });
  contactState: OdooPort['contactState'] = () => this.#calm.contactState();
  contactStep: OdooPort['contactStep'] = async () => {};
  candidates: OdooPort['candidates'] = async () => [];
  findings: OdooPort['findings'] = async () => {};
  decisions: OdooPort['decisions'] = (...asked) => this.#calm.decisions(...asked);
  compareBuckets: OdooPort['compareBuckets'] = async () => [];
  compareRows: OdooPort['compareRows'] = async () => [];
  compareRecords: OdooPort['compareRecords'] = async () => ({ rows: [], next: null });
}
