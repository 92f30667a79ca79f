// Generated from static/tests/unit/follow.test.ts by "npm run build". Edit that file, not this one.
// Promises of the form that follows the sidecar.
import { expect, test } from '@odoo/hoot';
import { mountWithCleanup } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { Follow } from '@saas_sync/follow/follow';
import { send } from './helpers';
defineMailModels();
async function reportArrives(state, dirty) {
    const record = {
        resModel: 'saas.sync.exception',
        resId: 1,
        data: { state },
        isDirty: () => Promise.resolve(dirty),
        load: () => {
            expect.step('read again');
            return Promise.resolve();
        },
    };
    await mountWithCleanup(Follow, { props: { record, readonly: false } });
    await send('saas_sync.overview', { open: 1 });
}
test('an exception that is tried again is read again with each report', async () => {
    await reportArrives('retrying', false);
    expect.verifySteps(['read again']);
});
test('what a person is typing is never replaced', async () => {
    await reportArrives('retrying', true);
    expect.verifySteps([]);
});
test('an exception that waits for a person is left alone', async () => {
    await reportArrives('open', false);
    expect.verifySteps([]);
});
