// Generated from static/tests/unit/brakes.test.ts by "npm run build". Edit that file, not this one.
// Promises of held-back deletions: said plainly, decided by administrators, asked back first.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { animationFrame, click, waitFor } from '@odoo/hoot-dom';
import { makeMockEnv, mountWithCleanup, onRpc } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { Brakes } from '@saas_sync/brakes/brakes';
import { brake, connection } from './helpers';
defineMailModels();
beforeEach(() => mockDate('2026-11-22 08:00:00', 0));
async function showBrakes(brakes, manager = true) {
    for (const method of ['action_release_brake', 'action_keep_absent'])
        onRpc('saas.sync.connection', method, ({ args }) => {
            expect.step(`${method} ${JSON.stringify(args)}`);
            return { type: 'ir.actions.client', tag: 'display_notification', params: { message: 'Decided' } };
        });
    await makeMockEnv();
    await mountWithCleanup(Brakes, { props: { connection: connection({ brakes }), manager } });
}
test('a brake says how many are gone, and that nothing was archived', async () => {
    await showBrakes([brake()]);
    expect('.o_saas_sync_brake').toHaveText(/^Customers: 120 of 300 are missing from the list of Stripe\.\s*Nothing was archived\.\s*2 hours ago/);
    expect('.o_saas_sync_brake_examples').toHaveText('For example cus_1, cus_2');
});
test('to archive what is gone is asked back first', async () => {
    await showBrakes([brake()]);
    await click('.o_saas_sync_release');
    await waitFor('.modal .btn-primary');
    expect('.modal-body').toHaveText(/each of the 120 is looked up at Stripe/);
    expect.verifySteps([]);
    await click('.modal .btn-primary');
    await animationFrame();
    expect.verifySteps(['action_release_brake [[1],"customers"]']);
});
test('to leave them is asked back too', async () => {
    await showBrakes([brake({ stream: 'prices', kind: 'price' })]);
    await click('.o_saas_sync_keep');
    await waitFor('.modal .btn-primary');
    await click('.modal .btn-primary');
    await animationFrame();
    expect.verifySteps(['action_keep_absent [[1],"prices"]']);
});
test('whoever is no administrator sees who decides instead of buttons', async () => {
    await showBrakes([brake({ examples: [] })], false);
    expect('.o_saas_sync_brake button').toHaveCount(0);
    expect('.o_saas_sync_brake').toHaveText(/An administrator of SaaS Sync decides/);
});
test('a decision on its way is not asked for again', async () => {
    await showBrakes([brake({ decided: 'keep_absent' }), brake({ stream: 'prices', kind: 'price' })]);
    expect('.o_saas_sync_brake[data-stream=customers] button').toHaveCount(0);
    expect('.o_saas_sync_brake_decided').toHaveText(/^Decided: they stay as they are/);
    expect('.o_saas_sync_brake[data-stream=prices] button').toHaveCount(2);
});
test('a brake of which little was told is shown all the same', async () => {
    await showBrakes([{ stream: 'usage_records' }]);
    expect('.o_saas_sync_brake').toHaveText(/^Usage records: 0 of 0 are missing from the list of Stripe/);
});
