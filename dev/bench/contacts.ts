/** A CRM's first load, companies and their contacts, through the whole path into Odoo, against the same creates inside Odoo. */
import { judged, median, rounds, type Benchmark, type Sizes } from './benchmark.ts';
import { atAnyPace, atTruePace, HUBSPOT } from './crm/vendor.ts';
import { cpuFigure, floorOf, pairedRatio, type Floor } from './odoo/floor.ts';
import { throughPath, type Round } from './odoo/path.ts';
import { theWorld, type World } from './odoo/world.ts';

/** As many in a batch as the sidecar sends in one call. */
const BATCH = 150;

/** What sync-rules/customer.yaml and contact.yaml write of companies and people. */
const OF_COMPANIES = ['name', 'is_company', 'website', 'phone', 'street', 'city', 'zip', 'country_id'];
const OF_PEOPLE = ['name', 'is_company', 'function', 'email', 'phone', 'parent_id'];

interface Made {
  companies: number;
  contacts: number;
}

const paths: Round[] = [];
const floors: Floor[] = [];

async function measure(world: World, sizes: Sizes, say: (text: string) => void): Promise<number> {
  // The first records of a fresh Odoo fill its caches; both sides get some that nobody counts.
  await load(world, 100);
  let records = 0;
  for (let round = 0; round < sizes.rounds; round++) {
    // So many at once that are missing wait for a person: nobody asks about them meanwhile.
    if (round > 0) await world.sandbox.ask('forget');
    const { path, made } = await load(world, sizes.people);
    const floor = await floorOf(world, 'floor_contacts.py', { ...(await newest(world, made)), batch: BATCH });
    paths.push(path);
    floors.push(floor);
    records = made.companies + made.contacts;
    say(
      `path ${path.seconds.toFixed(1)} s (listing ${path.listing.toFixed(1)} s beside it, apply calls ` +
        `${path.applying.toFixed(1)} s, CPU sidecar ${path.cpu.sidecar.toFixed(1)} s, sandbox ` +
        `${path.cpu.sandbox.toFixed(1)} s, Odoo ${path.cpu.odoo.toFixed(1)} s), floor ${floor.seconds.toFixed(1)} s (CPU ${floor.cpu.toFixed(1)} s)`,
    );
  }
  return records;
}

/** Records a second where HubSpot's pace holds. */
async function paced(world: World, sizes: Sizes): Promise<number> {
  await atTruePace(world);
  await world.sandbox.ask('forget');
  const { path, made } = await load(world, sizes.people);
  await atAnyPace(world);
  return (made.companies + made.contacts) / (path.before + path.seconds);
}

async function load(world: World, contacts: number): Promise<{ path: Round; made: Made }> {
  const made = await world.sandbox.ask<Made>('contacts', contacts);
  const path = await throughPath(world, { customer: made.companies, contact: made.contacts });
  return { path, made };
}

/** The values that Odoo holds of the records linked last; people name their company by its place in the list. */
async function newest(world: World, made: Made) {
  const companies = await linked(world, 'customer', made.companies, OF_COMPANIES);
  const places = new Map(companies.map(({ id }, place) => [id, place]));
  const people = await linked(world, 'contact', made.contacts, OF_PEOPLE);
  return {
    companies: companies.map(({ id: _id, ...values }) => values),
    people: people.map(({ id: _id, ...values }) => ({
      ...values,
      parent_id: places.get(values['parent_id']),
    })),
  };
}

async function linked({ admin, connection }: World, kind: string, count: number, fields: readonly string[]) {
  const links = await admin.search<{ res_id: number }>(
    'saas.sync.link',
    [
      ['connection_id.code', '=', connection],
      ['kind', '=', kind],
    ],
    ['res_id'],
    { limit: count, order: 'id desc' },
  );
  return admin.search<Record<string, unknown>>(
    'res.partner',
    [['id', 'in', links.map((link) => link.res_id)]],
    [...fields],
    { load: '' },
  );
}

export const contacts: Benchmark = {
  name: 'contacts',
  goal: '≥ 0.7 of the same creates by Odoo’s ORM in its own process',
  async run(sizes, say) {
    const world = await theWorld(say, HUBSPOT);
    const records = await measure(world, sizes, say);
    const rate = await paced(world, sizes);
    const ratio = pairedRatio(paths, floors);
    return [
      judged(
        {
          name: `first load of ${sizes.people.toLocaleString('en')} contacts with their companies`,
          value: records / median(paths.map(({ seconds }) => seconds)),
          unit: '/s',
          floor: records / median(floors.map(({ seconds }) => seconds)),
          ratio,
          note: rounds(paths.map(({ seconds }) => records / seconds)),
        },
        'ratio ≥ 0.7',
        ratio >= 0.7,
      ),
      {
        name: 'listing at HubSpot, share of that time, most of it beside Odoo’s work',
        value: 100 * median(paths.map((each) => each.listing / each.seconds)),
        unit: '%',
      },
      { name: 'first load at the pace that HubSpot allows, one round', value: rate, unit: '/s' },
      cpuFigure('CPU of Odoo for one contact or company', paths, floors, records),
    ];
  },
};
