// Generated from static/tests/unit/payload_field.test.ts by "npm run build". Edit that file, not this one.
// Promises of the payload widget.
import { expect, test } from '@odoo/hoot';
import { click, animationFrame } from '@odoo/hoot-dom';
import { mountWithCleanup } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { PayloadField } from '@saas_sync/payload_field/payload_field';
defineMailModels();
async function showPayload(payload) {
    const record = { resModel: 'saas.sync.exception', resId: 1, data: { payload }, fields: {} };
    await mountWithCleanup(PayloadField, { props: { name: 'payload', record } });
}
test('JSON is indented, whether it comes as text or as a value', async () => {
    await showPayload({ id: 'in_1' });
    await showPayload('{"id":"in_1"}');
    expect('pre:eq(0)').toHaveText('{\n  "id": "in_1"\n}', { raw: true });
    expect('pre:eq(1)').toHaveText('{\n  "id": "in_1"\n}', { raw: true });
});
test('text that is no JSON is shown as it is', async () => {
    await showPayload('<html>');
    expect('pre').toHaveText('<html>');
});
test('a long payload starts folded', async () => {
    await showPayload(Array.from({ length: 30 }, (_, index) => index));
    expect('pre').not.toHaveText(/29/);
    await click('button:contains(Show all 32 lines)');
    await animationFrame();
    expect('pre').toHaveText(/29/);
    await click('button:contains(Show less)');
    await animationFrame();
    expect('pre').not.toHaveText(/29/);
});
test('an exception without a payload says so', async () => {
    await showPayload(false);
    expect('pre').toHaveCount(0);
    expect('.text-muted').toHaveCount(1);
});
