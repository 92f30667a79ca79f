/** Which records belong together: edges with types, always kept in both directions. */
import { invalid } from './errors.ts';
import type { Kept } from './records.ts';
import type { ObjectType } from './schema.ts';

export interface AssociationType {
  from: ObjectType;
  to: ObjectType;
  typeId: number;
  label: string | null;
  category: 'HUBSPOT_DEFINED' | 'USER_DEFINED';
  /** Type of the same edge seen from the other side. */
  inverse: number;
}

const known = (
  from: ObjectType,
  to: ObjectType,
  typeId: number,
  inverse: number,
  label: string | null = null,
): AssociationType => ({ from, to, typeId, inverse, label, category: 'HUBSPOT_DEFINED' });

const STANDARD: readonly AssociationType[] = [
  known('contacts', 'companies', 1, 2, 'Primary'),
  known('companies', 'contacts', 2, 1, 'Primary'),
  known('contacts', 'companies', 279, 280),
  known('companies', 'contacts', 280, 279),
  known('deals', 'companies', 5, 6, 'Primary'),
  known('companies', 'deals', 6, 5, 'Primary'),
  known('deals', 'companies', 341, 342),
  known('companies', 'deals', 342, 341),
  known('deals', 'contacts', 3, 4),
  known('contacts', 'deals', 4, 3),
  known('deals', 'line_items', 19, 20),
  known('line_items', 'deals', 20, 19),
  known('companies', 'companies', 13, 14, 'Child Company'),
  known('companies', 'companies', 14, 13, 'Parent Company'),
  known('companies', 'companies', 450, 450),
];

/** Of these, a record has one that is its primary. */
export const PRIMARY: Partial<Record<`${ObjectType}/${ObjectType}`, number>> = {
  'contacts/companies': 1,
  'deals/companies': 5,
};

export interface Edge {
  id: string;
  types: AssociationType[];
}

export class Associations {
  readonly types: AssociationType[] = [...STANDARD];
  readonly #edges = new Map<string, Map<string, Set<number>>>();
  #nextType = 1001;

  /** A label of the account's own, usable in both directions. */
  addLabel(from: ObjectType, to: ObjectType, label: string): number {
    const [there, back] = [this.#nextType++, this.#nextType++];
    const own = { label, category: 'USER_DEFINED' } as const;
    this.types.push({ from, to, typeId: there, inverse: back, ...own });
    this.types.push({ from: to, to: from, typeId: back, inverse: there, ...own });
    return there;
  }

  /** The type without a label. */
  plain(from: ObjectType, to: ObjectType): number {
    const found = this.types.find((type) => type.from === from && type.to === to && type.label === null);
    if (!found) throw invalid(`There is no association from ${from} to ${to}`);
    return found.typeId;
  }

  find(from: ObjectType, to: ObjectType, typeId: number): AssociationType {
    const found = this.types.find((type) => type.from === from && type.to === to && type.typeId === typeId);
    if (!found) throw invalid(`One or more association types are invalid: ${from} ${to} ${typeId}`);
    return found;
  }

  of(from: ObjectType, id: string, to: ObjectType): Edge[] {
    const edges = this.#edges.get(`${from}/${id}/${to}`) ?? new Map<string, Set<number>>();
    return [...edges].map(([toId, types]) => ({
      id: toId,
      types: [...types].map((typeId) => this.find(from, to, typeId)),
    }));
  }

  /** Adds the types to the edge; a labelled edge is an unlabelled one as well. */
  add(from: ObjectType, id: string, to: ObjectType, toId: string, typeIds: readonly number[]): void {
    const all = typeIds.map((typeId) => this.find(from, to, typeId));
    const primary = PRIMARY[`${from}/${to}`];
    const first = primary !== undefined && this.of(from, id, to).length === 0;
    if (first) all.push(this.find(from, to, primary));
    if (from !== to || all.every(({ label }) => label === null))
      all.push(this.find(from, to, this.plain(from, to)));
    if (primary !== undefined && all.some(({ typeId }) => typeId === primary))
      this.#dropType(from, id, to, primary);
    for (const { typeId, inverse } of all) {
      this.#put(`${from}/${id}/${to}`, toId, typeId);
      this.#put(`${to}/${toId}/${from}`, id, inverse);
    }
  }

  remove(from: ObjectType, id: string, to: ObjectType, toId: string): boolean {
    const had = this.#edges.get(`${from}/${id}/${to}`)?.delete(toId) ?? false;
    this.#edges.get(`${to}/${toId}/${from}`)?.delete(id);
    return had;
  }

  /** Everything that a record is associated with goes over to another of its type. */
  move(type: ObjectType, from: string, survivor: string, types: readonly ObjectType[]): void {
    for (const to of types)
      for (const edge of this.of(type, from, to)) {
        this.remove(type, from, to, edge.id);
        if (to === type && edge.id === survivor) continue;
        const typeIds = edge.types.map(({ typeId }) => typeId);
        this.add(type, survivor, to, edge.id, typeIds);
      }
  }

  keep(): Kept['edges'] {
    return [...this.#edges].map(([key, edges]) => [key, [...edges].map(([id, types]) => [id, [...types]])]);
  }

  resume(kept: Kept['edges']): void {
    for (const [key, edges] of kept)
      this.#edges.set(key, new Map(edges.map(([id, types]) => [id, new Set(types)])));
  }

  #put(key: string, id: string, typeId: number): void {
    const edges = this.#edges.get(key) ?? new Map<string, Set<number>>();
    edges.set(id, (edges.get(id) ?? new Set()).add(typeId));
    this.#edges.set(key, edges);
  }

  #dropType(from: ObjectType, id: string, to: ObjectType, typeId: number): void {
    const { inverse } = this.find(from, to, typeId);
    for (const edge of this.of(from, id, to)) {
      this.#edges.get(`${from}/${id}/${to}`)?.get(edge.id)?.delete(typeId);
      this.#edges.get(`${to}/${edge.id}/${from}`)?.get(id)?.delete(inverse);
    }
  }
}
