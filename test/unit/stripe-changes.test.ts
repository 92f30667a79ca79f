/** Polling and listing: nothing is missed, nothing is cut off, every stop can be resumed. */
import { expect } from 'chai';
import type { Page } from '../../sidecar/domain/connector.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import { changes, MEMORY_MS, OVERLAP_MS } from '../../sidecar/connectors/stripe/changes.ts';
import type { Client, Wire } from '../../sidecar/connectors/stripe/client.ts';
import { list } from '../../sidecar/connectors/stripe/list.ts';
import { pages } from '../../sidecar/connectors/kit/paging.ts';
import {
  listOf,
  wireCharge,
  wireEvent,
  wireInvoice,
  wireInvoicePayment,
  wireLine,
  wirePaymentIntent,
} from '../support/stripe-wire.ts';

const NOW = 1_795_000_000_000;
const SIZE = 3;

/** Lists as the vendor keeps them: newest first, both cursors, filters on type and time. */
class Vendor implements Client {
  rows: Record<string, Wire[]> = {};
  calls: string[] = [];

  add(path: string, row: unknown): void {
    (this.rows[path] ??= []).unshift(row as Wire);
  }
  page: Client['page'] = (path, params) => {
    const of = (name: string) => params.filter(([key]) => key === name).map(([, value]) => value);
    this.calls.push(`${path}?${params.map(([k, v]) => `${k}=${v}`).join('&')}`);
    let rows = this.rows[path] ?? [];
    const types = of('types[]');
    if (types.length > 20) throw new Error('at most 20 types');
    if (types.length > 0) rows = rows.filter((row) => types.includes(String(row['type'])));
    const [since] = of('created[gte]');
    if (since !== undefined) rows = rows.filter((row) => Number(row['created']) >= Number(since));
    const [before] = of('ending_before');
    const [after] = of('starting_after');
    const at = (id: unknown) => rows.findIndex((row) => row.id === id);
    if (before !== undefined) {
      const newer = rows.slice(
        0,
        at(before) === -1 ? this.#indexBelow(path, rows, String(before)) : at(before),
      );
      return Promise.resolve({ data: newer.slice(-SIZE), hasMore: newer.length > SIZE });
    }
    const older = after === undefined ? rows : rows.slice(at(after) + 1);
    return Promise.resolve({ data: older.slice(0, SIZE), hasMore: older.length > SIZE });
  };
  /** A cursor may name an event of a type that the filter leaves out. */
  #indexBelow(path: string, rows: Wire[], id: string): number {
    const all = this.rows[path]!;
    const place = all.findIndex((row) => row.id === id);
    return rows.filter((row) => all.indexOf(row) < place).length;
  }
  get: Client['get'] = (path) =>
    Promise.resolve(
      Object.values(this.rows)
        .flat()
        .find((row) => path.endsWith(`/${row.id}`)) ?? null,
    );
  walk: Client['walk'] = (path, params, after) =>
    pages(after, async (cursor) => {
      const { data, hasMore } = await this.page(
        path,
        cursor === null ? params : [...params, ['starting_after', cursor]],
      );
      return { items: data, next: hasMore ? data.at(-1)!.id : null };
    });
  all: Client['all'] = async (path, params = [], after = null) => {
    const items: Wire[] = [];
    for await (const page of this.walk(path, params, after)) items.push(...page.items);
    return items;
  };
}

async function collect<T>(
  source: AsyncIterable<Page<T>>,
): Promise<{ items: T[]; cursor: string; pages: number }> {
  const items: T[] = [];
  let cursor = '';
  let count = 0;
  for await (const page of source) {
    items.push(...page.items);
    cursor = page.cursor;
    count += 1;
  }
  return { items, cursor, pages: count };
}

describe('polling Stripe', () => {
  let vendor: Vendor;
  let clock: number;
  let seen: Map<string, number>;
  let made: number;

  beforeEach(() => {
    vendor = new Vendor();
    clock = NOW;
    seen = new Map();
    made = 0;
  });

  const happen = (type: string, at: number, object: Record<string, unknown> = wireInvoice()) => {
    made += 1;
    const id = `evt_${made}`;
    vendor.add('/v1/events', wireEvent(type, object, { id, created: Math.floor(at / 1000) }));
    return id;
  };
  const look = (cursor: string | null) =>
    collect(changes({ client: vendor, connection: 'stripe-eu', now: () => clock, seen }, cursor));
  const ids = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);

  it('starts from now on, after the newest event that no older one can overtake', async () => {
    const at = NOW - 3_600_000;
    const id = happen('invoice.paid', at);
    const { items, cursor } = await look(null);
    expect(items).to.deep.equal([]);
    expect(JSON.parse(cursor)).to.deep.equal({
      v: 1,
      checked: NOW,
      anchors: { masters: null, documents: { id, at } },
    });
  });

  it('finds what happens next even if the vendor’s clock is hours behind ours', async () => {
    happen('invoice.created', NOW - 7_200_000);
    const { cursor } = await look(null);
    const late = happen('invoice.paid', NOW - 7_100_000);
    expect(ids(await look(cursor))).to.deep.equal([late]);
  });

  it('hands out what happened since, oldest first, page by page', async () => {
    const { cursor } = await look(null);
    const events = Array.from({ length: 8 }, (_, i) => happen('invoice.paid', NOW + i * 1000));
    clock = NOW + 3_600_000;
    const found = await look(cursor);
    expect(ids(found)).to.deep.equal(events);
    expect(found.items[0]).to.include({
      origin: 'poll',
      form: 'hint',
      externalId: 'in_1',
      reason: 'invoice.paid',
    });
  });

  it('hands out nothing twice in one session, and misses no late event of the same second', async () => {
    const { cursor } = await look(null);
    const first = happen('invoice.paid', NOW + 1000);
    clock = NOW + 2000;
    const one = await look(cursor);
    const late = happen('invoice.voided', NOW + 1000);
    clock = NOW + 60_000;
    const two = await look(one.cursor);
    clock = NOW + 120_000;
    const three = await look(two.cursor);
    expect([ids(one), ids(two), ids(three)]).to.deep.equal([[first], [late], []]);
  });

  it('hands a page out again when it was not kept', async () => {
    const { cursor } = await look(null);
    const event = happen('invoice.paid', NOW + 1000);
    clock = NOW + 2000;
    for await (const page of changes({ client: vendor, connection: 'c', now: () => clock, seen }, cursor))
      if (page.items.length > 0) break;
    expect(ids(await look(cursor))).to.deep.equal([event]);
  });

  it('goes on after each page of a stop', async () => {
    const { cursor } = await look(null);
    const events = Array.from({ length: 7 }, (_, i) =>
      happen('refund.created', NOW + i * 1000, { id: `re_${i}` }),
    );
    clock = NOW + 3_600_000;
    const cursors: string[] = [];
    const kept: string[][] = [];
    for await (const page of changes({ client: vendor, connection: 'c', now: () => clock, seen }, cursor)) {
      cursors.push(page.cursor);
      kept.push(page.items.map(({ id }) => id));
    }
    for (const [index, resumed] of cursors.entries()) {
      seen = new Map();
      const before = new Set(kept.slice(0, index + 1).flat());
      const rest = ids(await look(resumed));
      expect(events.every((id) => before.has(id) || rest.includes(id))).to.equal(true);
    }
  });

  it('finds masters and documents, each with at most 20 types a call', async () => {
    const { cursor } = await look(null);
    happen('customer.updated', NOW + 1000, { id: 'cus_1', object: 'customer' });
    happen('invoice.paid', NOW + 1500);
    happen('payout.paid', NOW + 1800, { id: 'po_1' });
    clock = NOW + 3_600_000;
    expect((await look(cursor)).items.map(({ kind }) => kind)).to.deep.equal(['customer', 'invoice']);
  });

  it('begins some minutes back every time', async () => {
    const { cursor } = await look(null);
    const early = happen('invoice.paid', NOW - OVERLAP_MS + 2000);
    clock = NOW + 1000;
    expect(ids(await look(cursor))).to.deep.equal([early]);
  });

  it('says so when the vendor no longer remembers', async () => {
    const { cursor } = await look(null);
    clock = NOW + MEMORY_MS + 1000;
    const thrown = await look(cursor).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).to.be.instanceOf(Failure).and.include({ class: 'connection', code: 'cursor_expired' });
  });

  it('takes no harm from a quiet month as long as it kept asking', async () => {
    let { cursor } = await look(null);
    happen('invoice.paid', NOW + 1000);
    for (let day = 1; day < 45; day += 1) {
      clock = NOW + day * 86_400_000;
      if (day === 35) vendor.rows['/v1/events'] = [];
      ({ cursor } = await look(cursor));
    }
    const event = happen('invoice.voided', clock + 1000);
    clock += 60_000;
    expect(ids(await look(cursor))).to.deep.equal([event]);
  });
});

describe('listing Stripe', () => {
  it('gives complete invoices and can go on after any page', async () => {
    const vendor = new Vendor();
    for (let i = 0; i < 7; i += 1)
      vendor.add('/v1/invoices', {
        ...wireInvoice({ id: `in_${i}` }),
        lines: listOf('/l', [wireLine()], i === 2),
      });
    vendor.add('/v1/invoices/in_2/lines', wireLine({ id: 'il_9' }));
    vendor.add('/v1/invoices/in_2/lines', wireLine());
    const cursors: string[] = [];
    const all: string[] = [];
    for await (const page of list(vendor, () => NOW, 'invoices', null)) {
      cursors.push(page.cursor);
      all.push(...page.items.map(({ externalId }) => externalId));
      const long = page.items.find(({ externalId }) => externalId === 'in_2');
      if (long)
        expect(
          (long.body as { lines: { data: { id: string }[] } }).lines.data.map(({ id }) => id),
        ).to.deep.equal(['il_1', 'il_9']);
    }
    expect(all).to.deep.equal(['in_6', 'in_5', 'in_4', 'in_3', 'in_2', 'in_1', 'in_0']);
    const rest = await collect(list(vendor, () => NOW, 'invoices', cursors[0]!));
    expect(rest.items.map(({ externalId }) => externalId)).to.deep.equal(all.slice(3));
  });

  it('gives a payment with all it paid, even what lies on another page', async () => {
    const vendor = new Vendor();
    const intent = wirePaymentIntent({ id: 'pi_9', amount_received: 20_000, latest_charge: wireCharge() });
    const part = (id: string, amount: number, payment: Record<string, unknown>) =>
      vendor.add('/v1/invoice_payments', wireInvoicePayment({ id, amount_paid: amount, payment }));
    const nine = { type: 'payment_intent', payment_intent: intent };
    part('inpay_a', 8100, nine);
    part('inpay_b', 100, { type: 'payment_record', payment_record: 'pr_1' });
    part('inpay_c', 500, { type: 'charge', charge: wireCharge({ id: 'py_1', amount_captured: 500 }) });
    part('inpay_d', 11_900, nine);
    const { items } = await collect(list(vendor, () => NOW, 'payments', null));
    const bodies = new Map(items.map(({ externalId, body }) => [externalId, body as Record<string, Wire[]>]));
    expect([...bodies.keys()]).to.have.members(['pi_9', 'py_1']);
    const parts = (id: string) => bodies.get(id)!['invoice_payments']!.map((row) => row.id);
    expect(parts('py_1')).to.deep.equal(['inpay_c']);
    expect(parts('pi_9')).to.include.members(['inpay_a', 'inpay_d']);
  });

  it('refuses a listing that it does not know', async () => {
    const thrown = await collect(list(new Vendor(), () => NOW, 'coupons', null)).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(thrown).to.be.instanceOf(Failure).and.include({ code: 'unknown_stream' });
  });
});
