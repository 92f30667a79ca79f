/** One simulated HubSpot portal: its records, its properties, its people, and the events that every change makes. */
import { EventEmitter } from 'node:events';
import { Associations } from './associations.ts';
import { compute, employ, standardPipeline } from './computed.ts';
import { ApiError, badProperties, invalid, notFound, taken, type Wrong } from './errors.ts';
import { associationOf, hookEvent, mergeOf } from './events.ts';
import { judged, kept } from './judge.ts';
import { mergeValues, type Actor, type Kept, type Owner, type Pipeline, type Row } from './records.ts';
import { byType, define, FIRST_ID, modifiedName, standardProperties, TYPES } from './schema.ts';
import type { NewProperty, ObjectType, PropertyDefinition } from './schema.ts';

export interface PortalOptions {
  portalId?: number | undefined;
  currency?: string | undefined;
  accountType?: string | undefined;
  /** UTC ms; the machine's clock unless given. */
  clock?: (() => number) | undefined;
}

const PEOPLE: Actor = { source: 'CRM_UI', userId: 11 };

/** Emits `event` for each change that a webhook could tell. */
export class Portal extends EventEmitter {
  readonly id: number;
  readonly currency: string;
  readonly accountType: string;
  readonly now: () => number;
  readonly associations = new Associations();
  readonly owners: Owner[] = [];
  readonly pipelines: Pipeline[] = [standardPipeline()];
  /** How long a change takes to reach the search index, in ms. */
  indexLagMs = 0;
  /** Records (`type/id`) that reach the index later than others: UTC ms until which it does not know their last change. */
  readonly lateInIndex = new Map<string, number>();
  /** Whether a merge makes a record with a new id, as most of them do, or keeps the primary's. */
  mergeMintsId = true;
  /** Bulk loads make no events. */
  silent = false;
  /** Rises with every change. */
  version = 0;
  readonly #rows: Record<ObjectType, Map<string, Row>>;
  readonly #properties: Record<ObjectType, Map<string, PropertyDefinition>>;
  readonly #ids = { ...FIRST_ID };
  readonly #mergedInto = new Map<string, string>();
  /** Id by `type/property/value`, for properties whose values are unique. */
  readonly #unique = new Map<string, string>();
  #listing: { key: string; rows: readonly Row[] } = { key: '', rows: [] };
  #events = 0;

  constructor(options: PortalOptions = {}) {
    super();
    this.id = options.portalId ?? 1001;
    this.currency = options.currency ?? 'EUR';
    this.accountType = options.accountType ?? 'DEVELOPER_TEST';
    this.now = options.clock ?? Date.now;
    this.#rows = byType(() => new Map<string, Row>());
    this.#properties = byType(standardProperties);
  }

  properties(type: ObjectType): Map<string, PropertyDefinition> {
    return this.#properties[type];
  }

  addProperty(type: ObjectType, property: NewProperty): PropertyDefinition {
    if (this.#properties[type].has(property.name))
      throw new ApiError(409, 'OBJECT_ALREADY_EXISTS', `Property ${property.name} already exists`);
    const made = define(property, { hubspotDefined: false, readOnly: false });
    this.#properties[type].set(made.name, made);
    return made;
  }

  /** Its values are gone as well. */
  removeProperty(type: ObjectType, name: string): void {
    if (!this.#properties[type].delete(name)) throw notFound(name);
    for (const row of this.#rows[type].values()) row.values.delete(name);
    this.version += 1;
  }

  /** Everything that is held, for a later start; properties and stages begin as they always do. */
  keep(): Kept {
    const all = TYPES.flatMap((type) => this.all(type));
    const rows = all.map((row) => ({ ...row, before: undefined, values: [...row.values] }));
    const more = { mergedInto: [...this.#mergedInto], unique: [...this.#unique], ids: { ...this.#ids } };
    return { rows, ...more, edges: this.associations.keep() };
  }

  resume({ rows, mergedInto, unique, ids, edges }: Kept): void {
    for (const row of rows)
      this.#rows[row.type].set(row.id, { ...row, values: new Map(row.values), before: undefined });
    for (const [id, winner] of mergedInto) this.#mergedInto.set(id, winner);
    for (const [value, id] of unique) this.#unique.set(value, id);
    Object.assign(this.#ids, ids);
    this.associations.resume(edges);
    this.version += 1;
  }

  /** All of a type, archived ones included, in the order of their making. */
  all(type: ObjectType): Row[] {
    return [...this.#rows[type].values()];
  }

  /** A record that lives; ids that were merged away lead to the winner. Throws 404. */
  get(type: ObjectType, id: string): Row {
    const row = this.find(type, id);
    if (!row || row.archivedAt !== null) throw notFound(id);
    return row;
  }

  /** Archived ones as well. */
  find(type: ObjectType, id: string): Row | undefined {
    const row = this.#rows[type].get(id);
    const winner = this.#mergedInto.get(`${type}/${id}`);
    return row ?? (winner === undefined ? undefined : this.find(type, winner));
  }

  /** Living or archived ones by rising ids, as listings show them; kept until something changes. */
  listing(type: ObjectType, archived: boolean): readonly Row[] {
    const key = `${type}/${archived}/${this.version}`;
    if (this.#listing.key !== key)
      this.#listing = { key, rows: this.all(type).filter((row) => (row.archivedAt !== null) === archived) };
    return this.#listing.rows;
  }

  /** A living record by the value of a property that is unique. */
  findBy(type: ObjectType, property: string, value: string): Row | undefined {
    const wanted = kept(property, value);
    const row = this.find(type, this.#unique.get(`${type}/${property}/${wanted}`) ?? '');
    return row?.archivedAt === null && row.values.get(property) === wanted ? row : undefined;
  }

  #isUnique(type: ObjectType, name: string): boolean {
    return (
      (type === 'contacts' && name === 'email') || this.#properties[type].get(name)?.hasUniqueValue === true
    );
  }

  create(type: ObjectType, given: Record<string, unknown>, by: Actor = PEOPLE): Row {
    const values = this.checked(type, given, undefined);
    const id = String(this.#ids[type]++);
    const now = this.now();
    const row: Row = {
      id,
      type,
      values: new Map([['hs_object_id', id]]),
      createdAt: now,
      updatedAt: now,
      archivedAt: null,
      before: undefined,
    };
    row.values.set('createdate', new Date(now).toISOString());
    this.#rows[type].set(id, row);
    this.#set(row, values, by);
    this.tell(row, 'creation', { changeFlag: 'CREATED' }, by);
    return row;
  }

  update(type: ObjectType, id: string, given: Record<string, unknown>, by: Actor = PEOPLE): Row {
    const row = this.get(type, id);
    const values = this.checked(type, given, row);
    const changed = [...values].filter(([name, value]) => (row.values.get(name) ?? '') !== value);
    if (changed.length === 0) return row;
    this.#set(row, new Map(changed), by);
    for (const [propertyName, propertyValue] of changed)
      this.tell(row, 'propertyChange', { propertyName, propertyValue }, by);
    return row;
  }

  archive(type: ObjectType, id: string, by: Actor = PEOPLE): void {
    const row = this.find(type, id);
    if (!row || row.archivedAt !== null) return;
    row.archivedAt = this.now();
    this.version += 1;
    this.tell(row, 'deletion', { changeFlag: 'DELETED' }, by);
  }

  restore(type: ObjectType, id: string, by: Actor = PEOPLE): void {
    const row = this.find(type, id);
    if (!row) throw notFound(id);
    row.archivedAt = null;
    this.#touch(row);
    this.tell(row, 'restore', { changeFlag: 'RESTORED' }, by);
  }

  /** Deleted for good: no bin, no trace. */
  forget(type: ObjectType, id: string): void {
    const row = this.find(type, id);
    if (!row) return;
    this.#rows[type].delete(row.id);
    this.version += 1;
    this.tell(row, type === 'contacts' ? 'privacyDeletion' : 'deletion', { changeFlag: 'DELETED' }, PEOPLE);
  }

  /** The primary's values win; associations of both go to the survivor. */
  merge(type: ObjectType, primaryId: string, otherId: string, by: Actor = PEOPLE): Row {
    const [primary, other] = [this.get(type, primaryId), this.get(type, otherId)];
    if (primary === other) throw invalid('An object cannot be merged with itself');
    const survivor = this.mergeMintsId ? this.#twin(primary) : primary;
    const losers = [primary, other].filter((row) => row !== survivor);
    mergeValues(survivor, other, losers);
    for (const loser of losers) {
      this.associations.move(type, loser.id, survivor.id, TYPES);
      this.#rows[type].delete(loser.id);
      this.#mergedInto.set(`${type}/${loser.id}`, survivor.id);
    }
    this.#touch(survivor);
    this.tell(survivor, 'merge', mergeOf(primaryId, otherId, survivor.id), by);
    return survivor;
  }

  associate(
    from: ObjectType,
    id: string,
    to: ObjectType,
    toId: string,
    typeIds: readonly number[] = [],
    by: Actor = PEOPLE,
  ): void {
    const [row, other] = [this.get(from, id), this.get(to, toId)];
    const types = typeIds.length > 0 ? typeIds : [this.associations.plain(from, to)];
    this.associations.add(from, row.id, to, other.id, types);
    this.#associated(row, other, false, by);
  }

  dissociate(from: ObjectType, id: string, to: ObjectType, toId: string, by: Actor = PEOPLE): void {
    const [row, other] = [this.get(from, id), this.get(to, toId)];
    if (this.associations.remove(from, row.id, to, other.id)) this.#associated(row, other, true, by);
  }

  /** Checks values as the API does. Throws 400 with all that is wrong, 409 for an e-mail address that is taken. */
  checked(type: ObjectType, given: Record<string, unknown>, row: Row | undefined): Map<string, string> {
    const wrong: Wrong[] = [];
    const values = new Map<string, string>();
    for (const [name, value] of Object.entries(given)) {
      const fault = judged(this.#properties[type].get(name), name, value);
      if (fault) wrong.push(fault);
      else values.set(name, kept(name, value));
    }
    if (wrong.length > 0) throw badProperties(wrong);
    for (const [name, value] of values) this.#checkUnique(type, name, value, row);
    return values;
  }

  #checkUnique(type: ObjectType, name: string, value: string, row: Row | undefined): void {
    if (value === '' || !this.#isUnique(type, name)) return;
    const other = this.findBy(type, name, value);
    if (other && other !== row) throw taken(name, value, other.id);
  }

  #set(row: Row, values: Map<string, string>, by: Actor): void {
    this.#touch(row);
    for (const [name, value] of values)
      if (value === '') row.values.delete(name);
      else {
        row.values.set(name, value);
        if (this.#isUnique(row.type, name)) this.#unique.set(`${row.type}/${name}/${value}`, row.id);
      }
    if (by.userId !== undefined) row.values.set('hs_updated_by_user_id', String(by.userId));
    else row.values.delete('hs_updated_by_user_id');
    compute(row, this.pipelines, this.now());
  }

  #touch(row: Row): void {
    const now = this.now();
    const settled = now - row.updatedAt >= this.indexLagMs && row.values.has(modifiedName(row.type));
    if (settled) row.before = { values: new Map(row.values), updatedAt: row.updatedAt };
    row.updatedAt = now;
    row.values.set(modifiedName(row.type), new Date(now).toISOString());
    this.version += 1;
  }

  #twin(row: Row): Row {
    const id = String(this.#ids[row.type]++);
    const made: Row = { ...row, id, values: new Map(row.values).set('hs_object_id', id), before: undefined };
    this.#rows[row.type].set(id, made);
    return made;
  }

  #associated(row: Row, other: Row, removed: boolean, by: Actor): void {
    if (row.type === 'contacts' && other.type === 'companies') {
      const was = row.values.get('associatedcompanyid');
      employ(row, this.associations.of('contacts', row.id, 'companies'));
      if (was !== row.values.get('associatedcompanyid')) this.#touch(row);
    }
    this.version += 1;
    this.tell(row, 'associationChange', associationOf(row, other, removed), by);
  }

  private tell(row: Row, verb: string, more: Record<string, unknown>, by: Actor): void {
    if (this.silent) return;
    this.#events += 1;
    this.emit('event', hookEvent(this, this.#events, row, verb, more, by));
  }
}
