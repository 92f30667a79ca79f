// Promises of the badge beside a record's name and of what opens on a click.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { animationFrame, click, press, queryAllTexts, waitFor } from '@odoo/hoot-dom';
import { mockService, mountView, mountWithCleanup, onRpc } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { SyncBadge } from '@saas_sync/badge/badge';
import type { LinkState } from '@saas_sync/states/states';
import type { Badge } from '@saas_sync/sync_service/sync_service';
import { badge, serveBadges } from './helpers';

defineMailModels();
beforeEach(() => mockDate('2026-11-22 08:03:00', 0));

async function showBadge(...badges: Badge[]): Promise<void> {
  serveBadges(() => badges);
  await mountWithCleanup(SyncBadge, { props: { resModel: 'res.partner', resId: 7 } });
  await animationFrame();
}

async function openPopover(...badges: Badge[]): Promise<void> {
  await showBadge(...badges);
  await click('.o_saas_sync_badge');
  await waitFor('.o_saas_sync_badge_popover .o_saas_sync_link');
}

const LOOKS: [LinkState, string, string, string][] = [
  ['synced', 'text-bg-success', 'fa-check', 'Stripe Europe: In sync'],
  ['pending', 'text-bg-info', 'fa-refresh', 'Stripe Europe: Sync requested'],
  ['waiting', 'text-bg-warning', 'fa-hourglass-half', 'Stripe Europe: Waiting for another record'],
  ['exception', 'text-bg-danger', 'fa-exclamation-triangle', 'Stripe Europe: Needs attention'],
  ['duplicate', 'text-bg-warning', 'fa-clone', 'Stripe Europe: Two records there are one here'],
  ['archived', 'text-bg-secondary', 'fa-archive', 'Stripe Europe: No longer synced'],
];

for (const [state, colour, icon, label] of LOOKS) {
  test(`state ${state} has its own colour, icon and words`, async () => {
    await showBadge(badge({ state }));
    expect('button.o_saas_sync_badge').toHaveClass(colour);
    expect('.o_saas_sync_badge i').toHaveClass(icon);
    expect('.o_saas_sync_badge').toHaveText('Stripe Europe');
    expect('.o_saas_sync_badge').toHaveAttribute('aria-label', label);
  });
}

test('an unlinked record has no badge', async () => {
  await showBadge();
  expect('.o_saas_sync_badges').toHaveCount(0);
});

test('several links on one connection are one pill with the state that needs a person', async () => {
  await showBadge(
    badge({ id: 1, state: 'synced' }),
    badge({ id: 2, state: 'exception' }),
    badge({ id: 3, connection: 'stripe-us', connection_name: 'Stripe America' }),
  );
  expect(queryAllTexts('.o_saas_sync_badge')).toEqual(['Stripe America', 'Stripe Europe']);
  expect('.o_saas_sync_badge:eq(1)').toHaveAttribute('data-state', 'exception');
});

test('every form of a linked model has the badge', async () => {
  serveBadges((ids) => ids.map((id) => badge({ res_id: id })));
  await mountView({
    type: 'form',
    resModel: 'res.partner',
    resId: 17,
    arch: '<form><field name="name"/></form>',
  });
  await waitFor('.o_control_panel .o_saas_sync_badge');
  expect('.o_control_panel .o_saas_sync_badge').toHaveCount(1);
});

test('the popover tells the state and the time in words', async () => {
  await openPopover(badge());
  expect('.o_saas_sync_state').toHaveText('In sync');
  expect('.o_saas_sync_when').toHaveText('Last synced 3 minutes ago');
  expect('.o_saas_sync_open').toHaveCount(0);
  expect('.o_saas_sync_error').toHaveCount(0);
});

test('the popover opens with the keyboard', async () => {
  await showBadge(badge());
  await press('Tab');
  expect('.o_saas_sync_badge').toBeFocused();
  await press('Enter');
  await waitFor('.o_saas_sync_badge_popover');
  await animationFrame();
  expect('.o_saas_sync_now').toBeFocused();
  await press('Escape');
  await animationFrame();
  expect('.o_saas_sync_badge_popover').toHaveCount(0);
  expect('.o_saas_sync_badge').toBeFocused();
});

test('a record that was never synchronised says so', async () => {
  await openPopover(badge({ state: 'pending', last_sync: null }));
  expect('.o_saas_sync_when').toHaveText('Not synced yet');
});

test('the link to the other system opens elsewhere and gives nothing away', async () => {
  await openPopover(badge({ url: 'https://dashboard.stripe.com/customers/cus_1' }));
  expect('.o_saas_sync_open').toHaveText('Open in Stripe');
  expect('.o_saas_sync_open').toHaveAttribute('href', 'https://dashboard.stripe.com/customers/cus_1');
  expect('.o_saas_sync_open').toHaveAttribute('target', '_blank');
  expect('.o_saas_sync_open').toHaveAttribute('rel', 'noopener');
});

test('the popover leads from the last error to its exception', async () => {
  mockService('action', {
    doAction: (action: { res_model: string; res_id: number }) =>
      expect.step(`${action.res_model} ${action.res_id}`),
  });
  await openPopover(badge({ state: 'exception', last_error: 'The period is locked.', exception_id: 5 }));
  expect('.o_saas_sync_error div').toHaveText('The period is locked.');
  await click('.o_saas_sync_exception');
  expect.verifySteps(['saas.sync.exception 5']);
});

test('an error without a visible exception has no dead link', async () => {
  await openPopover(badge({ state: 'exception', last_error: 'The period is locked.' }));
  expect('.o_saas_sync_exception').toHaveCount(0);
});

test('Sync now asks for all links of the connection and shows the request at once', async () => {
  const links = [badge({ id: 11 }), badge({ id: 12, kind: 'price' })];
  onRpc('saas.sync.link', 'sync_now', ({ args }) => {
    expect.step(JSON.stringify(args));
    for (const link of links) link.state = 'pending';
    return true;
  });
  await openPopover(...links);
  await click('.o_saas_sync_now');
  await animationFrame();
  expect.verifySteps(['[[11,12]]']);
  expect('.o_saas_sync_badge').toHaveAttribute('data-state', 'pending');
  expect('.o_saas_sync_state:eq(0)').toHaveText('Sync requested');
  expect('.o_saas_sync_now').toBeEnabled();
});

test('a conflict is told by the pill, and one press opens its resolver', async () => {
  mockService('dialog', {
    add: (_dialog: unknown, props: { conflictId: number }) => expect.step(`conflict ${props.conflictId}`),
  });
  await openPopover(badge({ conflict_id: 5, conflict_fields: 2 }));
  expect('button.o_saas_sync_badge').toHaveAttribute('data-state', 'conflict');
  expect('.o_saas_sync_state').toHaveText('Both sides differ');
  expect('.o_saas_sync_conflict').toHaveText('Conflict: 2 fields');
  await click('.o_saas_sync_conflict');
  expect.verifySteps(['conflict 5']);
});
