/** What an accountant does with the story's one exception: choose the tax, retry. Through the same methods as the buttons. */
import { logIn } from '../support/admin.ts';
import { pause } from '../support/sidecar.ts';
import type { Company } from './company.ts';

interface ExceptionRow {
  id: number;
  label: string;
  message: string;
}

export async function repairTax(company: Company): Promise<void> {
  const accountant = await logIn(company.server.url, company.server.database, 'accountant', 'accountant');
  const open = await accountant.search<ExceptionRow>(
    'saas.sync.exception',
    [
      ['state', '=', 'open'],
      ['code', '=', 'tax_unmapped'],
    ],
    ['label', 'message'],
  );
  for (const exception of open) {
    console.log(`\n  Exception: ${exception.message}`);
    const [tax] = await accountant.search<{ id: number }>('account.tax', [['name', '=', '7% books']], []);
    await accountant.call('saas.sync.exception', 'write', [[exception.id], { tax_id: tax?.id }]);
    await accountant.call('saas.sync.exception', 'action_use_chosen', [[exception.id]]);
    console.log('  The accountant chooses the Odoo tax "7% books" and retries.');
  }
  if (open.length > 0) await resolved(company);
}

async function resolved(company: Company): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    const left = await company.admin.call<number>('saas.sync.exception', 'search_count', [
      [['state', 'in', ['open', 'retrying']]],
    ]);
    if (left === 0) return company.sidecar.idle();
    await pause(300);
  }
  throw new Error('The exception is still open a minute after it was repaired');
}
