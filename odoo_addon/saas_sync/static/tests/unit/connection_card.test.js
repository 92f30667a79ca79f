// Generated from static/tests/unit/connection_card.test.ts by "npm run build". Edit that file, not this one.
// Promises of a connection's card: what is under way, what is wrong, what the limits allow, how fresh it is.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { advanceTime, animationFrame, click, queryAllTexts } from '@odoo/hoot-dom';
import { makeMockEnv, mountWithCleanup } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { BudgetBar } from '@saas_sync/budget/budget';
import { ConnectionCard } from '@saas_sync/connection_card/connection_card';
import { connection } from './helpers';
defineMailModels();
beforeEach(() => mockDate('2026-11-22 08:00:00', 0));
async function showCard(values) {
    await makeMockEnv();
    await mountWithCleanup(ConnectionCard, {
        props: { connection: connection(values), links: [], manager: true },
    });
}
const MINUTE = 60_000;
test('a backlog says when it will be worked off', async () => {
    await showCard({ backlog: 4310, eta_ms: 6 * MINUTE });
    expect('.o_saas_sync_figure[data-name=backlog]').toHaveText(/^4,310/);
    expect('.o_saas_sync_eta').toHaveText('Worked off in about 6 minutes');
});
test('a forecast counts from the moment of the report', async () => {
    await showCard({ backlog: 4310, eta_ms: 26 * MINUTE, reported_at: '2026-11-22 07:59:00' });
    expect('.o_saas_sync_eta').toHaveText('Worked off in about 25 minutes');
});
test('a handful that is done at once is no news', async () => {
    await showCard({ backlog: 12, eta_ms: 4_000 });
    expect('.o_saas_sync_eta').toHaveCount(0);
});
test('nobody forecasts the end of what stands still', async () => {
    await showCard({ state: 'paused', backlog: 4310, eta_ms: 6 * MINUTE });
    expect('.o_saas_sync_eta').toHaveCount(0);
});
test('a resting connection counts down to its next try', async () => {
    await showCard({
        state: 'degraded',
        message: 'Stripe does not answer.',
        next_try_at: '2026-11-22 08:00:40',
    });
    expect('.o_saas_sync_card_message').toHaveText(/^Stripe does not answer\./);
    expect('.o_saas_sync_next_try').toHaveText('Tried again in 40 seconds; it goes on by itself.');
    await advanceTime(10_000);
    await animationFrame();
    expect('.o_saas_sync_next_try').toHaveText('Tried again in 30 seconds; it goes on by itself.');
    await advanceTime(31_000);
    await animationFrame();
    expect('.o_saas_sync_next_try').toHaveText('Being tried again now.');
});
test('a broken connection promises nothing, and can be tried at once', async () => {
    await showCard({
        state: 'broken',
        message: 'The key was revoked.',
        hint: 'Make a new key.',
        next_try_at: '2026-11-22 08:04:00',
    });
    expect('.o_saas_sync_next_try').toHaveText('Tried again in 4 minutes.');
    expect('.o_saas_sync_resume').toHaveText('Try now');
});
test('a healthy connection has no message', async () => {
    await showCard({ next_try_at: '2026-11-22 08:04:00' });
    expect('.o_saas_sync_card_message').toHaveCount(0);
});
test('a budget that is nearly used up is a warning', async () => {
    const budget = { left: 1500, of: 10_000, per_ms: 86_400_000, resets_at: '2026-11-22T14:05:00.000Z' };
    await showCard({ budget });
    expect('.o_saas_sync_budget').toHaveAttribute('data-colour', 'warning');
    expect('.o_saas_sync_budget').toHaveText(/1,500 of 10,000 left, full again at 14:05/);
    expect('.o_saas_sync_budget [role=progressbar]').toHaveAttribute('aria-valuenow', '15');
});
test('a budget per second that is used up is speed, not trouble', async () => {
    await showCard({ budget: { left: 3, of: 100, per_ms: 1000, resets_at: null } });
    expect('.o_saas_sync_budget').toHaveAttribute('data-colour', 'info');
    expect('.o_saas_sync_budget').toHaveText(/as fast as Stripe allows/);
});
test('plenty of budget, and a budget that makes no sense, are not worth a line', async () => {
    for (const budget of [{ left: 80, of: 100, per_ms: 1000 }, { left: 5 }, { left: 0, of: 0 }, null])
        await mountWithCleanup(BudgetBar, { props: { budget, system: 'Stripe' } });
    expect('.o_saas_sync_budget').toHaveCount(0);
});
const EVENTS = { name: 'events', fresh_at: '2026-11-22T07:59:00.000Z' };
const CUSTOMERS = {
    name: 'customers',
    fresh_at: '2026-11-22T07:12:00.000Z',
    next_at: '2026-11-22T08:12:00.000Z',
    last: { listed: 1200, put: 3 },
};
const TAX_RATES = { name: 'tax_rates', fresh_at: '2026-11-22T07:30:00.000Z' };
test('many streams are one line while all is well, as of the oldest', async () => {
    await showCard({ streams: [EVENTS, CUSTOMERS, TAX_RATES] });
    expect('.o_saas_sync_stream').toHaveCount(0);
    expect('.o_saas_sync_streams_summary').toHaveText('complete as of 07:12');
    expect('.o_saas_sync_streams_toggle').toHaveAttribute('aria-expanded', 'false');
    await click('.o_saas_sync_streams_toggle');
    await animationFrame();
    expect('.o_saas_sync_streams_toggle').toHaveAttribute('aria-expanded', 'true');
    expect(queryAllTexts('.o_saas_sync_stream dt')).toEqual(['Event log', 'Customers', 'Tax rates']);
    expect('.o_saas_sync_stream[data-stream=customers] dd').toHaveText('next look 08:12\ncomplete as of 07:12');
});
test('a stream tells on demand what its last reading found', async () => {
    await showCard({ streams: [CUSTOMERS] });
    expect('.o_saas_sync_stream dd').toHaveAttribute('title', /1,200 listed, 3 of them read again$/);
});
test('streams that are late or under way are always shown, the oldest first', async () => {
    const late = {
        name: 'invoices',
        fresh_at: '2026-11-21T05:00:00.000Z',
        late_at: '2026-11-22T07:00:00.000Z',
    };
    const later = {
        name: 'refunds',
        fresh_at: '2026-11-20T09:12:00.000Z',
        late_at: '2026-11-21T11:12:00.000Z',
    };
    const running = {
        name: 'products',
        fresh_at: '2026-11-19T09:12:00.000Z',
        late_at: '2026-11-20T11:12:00.000Z',
        progress: '1200 listed',
    };
    await showCard({ streams: [EVENTS, CUSTOMERS, late, running, later] });
    expect(queryAllTexts('.o_saas_sync_stream')).toEqual([
        'Refunds\ncomplete only until Nov 20, 09:12',
        'Invoices\ncomplete only until Nov 21, 05:00',
        'Products\n1,200 looked at',
    ]);
    expect('.o_saas_sync_streams_summary').toHaveCount(0);
});
test('a day and a little is not late yet', async () => {
    await showCard({
        streams: [
            EVENTS,
            CUSTOMERS,
            { name: 'refunds', fresh_at: '2026-11-21T06:30:00.000Z', late_at: '2026-11-22T08:30:00.000Z' },
        ],
    });
    expect('.o_saas_sync_stream').toHaveCount(0);
    expect('.o_saas_sync_streams_summary').toHaveText('complete as of Nov 21, 06:30');
});
test('streams that were never complete are not called complete', async () => {
    await showCard({ streams: [EVENTS, CUSTOMERS, { name: 'usage_records' }] });
    expect('.o_saas_sync_streams_summary').toHaveText('2 of 3 complete');
    await click('.o_saas_sync_streams_toggle');
    await animationFrame();
    expect('.o_saas_sync_stream[data-stream=usage_records]').toHaveText('Usage records\nnot read completely yet');
});
