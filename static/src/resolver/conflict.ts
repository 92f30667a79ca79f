// A conflict as `saas.sync.conflict.resolver` answers it, and what a person chooses in it.

export type Take = 'odoo' | 'other' | 'value';

/** What a key chooses while a field has the focus; null: undecided. */
export const TAKE_OF_KEY: Record<string, Take | null> = {
  ArrowLeft: 'odoo',
  ArrowRight: 'other',
  '1': 'odoo',
  '2': 'other',
  '3': 'value',
  '0': null,
  Backspace: null,
};

export interface Side {
  /** In words; empty for no value. */
  text: string;
  by: string | null;
  /** ISO 8601. */
  at: string | null;
}

/** What a field's own widget is told of the field. */
export interface FieldSpec {
  type: string;
  string: string;
  selection?: [string, string][];
  relation?: string;
  [attribute: string]: unknown;
}

/** One field; texts are in the user's language. */
export interface ConflictLine {
  id: number;
  field: string;
  label: string;
  why: 'both_changed' | 'owned_elsewhere';
  settled: boolean;
  /** Stands for the two values; sent back with a choice between them. */
  token: string;
  base: Side;
  odoo: Side;
  other: Side;
  /** What Odoo held when the conflict was found, if that is no longer so. */
  was: string | null;
  choice: Take | null;
  typed: string | null;
  decided_by: string | null;
  can_type: boolean;
  spec: FieldSpec;
  /** As the field's widget takes them. */
  held: Record<Take, unknown>;
}

export interface Conflict {
  id: number;
  state: 'open' | 'resolving' | 'resolved';
  label: string;
  model: string;
  res_id: number;
  record_name: string | null;
  kind: string;
  system_name: string;
  connection_name: string;
  /** UTC, in the server's notation. */
  since: string | null;
  url: string | null;
  /** Why the last decision was not carried out. */
  problem: string | null;
  note: string | null;
  ending: string | null;
  can_decide: boolean;
  /** Number of fields that the user may not see. */
  hidden: number;
  lines: ConflictLine[];
}

export interface Choice {
  take: Take;
  token: string;
  /** With `take: value`: as the field's widget has it for the server. */
  value?: unknown;
  /** Propose it as a rule. */
  always?: boolean;
}

export type Choices = Record<string, Choice>;
