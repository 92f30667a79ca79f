/** The demo's story is the same in every run, is told once, and has everything in it that accounting stumbles over. */
import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chapters, startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';
import type { StripeObject } from '../sandbox/stripe/state.ts';

describe('the story of the Stripe sandbox', function () {
  this.timeout(60_000);
  let folder: string;
  let sandbox: StripeSandbox;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-story-'));
    sandbox = await startStripeSandbox({ statePath: join(folder, 'stripe.json') });
    await sandbox.play();
  });

  after(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const all = (kind: Parameters<typeof sandbox.memory.all>[0]): StripeObject[] => sandbox.memory.all(kind);
  const invoices = (fits: (row: StripeObject) => boolean): StripeObject[] => all('invoice').filter(fits);

  it('is the same in every run', async () => {
    const other = await startStripeSandbox();
    await other.play();
    expect(other.books()).to.deep.equal(sandbox.books());
    expect(other.memory.all('invoice').map((row) => row.id)).to.deep.equal(
      all('invoice').map((row) => row.id),
    );
    await other.stop();
  });

  it('is not told twice, not even after a restart', async () => {
    const told: string[] = [];
    const before = sandbox.books();
    await sandbox.play({ onChapter: ({ name }) => void told.push(name) });
    sandbox.memory.flush();
    const again = await startStripeSandbox({ statePath: join(folder, 'stripe.json') });
    await again.play({ onChapter: ({ name }) => void told.push(name) });
    expect(told).to.deep.equal([]);
    expect(again.books()).to.deep.equal(before);
    expect(again.memory.all('event')).to.have.length(all('event').length);
    await again.stop();
  });

  it('stops after a chapter and goes on from there', async () => {
    const path = join(folder, 'half.json');
    const first = await startStripeSandbox({ statePath: path });
    await first.play({ until: 'yen' });
    await first.stop();
    const second = await startStripeSandbox({ statePath: path });
    await second.play();
    expect(second.books()).to.deep.equal(sandbox.books());
    await second.stop();
  });

  it('captions every chapter in one line, in the order of its dates', () => {
    for (const { caption } of chapters) expect(caption).to.match(/^[^\n]{5,90}$/);
    const dates = chapters.map(({ date }) => date);
    expect([...dates].sort()).to.deep.equal(dates);
    expect(new Date(sandbox.memory.now * 1000).toISOString()).to.equal('2026-11-20T08:00:00.000Z');
  });

  it('has 36 customers, one of them without a name and one deleted', () => {
    expect(all('customer')).to.have.length(36);
    expect(all('customer').filter((row) => row['name'] === null && row['email'])).to.have.length(1);
    expect(all('customer').filter((row) => row['deleted'])).to.have.length(1);
    expect(all('tax_id').length).to.be.greaterThan(8);
  });

  it('has invoices in every state', () => {
    const states = new Set(all('invoice').map((row) => row['status']));
    expect([...states].sort()).to.deep.equal(['draft', 'open', 'paid', 'uncollectible', 'void']);
  });

  it('bills every subscription for three periods', () => {
    for (const subscription of all('subscription')) {
      const billed = invoices((row) => row['parent']?.subscription_details?.subscription === subscription.id);
      expect(billed.map((row) => row['status'])).to.deep.equal(['paid', 'paid', 'paid']);
    }
  });

  it('has a discount, a proration, a long, a free and a yen invoice', () => {
    expect(invoices((row) => row['total_discount_amounts'].length > 0)).to.have.length(1);
    const prorated = all('line_item').filter((row) => row['parent'].subscription_item_details?.proration);
    expect(prorated).to.have.length(2);
    const counts = all('invoice').map((row) => sandbox.memory.where('line_item', 'invoice', row.id).length);
    expect(Math.max(...counts)).to.equal(23);
    expect(invoices((row) => row['total'] === 0 && row['status'] === 'paid')).to.have.length(1);
    expect(invoices((row) => row['currency'] === 'jpy')).to.have.length(1);
  });

  it('uses the unknown tax rate in exactly one invoice', () => {
    const seven = all('tax_rate').find((row) => row['percentage'] === 7);
    const using = invoices((row) =>
      row['total_taxes'].some((tax: StripeObject) => tax['tax_rate_details'].tax_rate === seven?.id),
    );
    expect(using).to.have.length(1);
  });

  it('has payments in two parts, out of band, and after a failure', () => {
    const paid = all('invoice_payment').filter((row) => row['status'] === 'paid');
    const perInvoice = all('invoice').map((row) => paid.filter((each) => each['invoice'] === row.id).length);
    expect(perInvoice.filter((count) => count === 2)).to.have.length(1);
    expect(paid.filter((row) => row['payment'].type === 'payment_record')).to.have.length(1);
    expect(all('charge').filter((row) => row['status'] === 'failed')).to.have.length(1);
  });

  it('has both kinds of credit notes, and refunds with, without and failed', () => {
    expect(all('credit_note').map((row) => row['type'])).to.deep.equal(['pre_payment', 'post_payment']);
    expect(all('refund').map((row) => row['status'])).to.deep.equal(['succeeded', 'succeeded', 'failed']);
    const linked = all('credit_note').flatMap((row) =>
      row['refunds'].map((part: StripeObject) => part['refund']),
    );
    expect(linked).to.deep.equal([all('refund')[0]?.id]);
  });

  it('keeps header and lines of every invoice in agreement', () => {
    for (const invoice of all('invoice')) {
      const lines = sandbox.memory.where('line_item', 'invoice', invoice.id);
      const sum = (rows: StripeObject[]): number => rows.reduce((total, row) => total + row['amount'], 0);
      const discounts = sum(lines.flatMap((line) => line['discount_amounts']));
      const exclusive = sum(
        lines.flatMap((line) =>
          line['taxes'].filter((tax: StripeObject) => tax['tax_behavior'] === 'exclusive'),
        ),
      );
      expect(invoice['total'], invoice.id).to.equal(sum(lines) - discounts + exclusive);
      expect(invoice['amount_due'] - invoice['amount_paid'], invoice.id).to.equal(
        invoice['amount_remaining'],
      );
    }
  });

  it('agrees with its own books: invoiced = paid + credited + still to pay', () => {
    const { invoices: billed, payments, credit_notes: credited, still_to_pay: owed } = sandbox.books();
    const given = all('credit_note').reduce((sum, row) => sum + row['pre_payment_amount'], 0);
    expect(billed.amounts?.['EUR']).to.equal(
      (payments.amounts?.['EUR'] ?? 0) + given + (owed.amounts?.['EUR'] ?? 0),
    );
    expect(credited.count).to.equal(2);
  });

  it('loads many customers quickly, and its books agree', () => {
    const many = sandbox.memory.all('customer').length;
    const { books } = sandbox.seedMany(200);
    expect(books.customers.count).to.equal(many - 1 + 200);
    expect(books.invoices.count).to.be.greaterThan(200);
  });
});
