// Promises of the candidates widget.
import { expect, test } from '@odoo/hoot';
import { click, animationFrame } from '@odoo/hoot-dom';
import { mockService, mountWithCleanup, onRpc } from '@web/../tests/web_test_helpers';
import { defineMailModels } from '@mail/../tests/mail_test_helpers';
import { CandidatesField, type Candidate } from '@saas_sync/candidates_field/candidates_field';

defineMailModels();

async function showCandidates(candidates: Candidate[] | false): Promise<void> {
  const record = { resModel: 'saas.sync.exception', resId: 4, data: { candidates }, fields: {} };
  await mountWithCleanup(CandidatesField, { props: { name: 'candidates', record } });
}

const TWINS: Candidate[] = [
  { id: 10, name: 'Acme', details: 'a@example.com · Kiel' },
  { id: 11, name: 'Acme', details: '' },
];

test('each candidate is shown with what tells it from its twins', async () => {
  await showCandidates(TWINS);
  expect('.o_saas_sync_candidate').toHaveCount(2);
  expect('.o_saas_sync_candidate:eq(0)').toHaveText(/Acme\s*#\s*10\s*a@example.com · Kiel\s*Use this/);
});

test('one press chooses a candidate and does what the server says then', async () => {
  onRpc('saas.sync.exception', 'action_use_candidate', ({ args }) => {
    expect.step(JSON.stringify(args));
    return { type: 'ir.actions.client', tag: 'told' };
  });
  mockService('action', { doAction: (action: { tag: string }) => expect.step(action.tag) });
  await showCandidates(TWINS);
  await click('.o_saas_sync_candidate:eq(1) button');
  await animationFrame();
  expect.verifySteps(['[[4],11]', 'told']);
});

test('without candidates nothing is shown', async () => {
  await showCandidates(false);
  expect('.o_saas_sync_candidate').toHaveCount(0);
});
