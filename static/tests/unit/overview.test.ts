// Promises of the overview.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { advanceTime, animationFrame, click, queryAllTexts, waitFor } from '@odoo/hoot-dom';
import {
  makeMockEnv,
  makeServerError,
  mockService,
  mountWithCleanup,
  onRpc,
  patchWithCleanup,
} from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { user } from '@web/core/user';
import { getDefaultConfig } from '@web/views/view';
import { Overview } from '@saas_sync/overview/overview';
import type { OverviewData } from '@saas_sync/overview/overview_service';
import { connection, overview, send } from './helpers';

defineMailModels();
beforeEach(() => mockDate('2026-11-22 08:00:00', 0));

async function showOverview(data: OverviewData | (() => OverviewData)): Promise<void> {
  onRpc('saas.sync.connection', 'overview', () => (typeof data === 'function' ? data() : data));
  await makeMockEnv({ config: getDefaultConfig() });
  await mountWithCleanup(Overview, { props: { action: {} } });
}

test('a connection shows health, work under way and freshness', async () => {
  await showOverview(overview({ connections: [connection({ environment: 'test' })] }));
  expect('.o_saas_sync_card').toHaveCount(1);
  expect('.o_saas_sync_card_name').toHaveText('Stripe Europe');
  expect('.o_saas_sync_card_state').toHaveText('Healthy');
  expect('.o_saas_sync_card .badge:contains(Test)').toHaveCount(1);
  expect('.o_saas_sync_figure[data-name=backlog]').toHaveText(/^3/);
  expect('.o_saas_sync_figure[data-name=waiting]').toHaveText(/^2/);
  expect('.o_saas_sync_figure[data-name=exceptions]').toHaveText(/^1/);
  expect('.o_saas_sync_times dd:eq(0)').toHaveText('3 minutes ago');
  expect('.o_saas_sync_stream dd').toHaveText('complete as of 07:59');
});

test('a broken connection says why and what to do', async () => {
  const broken = connection({ state: 'broken', message: 'The key was revoked.', hint: 'Make a new key.' });
  await showOverview(overview({ connections: [broken] }));
  expect('.o_saas_sync_card_message').toHaveText('The key was revoked.\nMake a new key.');
  expect('.o_saas_sync_card_message').toHaveClass('alert-danger');
});

test('without a connection the screen says what to do first', async () => {
  await showOverview(overview({ connections: [] }));
  expect('.o_saas_sync_card').toHaveCount(0);
  expect('.o_view_nocontent_smiling_face').toHaveText('Connect your first system');
});

test('a silent sync service is announced above everything', async () => {
  await showOverview(
    overview({ connections: [connection({ silent: true, reported_at: '2026-11-22 07:00:00' })] }),
  );
  expect('.o_saas_sync_silence').toHaveText(/Stripe Europe: last report 1 hour ago/);
});

test('no banner while reports come in', async () => {
  await showOverview(overview());
  expect('.o_saas_sync_silence').toHaveCount(0);
});

test('a cause leads to its exceptions', async () => {
  mockService('action', {
    doAction: (action: { domain: unknown }) => expect.step(JSON.stringify(action.domain)),
  });
  await showOverview(
    overview({
      open_exceptions: [
        {
          code: 'period_locked',
          cause: 'business_rule',
          label: 'Business rule',
          count: 4,
          amounts: { EUR: 119 },
        },
      ],
    }),
  );
  expect('.o_saas_sync_cause .badge').toHaveText('4');
  expect('.o_saas_sync_cause').toHaveText(/119/);
  await click('.o_saas_sync_cause');
  expect.verifySteps(['[["code","=","period_locked"],["state","in",["open","retrying"]]]']);
});

test('nobody is told that all is well while there are exceptions that only operators may see', async () => {
  await showOverview(overview({ connections: [connection({ open_exceptions: 2 })], open_exceptions: [] }));
  expect('.o_saas_sync_causes').toHaveCount(0);
});

test('without exceptions the screen says so', async () => {
  await showOverview(overview({ connections: [connection({ open_exceptions: 0 })] }));
  expect('.o_saas_sync_causes .card-body').toHaveText('No open exceptions.');
});

test('linked kinds are counted and lead to their links', async () => {
  mockService('action', {
    doAction: (action: { domain: unknown }) => expect.step(JSON.stringify(action.domain)),
  });
  await showOverview(
    overview({
      links: [
        { connection: 'stripe-eu', kind: 'customer', count: 1200 },
        { connection: 'elsewhere', kind: 'invoice', count: 5 },
      ],
    }),
  );
  expect(queryAllTexts('.o_saas_sync_kind')).toEqual(['Customers (1,200)']);
  await click('.o_saas_sync_kind');
  expect.verifySteps(['[["connection_id","=",1],["kind","=","customer"]]']);
});

test('the checklist stays until its last step is done', async () => {
  let done = false;
  await showOverview(() =>
    overview({
      setup: [
        { done: true, title: 'Create the service user', hint: '', action: null },
        { done, title: 'Start the sidecar', hint: 'It reports here.', action: 'base.action' },
      ],
    }),
  );
  expect(queryAllTexts('.o_saas_sync_step[data-done=false]')).toEqual([
    'Start the sidecar\nIt reports here.\nSet up',
  ]);
  done = true;
  await send('saas_sync.overview', {});
  await advanceTime(600);
  await animationFrame();
  expect('.o_saas_sync_setup').toHaveCount(0);
});

test('several messages on the bus cause one refresh', async () => {
  await showOverview(() => {
    expect.step('overview');
    return overview();
  });
  for (let message = 0; message < 3; message++) await send('saas_sync.overview', {});
  await advanceTime(600);
  await animationFrame();
  expect.verifySteps(['overview', 'overview']);
});

test('loading everything again is asked back first', async () => {
  onRpc('saas.sync.connection', 'action_backfill', ({ args }) => {
    expect.step(`backfill ${JSON.stringify(args)}`);
    return { type: 'ir.actions.client', tag: 'display_notification', params: { message: 'Queued' } };
  });
  await showOverview(overview());
  await click('.o_saas_sync_backfill');
  await waitFor('.modal .btn-primary');
  expect.verifySteps([]);
  await click('.modal .btn-primary');
  await animationFrame();
  expect.verifySteps(['backfill [[1]]']);
});

test('a sweep is asked for without further questions', async () => {
  onRpc('saas.sync.connection', 'action_sweep', ({ args }) => {
    expect.step(`sweep ${JSON.stringify(args)}`);
    return { type: 'ir.actions.client', tag: 'display_notification', params: { message: 'Queued' } };
  });
  await showOverview(overview());
  await click('.o_saas_sync_sweep');
  await animationFrame();
  expect.verifySteps(['sweep [[1]]']);
});

test('whoever is no administrator steers nothing', async () => {
  patchWithCleanup(user, { hasGroup: () => Promise.resolve(false) });
  await showOverview(overview());
  expect('.o_saas_sync_card').toHaveCount(1);
  expect('.o_saas_sync_card footer').toHaveCount(0);
});

test('a failed look-up offers to try again', async () => {
  let failing = true;
  await showOverview(() => {
    if (failing) throw makeServerError({ message: 'away' });
    return overview();
  });
  expect('.o_saas_sync_card').toHaveCount(0);
  failing = false;
  await click('.o_nocontent_help button');
  await waitFor('.o_saas_sync_card');
  expect('.o_saas_sync_card').toHaveCount(1);
});
