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
  /**
   * Fields whose value in Odoo may go to the vendor. Odoo answers `diverged` when one of them is neither what the change says nor
   * (where the change says nothing) what was last agreed. `lookup` [model, field]: how a relation is told in `current`.
   */
  outward?: Record<string, { lookup?: [model: string, field: string] }>;
  /** Field → systems whose word counts before this one's: if the record is linked to one of them, a difference is answered
   * (`diverged`, with `linked`) instead of written. */
  yields_to?: Record<string, string[]>;
  /** Fields that differ and stay so, whose base becomes this value: what the vendor goes on saying is no news. */
  kept?: Record<string, FieldValue>;
}

/** Two records of the vendor became one: the link follows to the survivor's record, with all documents. */
export interface MergeChange extends ChangeBase {
  op: 'merge';
  /** The survivor; without a link → `waiting`. */
  into: { kind: Kind; external_id: string };
}

export interface OrderLine {
  id: string;
  name: string;
  product: RefValue | null;
  quantity: string;
  /** Major units, before the discount. */
  price_unit: string;
  /** Percent as decimal text. */
  discount: string;
}

/** A won deal as an order (sale.order). */
export interface OrderChange extends ChangeBase {
  op: 'order';
  values: {
    /** The deal's lead in Odoo. */
    opportunity: RefValue;
    /** Null: the vendor names no customer; then `missing` says so. */
    partner: RefValue | null;
    /** ISO 4217; null: the company's. */
    currency: string | null;
    exponent: number;
    date_order: string | null;
    commitment_date: string | null;
    client_order_ref: string | null;
    /** Name of an account.payment.term; null: the customer's own. */
    payment_term: string | null;
    /** Name of a res.company; null: the connection's. */
    legal_entity: string | null;
    lines: OrderLine[];
    /** Without tax, minor units, after discounts; null: the vendor told no amount. */
    expected_untaxed: number | null;
    /** Percent by which a line's price may lie below Odoo's price list before a person is asked; null: any price. */
    price_tolerance: number | null;
    /** Names of what the contract has to say before an order is made, that are missing: asked of a person. */
    missing: string[];
    /** The deal is won no longer. */
    lost: boolean;
  };
  /** `drafted`, `confirmed`, `cancelled`. */
  climb: string[];
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

export type Change = UpsertChange | LinkChange | MergeChange | OrderChange | MoveChange | PaymentChange;

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
  /** With `diverged`: other systems that the record is linked to, and who last wrote the record in Odoo (UTC ms). */
  linked?: string[];
  edited?: { at: number; by: string };
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
