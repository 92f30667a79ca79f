/** A small company at the vendor: what its people and customers do there, through the sandbox's own API. */
import type { Sandbox } from '../sandbox/stripe/sandbox.ts';
import type { StripeObject } from '../sandbox/stripe/state.ts';
import { completeRefund, failRefund } from '../sandbox/stripe/resources/refunds.ts';
import type { Business, Entry } from './plan.ts';

/** Cards by how they behave when a refund is made. */
const CARDS = ['pm_card_visa', 'pm_card_visa', 'pm_card_pendingRefund', 'pm_card_refundFail'] as const;

export class Merchant {
  readonly #sandbox: Sandbox;
  #count = 0;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** What there is before the story begins. */
  open(): void {
    this.#rate('19', 'VAT 19%');
    this.#rate('7', 'VAT 7%');
    for (let index = 0; index < 2; index++) this.#price();
    for (let index = 0; index < 3; index++) this.#customer(index);
  }

  /** Does it if there is anything to do it to. */
  act(entry: Entry): void {
    this.#acts[entry.what as Business](entry);
  }

  readonly #acts: Record<Business, (entry: Entry) => void> = {
    new_customer: ({ of }) => this.#customer(of),
    rename_customer: (entry) =>
      this.#with(this.#customers(), entry, (row) => {
        const [name, revision] = String(row['name']).split(' r');
        this.#post(`customers/${row.id}`, { name: `${name} r${Number(revision) + 1}` });
      }),
    flip_phone: (entry) =>
      this.#with(this.#customers(), entry, (row) =>
        this.#post(`customers/${row.id}`, { phone: row['phone'] === '+49 1' ? '+49 2' : '+49 1' }),
      ),
    move_house: (entry) =>
      this.#with(this.#customers(), entry, (row) =>
        this.#post(`customers/${row.id}`, {
          'address[line1]': `Street ${++this.#count}`,
          'address[city]': 'Hamburg',
          'address[postal_code]': String(20_000 + this.#count),
          'address[country]': 'DE',
        }),
      ),
    delete_customer: (entry) =>
      this.#with(this.#customers().slice(3), entry, ({ id }) => this.#call('DELETE', `customers/${id}`, {})),
    new_price: () => this.#price(),
    draft_invoice: (entry) => this.#draft(entry),
    add_line: (entry) => this.#with(this.#invoices('draft'), entry, (row) => this.#lines(row.id, entry, 1)),
    delete_draft: (entry) =>
      this.#with(this.#invoices('draft'), entry, ({ id }) => this.#call('DELETE', `invoices/${id}`, {})),
    finalize: (entry) =>
      this.#with(this.#invoices('draft'), entry, ({ id }) => this.#post(`invoices/${id}/finalize`, {})),
    pay: (entry) =>
      this.#with(this.#invoices('open'), entry, ({ id }) => this.#post(`invoices/${id}/pay`, {})),
    pay_outside: (entry) =>
      this.#with(this.#invoices('open'), entry, ({ id }) =>
        this.#post(`invoices/${id}/pay`, { paid_out_of_band: 'true' }),
      ),
    pay_in_part: (entry) => this.#with(this.#invoices('open'), entry, (row) => this.#part(row)),
    credit: (entry) => this.#with(this.#invoices('open', 'paid'), entry, (row) => this.#credit(row)),
    refund: (entry) =>
      this.#with(this.#all('charge').filter(refundable), entry, (row) =>
        this.#post('refunds', { charge: row.id, amount: String(Math.ceil(row['amount_captured'] / 3)) }),
      ),
    settle_refund: (entry) =>
      this.#with(
        this.#all('refund').filter((row) => row['_fails_at'] || row['_succeeds_at']),
        entry,
        (row) => (row['_fails_at'] ? failRefund : completeRefund)(this.#sandbox.memory, row),
      ),
    void: (entry) =>
      this.#with(this.#invoices('open').filter(untouched), entry, ({ id }) =>
        this.#post(`invoices/${id}/void`, {}),
      ),
    give_up: (entry) =>
      this.#with(this.#invoices('open'), entry, ({ id }) =>
        this.#post(`invoices/${id}/mark_uncollectible`, {}),
      ),
  };

  #customer(kind: number): void {
    const number = ++this.#count;
    const card = CARDS[kind % CARDS.length]!;
    this.#post('customers', {
      name: `Customer ${number} r0`,
      email: `c${number}@example.com`,
      phone: '+49 1',
      'address[line1]': `Street ${number}`,
      'address[city]': 'Berlin',
      'address[postal_code]': '10115',
      'address[country]': 'DE',
      payment_method: card,
      'invoice_settings[default_payment_method]': card,
    });
  }

  #rate(percentage: string, name: string): void {
    this.#post('tax_rates', { display_name: name, percentage, inclusive: 'false', country: 'DE' });
  }

  #price(): void {
    const number = ++this.#count;
    const product = this.#post('products', { name: `Module ${number}` });
    this.#post('prices', { product: product!.id, currency: 'eur', unit_amount: String(900 + 137 * number) });
  }

  #draft(entry: Entry): void {
    const rates = this.#all('tax_rate');
    const rate = rates[entry.pick < 0.75 ? 0 : 1]!;
    this.#with(this.#customers(), entry, (row) => {
      const invoice = this.#post('invoices', {
        customer: row.id,
        currency: 'eur',
        auto_advance: 'false',
        'default_tax_rates[0]': rate.id,
      });
      if (invoice) this.#lines(invoice.id, entry, (entry.of % 3) + 1);
      if (invoice && entry.of > 3) this.#post(`invoices/${invoice.id}/finalize`, {});
    });
  }

  #lines(invoice: string, { pick, of }: Entry, count: number): void {
    const prices = this.#all('price');
    for (let index = 0; index < count; index++) {
      const price = prices[Math.floor(pick * 97 + index) % prices.length]!;
      this.#post(`invoices/${invoice}/add_lines`, {
        'lines[0][pricing][price]': price.id,
        'lines[0][quantity]': String(of),
      });
    }
  }

  #part(invoice: StripeObject): void {
    const amount = Math.floor(invoice['amount_remaining'] / 2);
    if (amount < 100) return;
    const intent = this.#post('payment_intents', {
      amount: String(amount),
      currency: 'eur',
      customer: invoice['customer'],
      payment_method: 'pm_card_visa',
      confirm: 'true',
    });
    if (intent) this.#post(`invoices/${invoice.id}/attach_payment`, { payment_intent: intent.id });
  }

  /** Half of the first line: what was paid already is refunded, what is still due becomes less. */
  #credit(invoice: StripeObject): void {
    const line = this.#all('line_item').find((row) => row['invoice'] === invoice.id);
    if (!line || line['amount'] < 200) return;
    const wish = {
      invoice: invoice.id,
      'lines[0][type]': 'invoice_line_item',
      'lines[0][invoice_line_item]': line.id,
      'lines[0][amount]': String(Math.floor(line['amount'] / 2)),
    };
    const rate = line['taxes'][0]?.tax_rate_details.tax_rate;
    const share = Math.floor(line['amount'] / 2) / line['amount'];
    const tax = rate ? Math.round((line['taxes'][0]?.amount ?? 0) * share) : 0;
    const after = Math.max(0, Math.floor(line['amount'] / 2) + tax - invoice['amount_remaining']);
    this.#post('credit_notes', after > 0 ? { ...wish, refund_amount: String(after) } : wish);
  }

  #customers(): StripeObject[] {
    return this.#all('customer').filter((row) => !row['deleted']);
  }

  #invoices(...states: string[]): StripeObject[] {
    return this.#all('invoice').filter((row) => states.includes(row['status']));
  }

  #all(kind: Parameters<Sandbox['memory']['all']>[0]): StripeObject[] {
    return this.#sandbox.memory.all(kind);
  }

  #with(rows: StripeObject[], { pick }: Entry, act: (row: StripeObject) => unknown): void {
    const row = rows[Math.floor(pick * rows.length)];
    if (row) act(row);
  }

  #post(path: string, form: Record<string, string>): StripeObject | undefined {
    return this.#call('POST', path, form);
  }

  /** The object made or changed; undefined if the vendor says that it cannot be. */
  #call(method: string, path: string, form: Record<string, string>): StripeObject | undefined {
    const answer = this.#sandbox.handle({
      method,
      path: `/v1/${path}`,
      query: '',
      headers: { authorization: `Bearer ${this.#sandbox.apiKey}` },
      body: new URLSearchParams(form).toString(),
    });
    if ('cutAfterMs' in answer || answer.status >= 500)
      throw new Error(`the sandbox failed: ${JSON.stringify(answer)}`);
    return answer.status === 200 ? (answer.body as StripeObject) : undefined;
  }
}

const refundable = (row: StripeObject): boolean =>
  row['status'] === 'succeeded' &&
  row['amount_captured'] - row['amount_refunded'] > row['amount_captured'] / 2;

/** Nothing was paid or credited yet: only such invoices are voided. */
const untouched = (row: StripeObject): boolean =>
  row['amount_paid'] === 0 && row['pre_payment_credit_notes_amount'] === 0;
