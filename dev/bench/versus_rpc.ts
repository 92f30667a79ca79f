/** What a script does that sends one call per record, compared with the path. */
import axios, { type AxiosInstance } from 'axios';
import { judged, type Benchmark } from './benchmark.ts';
import { CONNECTION } from './ingest/connection.ts';
import { newestInvoices, type InvoiceRow } from './invoices.ts';
import { listAll, throughPath } from './odoo/path.ts';
import { theWorld, type World } from './odoo/world.ts';

/** The admin's own key, as a script would use. */
const MAKE_KEY = `
import datetime
admin = env.ref("base.user_admin")
until = datetime.datetime.now() + datetime.timedelta(days=1)
print("KEY", env(user=admin.id)["res.users.apikeys"].sudo()._generate(None, "bench", until))
env.cr.commit()
`;

export const versusRpc: Benchmark = {
  name: 'versus_rpc',
  goal: '≥ 10 × the customers and ≥ 5 × the invoices of a script with one call per record',
  async run(sizes, say) {
    const world = await theWorld(say);
    await warmUp(world);
    const script = await scriptOf(world);
    // The path directly before the script, so that both meet the same machine.
    const customerRate = await customersByPath(world, sizes.customers);
    const single = await rate(sizes.singles, (number) => script.customer(number));
    const invoiceRate = await invoicesByPath(world, Math.min(sizes.invoices, MOST_INVOICES));
    const rows = await newestInvoices(world, sizes.singles);
    const document = await rate(rows.length, (number) => script.invoice(rows[number]!));
    say(`one call per record: ${single.toFixed(1)} customers, ${document.toFixed(2)} invoices a second`);
    return [
      judged(
        {
          name: 'customers, path against one call each',
          value: customerRate,
          unit: '/s',
          floor: single,
          ratio: customerRate / single,
        },
        'ratio ≥ 10',
        customerRate / single >= 10,
      ),
      judged(
        {
          name: 'invoices, path against calls one by one',
          value: invoiceRate,
          unit: '/s',
          floor: document,
          ratio: invoiceRate / document,
        },
        'ratio ≥ 5',
        invoiceRate / document >= 5,
      ),
    ];
  },
};

const MOST_INVOICES = 200;

async function warmUp(world: World): Promise<void> {
  await world.sandbox.ask('customers', 50);
  await world.sandbox.ask('invoices', 10);
  await listAll(world);
}

async function customersByPath(world: World, count: number): Promise<number> {
  await world.sandbox.ask('customers', count);
  return count / (await throughPath(world, { customer: count })).seconds;
}

async function invoicesByPath(world: World, count: number): Promise<number> {
  await world.sandbox.ask('invoices', count);
  return count / (await throughPath(world, { invoice: count, payment: count })).seconds;
}

/** Records a second of work done one after the other; the first is not counted. */
async function rate(count: number, work: (number: number) => Promise<unknown>): Promise<number> {
  await work(0);
  const begun = performance.now();
  for (let number = 1; number < count; number++) await work(number);
  return (count - 1) / ((performance.now() - begun) / 1_000);
}

interface Script {
  customer(number: number): Promise<unknown>;
  invoice(row: InvoiceRow): Promise<unknown>;
}

async function scriptOf(world: World): Promise<Script> {
  const key = /^KEY (\S+)$/m.exec(await world.odoo.shell(world.server.database, MAKE_KEY))?.[1];
  const http = axios.create({
    baseURL: `${world.server.url}/json/2`,
    headers: { Authorization: `bearer ${key}`, 'X-Odoo-Database': world.server.database },
  });
  const known = await knownIds(world);
  return {
    customer: (number) =>
      call(http, 'res.partner', 'create', {
        vals_list: [
          {
            name: `Script ${number}`,
            email: `script-${number}@example.com`,
            phone: `+49 30 ${number}`,
            street: `Straße ${number}`,
            city: 'Berlin',
            zip: '10115',
            country_id: known.country,
          },
        ],
      }),
    invoice: (row) => invoiceByScript(http, known, row),
  };
}

interface Known {
  country: number;
  partner: number;
  tax: number;
  salesJournal: number;
  paymentJournal: number;
  products: Map<string, number>;
}

/** Ids that a script would look up once. */
async function knownIds({ admin }: World): Promise<Known> {
  const first = async (model: string, domain: unknown[]) =>
    (await admin.search<{ id: number }>(model, domain, ['id'], { limit: 1 }))[0]!.id;
  const [connection] = await admin.search<{ sale_journal_id: [number]; payment_journal_id: [number] }>(
    'saas.sync.connection',
    [['code', '=', CONNECTION]],
    ['sale_journal_id', 'payment_journal_id'],
  );
  const products = await admin.search<{ id: number; display_name: string }>(
    'product.product',
    [],
    ['display_name'],
  );
  return {
    country: await first('res.country', [['code', '=', 'DE']]),
    partner: await first('res.partner', [['email', '=like', 'customer-%@example.com']]),
    tax: await first('account.tax', [['name', '=', '19%']]),
    salesJournal: connection!.sale_journal_id[0],
    paymentJournal: connection!.payment_journal_id[0],
    products: new Map(products.map(({ id, display_name: name }) => [name, id])),
  };
}

/** Create, post, register the payment (which reconciles): what the screens do, call by call. */
async function invoiceByScript(http: AxiosInstance, known: Known, row: InvoiceRow): Promise<void> {
  const [move] = await call<number[]>(http, 'account.move', 'create', {
    vals_list: [
      {
        move_type: 'out_invoice',
        journal_id: known.salesJournal,
        partner_id: known.partner,
        invoice_date: row.date,
        ref: `script ${row.ref}`,
        invoice_line_ids: row.lines.map((line) => [
          0,
          0,
          {
            name: line.name,
            product_id: known.products.get(line.product) ?? false,
            quantity: line.quantity,
            price_unit: line.price_unit,
            tax_ids: [[6, 0, [known.tax]]],
          },
        ]),
      },
    ],
  });
  await call(http, 'account.move', 'action_post', { ids: [move] });
  const context = { active_model: 'account.move', active_ids: [move] };
  const [wizard] = await call<number[]>(http, 'account.payment.register', 'create', {
    context,
    vals_list: [{ journal_id: known.paymentJournal, payment_date: row.date }],
  });
  await call(http, 'account.payment.register', 'action_create_payments', { ids: [wizard], context });
}

async function call<T>(http: AxiosInstance, model: string, method: string, body: unknown): Promise<T> {
  const { data, status } = await http.post<T>(`/${model}/${method}`, body, { validateStatus: () => true });
  if (status !== 200) throw new Error(`${model}.${method}: ${JSON.stringify(data).slice(0, 500)}`);
  return data;
}
