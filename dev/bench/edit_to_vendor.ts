/** How long after somebody's edit in Odoo the CRM holds the value, with Odoo ringing at the sidecar and without. */
import { judged, quantile, type Benchmark, type Figure, type Sizes } from './benchmark.ts';
import { atAnyPace, atTruePace, HUBSPOT } from './crm/vendor.ts';
import { listAll } from './odoo/path.ts';
import { theWorld, type World } from './odoo/world.ts';
import { pause } from '../support/sidecar.ts';

const PATIENCE_MS = 30_000;
/** Edited in turns, so that some are edited again while the news of the last edit is still about. */
const CONTACTS = 5;

export const editToVendor: Benchmark = {
  name: 'edit-to-vendor',
  goal: 'edit in Odoo to value at the vendor: p95 ≤ 1 s',
  async run(sizes, say) {
    const world = await theWorld(say, HUBSPOT);
    await world.sandbox.ask('forget');
    await world.sandbox.ask('contacts', CONTACTS);
    await listAll(world);
    await atTruePace(world);
    const rung = await edits(world, sizes, 'rung');
    // Nobody hears it ring there, as behind a firewall that lets nothing in.
    await atTruePace(world, { SAAS_SYNC_PUBLIC_URL: 'http://127.0.0.1:9' });
    const asked = await edits(world, sizes, 'asked');
    await atAnyPace(world);
    for (const [name, seconds] of [
      ['rung', rung],
      ['asked', asked],
    ] as const)
      say(`${name}, sorted: ${sorted(seconds)}`);
    const p95 = quantile(rung, 0.95);
    const note = `${rung.length} edits`;
    return [
      { name: 'edit in Odoo to value at HubSpot, p50', value: quantile(rung, 0.5), unit: 's', note },
      judged(
        { name: 'edit in Odoo to value at HubSpot, p95', value: p95, unit: 's', note },
        '≤ 1 s',
        p95 <= 1,
      ),
      ...withoutRinging(asked),
    ];
  },
};

function withoutRinging(seconds: readonly number[]): Figure[] {
  const note = 'Odoo is asked once a second; two after a quiet half minute';
  return [0.5, 0.95].map((share) => ({
    name: `the same where Odoo cannot ring, p${share * 100}`,
    value: quantile(seconds, share),
    unit: 's',
    note,
  }));
}

const sorted = (seconds: readonly number[]): string =>
  [...seconds]
    .sort((a, b) => a - b)
    .map((each) => each.toFixed(2))
    .join(' ');

/** One contact after the other, in no order, gets another phone number by an RPC of a user's; the first edit finds everything cold. */
async function edits(world: World, { edits: count }: Sizes, series: string): Promise<number[]> {
  const seconds: number[] = [];
  for (let number = 1; number <= count; number++) {
    const took = await edit(world, 1 + Math.floor(Math.random() * CONTACTS), `+49 30 ${series} ${number}`);
    if (number > 1) seconds.push(took);
    // People do not edit in step with the sidecar's clock.
    await pause(Math.random() * 1_000);
  }
  return seconds;
}

async function edit({ admin, sandbox, connection }: World, number: number, phone: string): Promise<number> {
  const id = await sandbox.ask<string>('contact', number);
  const [link] = await admin.search<{ res_id: number }>(
    'saas.sync.link',
    [
      ['connection_id.code', '=', connection],
      ['kind', '=', 'contact'],
      ['external_id', '=', id],
    ],
    ['res_id'],
  );
  if (!link) throw new Error(`Contact ${id} is not linked`);
  const begun = Date.now();
  const held = sandbox.ask<number>('holds', { id, property: 'phone', value: phone, patienceMs: PATIENCE_MS });
  await admin.call('res.partner', 'write', [[link.res_id], { phone }]);
  return ((await held) - begun) / 1_000;
}
