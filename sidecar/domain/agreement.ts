/** How two sides come to agree on one master record: what a three-way merge is asked, and what it answers. */
import type { FieldValue, Scalar, UpsertChange } from './change.ts';
import type { Decision, Edit } from './wish.ts';

/** Both sides of a record that Odoo answered `diverged` for. Keys are Odoo's field names. */
export interface Divergence {
  change: UpsertChange;
  /** The value of `system` in connections.yaml of the connection that the change comes from. */
  system: string;
  /** What was last agreed; null: nothing ever was. */
  base: Record<string, FieldValue> | null;
  /** Odoo now. */
  current: Record<string, FieldValue>;
  /** Other systems that the record is linked to. */
  linked: readonly string[];
  /** Who changed which field in Odoo, as far as it was told; `edited`: who last wrote the record there. */
  edits: Readonly<Record<string, Edit>>;
  edited?: Edit;
  /** What people decided about conflicts of this record. */
  decisions: Readonly<Record<string, Decision>>;
  /** When and by whom the record was last changed at the vendor. */
  changedAt?: number;
  changedBy?: string;
}

/** A field on which both sides differ and nobody may decide but a person. */
export interface FieldConflict {
  field: string;
  /** `both_changed`: since they last agreed, on both sides, to different values. `owned_elsewhere`: Odoo's user changed what the other
   * system owns, and the rule makes that a proposal. */
  why: 'both_changed' | 'owned_elsewhere';
  base: FieldValue;
  odoo: FieldValue;
  other: FieldValue;
  odooSide?: Edit;
  otherSide?: Edit;
}

/** What both sides of a linked record do not agree about. */
export interface HeldConflict {
  /** Odoo's model and id. */
  model: string;
  resId: number;
  fields: readonly FieldConflict[];
}

/** What the vendor is to be told of one record. */
export interface Telling {
  /** By the canonical names of `Connector.writable`. */
  values: Record<string, Scalar>;
  /** By the vendor's own field names. */
  custom: Record<string, Scalar>;
  /** The same by Odoo's field names and in Odoo's notation: agreed once the vendor took it. */
  agreed: Record<string, FieldValue>;
}

export interface Agreement {
  /** The fields that are settled, to be sent to Odoo after the vendor was told; its base is what Odoo holds now. */
  change: UpsertChange;
  /** Undefined: nothing. */
  tell: Telling | undefined;
  conflicts: FieldConflict[];
  /** For the journal: "name goes back to Salesforce's, which owns it". Names fields, never values. */
  because: string[];
}

/** What Odoo has to know of a kind's fields to watch them: sent with the connection's report. */
export interface WatchedField {
  /** Who decides: `odoo`, `newest`, `manual`, or systems in their order of precedence. */
  owner: 'odoo' | 'newest' | 'manual' | readonly string[];
  /** What happens to an edit in Odoo of a field that a system owns. */
  against: 'revert' | 'warn' | 'propose' | 'block';
  /** Edits in Odoo lead to the vendor, or to a look at it because the owner's value comes back. */
  outward: boolean;
  /** How a relation is told: by this field of the record it points to. */
  lookup?: [model: string, field: string];
}

export interface Watch {
  /** Odoo's model. */
  model: string;
  fields: Record<string, WatchedField>;
  /** Records of Odoo that match are made at the vendor; Odoo's notation. */
  born?: unknown[];
}

/** A record of Odoo as it is: for one that is to be born at the vendor. */
export interface OdooRecord {
  id: number;
  /** See `saas_sync_key` in docs/protocol.md. */
  key: string;
  values: Record<string, FieldValue>;
}
