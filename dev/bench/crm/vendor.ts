/** HubSpot at the other end of a benchmark. */
import type { Vendor } from '../odoo/vendor.ts';
import { restartSidecar, type World } from '../odoo/world.ts';

/** HubSpot's own pace, and ours below it: calls within ten seconds, and a second. */
const TRUE_PACE = { tenSecondly: 190, ours: 17 };
/** No limit. */
const ANY_PACE = { tenSecondly: 0, ours: 1_000 };

export const HUBSPOT: Vendor = {
  connection: 'hubspot-bench',
  system: 'hubspot',
  systemName: 'HubSpot',
  database: 'bench_crm',
  program: 'crm/sandbox.ts',
  secret: 'hubspot_bench_only',
  connect: async (sandbox, hook) => {
    await sandbox.ask('limit', ANY_PACE.tenSecondly);
    const { url } = await sandbox.ask<{ url: string }>('about');
    return {
      entry: {
        base_url: url,
        time_zone: 'Europe/Berlin',
        credentials: { access_token: { env: 'HUBSPOT_TOKEN' }, webhook_secret: { env: 'HUBSPOT_SECRET' } },
        // Not the vendor's pace: what is measured here is us.
        options: { public_url: hook, currency: 'EUR', rate_per_second: ANY_PACE.ours },
      },
      env: { HUBSPOT_TOKEN: 'pat-eu1-sandbox', HUBSPOT_SECRET: 'hubspot_bench_only' },
    };
  },
};

/** From here on HubSpot lets in as many calls as it really does, and the sidecar knows; with these variables besides its own. */
export async function atTruePace(world: World, env: Record<string, string> = {}): Promise<void> {
  await world.sandbox.ask('limit', TRUE_PACE.tenSecondly);
  await restartSidecar(world, { env, options: { rate_per_second: TRUE_PACE.ours } });
}

/** As in the beginning. */
export async function atAnyPace(world: World): Promise<void> {
  await world.sandbox.ask('limit', ANY_PACE.tenSecondly);
  await restartSidecar(world, {});
}
