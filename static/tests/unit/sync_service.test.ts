// Promises of the service that looks up links.
import { destroy, expect, test } from '@odoo/hoot';
import { animationFrame } from '@odoo/hoot-dom';
import {
  getService,
  makeMockEnv,
  makeServerError,
  mountWithCleanup,
  onRpc,
} from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { SyncBadge } from '@saas_sync/badge/badge';
import type { SyncService } from '@saas_sync/sync_service/sync_service';
import { badge, send, serveBadges } from './helpers';

defineMailModels();

async function startService(): Promise<SyncService> {
  await makeMockEnv();
  return getService('saas_sync') as SyncService;
}

test('questions of one tick are asked in one RPC per model', async () => {
  const asked = serveBadges(
    (ids) => ids.map((id) => badge({ id, res_id: id })),
    ['res.partner', 'product.template'],
  );
  const service = await startService();
  const [first, second, again] = await Promise.all([
    service.badges('res.partner', 1),
    service.badges('res.partner', 2),
    service.badges('res.partner', 1),
    service.badges('product.template', 5),
  ]);
  expect(asked).toEqual(['res.partner:1,2', 'product.template:5']);
  expect([first, second, again].map((badges) => badges?.map(({ id }) => id))).toEqual([[1], [2], [1]]);
});

test('a record of a model without links costs no RPC', async () => {
  const asked = serveBadges(() => []);
  const service = await startService();
  expect(await service.badges('res.users', 1)).toEqual([]);
  expect(asked).toEqual([]);
});

test('the linked models are asked for once', async () => {
  onRpc('saas.sync.link', 'linked_models', () => {
    expect.step('linked_models');
    return [];
  });
  const service = await startService();
  await Promise.all([service.badges('res.users', 1), service.badges('res.partner', 2)]);
  await service.badges('res.partner', 3);
  expect.verifySteps(['linked_models']);
});

test('a failed look-up rejects every question and leaves the next one unharmed', async () => {
  let failing = true;
  serveBadges((ids) => {
    if (failing) throw makeServerError({ message: 'database is away' });
    return ids.map((id) => badge({ res_id: id }));
  });
  const service = await startService();
  const outcomes = await Promise.allSettled([
    service.badges('res.partner', 1),
    service.badges('res.partner', 2),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  failing = false;
  expect((await service.badges('res.partner', 1)).length).toBe(1);
});

test('users without rights get silence, and the server is not asked again', async () => {
  onRpc('saas.sync.link', 'linked_models', () => {
    expect.step('linked_models');
    throw makeServerError({ type: 'AccessError' });
  });
  const service = await startService();
  expect(await service.badges('res.partner', 1)).toEqual([]);
  expect(await service.badges('res.partner', 2)).toEqual([]);
  expect.verifySteps(['linked_models']);
});

test('after a failure the linked models are asked for again', async () => {
  let failing = true;
  onRpc('saas.sync.link', 'badges', () => [badge({ res_id: 1 })]);
  onRpc('saas.sync.link', 'linked_models', () => {
    if (failing) throw makeServerError({ message: 'database is away' });
    return ['res.partner'];
  });
  const service = await startService();
  expect(await service.badges('res.partner', 1)).toEqual([]);
  failing = false;
  expect((await service.badges('res.partner', 1)).length).toBe(1);
});

test('a record that the user may not read is a record without links', async () => {
  serveBadges(() => {
    throw makeServerError({ type: 'AccessError' });
  });
  const service = await startService();
  expect(await service.badges('res.partner', 1)).toEqual([]);
});

test('a change announced on the bus is shown without a reload', async () => {
  let state: 'pending' | 'synced' = 'pending';
  serveBadges(() => [badge({ state })]);
  await mountWithCleanup(SyncBadge, { props: { resModel: 'res.partner', resId: 7 } });
  await animationFrame();
  expect('.o_saas_sync_badge').toHaveAttribute('data-state', 'pending');
  state = 'synced';
  await send('saas_sync.changed', { models: { 'res.partner': [7] } });
  expect('.o_saas_sync_badge').toHaveAttribute('data-state', 'synced');
});

test('the first link of a model is noticed over the bus', async () => {
  serveBadges((ids) => ids.map((id) => badge({ res_id: id })), []);
  await mountWithCleanup(SyncBadge, { props: { resModel: 'res.partner', resId: 7 } });
  await animationFrame();
  expect('.o_saas_sync_badge').toHaveCount(0);
  await send('saas_sync.changed', { models: { 'res.partner': [7] } });
  expect('.o_saas_sync_badge').toHaveCount(1);
});

test('news about other records cause no look-up', async () => {
  const asked = serveBadges(() => [badge()]);
  await mountWithCleanup(SyncBadge, { props: { resModel: 'res.partner', resId: 7 } });
  await animationFrame();
  await send('saas_sync.changed', { models: { 'res.partner': [8] } });
  expect(asked).toEqual(['res.partner:7']);
});

test('news without record numbers refresh every record of the model', async () => {
  const asked = serveBadges(() => [badge()]);
  await mountWithCleanup(SyncBadge, { props: { resModel: 'res.partner', resId: 7 } });
  await animationFrame();
  await send('saas_sync.changed', { models: { 'res.partner': [] } });
  expect(asked).toEqual(['res.partner:7', 'res.partner:7']);
});

test('a component that is gone is no longer subscribed', async () => {
  serveBadges(() => [badge()]);
  const component = await mountWithCleanup(SyncBadge, { props: { resModel: 'res.partner', resId: 7 } });
  const service = getService('saas_sync') as SyncService;
  await animationFrame();
  expect(service.watched).toBe(1);
  destroy(component);
  expect(service.watched).toBe(0);
});
