// Promises of the state widget.
import { expect, test } from '@odoo/hoot';
import { mountWithCleanup } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { StateField } from '@saas_sync/state_field/state_field';

defineMailModels();

async function showState(state: string | false): Promise<void> {
  const selection = [
    ['healthy', 'Healthy'],
    ['waiting', 'Waits'],
    ['unheard', 'Unheard of'],
  ];
  const fields = { state: { type: 'selection', selection } };
  const record = { resModel: 'saas.sync.link', resId: 1, data: { state }, fields };
  await mountWithCleanup(StateField, { props: { name: 'state', record } });
}

test('a state has the colour it has everywhere and the words of its selection', async () => {
  await showState('waiting');
  expect('.o_saas_sync_state_field').toHaveClass('text-bg-warning');
  expect('.o_saas_sync_state_field').toHaveText('Waits');
});

test('the states of connections are known too', async () => {
  await showState('healthy');
  expect('.o_saas_sync_state_field').toHaveClass('text-bg-success');
});

test('a state of a later version is shown without a colour', async () => {
  await showState('unheard');
  expect('.o_saas_sync_state_field').toHaveClass('text-bg-secondary');
  expect('.o_saas_sync_state_field').toHaveText('Unheard of');
});

test('no state, no badge', async () => {
  await showState(false);
  expect('.o_saas_sync_state_field').toHaveCount(0);
});
