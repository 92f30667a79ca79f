// Generated from static/tests/unit/resolver.test.ts by "npm run build". Edit that file, not this one.
// Promises of the resolver: both sides, a choice per field by mouse and keyboard, and what is sent.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { animationFrame, click, edit, press, queryAllTexts, waitFor } from '@odoo/hoot-dom';
import { mountWithCleanup, onRpc } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { Resolver } from '@saas_sync/resolver/resolver';
import { send, serveBadges } from './helpers';
defineMailModels();
beforeEach(() => mockDate('2026-11-22 08:03:00', 0));
function line(values = {}) {
    return {
        id: 1,
        field: 'phone',
        label: 'Phone',
        why: 'both_changed',
        settled: false,
        token: 'seen',
        base: { text: '030 1', by: null, at: null },
        odoo: { text: '030 2', by: 'Mitchell Admin', at: '2026-11-22T08:00:00.000Z' },
        other: { text: '030 3', by: 'Sam Sales', at: '2026-11-22T08:01:00.000Z' },
        was: null,
        choice: null,
        typed: null,
        decided_by: null,
        can_type: true,
        spec: { type: 'char', string: 'Phone' },
        held: { odoo: '030 2', other: '030 3', value: false },
        ...values,
    };
}
const CITY = line({ id: 2, field: 'city', label: 'City', token: 'seen too' });
function conflict(values = {}) {
    return {
        id: 5,
        state: 'open',
        label: 'Azure Interior',
        model: 'res.partner',
        res_id: 7,
        record_name: 'Azure Interior',
        kind: 'customer',
        system_name: 'Salesforce',
        connection_name: 'Salesforce Europe',
        since: '2026-11-22 08:00:00',
        url: null,
        problem: null,
        note: null,
        ending: null,
        can_decide: true,
        hidden: 0,
        lines: [line(), CITY],
        ...values,
    };
}
/** Shows a conflict that may become another one; steps tell what is sent. */
async function showResolver(first, stale = []) {
    let current = first;
    serveBadges(() => []);
    onRpc('saas.sync.conflict', 'resolver', () => current);
    onRpc('saas.sync.conflict', 'resolve', ({ args }) => {
        expect.step(JSON.stringify(args));
        return { stale };
    });
    await mountWithCleanup(Resolver, { props: { conflictId: 5, onSettled: () => expect.step('settled') } });
    return { become: (next) => (current = next) };
}
const focus = async (field) => {
    document.querySelector(`[data-field="${field}"]`)?.focus();
    await animationFrame();
};
test('each field shows what was agreed and both sides, with who and when', async () => {
    await showResolver(conflict());
    expect('.o_saas_sync_conflict_field').toHaveCount(2);
    expect('[data-field=phone] .o_saas_sync_base').toHaveText(/030 1/);
    expect('[data-field=phone] .o_saas_sync_side_odoo .o_saas_sync_who').toHaveText('Mitchell Admin, 3 minutes ago');
    expect('[data-field=phone] .o_saas_sync_side_other').toHaveText(/Salesforce[^]*030 3[^]*Sam Sales/);
    expect(queryAllTexts('[data-field=phone] mark')).toEqual(['2', '3']);
});
test('nothing can be settled before something is chosen', async () => {
    await showResolver(conflict());
    expect('.o_saas_sync_settle_now').not.toBeEnabled();
    await click('[data-field=phone] .o_saas_sync_side_other');
    await animationFrame();
    expect('[data-field=phone] .o_saas_sync_side_other').toHaveAttribute('aria-checked', 'true');
    expect('.o_saas_sync_progress').toHaveText(/1 of 2 decided/);
    expect('.o_saas_sync_settle_now').toBeEnabled();
});
test('what is chosen is sent with the values that were seen; undecided fields are left out', async () => {
    await showResolver(conflict());
    await click('[data-field=phone] .o_saas_sync_side_other');
    await animationFrame();
    await click('[data-field=phone] .o_saas_sync_always input');
    await click('.o_saas_sync_settle > input');
    await edit('Sam asked them');
    await click('.o_saas_sync_settle_now');
    await animationFrame();
    expect.verifySteps([
        '[5,{"phone":{"take":"other","token":"seen","always":true}},"Sam asked them"]',
        'settled',
    ]);
});
test('the keyboard chooses, moves on and settles', async () => {
    await showResolver(conflict());
    await focus('phone');
    await press('ArrowLeft');
    await press('ArrowDown');
    await animationFrame();
    expect('[data-field=city]').toBeFocused();
    await press('2');
    await press('Enter');
    await animationFrame();
    expect.verifySteps([
        '[5,{"phone":{"take":"odoo","token":"seen"},"city":{"take":"other","token":"seen too"}},null]',
        'settled',
    ]);
});
test('Escape and 0 take a choice back', async () => {
    await showResolver(conflict());
    await focus('phone');
    for (const key of ['Escape', '0']) {
        await press('1');
        await animationFrame();
        expect('.o_saas_sync_taken').toHaveCount(1);
        await press(key);
        await animationFrame();
        expect('.o_saas_sync_taken').toHaveCount(0);
    }
});
test('one press takes all of one side', async () => {
    await showResolver(conflict());
    await click('.o_saas_sync_all_other');
    await animationFrame();
    expect('.o_saas_sync_side_other.o_saas_sync_taken').toHaveCount(2);
});
test('a merged value is typed with the widget of its field and sent without leaving it', async () => {
    await showResolver(conflict());
    await focus('phone');
    await press('3');
    await waitFor('.o_saas_sync_editor .o_field_char input:focus');
    expect('.o_saas_sync_editor input').toHaveValue('030 2');
    await edit('030 23');
    await press(['ctrl', 'Enter']);
    await animationFrame();
    await animationFrame();
    expect.verifySteps(['[5,{"phone":{"take":"value","token":"seen","value":"030 23"}},null]', 'settled']);
});
test('options and days have their own widgets', async () => {
    const options = [
        ['invoice', 'Invoice'],
        ['delivery', 'Delivery'],
    ];
    const kind = line({
        field: 'type',
        spec: { type: 'selection', string: 'Type', selection: options },
        held: { odoo: 'invoice', other: 'delivery', value: false },
    });
    const day = line({
        id: 2,
        field: 'date',
        spec: { type: 'date', string: 'Date' },
        held: { odoo: '2026-11-22', other: '2026-11-23', value: false },
    });
    await showResolver(conflict({ lines: [kind, day] }));
    await click('[data-field=type] .o_saas_sync_type');
    await click('[data-field=date] .o_saas_sync_type');
    await waitFor('[data-field=type] .o_field_selection');
    expect('[data-field=date] .o_field_date').toHaveCount(1);
    await click('.o_saas_sync_settle_now');
    await animationFrame();
    await animationFrame();
    expect.verifySteps([
        '[5,{"type":{"take":"value","token":"seen","value":"invoice"},"date":{"take":"value","token":"seen","value":"2026-11-22"}},null]',
        'settled',
    ]);
});
test('what somebody else changes meanwhile is undecided again and says so; the rest stays chosen', async () => {
    const { become } = await showResolver(conflict());
    await click('.o_saas_sync_all_odoo');
    become(conflict({ lines: [line({ token: 'newer', was: '030 2' }), CITY] }));
    await send('saas_sync.changed', { models: { 'res.partner': [7] } });
    await animationFrame();
    expect('[data-field=phone] .badge').toHaveText(/Changed meanwhile/);
    expect('[data-field=phone] .o_saas_sync_was').toHaveText(/it was: 030 2/);
    expect('.o_saas_sync_taken').toHaveCount(1);
});
test('a choice that the server finds outdated settles nothing', async () => {
    await showResolver(conflict(), ['Phone']);
    await click('.o_saas_sync_all_odoo');
    await animationFrame();
    await click('.o_saas_sync_settle_now');
    await waitFor('.o_notification:contains("Changed meanwhile, look again: Phone")');
    expect.verifySteps([
        '[5,{"phone":{"take":"odoo","token":"seen"},"city":{"take":"odoo","token":"seen too"}},null]',
    ]);
});
test('who may not decide sees both sides and nothing to press', async () => {
    await showResolver(conflict({ can_decide: false, hidden: 1 }));
    expect('.o_saas_sync_settle').toHaveCount(0);
    await click('[data-field=phone] .o_saas_sync_side_other');
    await animationFrame();
    expect('.o_saas_sync_taken').toHaveCount(0);
    expect('.o_saas_sync_hidden').toHaveText('Fields of this record that you may not see: 1.');
});
test('a settled conflict tells how it ended and who decided what', async () => {
    const decided = line({ settled: true, choice: 'other', decided_by: 'Ada' });
    await showResolver(conflict({ state: 'resolved', can_decide: false, lines: [decided], ending: 'Settled. Ada decided.' }));
    expect('.o_saas_sync_ending').toHaveText('Settled. Ada decided.');
    expect('.o_saas_sync_side_other').toHaveClass('o_saas_sync_taken');
    expect('[data-field=phone]').toHaveText(/Decided by Ada/);
});
test('a refused decision says why and keeps the choice for another try', async () => {
    await showResolver(conflict({ problem: 'Salesforce refuses it', lines: [line({ choice: 'odoo' })] }));
    expect('.alert-danger').toHaveText('Not carried out: Salesforce refuses it');
    expect('.o_saas_sync_side_odoo').toHaveClass('o_saas_sync_taken');
});
