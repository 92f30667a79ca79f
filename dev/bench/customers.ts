/** Customers through the whole path into Odoo, against the same creates inside Odoo. */
import { judged, median, rounds, type Benchmark, type Sizes } from './benchmark.ts';
import { CONNECTION } from './ingest/connection.ts';
import { cpuFigure, floorOf, pairedRatio, type Floor } from './odoo/floor.ts';
import { throughPath, type Round } from './odoo/path.ts';
import { theWorld, type World } from './odoo/world.ts';

/** As many in a batch as the sidecar sends in one call. */
const BATCH = 150;

/** A round takes seconds only. */
const MORE_ROUNDS = 2;

const FIELDS = [
  'name',
  'is_company',
  'email',
  'phone',
  'vat',
  'street',
  'street2',
  'city',
  'zip',
  'country_id',
  'state_id',
];

interface CustomerRates {
  /** Records a second. */
  path: number;
  floor: number;
}

const paths: Round[] = [];
const floors: Floor[] = [];

async function measure(sizes: Sizes, say: (text: string) => void): Promise<CustomerRates> {
  const world = await theWorld(say);
  const count = sizes.customers;
  // The first records of a fresh Odoo fill its caches; both sides get some that nobody counts.
  await world.sandbox.ask('customers', 50);
  await throughPath(world, { customer: 50 });
  for (let round = 0; round < sizes.rounds + MORE_ROUNDS; round++) {
    await world.sandbox.ask('forget');
    await world.sandbox.ask('customers', count);
    const path = await throughPath(world, { customer: count });
    const floor = await floorOf(world, 'floor_customers.py', {
      partners: await newest(world, count),
      batch: BATCH,
    });
    paths.push(path);
    floors.push(floor);
    say(
      `path ${path.seconds.toFixed(1)} s (listing ${path.listing.toFixed(1)} s beside it, apply calls ` +
        `${path.applying.toFixed(1)} s, CPU sidecar ${path.cpu.sidecar.toFixed(1)} s, sandbox ` +
        `${path.cpu.sandbox.toFixed(1)} s, Odoo ${path.cpu.odoo.toFixed(1)} s), floor ${floor.seconds.toFixed(1)} s (CPU ${floor.cpu.toFixed(1)} s)`,
    );
  }
  return {
    path: count / median(paths.map(({ seconds }) => seconds)),
    floor: count / median(floors.map(({ seconds }) => seconds)),
  };
}

/** The values that Odoo holds of the customers linked last. */
async function newest({ admin }: World, count: number): Promise<Record<string, unknown>[]> {
  const links = await admin.search<{ res_id: number }>(
    'saas.sync.link',
    [
      ['connection_id.code', '=', CONNECTION],
      ['kind', '=', 'customer'],
    ],
    ['res_id'],
    { limit: count, order: 'id desc' },
  );
  const rows = await admin.search<Record<string, unknown>>(
    'res.partner',
    [['id', 'in', links.map((link) => link.res_id)]],
    FIELDS,
    { load: '' },
  );
  return rows.map(({ id: _id, ...values }) => values);
}

export const customers: Benchmark = {
  name: 'customers',
  goal: '≥ 0.8 of the same creates by Odoo’s ORM in its own process',
  async run(sizes, say) {
    const { path, floor } = await measure(sizes, say);
    const ratio = pairedRatio(paths, floors);
    const listing = median(paths.map((each) => each.listing / each.seconds));
    return [
      judged(
        {
          name: 'customers through the whole path',
          value: path,
          unit: '/s',
          floor,
          ratio,
          note: rounds(paths.map(({ seconds }) => sizes.customers / seconds)),
        },
        'ratio ≥ 0.8',
        ratio >= 0.8,
      ),
      {
        name: 'listing at the sandbox, share of that time, most of it beside Odoo’s work',
        value: 100 * listing,
        unit: '%',
      },
      cpuFigure('CPU of Odoo for one customer', paths, floors, sizes.customers),
    ];
  },
};
