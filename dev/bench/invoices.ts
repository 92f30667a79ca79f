/** Paid invoices through the whole path into Odoo's books, against the same inside Odoo. */
import { judged, median, rounds, type Benchmark, type Sizes } from './benchmark.ts';
import { CONNECTION } from './ingest/connection.ts';
import { cpuFigure, floorOf, pairedRatio, type Floor } from './odoo/floor.ts';
import { listAll, throughPath, type Round } from './odoo/path.ts';
import { theWorld, type World } from './odoo/world.ts';

const TAX = '19%';

export interface InvoiceRow {
  partner: string;
  date: string;
  due: string;
  reference: string | false;
  ref: string;
  lines: { name: string; product: string; quantity: number; price_unit: number }[];
}

interface InvoiceRates {
  /** Invoices with their payments a second. */
  path: number;
  floor: number;
}

const paths: Round[] = [];
const floors: Floor[] = [];

async function measure(sizes: Sizes, say: (text: string) => void): Promise<InvoiceRates> {
  const world = await theWorld(say);
  const count = sizes.invoices;
  await world.sandbox.ask('customers', 200);
  await world.sandbox.ask('invoices', 20);
  await listAll(world);
  for (let round = 0; round < sizes.rounds; round++) {
    await world.sandbox.ask('invoices', count);
    const path = await throughPath(world, { invoice: count, payment: count });
    await checkPaid(world);
    const data = { connection: CONNECTION, tax: TAX, invoices: await newestInvoices(world, count) };
    const floor = await floorOf(world, 'floor_invoices.py', data);
    paths.push(path);
    floors.push(floor);
    say(
      `path ${path.seconds.toFixed(1)} s (apply calls ${path.applying.toFixed(1)} s, CPU sidecar ` +
        `${path.cpu.sidecar.toFixed(1)} s, sandbox ${path.cpu.sandbox.toFixed(1)} s, Odoo ${path.cpu.odoo.toFixed(1)} s), floor ${floor.seconds.toFixed(1)} s (CPU ${floor.cpu.toFixed(1)} s)`,
    );
  }
  return {
    path: count / median(paths.map(({ seconds }) => seconds)),
    floor: count / median(floors.map(({ seconds }) => seconds)),
  };
}

async function checkPaid({ admin }: World): Promise<void> {
  const open = await admin.call<number>('account.move', 'search_count', [
    [
      ['move_type', '=', 'out_invoice'],
      ['payment_state', 'not in', ['paid', 'in_payment']],
    ],
  ]);
  if (open > 0) throw new Error(`${open} invoices are not paid in Odoo, so the figure would say nothing`);
}

interface LineRow {
  move_id: number;
  name: string;
  product_id: [number, string] | false;
  quantity: number;
  price_unit: number;
}

/** What Odoo holds of the invoices that came last, in words that another database understands. */
export async function newestInvoices({ admin }: World, count: number): Promise<InvoiceRow[]> {
  const moves = await admin.search<{
    id: number;
    partner_id: [number, string];
    invoice_date: string;
    invoice_date_due: string;
    payment_reference: string | false;
    ref: string;
  }>(
    'account.move',
    [
      ['move_type', '=', 'out_invoice'],
      ['state', '=', 'posted'],
    ],
    ['partner_id', 'invoice_date', 'invoice_date_due', 'payment_reference', 'ref'],
    { limit: count, order: 'id desc' },
  );
  const lines = await admin.search<Omit<LineRow, 'move_id'> & { move_id: [number, string] }>(
    'account.move.line',
    [
      ['move_id', 'in', moves.map(({ id }) => id)],
      ['display_type', '=', 'product'],
    ],
    ['move_id', 'name', 'product_id', 'quantity', 'price_unit'],
  );
  return moves.map((move) => ({
    partner: move.partner_id[1],
    date: move.invoice_date,
    due: move.invoice_date_due,
    reference: move.payment_reference,
    ref: move.ref,
    lines: lines
      .filter((line) => line.move_id[0] === move.id)
      .map(({ name, product_id: product, quantity, price_unit }) => ({
        name,
        product: product === false ? 'Without product' : product[1],
        quantity,
        price_unit,
      })),
  }));
}

export const invoices: Benchmark = {
  name: 'invoices',
  goal: '≥ 0.8 of creating, posting, paying and reconciling in Odoo’s own process',
  async run(sizes, say) {
    const { path, floor } = await measure(sizes, say);
    const ratio = pairedRatio(paths, floors);
    return [
      judged(
        {
          name: 'invoices with payment, posted and reconciled, through the whole path',
          value: path,
          unit: '/s',
          floor,
          ratio,
          note: rounds(
            paths.map(({ seconds }) => sizes.invoices / seconds),
            1,
          ),
        },
        'ratio ≥ 0.8',
        ratio >= 0.8,
      ),
      cpuFigure('CPU of Odoo for one invoice with its payment', paths, floors, sizes.invoices),
    ];
  },
};
