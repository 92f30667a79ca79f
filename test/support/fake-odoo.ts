/** Odoo's side of the protocol in memory, as far as the engine can tell the difference. */
import type { ApplyResult, Change, UpsertChange } from '../../sidecar/domain/change.ts';
import {
  BucketSums,
  bucketOf,
  LEVELS,
  type ComparedLink,
  type Level,
  type Stray,
} from '../../sidecar/domain/comparison.ts';
import type { OdooRecord } from '../../sidecar/domain/agreement.ts';
import type { Failure } from '../../sidecar/domain/failure.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import type { OdooPort, Report } from '../../sidecar/engine/index.ts';
import { FakeContact } from './fake-contact.ts';
import { refOf } from './things.ts';

interface Row {
  resId: number;
  version: number;
  digest: string;
  values: Record<string, unknown>;
}

/** Odoo's side of the protocol, as far as the engine can tell: links by key, compare by digest and version. */
export class FakeOdoo extends FakeContact implements OdooPort {
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
  answers = new Map<string, (change: Change) => Partial<ApplyResult> | undefined>();
  reportFailure: Failure | undefined;
  concurrent = 0;
  mostConcurrent = 0;

  /** Which database this is. */
  uuid: string | undefined = 'uuid-1';

  hello() {
    return Promise.resolve({ uuid: this.uuid });
  }

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
      .filter(
        (value): value is { ref: { kind: Kind; external_id: string } } =>
          typeof value === 'object' && value !== null && 'ref' in value,
      )
      .map(({ ref }) => ref)
      .filter((ref) => !this.rows.has(`${connection}/${ref.kind}:${ref.external_id}`));
    if (missing.length > 0) return { key: change.key, status: 'waiting', waiting_for: missing };
    const row = this.rows.get(key);
    const old = row && (change.version < row.version || (row.digest === change.digest && !change.force));
    if (row && old) return this.#answer(change, 'unchanged', row);
    const next = {
      resId: row?.resId ?? this.rows.size + 1,
      version: change.version,
      digest: change.digest,
      values,
    };
    this.rows.set(key, next);
    this.writes++;
    return this.#answer(change, row ? 'updated' : 'created', next);
  }

  #answer(change: Change, status: ApplyResult['status'], row: Row): ApplyResult {
    const { resId: res_id, version, digest } = row;
    return { key: change.key, status, model: change.model, res_id, version, digest, base: {} };
  }

  override linked(connection: string, key: string, resId: number): void {
    this.rows.set(`${connection}/${key}`, { resId, version: 0, digest: '', values: {} });
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

  /** How often Odoo was asked to compare. */
  compared = 0;
  /** What Odoo's people did to linked records. */
  strays: Stray[] = [];
  #links(connection: string): ComparedLink[] {
    return [...this.rows]
      .filter(([key]) => key.startsWith(`${connection}/`))
      .map(([key, { resId, version, digest }]) => {
        const { kind, externalId } = refOf(connection, key.slice(connection.length + 1));
        return { kind, externalId, model: 'res.partner', resId, version, digest };
      });
  }

  async compareBuckets(connection: string, level: Level, within?: readonly string[]) {
    this.compared++;
    const above = LEVELS[LEVELS.indexOf(level) - 1];
    const sums = new BucketSums();
    for (const link of this.#links(connection))
      if (!within || !above || within.includes(bucketOf(above, link))) sums.add(bucketOf(level, link), link);
    return sums.buckets();
  }

  async compareRows(connection: string, slots: readonly string[]) {
    this.compared++;
    return this.#links(connection).filter((link) => slots.includes(bucketOf('slot', link)));
  }

  async compareRecords() {
    this.compared++;
    return { rows: this.strays.splice(0), next: null };
  }

  /** Records as they are, by model and id. */
  records = new Map<string, OdooRecord>();
  async values(_connection: string, model: string, ids: readonly number[]) {
    return ids.flatMap((id) => this.records.get(`${model}/${id}`) ?? []);
  }

  /** How often it was asked for commands. */
  outboxAsked = 0;
  outbox = async () => {
    this.outboxAsked++;
    return this.commands.splice(0);
  };
  outboxDone = async (rows: Parameters<OdooPort['outboxDone']>[0]) => void this.box.push(...rows);
  async report(report: Report) {
    if (this.reportFailure) throw this.reportFailure;
    this.reports.push(report);
  }
}
