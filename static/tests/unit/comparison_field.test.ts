// Promises of the comparison of first contact.
import { expect, test } from '@odoo/hoot';
import { animationFrame, click } from '@odoo/hoot-dom';
import { mockService, mountWithCleanup, onRpc } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { ComparisonField, type Comparison } from '@saas_sync/comparison_field/comparison_field';

defineMailModels();

const ACME: Comparison = {
  model: 'res.partner',
  system: 'HubSpot',
  traits: { name: 'Acme GmbH', vat: 'DE 136 695 976', city: 'Kiel' },
  suggestions: [
    {
      id: 7,
      name: 'Acme',
      score: 70,
      why: ['same VAT number (60)'],
      traits: { name: 'Acme', vat: 'DE136695976', city: 'Bonn' },
    },
    { id: 8, name: 'ACME', score: 45, why: ['same name (45)'], traits: { name: 'ACME' } },
  ],
  chosen: false,
};

async function show(comparison: Comparison): Promise<void> {
  const record = { resModel: 'saas.sync.candidate', resId: 4, data: { comparison }, fields: {} };
  await mountWithCleanup(ComparisonField, { props: { name: 'comparison', record } });
}

test('both sides stand beside each other, with what agrees and what does not', async () => {
  await show(ACME);
  expect('tbody tr').toHaveCount(3);
  expect('[data-name=vat] td:eq(1)').toHaveClass('text-success');
  expect('[data-name=city] td:eq(1)').toHaveClass('text-danger');
  expect('[data-name=city] td:eq(2)').not.toHaveClass('text-danger');
  expect('tfoot td:eq(1)').toHaveText('same VAT number (60)');
});

test('one press links the record of its column', async () => {
  onRpc('saas.sync.candidate', 'action_link', ({ args }) => {
    expect.step(JSON.stringify(args));
    return true;
  });
  mockService('action', { doAction: (action: { tag: string }) => expect.step(action.tag) });
  await show(ACME);
  await click('[data-id="8"] .o_saas_sync_link');
  await animationFrame();
  expect.verifySteps(['[[4],8]', 'soft_reload']);
});

test('the one that will be linked is marked, and a record without candidates says so', async () => {
  await show({ ...ACME, chosen: 7 });
  expect('[data-id="7"]').toHaveText(/Will be linked/);
  expect('.o_saas_sync_link').toHaveCount(1);
});
