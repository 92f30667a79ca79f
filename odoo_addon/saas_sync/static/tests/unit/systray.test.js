// Generated from static/tests/unit/systray.test.ts by "npm run build". Edit that file, not this one.
// Promises of the indicator in the top bar.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { advanceTime, animationFrame, click, queryAllTexts, waitFor } from '@odoo/hoot-dom';
import { mountWithCleanup, onRpc, patchWithCleanup } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { user } from '@web/core/user';
import { SyncSystray } from '@saas_sync/systray/systray';
import { brake, connection, overview, send } from './helpers';
defineMailModels();
beforeEach(() => mockDate('2026-11-22 08:00:00', 0));
async function showSystray(data, operator = true) {
    patchWithCleanup(user, { hasGroup: () => Promise.resolve(operator) });
    onRpc('saas.sync.connection', 'overview', () => {
        expect.step('overview');
        return data;
    });
    await mountWithCleanup(SyncSystray);
    await advanceTime(1100);
    await animationFrame();
}
test('the indicator counts the open exceptions of all connections', async () => {
    await showSystray(overview({ connections: [connection(), connection({ id: 2, code: 'us', open_exceptions: 4 })] }));
    expect('.o_saas_sync_systray_count').toHaveText('5');
    expect('.o_saas_sync_systray').toHaveAttribute('aria-label', 'SaaS Sync. Open exceptions: 5. In progress: 6.');
    expect.verifySteps(['overview']);
});
test('without exceptions there is no number', async () => {
    await showSystray(overview({ connections: [connection({ open_exceptions: 0 })] }));
    expect('.o_saas_sync_systray').toHaveCount(1);
    expect('.o_saas_sync_systray_count').toHaveCount(0);
    expect.verifySteps(['overview']);
});
test('without a connection the indicator is hidden', async () => {
    await showSystray(overview({ connections: [] }));
    expect('.o_saas_sync_systray').toHaveCount(0);
    expect.verifySteps(['overview']);
});
test('nobody but operators has the indicator, or asks for its figures', async () => {
    await showSystray(overview(), false);
    expect('.o_saas_sync_systray').toHaveCount(0);
    expect.verifySteps([]);
});
test('reports that change nothing are looked up at most once a minute', async () => {
    await showSystray(overview());
    await send('saas_sync.overview', { open: 1 });
    await advanceTime(600);
    expect.verifySteps(['overview', 'overview']);
    for (let report = 0; report < 5; report++) {
        await send('saas_sync.overview', { open: 1 });
        await advanceTime(5_000);
    }
    expect.verifySteps([]);
    await advanceTime(60_000);
    expect.verifySteps(['overview']);
});
test('a new exception is shown at once', async () => {
    await showSystray(overview());
    await send('saas_sync.overview', { open: 1 });
    await advanceTime(600);
    await send('saas_sync.overview', { open: 1 });
    await send('saas_sync.overview', { open: 2 });
    await advanceTime(600);
    expect.verifySteps(['overview', 'overview', 'overview']);
});
test('a decision to take and a stream that is late are counted and said', async () => {
    const streams = [
        { name: 'invoices', fresh_at: '2026-11-20T09:12:00.000Z', late_at: '2026-11-21T11:12:00.000Z' },
    ];
    await showSystray(overview({
        connections: [connection({ streams, brakes: [brake(), brake({ decided: 'keep_absent' })] })],
    }));
    expect('.o_saas_sync_systray_count').toHaveText('3');
    expect('.o_saas_sync_systray').toHaveAttribute('aria-label', /Other things to look at: 2\./);
    await click('.o_saas_sync_systray');
    await waitFor('.o_saas_sync_systray_menu');
    expect(queryAllTexts('.o_saas_sync_systray_concern')).toEqual([
        'Customers: 120 of 300 are missing from the list of Stripe.',
        'Invoices: complete only until Nov 20, 09:12',
    ]);
    expect.verifySteps(['overview']);
});
test('conflicts are counted, and shown apart', async () => {
    await showSystray(overview({ connections: [connection({ open_exceptions: 1 })], open_conflicts: 3 }));
    expect('.o_saas_sync_systray_count').toHaveText('4');
    await click('.o_saas_sync_systray');
    await waitFor('.o_saas_sync_systray_conflicts');
    expect('.o_saas_sync_systray_conflicts').toHaveText(/Conflicts\s*3/);
    expect.verifySteps(['overview']);
});
test('a broken connection needs somebody, and says why', async () => {
    const broken = connection({ state: 'broken', message: 'The key was revoked.', open_exceptions: 0 });
    await showSystray(overview({ connections: [broken] }));
    expect('.o_saas_sync_systray_count').toHaveText('1');
    await click('.o_saas_sync_systray');
    await waitFor('.o_saas_sync_systray_menu');
    expect(queryAllTexts('.o_saas_sync_systray_concern')).toEqual(['The key was revoked.']);
    expect.verifySteps(['overview']);
});
test('a paused or silent connection is not called late as well', async () => {
    const streams = [
        { name: 'invoices', fresh_at: '2026-11-20T09:12:00.000Z', late_at: '2026-11-21T11:12:00.000Z' },
    ];
    const late = connection({ streams, open_exceptions: 0 });
    const connections = [
        { ...late, state: 'paused' },
        { ...late, id: 2, silent: true },
    ];
    await showSystray(overview({ connections }));
    expect('.o_saas_sync_systray_count').toHaveCount(0);
    expect.verifySteps(['overview']);
});
test('a click summarises the connections', async () => {
    await showSystray(overview());
    await click('.o_saas_sync_systray');
    await waitFor('.o_saas_sync_systray_menu');
    expect(queryAllTexts('.o_saas_sync_systray_connection')).toEqual([
        'Stripe Europe\n3 in progress, last event 3 minutes ago',
    ]);
    expect.verifySteps(['overview']);
});
