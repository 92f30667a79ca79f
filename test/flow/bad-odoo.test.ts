/** Odoo is down, refuses the key, lacks the database or the addon: webhooks are kept, the reason is said, work goes on. */
import { expect } from 'chai';
import axios from 'axios';
import { provision, type Odoo } from '../../dev/odoo/index.ts';
import { openOdooGate, type OdooGate } from '../support/odoo-gate.ts';
import { sell } from '../support/sale.ts';
import { until } from '../support/sidecar-story.ts';
import { odooOfTheRun, openWorld, type World } from '../support/world.ts';

const CONNECTION = 'stripe-dark';

describe('while Odoo cannot be used', function () {
  this.timeout(120_000);
  let world: World;
  let gate: OdooGate;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    gate = await openOdooGate(odoo.url);
    world = await openWorld(odoo, {
      connection: CONNECTION,
      seed: 'dark',
      odooUrl: gate.url,
      sandbox: { delivery: { retryMs: 50, retryMaxMs: 200 } },
    });
    await world.sidecar.idle();
  });

  after(async () => {
    await world?.close();
    await gate?.close();
  });

  const readiness = async (): Promise<{ status: number; reasons: string }> => {
    const { status, data } = await axios.get(`${world.sidecar.url}/readyz`, { validateStatus: () => true });
    return { status, reasons: (data.reasons as string[]).join(' ') };
  };
  const notReady = (reason: RegExp) =>
    until(`/readyz says ${reason}`, async () => {
      const { status, reasons } = await readiness();
      return (status === 503 && reason.test(reasons)) || reasons;
    });
  /** Every event of a sale is acknowledged although nobody can work on it. */
  const soldMeanwhile = async (name: string) => {
    const from = world.sandbox.webhooks.log.length;
    const sale = await sell(world.sandbox, { name });
    await world.sandbox.webhooks.idle();
    const statuses = world.sandbox.webhooks.log.slice(from).map(({ status }) => status);
    expect(new Set(statuses)).to.be.a('set').that.is.not.empty;
    expect(statuses.filter((status) => status !== 202 && status !== 200)).to.deep.equal([]);
    return sale;
  };
  const posted = (invoice: string) =>
    until('the invoice is posted in Odoo', async () => {
      const link = [
        ['external_id', '=', invoice],
        ['model', '=', 'account.move'],
      ];
      const [row] = await world.admin.search<{ res_id: number }>('saas.sync.link', link, ['res_id']);
      const move = [
        ['id', '=', row?.res_id ?? 0],
        ['state', '=', 'posted'],
        ['payment_state', '=', 'paid'],
      ];
      return (await world.admin.call<number>('account.move', 'search_count', [move])) === 1;
    });
  const doctorSays = async (...words: RegExp[]) => {
    const { code, output } = await world.cli('doctor');
    expect(code).to.equal(1);
    for (const word of words) expect(output).to.match(word);
  };

  it('an Odoo that is down when the sidecar first starts is named, and nothing is needed once it is up', async () => {
    await gate.down();
    await world.restart({ forget: true });
    const sale = await soldMeanwhile('Early Bird BV');
    await notReady(/cannot be reached.*Nothing is lost/);
    await doctorSays(/✘ Odoo: .*cannot be reached/, /→ Start Odoo, or correct its address/, /✔ Stripe/);
    await gate.up();
    await posted(sale.invoice.id);
    expect((await readiness()).status).to.equal(200);
  });

  it('a key that is refused is named, and nothing is needed once it is valid', async () => {
    gate.replace({ authorization: 'bearer 0000000000000000000000000000000000000000' });
    const sale = await soldMeanwhile('Locked Out AS');
    await notReady(/refuses the key.*make a new key in Settings/);
    await doctorSays(/✘ Odoo: .*refuses the key/, /→ .*make a new key in Settings › SaaS Sync/);
    gate.replace({});
    await posted(sale.invoice.id);
  });

  it('a database that is missing is named, and nothing is needed once it is there', async () => {
    gate.replace({ 'x-odoo-database': 'nowhere_to_be_found' });
    const sale = await soldMeanwhile('Lost Base ApS');
    await notReady(/has no database/);
    await doctorSays(/✘ Odoo: .*has no database/, /→ Correct the name of the database/);
    gate.replace({});
    await posted(sale.invoice.id);
  });

  it('an addon that is not installed is named, and webhooks are kept until the right Odoo is there', async function () {
    const odoo = await provision();
    const bare = await bareOdoo(odoo, `${odooOfTheRun()?.database}_bare`);
    const right = {
      ODOO_URL: gate.url,
      ODOO_DB: odooOfTheRun()?.database ?? '',
      ODOO_API_KEY: odooOfTheRun()?.apiKey ?? '',
    };
    try {
      await world.restart({ forget: true, env: bare.env });
      const sale = await soldMeanwhile('No Addon Srl');
      await notReady(/SaaS Sync is not installed.*Install the addon saas_sync/);
      await doctorSays(
        /✘ Odoo: .*SaaS Sync is not installed/,
        /→ Install the addon saas_sync in Odoo’s Apps/,
      );
      await world.restart({ env: right });
      await posted(sale.invoice.id);
    } finally {
      await bare.stop();
      await odoo.release();
    }
  });
});

/** An Odoo without our addons, and a key of its admin. */
async function bareOdoo(odoo: Odoo, database: string) {
  await odoo.dropDatabase(database);
  await odoo.createDatabase(database);
  const output = await odoo.shell(database, MAKE_KEY);
  const server = await odoo.start(database);
  return {
    env: { ODOO_URL: server.url, ODOO_DB: database, ODOO_API_KEY: /^KEY (\S+)$/m.exec(output)?.[1] ?? '' },
    stop: async () => {
      await server.stop();
      await odoo.dropDatabase(database);
    },
  };
}

const MAKE_KEY = `
keys = env["res.users.apikeys"].with_user(env.ref("base.user_admin"))
print("KEY", keys._generate(None, "test", None))
env.cr.commit()
`;
