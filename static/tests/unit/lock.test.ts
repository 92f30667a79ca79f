// Promises of the lock beside a field that another system owns.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { animationFrame, click, press, waitFor } from '@odoo/hoot-dom';
import { mountView, onRpc, serverState } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import type { Lock } from '@saas_sync/lock/locks';
import { send, serveBadges } from './helpers';

defineMailModels();
beforeEach(() => mockDate('2026-11-22 08:03:00', 0));

function lock(values: Partial<Lock> = {}): Lock {
  return {
    field: 'name',
    system: 'salesforce',
    system_name: 'Salesforce',
    connection: 'Salesforce Europe',
    against: 'revert',
    last_changed: '2026-11-22 08:00:00',
    ...values,
  };
}

/** Opens a contact. @returns the records whose locks were asked for */
async function openForm(answer: () => Lock[], models = ['res.partner']): Promise<string[]> {
  const asked: string[] = [];
  serveBadges(() => [], models);
  onRpc('saas.sync.link', 'locks', ({ args }) => {
    asked.push(args.join(','));
    return answer();
  });
  await mountView({
    type: 'form',
    resModel: 'res.partner',
    resId: serverState.partnerId,
    arch: `<form><field name="name"/><field name="email"/>
      <field name="child_ids"><list><field name="name"/></list></field></form>`,
  });
  await animationFrame();
  return asked;
}

test('a field that another system owns has a lock, its neighbours have none', async () => {
  const asked = await openForm(() => [lock()]);
  expect('.o_saas_sync_lock').toHaveCount(1);
  expect('[name=name] > .o_saas_sync_lock').toHaveCount(1);
  expect('.o_saas_sync_lock').toHaveAttribute(
    'aria-label',
    'Owned by Salesforce, last changed 3 minutes ago. What you change here is set back to the value there.',
  );
  expect(asked).toEqual([`res.partner,${serverState.partnerId}`]);
});

test('where policy says so the lock tells of a proposal', async () => {
  await openForm(() => [lock({ against: 'propose' })]);
  await click('.o_saas_sync_lock');
  await waitFor('.o_saas_sync_lock_popover');
  expect('.o_saas_sync_lock_popover').toHaveText(/Your change becomes a proposal/);
  expect('.o_saas_sync_lock_popover').toHaveText(/Salesforce Europe, last changed 3 minutes ago/);
  await press('Escape');
  await animationFrame();
  expect('.o_saas_sync_lock_popover').toHaveCount(0);
});

test('the keyboard reaches a lock', async () => {
  await openForm(() => [lock()]);
  const button = document.querySelector<HTMLButtonElement>('.o_saas_sync_lock')!;
  button.focus();
  expect(document.activeElement).toBe(button);
  await press('Enter');
  await waitFor('.o_saas_sync_lock_popover');
  expect('.o_saas_sync_lock_popover').toHaveCount(1);
});

test('a change of ownership reaches the open form', async () => {
  let locks: Lock[] = [];
  await openForm(() => locks);
  expect('.o_saas_sync_lock').toHaveCount(0);
  locks = [lock({ field: 'email', against: 'block' })];
  await send('saas_sync.changed', { models: { 'res.partner': [serverState.partnerId] } });
  expect('[name=email] > .o_saas_sync_lock').toHaveAttribute('data-against', 'block');
});

test('models without links are not asked about', async () => {
  expect(await openForm(() => [lock()], [])).toEqual([]);
  expect('.o_saas_sync_lock').toHaveCount(0);
});
