/** The real Odoo that contract and flow tests share: a fresh clone with both addons, served as in production. */
import type { Odoo } from '../odoo/index.ts';
import { ADDONS, prepareCompany, SERVICE_LOGIN } from '../support/prepare.ts';

export interface FlowWorld {
  /** What the tests read: ODOO_TEST_URL, ODOO_TEST_DB, ODOO_TEST_KEY, ODOO_TEST_LOGIN. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const DATABASE = 'test_flow';

export async function prepareFlow(odoo: Odoo): Promise<FlowWorld> {
  await odoo.dropDatabase(DATABASE);
  await odoo.createDatabase(DATABASE, { install: ADDONS });
  const key = await prepareCompany(odoo, DATABASE, { connection: 'stripe-demo', systemName: 'Stripe' });
  const server = await odoo.start(DATABASE);
  return {
    env: {
      ODOO_TEST_URL: server.url,
      ODOO_TEST_DB: DATABASE,
      ODOO_TEST_KEY: key,
      ODOO_TEST_LOGIN: SERVICE_LOGIN,
    },
    stop: () => server.stop(),
  };
}
