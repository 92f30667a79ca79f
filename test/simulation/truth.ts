/** At rest: what Odoo holds against what the vendor holds, record by record and in sums. */
import type { Sandbox } from '../sandbox/stripe/sandbox.ts';
import type { OdooState, Move, Payment } from './odoo-state.ts';
import type { Verdict } from './verdict.ts';

export interface Truth {
  sandbox: Sandbox;
  odoo: OdooState;
  verdict: Verdict;
  /** Records in Exceptions, whose state in Odoo nobody vouches for. */
  excused: ReadonlySet<string>;
}

export function compareAll(truth: Truth): void {
  customers(truth);
  catalogue(truth);
  invoices(truth);
  creditNotes(truth);
  payments(truth);
  refunds(truth);
  once(truth);
  if (truth.excused.size === 0) sums(truth);
}

function agree(
  truth: Truth,
  key: string,
  actual: Record<string, unknown>,
  wanted: Record<string, unknown>,
): void {
  if (truth.excused.has(key)) return;
  for (const [name, value] of Object.entries(wanted))
    truth.verdict.expect(
      actual[name] === value,
      'agrees_with_vendor',
      () =>
        `${key}: ${name} is ${JSON.stringify(actual[name])} in Odoo, ${JSON.stringify(value)} at the vendor`,
    );
}

function customers(truth: Truth): void {
  const { sandbox, odoo } = truth;
  for (const row of sandbox.memory.all('customer')) {
    const key = `customer:${row.id}`;
    const link = odoo.links.get(key);
    if (row['deleted']) {
      const gone = !link || odoo.master(link.model, link.res_id)?.values['active'] === false;
      agree(truth, key, { gone }, { gone: true });
      continue;
    }
    const record = link && odoo.master(link.model, link.res_id);
    const wanted: Record<string, unknown> = {
      name: row['name'],
      email: row['email'],
      phone: row['phone'],
      street: row['address'].line1,
      city: row['address'].city,
      zip: row['address'].postal_code,
    };
    for (const name of record?.edited ?? []) delete wanted[name];
    agree(truth, key, record?.values ?? {}, wanted);
  }
}

function catalogue(truth: Truth): void {
  for (const kind of ['product', 'price', 'tax_rate'] as const)
    for (const { id } of truth.sandbox.memory.all(kind))
      agree(truth, `${kind}:${id}`, { linked: truth.odoo.links.has(`${kind}:${id}`) }, { linked: true });
}

function moveOf({ odoo }: Truth, key: string): Move | undefined {
  const link = odoo.links.get(key);
  return link && odoo.moves.get(link.res_id);
}

function paymentOf({ odoo }: Truth, key: string): Payment | undefined {
  const link = odoo.links.get(key);
  return link && odoo.payments.get(link.res_id);
}

const isVoid = ({ odoo }: Truth, move: Move | undefined): boolean =>
  !move ||
  move.state === 'cancel' ||
  [...odoo.moves.values()].some((m) => m.counter && m.original === move.id);

function invoices(truth: Truth): void {
  const { sandbox, odoo } = truth;
  for (const row of sandbox.memory.all('invoice')) {
    const key = `invoice:${row.id}`;
    const move = moveOf(truth, key);
    if (row['status'] === 'void') {
      agree(truth, key, { void: isVoid(truth, move) }, { void: true });
      continue;
    }
    const wanted = { state: row['status'] === 'draft' ? 'draft' : 'posted', total: row['total'] };
    agree(
      truth,
      key,
      { ...move },
      { ...wanted, partner: odoo.links.get(`customer:${row['customer']}`)?.res_id },
    );
    if (move && wanted.state === 'posted')
      agree(truth, key, { open: odoo.openOfMove(move) }, { open: row['amount_remaining'] });
  }
  for (const [key, link] of odoo.links) {
    if (link.kind !== 'invoice' || sandbox.memory.find('invoice', link.external_id)) continue;
    const gone = isVoid(truth, odoo.moves.get(link.res_id));
    agree(truth, key, { gone }, { gone: true });
  }
}

function creditNotes(truth: Truth): void {
  for (const row of truth.sandbox.memory.all('credit_note')) {
    const key = `credit_note:${row.id}`;
    agree(
      truth,
      key,
      { ...moveOf(truth, key) },
      { state: 'posted', type: 'out_refund', total: row['total'] },
    );
  }
}

function payments(truth: Truth): void {
  const { sandbox, odoo } = truth;
  for (const part of sandbox.memory.all('invoice_payment')) {
    if (part['status'] !== 'paid') continue;
    const { payment_intent: intent } = part['payment'];
    const key = `payment:${intent ?? `${part['invoice']}:off_stripe`}`;
    const amount = intent
      ? sandbox.memory.get('payment_intent', intent)['amount_received']
      : part['amount_paid'];
    const payment = paymentOf(truth, key);
    agree(truth, key, { ...payment }, { posted: true, amount });
    const move = moveOf(truth, `invoice:${part['invoice']}`);
    if (payment && move && !truth.excused.has(`invoice:${part['invoice']}`))
      agree(truth, key, { pays: odoo.matched(`payment:${payment.id}`, `move:${move.id}`) }, { pays: true });
  }
}

function refunds(truth: Truth): void {
  const { sandbox, odoo } = truth;
  for (const row of sandbox.memory.all('refund')) {
    const key = `refund:${row.id}`;
    const payment = paymentOf(truth, key);
    const failed = ['failed', 'canceled'].includes(row['status']);
    const takenBack = [...odoo.payments.values()].some((each) => each.counter && each.key === key);
    if (failed) agree(truth, key, { takenBack: !payment || takenBack }, { takenBack: true });
    else
      agree(truth, key, { ...payment, takenBack }, { posted: true, amount: row['amount'], takenBack: false });
  }
}

/** One record and at most one counter-document for each of the vendor's, and each pair matched once. */
function once({ odoo, verdict }: Truth): void {
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const move of odoo.moves.values())
    count(`${move.counter ? 'counter-document of' : 'document of'} ${move.key}`);
  for (const each of odoo.payments.values())
    count(`${each.counter ? 'counter-payment of' : 'payment of'} ${each.key}`);
  for (const { between } of odoo.matches) count(`match of ${[...between].sort().join(' and ')}`);
  for (const each of odoo.masters.values()) {
    const { name, email } = each.values;
    if (each.model === 'res.partner') count(`contact ${String(email)}`);
    else count(`${each.model} ${String(name)}`);
  }
  for (const [name, times] of counts)
    verdict.expect(times === 1, 'effects_once', () => `${times} times: ${name}`);
}

const total = (numbers: number[]): number => numbers.reduce((sum, each) => sum + each, 0);

function sums(truth: Truth): void {
  const { sandbox, odoo, verdict } = truth;
  const books = sandbox.books();
  const standing = [...odoo.moves.values()].filter(
    (move) => !move.counter && move.state === 'posted' && !isVoid(truth, move),
  );
  const bills = standing.filter(({ type }) => type === 'out_invoice');
  const takenBack = new Set([...odoo.payments.values()].filter((each) => each.counter).map(({ key }) => key));
  const money = [...odoo.payments.values()].filter((each) => !each.counter && each.posted);
  const actual = {
    invoices: bills.map(({ total: sum }) => sum),
    still_to_pay: bills.map((move) => odoo.openOfMove(move)).filter((open) => open > 0),
    credit_notes: standing.filter(({ type }) => type === 'out_refund').map(({ total: sum }) => sum),
    payments: money.filter(({ type }) => type === 'inbound').map(({ amount }) => amount),
    refunds: money
      .filter(({ type, key }) => type === 'outbound' && !takenBack.has(key))
      .map(({ amount }) => amount),
  };
  for (const [name, amounts] of Object.entries(actual)) {
    const { count, amounts: wanted = {} } = books[name as keyof typeof books];
    const inOdoo = `${amounts.length} × ${total(amounts)}`;
    const atVendor = `${count} × ${wanted['EUR'] ?? 0}`;
    verdict.expect(
      inOdoo === atVendor,
      'sums_agree',
      () => `${name}: ${inOdoo} in Odoo, ${atVendor} at the vendor`,
    );
  }
}
