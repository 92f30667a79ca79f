/**
 * What an accountant does about the story's exceptions: choose the tax, pick the customer, decide about the closed month,
 * accept the price; and about its conflict. Through the same methods as the buttons, with her own rights.
 */
import { logIn, type Person } from '../support/admin.ts';
import { pause } from '../support/sidecar.ts';
import type { Company } from './company.ts';

interface Row {
  id: number;
  code: string;
  headline: string;
}

const EXCEPTION = 'saas.sync.exception';
const CONFLICT = 'saas.sync.conflict';
const OPEN = ['state', '=', 'open'];

/** By code: what she presses. Others (records that wait for these) end by themselves. */
const FIXES: Record<string, { does: string; press: (accountant: Person, row: Row) => Promise<void> }> = {
  tax_unmapped: {
    does: 'chooses the Odoo tax "7% books", for this and all later invoices',
    async press(accountant, { id }) {
      const [tax] = await accountant.search<{ id: number }>(
        'account.tax',
        [['name', '=', '7% books']],
        ['name'],
      );
      await accountant.call(EXCEPTION, 'write', [[id], { tax_id: tax?.id }]);
      await accountant.call(EXCEPTION, 'action_use_chosen', [[id]]);
    },
  },
  ambiguous_match: {
    does: 'picks the contact "Spreewerk Studio" of the two that it may be',
    async press(accountant, { id }) {
      const [partner] = await accountant.search<{ id: number }>(
        'res.partner',
        [['name', '=', 'Spreewerk Studio']],
        ['name'],
      );
      await accountant.call(EXCEPTION, 'action_use_candidate', [[id], partner?.id]);
    },
  },
  period_locked: {
    does: 'has what falls into the closed August booked on 1 September, here and from now on',
    press: (accountant, { id }) => accountant.call(EXCEPTION, 'action_always_on_open_day', [[id]]),
  },
  price_below_list: {
    does: 'accepts the price, for this deal alone',
    press: (accountant, { id }) => accountant.call(EXCEPTION, 'action_accept_order', [[id]]),
  },
};

/** Settles one exception of each cause, then waits until none is open. Prints what is done. */
export async function repair(company: Company): Promise<void> {
  const accountant = await logIn(company.server.url, company.server.database, 'accountant', 'accountant');
  for (const [code, fix] of Object.entries(FIXES)) {
    const rows = await accountant.search<Row>(EXCEPTION, [OPEN, ['code', '=', code]], ['code', 'headline']);
    const [first] = rows;
    if (!first) continue;
    console.log(`\n  ${first.headline}${rows.length > 1 ? ` (and ${rows.length - 1} alike)` : ''}`);
    await fix.press(accountant, first);
    console.log(`  → The accountant ${fix.does}.`);
  }
  await decide(accountant);
  await settled(company);
}

interface Conflict {
  label: string;
  lines: { field: string; label: string; token: string; odoo: { text: string } }[];
}

/** Of every conflict Odoo's side is taken, field by field. */
async function decide(accountant: Person): Promise<void> {
  for (const { id } of await accountant.search<{ id: number }>(CONFLICT, [OPEN], ['label'])) {
    const { label, lines } = await accountant.call<Conflict>(CONFLICT, 'resolver', [id]);
    const choices = Object.fromEntries(lines.map(({ field, token }) => [field, { take: 'odoo', token }]));
    await accountant.call(CONFLICT, 'resolve', [id, choices, 'As she introduced herself on the telephone']);
    const taken = lines.map((line) => `${line.label} "${line.odoo.text}"`).join(', ');
    console.log(
      `\n  ${label}: changed on both sides\n  → The accountant decides for ${taken}, on both sides.`,
    );
  }
}

async function settled(company: Company): Promise<void> {
  const until = Date.now() + 90_000;
  let left: Row[] = [];
  while (Date.now() < until) {
    left = [
      ...(await company.admin.search<Row>(
        EXCEPTION,
        [['state', 'in', ['open', 'retrying']]],
        ['code', 'headline'],
      )),
      ...(await conflicts(company)),
    ];
    if (left.length === 0) return company.sidecar.idle();
    await pause(300);
  }
  throw new Error(`Still open 90 s after the repair: ${left.map((row) => row.headline).join('; ')}`);
}

async function conflicts({ admin }: Company): Promise<Row[]> {
  const open = await admin.search<{ id: number; label: string }>(
    CONFLICT,
    [['state', 'in', ['open', 'resolving']]],
    ['label'],
  );
  return open.map(({ id, label }) => ({ id, code: 'conflict', headline: label }));
}
