/** A database for the tests that kill Odoo and PostgreSQL; they serve it themselves, to be able to end it. */
import type { Odoo } from '../odoo/index.ts';
import { ADDONS, prepareCompany } from '../support/prepare.ts';

const DATABASE = 'test_faults';

/** What the tests read: ODOO_FAULTS_DB and _KEY, and which process besides them uses this PostgreSQL rightly. */
export async function prepareFaults(odoo: Odoo): Promise<Record<string, string>> {
  await odoo.dropDatabase(DATABASE);
  await odoo.createDatabase(DATABASE, { install: ADDONS });
  const key = await prepareCompany(odoo, DATABASE, { connection: 'stripe-faults', systemName: 'Stripe' });
  return { ODOO_FAULTS_DB: DATABASE, ODOO_FAULTS_KEY: key, SAAS_SYNC_TEST_RUN: String(process.pid) };
}
