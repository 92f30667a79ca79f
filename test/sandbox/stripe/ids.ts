/** Ids in Stripe's shapes, the same in every run for the same seed. */
import { createHash } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** prefix and number of random characters; billing ids of recent years start with the digit of their shard. */
const SHAPES = {
  customer: ['cus_', 14],
  tax_id: ['txi_1', 23],
  product: ['prod_', 14],
  price: ['price_1', 23],
  tax_rate: ['txr_1', 23],
  coupon: ['', 8],
  discount: ['di_1', 23],
  payment_method: ['pm_1', 23],
  invoiceitem: ['ii_1', 23],
  invoice: ['in_1', 23],
  line_item: ['il_1', 23],
  invoice_payment: ['inpay_1', 23],
  payment_intent: ['pi_3', 23],
  payment_record: ['pr_1', 23],
  charge: ['ch_3', 23],
  refund: ['re_3', 23],
  balance_transaction: ['txn_3', 23],
  customer_balance_transaction: ['cbtxn_1', 23],
  credit_note: ['cn_1', 23],
  credit_note_line_item: ['cnli_1', 23],
  subscription: ['sub_1', 23],
  subscription_item: ['si_', 14],
  event: ['evt_1', 23],
  webhook_endpoint: ['we_1', 23],
  request: ['req_', 14],
} as const satisfies Record<string, readonly [string, number]>;

export type Kind = keyof typeof SHAPES;

/** Ids are a hash of seed and count: restoring the count restores the sequence. */
export class Ids {
  readonly seed: string;
  count: number;

  constructor(seed: string, count = 0) {
    this.seed = seed;
    this.count = count;
  }

  next(kind: Kind): string {
    const [prefix, length] = SHAPES[kind];
    return prefix + this.random(length);
  }

  /** Characters that look random; secrets and prefixes of invoice numbers are made of them. */
  random(length: number): string {
    const bytes = createHash('sha256').update(`${this.seed}:${this.count++}`).digest();
    return Array.from({ length }, (_, i) => ALPHABET[(bytes[i % 32] ?? 0) % 62]).join('');
  }
}
