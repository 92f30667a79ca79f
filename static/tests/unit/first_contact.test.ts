// Promises of the first contact's counts and buttons.
import { expect, test } from '@odoo/hoot';
import { animationFrame, click } from '@odoo/hoot-dom';
import { mockService, mountWithCleanup, onRpc } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { FirstContact, type Contact } from '@saas_sync/first_contact/first_contact';
import { connection } from './helpers';

defineMailModels();

const REVIEW: Contact = {
  state: 'review',
  looked: 4485,
  counts: { link: 4310, decide: 120, create: 55, ignore: 0, leave: 3 },
};

async function show(contact: Contact | null, manager = true): Promise<void> {
  await mountWithCleanup(FirstContact, { props: { connection: connection({ contact }), manager } });
}

test('what would happen is counted before anything does', async () => {
  await show(REVIEW);
  expect('[data-plan=link]').toHaveText('4,310 to link');
  expect('[data-plan=decide]').toHaveText('120 to decide');
  expect('[data-plan=create]').toHaveText('55 to create');
  expect('.o_saas_sync_start').toHaveCount(1);
});

test('while it looks it tells how far it is, and cannot be started', async () => {
  await show({ ...REVIEW, state: 'looking' });
  expect('.o_saas_sync_first_contact').toHaveText(/4,485 records compared so far/);
  expect('.o_saas_sync_start').toHaveCount(0);
});

test('a count opens its records', async () => {
  mockService('action', {
    doAction: (action: { domain: unknown }) => expect.step(JSON.stringify(action.domain)),
  });
  await show(REVIEW);
  await click('[data-plan=decide]');
  expect.verifySteps(['[["connection_id","=",1],["plan","=","decide"]]']);
});

test('the start asks the server, which shows the counts once more', async () => {
  onRpc('saas.sync.connection', 'action_start_syncing', ({ args }) => {
    expect.step(JSON.stringify(args));
    return { type: 'ir.actions.act_window', tag: 'asked' };
  });
  mockService('action', { doAction: (action: { tag: string }) => expect.step(action.tag) });
  await show(REVIEW);
  await click('.o_saas_sync_start');
  await animationFrame();
  expect.verifySteps(['[[1]]', 'asked']);
});

test('readers see counts only, and nothing once it is over', async () => {
  await show(REVIEW, false);
  expect('.o_saas_sync_first_contact button').toHaveCount(0);
});

test('a connection that synchronises shows nothing of it', async () => {
  await show(null);
  expect('.o_saas_sync_first_contact').toHaveCount(0);
});
