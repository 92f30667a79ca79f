// Promises of the column “Sync” in lists.
import { expect, test } from '@odoo/hoot';
import { animationFrame, click, waitFor } from '@odoo/hoot-dom';
import { mountView } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { badge, send, serveBadges } from './helpers';

defineMailModels();

async function showPartners(): Promise<void> {
  await mountView({
    type: 'list',
    resModel: 'res.partner',
    arch: '<list><field name="name"/></list>',
  });
  await animationFrame();
}

const CELL = '.o_data_row .o_widget_saas_sync_links';

test('a list of a linked model has the column, filled by one RPC', async () => {
  const asked = serveBadges((ids) => ids.map((id) => badge({ id, res_id: id })));
  await showPartners();
  await waitFor(`${CELL} .o_saas_sync_badge`);
  expect('thead th:contains(Sync)').toHaveCount(1);
  expect(asked.length).toBe(1);
});

test('a list of any other model stays as it is', async () => {
  serveBadges(() => [], ['product.template']);
  await showPartners();
  expect('thead th:contains(Sync)').toHaveCount(0);
  expect(CELL).toHaveCount(0);
});

test('the column follows the bus', async () => {
  let state: 'synced' | 'exception' = 'synced';
  const watched: number[] = [];
  serveBadges((ids) => {
    watched.push(...ids);
    return ids.map((id) => badge({ id, res_id: id, state }));
  });
  await showPartners();
  await waitFor(`${CELL} .o_saas_sync_badge[data-state=synced]`);
  state = 'exception';
  await send('saas_sync.changed', { models: { 'res.partner': [watched[0]] } });
  await waitFor(`${CELL} .o_saas_sync_badge[data-state=exception]`);
  expect(`${CELL} .o_saas_sync_badge[data-state=exception]`).toHaveCount(1);
});

test('the column can be hidden, and stays hidden', async () => {
  serveBadges((ids) => ids.map((id) => badge({ id, res_id: id })));
  await showPartners();
  await waitFor(`${CELL} .o_saas_sync_badge`);
  await click('.o_optional_columns_dropdown button');
  await waitFor('.o-dropdown--menu');
  await click('.o-dropdown--menu input[name="saas_sync_links"]');
  await animationFrame();
  expect(CELL).toHaveCount(0);
  await showPartners();
  expect(CELL).toHaveCount(0);
});
