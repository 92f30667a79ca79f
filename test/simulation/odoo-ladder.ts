/** One document on its way up: what is climbed already, what this call climbs, and what stops it. */
import type { ApplyResult, MoveChange, PaymentChange } from '../../sidecar/domain/change.ts';
import type { FailureClass } from '../../sidecar/domain/failure.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import { digestOf } from '../../sidecar/rules/index.ts';
import type { Transaction } from './odoo-model.ts';
import { keyOf } from './odoo-state.ts';

type Document = MoveChange | PaymentChange;

export class Ladder {
  status: 'created' | 'updated' | 'unchanged' = 'unchanged';
  /** The record's content was written by this call. */
  written = false;
  readonly sameContent: boolean;
  readonly #tx: Transaction;
  readonly #change: Document;
  readonly #content: string;
  readonly #climbed: Record<string, string> = {};
  #error: ApplyResult['error'];
  readonly #waiting: { kind: Kind; external_id: string }[] = [];

  constructor(tx: Transaction, change: Document) {
    this.#tx = tx;
    this.#change = change;
    this.#content = digestOf(change.values);
    this.sameContent = tx.link(keyOf(change.key))?.base?.['content'] === this.#content;
  }

  get stopped(): boolean {
    return this.#error !== undefined || this.#waiting.length > 0;
  }

  /** Climbed by an earlier call. */
  had(rung: string): boolean {
    return this.#tx.receipt(keyOf(this.#change.key), rung) !== undefined;
  }

  wants(rung: string): boolean {
    return !this.stopped && this.#change.climb.includes(rung) && !this.had(rung) && !(rung in this.#climbed);
  }

  /** `reconciled:in_1` gives `in_1` for `reconciled:`. */
  wanted(prefix: string): string[] {
    return this.#change.climb
      .filter((rung) => rung.startsWith(prefix) && this.wants(rung))
      .map((rung) => rung.slice(prefix.length));
  }

  climb(rung: string, made: string): void {
    this.#climbed[rung] = made;
    if (this.status === 'unchanged') this.status = 'updated';
  }

  fail(failureClass: FailureClass, code: string, message: string, args: Record<string, unknown> = {}): void {
    this.#error = { class: failureClass, code, message, args };
  }

  waitFor(keys: { kind: Kind; external_id: string }[]): void {
    this.#waiting.push(...keys);
  }

  /** Saves link and receipts and says what became of the change. */
  answer(record: { model: string; id: number } | undefined): ApplyResult {
    const change = this.#change;
    if (record) this.#save(record);
    const extra = {
      ...(record ? { model: record.model, res_id: record.id } : {}),
      ...(Object.keys(this.#climbed).length > 0 ? { climbed: this.#climbed } : {}),
    };
    if (this.#error) return this.#tx.result(change, 'rejected', { ...extra, error: this.#error });
    if (this.#waiting.length > 0)
      return this.#tx.result(change, 'waiting', { ...extra, waiting_for: this.#waiting });
    return this.#tx.result(change, this.status, { ...extra, version: change.version, digest: change.digest });
  }

  #save(record: { model: string; id: number }): void {
    const change = this.#change;
    const missing = this.stopped;
    this.#tx.saveLink(change, record.model, record.id, {
      digest: missing && !this.#tx.model.keepsDigest ? null : change.digest,
      ...(this.written || !this.stopped ? { base: { content: this.#content } } : {}),
    });
    for (const [rung, made] of Object.entries(this.#climbed))
      this.#tx.saveReceipt(keyOf(change.key), rung, made);
  }
}
