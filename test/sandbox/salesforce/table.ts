/** Rows of one object, in order of their ids, found by their references without looking at all of them. */

/** A record with all its fields, hidden ones too. */
export type Row = Record<string, unknown> & { Id: string };

export class Table {
  readonly rows = new Map<string, Row>();
  private readonly references: readonly string[];
  private readonly index = new Map<string, Set<string>>();

  constructor(references: readonly string[]) {
    this.references = references;
  }

  put(row: Row): void {
    const before = this.rows.get(row.Id);
    if (before) this.mark(before, false);
    this.rows.set(row.Id, row);
    this.mark(row, true);
  }

  drop(id: string): void {
    const row = this.rows.get(id);
    if (!row) return;
    this.mark(row, false);
    this.rows.delete(id);
  }

  isIndexed(field: string): boolean {
    return this.references.includes(field);
  }

  where(field: string, value: unknown): Row[] {
    return [...(this.index.get(`${field}=${String(value)}`) ?? [])].flatMap((id) => this.rows.get(id) ?? []);
  }

  private mark(row: Row, present: boolean): void {
    for (const field of this.references) {
      const value = row[field];
      if (value === null || value === undefined) continue;
      const name = `${field}=${String(value)}`;
      const ids = this.index.get(name) ?? new Set();
      if (present) this.index.set(name, ids.add(row.Id));
      else ids.delete(row.Id);
    }
  }
}
