/** One intended write to Odoo, with its reason; the wire form is described in docs/protocol.md. */
import type { Event } from './event.ts';
import type { Kind } from './reference.ts';

/** A value that Odoo has to look up: through a link, or by a field of a reference table. */
export type RefValue = { ref: { kind: Kind; external_id: string } };
export type LookupValue = { lookup: [model: string, field: string, value: string, domain?: unknown[]] };
export type Scalar = string | number | boolean | null;
export type FieldValue = Scalar | RefValue | LookupValue;

/** A search domain in Odoo's own notation. */
export type Domain = unknown[];

interface ChangeBase {
  key: { kind: Kind; external_id: string };
  model: string;
  /** Version of the news; older than the link's is ignored by Odoo. */
  version: number;
  /** Hash over everything wanted; equal to the link's = nothing to do. */
  digest: string;
  label: string;
  url?: string;
  /** The rule that decided, with its version: "customer@1". */
  rule: string;
  /** The vendor's event type or our reason, for the audit. */
  reason: string;
  /** Compare every field even if the digest is the link's. */
  force?: boolean;
  /** Id of the delivery that led to it, for receipts; added when it is sent. */
  delivery?: string;
}

/** A master record: compare-and-set against `base`; `match` finds an unlinked twin. */
export interface UpsertChange extends ChangeBase {
  op: 'upsert';
  values: Record<string, FieldValue>;
  /** What we believe Odoo holds; null = ask the link. */
  base: Record<string, FieldValue> | null;
  match: Domain[];
  create: boolean;
  /** Fields Odoo's users own: written on create, never afterwards. */
  create_only: string[];
  /** Fields whose owner is the vendor: a divergence there is overwritten. */
  overwrite: string[];
}

/** A record that is only ever found in Odoo, never made: a tax, or a price that lives on its product. */
export interface LinkChange extends ChangeBase {
  op: 'link';
  match: Domain[];
  to?: RefValue;
  /** Kept on the link for people and later steps. */
  details: Record<string, unknown>;
}

export interface MoveLine {
  name: string;
  quantity: string;
  /** Major units. */
  price_unit: string;
  product: RefValue | null;
  taxes: RefValue[];
}

/** An invoice or credit note. All expected amounts in minor units. */
export interface MoveChange extends ChangeBase {
  op: 'move';
  values: {
    move_type: 'out_invoice' | 'out_refund';
    partner: RefValue;
    invoice_date: string;
    invoice_date_due: string | null;
    currency: string;
    /** Decimal places of the currency by ISO 4217: 2 for EUR. */
    exponent: number;
    payment_reference: string | null;
    ref: string;
    narration: string | null;
    lines: MoveLine[];
    reversed_entry: RefValue | null;
    expected: { untaxed: number; tax: number; total: number; taxes: { tax: RefValue; amount: number }[] };
    /** How many minor units may be moved onto the tax lines or a rounding line to meet `expected`. */
    tolerance: number;
    void_date: string | null;
  };
  /** `drafted`, `posted`, `voided`, `settled:<refund id>`. */
  climb: string[];
}

/** Money in (payment) or out (refund). */
export interface PaymentChange extends ChangeBase {
  op: 'payment';
  values: {
    payment_type: 'inbound' | 'outbound';
    /** Null: the partner of the invoice it pays. */
    partner: RefValue | null;
    amount: number;
    currency: string;
    exponent: number;
    date: string;
    memo: string;
    channel: 'processor' | 'external';
    allocations: { move: RefValue; amount: number }[];
    failed_date: string | null;
  };
  /** `posted`, `reconciled:<invoice id>`, `failed`. */
  climb: string[];
}

export type Change = UpsertChange | LinkChange | MoveChange | PaymentChange;

/** What the sidecar remembers of a link; Odoo holds the truth. */
export interface Link {
  kind: Kind;
  externalId: string;
  model: string;
  resId: number;
  version: number;
  digest: string;
  base: Record<string, FieldValue> | null;
}

/** What a person wants written instead of what the vendor says; see `Store.correction`. */
export interface Correction {
  /** Hash of the vendor's raw state that it was made for: another state ends it. */
  sourceDigest: string;
  /** By Odoo's field names. */
  values: Record<string, Scalar>;
  note: string;
  author: string;
  /** UTC ms. */
  at: number;
}

/** A correction that Odoo remembers, for a store that was lost. */
export interface KeptCorrection {
  kind: Kind;
  externalId: string;
  correction: Correction;
}

export type ApplyStatus =
  'created' | 'updated' | 'unchanged' | 'diverged' | 'waiting' | 'rejected' | 'skipped';

export interface ApplyResult {
  key: { kind: Kind; external_id: string };
  status: ApplyStatus;
  model?: string;
  res_id?: number;
  version?: number;
  digest?: string;
  base?: Record<string, FieldValue>;
  /** With `diverged`: Odoo's current values of the mapped fields that nobody may overwrite silently. */
  current?: Record<string, FieldValue>;
  waiting_for?: { kind: Kind; external_id: string }[];
  /** Rungs newly climbed by this call, with what they made: {"posted": "INV/2026/0001"}. */
  climbed?: Record<string, string>;
  error?: {
    class: string;
    code: string;
    message: string;
    field?: string;
    hint?: string;
    args?: Record<string, unknown>;
  };
}

/** Why nothing is to be done about an event, for the journal and `explain`. */
export interface Plan {
  event: Event;
  changes: Change[];
  because: string;
}
