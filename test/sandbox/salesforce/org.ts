/** An org's records and what the platform does by itself: stamps, computed fields, rules, the recycle bin, merges. */
import { EventEmitter } from 'node:events';
import { derive, propagate } from './derived.ts';
import { ApiError, invalid, noObject } from './errors.ts';
import { eighteen, Ids } from './ids.ts';
import { field, type Field, type FieldType, type ObjectDef } from './fields.ts';
import { freshSchema } from './schema.ts';
import {
  stampOf,
  type ChangeNews,
  type Kept,
  type OrgOptions,
  type ValidationRule,
  type WriteOptions,
} from './changing.ts';
import { Table, type Row } from './table.ts';
import { checkValues } from './values.ts';

export class Org extends EventEmitter<{ change: [ChangeNews] }> {
  objects: Map<string, ObjectDef>;
  readonly ids = new Ids();
  readonly options: OrgOptions;
  readonly rules: ValidationRule[] = [];
  /** Object → fields in which no two living records may agree, by the org's duplicate rules. */
  readonly duplicateRules = new Map<string, string[]>();
  /** Record → how many writes still find it locked. */
  readonly locks = new Map<string, number>();
  id = '';
  /** The user the API acts for, and the one people act as. */
  apiUser = '';
  person = '';
  private readonly tables = new Map<string, Table>();
  private offset = 0;
  private undo: (() => void)[] | undefined;

  constructor(options: OrgOptions = {}) {
    super();
    this.options = options;
    this.objects = freshSchema({ currencies: options.currencies ?? false });
    this.furnish();
  }

  private furnish(): void {
    this.id = this.ids.next('00D');
    this.table('Organization').put({
      Id: this.id,
      Name: 'Fjordwerk GmbH',
      IsSandbox: this.options.isSandbox ?? true,
      OrganizationType: 'Enterprise Edition',
    });
    const user = (Name: string, Email: string): string =>
      this.insert('User', { Name, Email, Username: `${Email}.sandbox`, IsActive: true }, { by: 'self' }).Id;
    this.apiUser = user('Odoo Integration', 'odoo@fjordwerk.example');
    this.person = user('Nora Nygaard', 'nora@fjordwerk.example');
    this.table('Pricebook2').put(
      this.stamped('Pricebook2', { Name: 'Standard Price Book', IsActive: true, IsStandard: true }, {}),
    );
  }

  now(): number {
    return (this.options.now ?? Date.now)() + this.offset;
  }

  advance(ms: number): void {
    this.offset += ms;
  }

  object(name: string): ObjectDef {
    const found = this.objects.get(name);
    if (!found || found.hidden) throw noObject(name);
    return found;
  }

  table(object: string): Table {
    let table = this.tables.get(object);
    if (!table) {
      const fields = [...(this.objects.get(object)?.fields.values() ?? [])];
      table = new Table(
        fields.filter(({ type, externalId }) => type === 'reference' || externalId).map(({ name }) => name),
      );
      this.tables.set(object, table);
    }
    return table;
  }

  /** The row by an id of 15 or 18 characters. */
  find(object: string, id: string): Row | undefined {
    return this.table(object).rows.get(eighteen(id));
  }

  get standardPriceBook(): string {
    return [...this.table('Pricebook2').rows.keys()][0]!;
  }

  insert(object: string, values: Record<string, unknown>, how: WriteOptions = {}): Row {
    const def = this.object(object);
    const row = this.stamped(object, values, how);
    checkValues(this, def, row, values, 'create');
    this.checkRules(object, row, how);
    this.save(object, row, 'created');
    return row;
  }

  update(object: string, id: string, values: Record<string, unknown>, how: WriteOptions = {}): Row {
    const def = this.object(object);
    const before = this.living(object, id);
    this.checkLock(before.Id);
    const row = { ...before, ...values, ...this.touched(how) } as Row;
    checkValues(this, def, row, values, 'update');
    derive(this, object, row, before);
    this.checkRules(object, row, how);
    this.save(object, row, 'updated');
    return row;
  }

  /** Into the recycle bin, with its details. */
  remove(object: string, id: string, how: WriteOptions = {}): void {
    const row = this.living(object, id);
    this.checkLock(row.Id);
    this.save(object, { ...row, IsDeleted: true, ...this.touched(how) }, 'deleted');
    for (const [child, link] of DETAILS[object] ?? [])
      for (const detail of this.table(child).where(link, row.Id))
        if (detail['IsDeleted'] !== true) this.remove(child, detail.Id, how);
  }

  undelete(object: string, id: string, how: WriteOptions = {}): void {
    const row = this.find(object, id);
    if (row)
      this.save(
        object,
        { ...row, IsDeleted: false, MasterRecordId: null, ...this.touched(how) },
        'undeleted',
      );
  }

  /** Gone for good: in no query, not even of the recycle bin. */
  purge(object: string, id: string): void {
    this.table(object).drop(eighteen(id));
  }

  /** Up to two losers become one with the master: their children move, they themselves go to the recycle bin. */
  merge(
    object: 'Account' | 'Contact',
    master: string,
    losers: readonly string[],
    how: WriteOptions = {},
  ): void {
    const into = this.living(object, master).Id;
    for (const id of losers) {
      const loser = this.living(object, id);
      for (const def of this.objects.values())
        for (const each of def.fields.values())
          if (each.to === object && !each.readOnly) this.repoint(def.name, each.name, loser.Id, into, how);
      this.save(object, { ...loser, IsDeleted: true, MasterRecordId: into, ...this.touched(how) }, 'deleted');
    }
    this.save(object, { ...this.living(object, into), ...this.touched(how) }, 'updated');
  }

  private repoint(object: string, name: string, from: string, to: string, how: WriteOptions): void {
    for (const row of this.table(object).where(name, from))
      this.save(object, { ...row, [name]: to, ...this.touched(how) }, 'updated');
  }

  addField(object: string, name: string, type: FieldType, more: Partial<Field> = {}): void {
    const def = this.objects.get(object)!;
    def.fields.set(name, field(name, type, more));
    for (const row of this.table(object).rows.values()) row[name] ??= type === 'boolean' ? false : null;
  }

  /** As an administrator deletes a field: its values are lost, and every query that names it fails. */
  removeField(object: string, name: string): void {
    this.objects.get(object)?.fields.delete(name);
    for (const row of this.table(object).rows.values()) delete row[name];
  }

  /** Field-level security of the API's user. */
  secure(object: string, name: string, access: 'edit' | 'read' | 'none'): void {
    const known = this.objects.get(object)?.fields.get(name);
    if (!known) throw new Error(`${object} has no field ${name}`);
    known.hidden = access === 'none';
    known.frozen = access === 'read';
  }

  /** All or nothing: what was written before an error is taken back. */
  transaction<T>(work: () => T): T {
    const outer = this.undo;
    const undo: (() => void)[] = [];
    this.undo = undo;
    try {
      return work();
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      this.undo = outer;
    }
  }

  private living(object: string, id: string): Row {
    const row = this.find(object, id);
    if (!row)
      throw new ApiError(404, 'NOT_FOUND', 'Provided external ID field does not exist or is not accessible');
    if (row['IsDeleted'] === true) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
    return row;
  }

  private checkLock(id: string): void {
    const left = this.locks.get(id) ?? 0;
    if (left === 0) return;
    this.locks.set(id, left - 1);
    throw invalid(
      'UNABLE_TO_LOCK_ROW',
      `unable to obtain exclusive access to this record or 1 records: ${id}`,
    );
  }

  private checkRules(object: string, row: Row, { allowDuplicates = false }: WriteOptions): void {
    for (const rule of this.rules) {
      const message = rule.object === object ? rule.check(row) : undefined;
      if (message) throw invalid('FIELD_CUSTOM_VALIDATION_EXCEPTION', message);
    }
    const fields = this.duplicateRules.get(object);
    if (!fields || allowDuplicates) return;
    for (const other of this.table(object).rows.values())
      if (
        other.Id !== row.Id &&
        other['IsDeleted'] !== true &&
        fields.every((name) => row[name] && other[name] === row[name])
      )
        throw invalid('DUPLICATES_DETECTED', 'Use one of these records?');
  }

  private touched({ by, stampedAgoMs = 0 }: WriteOptions): Record<string, unknown> {
    const stamp = stampOf(this.now() - stampedAgoMs);
    return { LastModifiedDate: stamp, LastModifiedById: by ?? this.apiUser, SystemModstamp: stamp };
  }

  private stamped(object: string, values: Record<string, unknown>, how: WriteOptions): Row {
    const def = this.objects.get(object)!;
    const empty = [...def.fields.values()].map(({ name, type }) => [name, type === 'boolean' ? false : null]);
    const touched = this.touched(how);
    const row: Row = {
      ...(Object.fromEntries(empty) as Record<string, unknown>),
      ...(def.fields.has('OwnerId') ? { OwnerId: how.by ?? this.apiUser } : {}),
      ...(def.fields.has('CurrencyIsoCode') ? { CurrencyIsoCode: this.options.currency ?? 'EUR' } : {}),
      ...values,
      ...touched,
      CreatedDate: touched['SystemModstamp'],
      CreatedById: touched['LastModifiedById'],
      Id: this.ids.next(def.prefix),
    };
    derive(this, object, row, undefined);
    return row;
  }

  private save(object: string, row: Row, what: ChangeNews['what']): void {
    const table = this.table(object);
    const before = table.rows.get(row.Id);
    this.undo?.push(() => (before ? table.put(before) : table.drop(row.Id)));
    table.put(row);
    propagate(this, object, row, before);
    this.emit('change', { object, id: row.Id, what });
  }

  /** Everything that is held, for a later start; fields and rules begin as they always do. */
  keep(): Kept {
    const rows = [...this.tables].flatMap(([object, table]) =>
      [...table.rows.values()].map((row): [string, Row] => [object, row]),
    );
    return { rows, ids: this.ids.keep() };
  }

  resume({ rows, ids }: Kept): void {
    for (const [object, row] of rows) this.table(object).put(row);
    this.ids.resume(ids);
  }

  /** What the platform itself writes in consequence of something else. */
  consequence(object: string, id: string, values: Record<string, unknown>, by: unknown): void {
    const row = this.find(object, id);
    if (row) this.save(object, { ...row, ...values, ...this.touched({ by: String(by) }) }, 'updated');
  }
}

/** Children that go with their parent. */
const DETAILS: Record<string, readonly (readonly [object: string, field: string])[]> = {
  Account: [['AccountContactRole', 'AccountId']],
  Opportunity: [
    ['OpportunityLineItem', 'OpportunityId'],
    ['OpportunityContactRole', 'OpportunityId'],
  ],
  Contact: [
    ['AccountContactRole', 'ContactId'],
    ['OpportunityContactRole', 'ContactId'],
  ],
};
