/** What the model of Odoo remembers: links and receipts, contacts and products, documents, money, and what is matched. */
import type { FieldValue } from '../../sidecar/domain/change.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';

export interface LinkRow {
  id: number;
  kind: Kind;
  external_id: string;
  model: string;
  res_id: number;
  version: number;
  digest: string | null;
  base: Record<string, FieldValue> | null;
  /** When the transaction that made it committed, in steps of the scheduler. */
  since: number;
}

export interface Receipt {
  made: string;
  since: number;
}

export interface Master {
  id: number;
  model: string;
  values: Record<string, FieldValue>;
  /** Fields that a person changed by hand. */
  edited: Set<string>;
}

export interface Tax {
  id: number;
  type_tax_use: 'sale';
  amount_type: 'percent';
  amount: number;
  price_include: boolean;
}

/** An invoice, credit note, or counter-document of one. */
export interface Move {
  id: number;
  /** "invoice:in_1"; counter-documents have that of what they reverse. */
  key: string;
  counter: boolean;
  type: 'out_invoice' | 'out_refund';
  state: 'draft' | 'posted' | 'cancel';
  name: string;
  partner: number;
  currency: string;
  total: number;
  untaxed: number;
  date: string;
  due: string | null;
  original: number | null;
}

export interface Payment {
  id: number;
  key: string;
  counter: boolean;
  type: 'inbound' | 'outbound';
  name: string;
  amount: number;
  currency: string;
  posted: boolean;
}

/** So much of one receivable item is matched with another: "move:1" with "payment:2". */
export interface Match {
  between: [string, string];
  amount: number;
}

/** What the desk keeps of an exception. */
export interface OpenException {
  kind: Kind;
  external_id: string;
  cause: string;
  code: string;
  label: string;
  message: string;
}

export interface OutboxEntry {
  id: number;
  command: string;
  connection: string;
  kind: string | null;
  external_id: string | null;
  args: Record<string, unknown>;
  user: string;
  state: 'pending' | 'taken' | 'done';
}

export const keyOf = (key: { kind: string; external_id: string }): string => `${key.kind}:${key.external_id}`;

/** One database of Odoo. */
export class OdooState {
  readonly links = new Map<string, LinkRow>();
  /** By "kind:id rung". */
  readonly receipts = new Map<string, Receipt>();
  readonly masters = new Map<string, Master>();
  readonly taxes: Tax[] = [];
  readonly moves = new Map<number, Move>();
  readonly payments = new Map<number, Payment>();
  matches: Match[] = [];
  outbox: OutboxEntry[] = [];
  /** Open exceptions by "kind:id". */
  readonly exceptions = new Map<string, OpenException>();
  /** Rises with every business record written and every match made. */
  writes = 0;
  /** Told of every match. */
  reconciled: (between: string) => void = () => {};
  #last = 0;

  newId(): number {
    return ++this.#last;
  }

  master(model: string, id: number): Master | undefined {
    return this.masters.get(`${model},${id}`);
  }

  addMaster(model: string, values: Record<string, FieldValue>): Master {
    const master: Master = { id: this.newId(), model, values, edited: new Set() };
    this.masters.set(`${model},${master.id}`, master);
    return master;
  }

  /** What is still open of a move or payment, in minor units. */
  openOf(item: string, amount: number): number {
    return this.matches.reduce(
      (left, each) => (each.between.includes(item) ? left - each.amount : left),
      amount,
    );
  }

  openOfMove(move: Move): number {
    return move.state === 'posted' ? this.openOf(`move:${move.id}`, move.total) : 0;
  }

  openOfPayment(payment: Payment): number {
    return payment.posted ? this.openOf(`payment:${payment.id}`, payment.amount) : 0;
  }

  matched(a: string, b: string): boolean {
    return this.matches.some(({ between }) => between.includes(a) && between.includes(b));
  }

  /** Matches as much as both have open; nothing if one has nothing. */
  reconcile(a: Move | Payment, b: Move | Payment): void {
    const [left, right] = [a, b].map((each) =>
      'partner' in each
        ? { item: `move:${each.id}`, open: this.openOfMove(each) }
        : { item: `payment:${each.id}`, open: this.openOfPayment(each) },
    ) as [{ item: string; open: number }, { item: string; open: number }];
    const amount = Math.min(left.open, right.open);
    if (amount <= 0) return;
    this.matches.push({ between: [left.item, right.item], amount });
    this.reconciled(`${a.key} with ${b.key}: ${amount}`);
    this.writes++;
  }

  /** Opens again whatever this item had paid or been paid with. */
  unreconcile(item: string): void {
    this.matches = this.matches.filter(({ between }) => !between.includes(item));
  }

  queue(
    command: string,
    about: { kind?: string; external_id?: string; args?: Record<string, unknown> } = {},
  ): void {
    const opposite = { pause: 'resume', resume: 'pause' }[command];
    this.outbox = this.outbox.filter((row) => row.state !== 'pending' || row.command !== opposite);
    const kind = about.kind ?? null;
    const externalId = about.external_id ?? null;
    const equal = this.outbox.find(
      (row) =>
        row.state === 'pending' &&
        row.command === command &&
        row.kind === kind &&
        row.external_id === externalId,
    );
    if (equal) equal.args = about.args ?? {};
    else
      this.outbox.push({
        id: this.newId(),
        command,
        connection: 'stripe',
        kind,
        external_id: externalId,
        args: about.args ?? {},
        user: 'accountant',
        state: 'pending',
      });
  }
}
