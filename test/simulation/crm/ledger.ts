/** What people wrote where, what each side ever held, and what was decided: to judge whether anybody's last word was lost. */
import type { FieldValue } from '../../../sidecar/domain/change.ts';

/** A field of a record on one side: "odoo 7 phone", "hubspot customer:20 phone". */
export const cellName = (side: string, record: string, field: string): string => `${side} ${record} ${field}`;

/** No vendor compares and sets: what was written there so shortly before the sidecar's word arrives may not have been read. */
const UNSEEN_MS = 60_000;

interface Cell {
  held: Set<string>;
  /** The last word of a person here. */
  last?: { value: string; at: number; unread: boolean };
  /** What stands there by the sync's hand; undefined: a person's word does. */
  synced?: string | undefined;
}

export interface Decided {
  record: string;
  field: string;
  /** What the person saw, and what became of it. */
  odoo: string;
  other: string;
  value: string;
}

/** Values as they are compared. */
export const words = (value: FieldValue | undefined): string =>
  value === undefined || value === null || value === false ? '' : String(value).trim();

export class Ledger {
  readonly decisions: Decided[] = [];
  /** How many fields people wrote, on all sides. */
  edits = 0;
  /** How often a person's word at a CRM was written over before anybody had read it. */
  unseen = 0;
  /** When a frozen process went on last, UTC ms: what it had read was old. */
  frozenAt = 0;
  readonly #cells = new Map<string, Cell>();

  cell(name: string): Cell {
    const known = this.#cells.get(name) ?? { held: new Set<string>() };
    this.#cells.set(name, known);
    return known;
  }

  person(name: string, value: string, at: number): void {
    const cell = this.cell(name);
    cell.last = { value, at, unread: false };
    cell.synced = undefined;
    cell.held.add(value);
    this.edits++;
  }

  /** The sync wrote over `before`; `at`: there nobody compares. */
  sync(name: string, value: string, before: string, at?: number): void {
    const cell = this.cell(name);
    cell.held.add(value);
    cell.synced = value;
    if (at === undefined || cell.last?.value !== before) return;
    if (at - Math.max(cell.last.at, this.frozenAt) > UNSEEN_MS) return;
    cell.last.unread = true;
    this.unseen++;
  }

  /** The record became one with another: who wins there is not a matter of single fields. */
  forgive(prefix: string): void {
    for (const [name, cell] of this.#cells) if (name.startsWith(prefix)) delete cell.last;
  }

  decided(decision: Decided): void {
    this.decisions.push(decision);
    this.edits++;
  }
}
