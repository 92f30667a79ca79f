// Promises of the panel on a connection's form.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { advanceTime, animationFrame } from '@odoo/hoot-dom';
import { makeMockEnv, mountWithCleanup, onRpc, patchWithCleanup } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { user } from '@web/core/user';
import { ConnectionPanel } from '@saas_sync/connection_panel/connection_panel';
import type { OverviewData } from '@saas_sync/overview/overview_service';
import { brake, connection, overview, send } from './helpers';

defineMailModels();
beforeEach(() => mockDate('2026-11-22 08:00:00', 0));

async function showPanel(data: () => OverviewData, resId = 1): Promise<void> {
  patchWithCleanup(user, { hasGroup: () => Promise.resolve(true) });
  onRpc('saas.sync.connection', 'overview', data);
  await makeMockEnv();
  await mountWithCleanup(ConnectionPanel, {
    props: { record: { resModel: 'saas.sync.connection', resId, data: {} }, readonly: false },
  });
}

test('the form shows its own connection, with every stream and the budget', async () => {
  const mine = connection({
    id: 2,
    brakes: [brake()],
    budget: { left: 90, of: 100, per_ms: 1000, resets_at: null },
    streams: ['events', 'customers', 'prices'].map((name) => ({ name, fresh_at: '2026-11-22T07:59:00Z' })),
  });
  await showPanel(() => overview({ connections: [connection(), mine] }), 2);
  expect('.o_saas_sync_stream').toHaveCount(3);
  expect('.o_saas_sync_budget').toHaveText(/up to 100 calls in 1 second/);
  expect('.o_saas_sync_brake button').toHaveCount(2);
});

test('the form follows the reports without a reload', async () => {
  let eta = 20 * 60_000;
  await showPanel(() => overview({ connections: [connection({ backlog: 500, eta_ms: eta })] }));
  expect('.o_saas_sync_eta').toHaveText('Worked off in about 20 minutes');
  eta = 3 * 60_000;
  await send('saas_sync.overview', {});
  await advanceTime(600);
  await animationFrame();
  expect('.o_saas_sync_eta').toHaveText('Worked off in about 3 minutes');
});

test('an archived connection has no panel', async () => {
  await showPanel(() => overview(), 9);
  expect('.o_saas_sync_panel').toHaveCount(0);
});
