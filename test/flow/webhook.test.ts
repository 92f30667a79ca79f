/** From a webhook to a posted, paid and reconciled invoice in Odoo: nothing but webhooks is needed for it. */
import { expect } from 'chai';
import { logIn, type Person } from '../../dev/support/admin.ts';
import { sell, type Sale } from '../support/sale.ts';
import { exceptions, originsOfEffects } from '../support/sidecar-story.ts';
import { odooOfTheRun, openWorld, WEBHOOK_SECRET, type World } from '../support/world.ts';

const CONNECTION = 'stripe-hooks';
const NEW_SECRET = 'whsec_flow_tests_rotated';

describe('webhooks', function () {
  this.timeout(120_000);
  let world: World;

  before(async function () {
    const odoo = odooOfTheRun();
    if (!odoo) return this.skip();
    world = await openWorld(odoo, {
      connection: CONNECTION,
      seed: 'hooks',
      env: { OTHER_SECRET: NEW_SECRET },
      secretNames: ['STRIPE_WEBHOOK_SECRET', 'OTHER_SECRET'],
      sandbox: { delivery: { retryMs: 50 } },
    });
    await world.sidecar.idle();
  });

  after(() => world?.close());

  const arrived = async () => {
    await world.sandbox.webhooks.idle();
    await world.sidecar.idle();
  };

  describe('of one sale', () => {
    let sale: Sale;
    let move: Move;

    before(async () => {
      sale = await sell(world.sandbox, { name: 'Hook & Line GmbH', amount: 4990, quantity: 3 });
      await arrived();
      move = await moveOf(world.admin, sale);
    });

    it('make the invoice posted in Odoo, equal to the cent', () => {
      expect(move).to.include({
        state: 'posted',
        amount_untaxed: 149.7,
        amount_tax: 28.44,
        amount_total: 178.14,
      });
      expect(Math.round(move.amount_total * 100)).to.equal(sale.invoice.total);
      expect(move.partner_id[1]).to.contain('Hook & Line GmbH');
    });

    it('make it paid, its payment reconciled with it', async () => {
      expect(move).to.include({ amount_residual: 0, payment_state: 'paid' });
      const [payment] = await paymentsOf(world.admin, move);
      expect(payment).to.include({ amount: 178.14, payment_type: 'inbound', is_reconciled: true });
      expect(payment?.reconciled_invoice_ids).to.deep.equal([move.id]);
    });

    it('leave a link for each record, and one receipt for each step', async () => {
      const ids = [sale.customer, sale.product, sale.price, sale.taxRate, sale.invoice].map(({ id }) => id);
      const links = await world.admin.search<{ external_id: string }>(
        'saas.sync.link',
        [
          ['connection_id.code', '=', CONNECTION],
          ['external_id', 'in', ids],
        ],
        ['external_id'],
      );
      expect(links.map((link) => link.external_id)).to.have.members(ids);
      const rungs = await world.admin.search<{ kind: string; rung: string }>(
        'saas.sync.receipt',
        [['connection_id.code', '=', CONNECTION]],
        ['kind', 'rung'],
      );
      expect(rungs.map(({ kind, rung }) => `${kind} ${rung.split(':')[0]}`)).to.have.members([
        'invoice drafted',
        'invoice posted',
        'payment posted',
        'payment reconciled',
      ]);
    });

    it('are all it took: no poll and no listing led to an effect', async () => {
      const origins = await originsOfEffects(world.sidecar, CONNECTION);
      expect([...origins]).to.include('hook');
      expect([...origins]).not.to.include.members(['poll']);
      expect([...origins]).not.to.include.members(['backfill']);
    });

    it('give a salesperson the badge on the customer', async () => {
      const { url, database } = odooOfTheRun() ?? { url: '', database: '' };
      const sales = await logIn(url, database, 'sales', 'sales');
      const [badge] = await sales.call<Record<string, unknown>[]>('saas.sync.link', 'badges', [
        'res.partner',
        [move.partner_id[0]],
      ]);
      expect(badge).to.include({
        system: 'stripe',
        connection: CONNECTION,
        external_id: sale.customer.id,
        state: 'synced',
      });
      expect(badge?.['url']).to.contain(sale.customer.id);
      expect(badge?.['last_sync']).to.be.a('string');
    });
  });

  describe('that misbehave', () => {
    it('lead to the same books when they come twice and in the wrong order', async () => {
      world.sandbox.fault(
        { kind: 'swap', match: { type: 'customer.created' } },
        { kind: 'duplicate', match: { type: 'product.created' } },
        { kind: 'swap', match: { type: 'invoice.created' } },
        { kind: 'delay', ms: 1_000, match: { type: 'invoice.finalized' } },
        { kind: 'duplicate', match: { type: 'invoice.paid' } },
      );
      const sale = await sell(world.sandbox, { name: 'Twice Shy KG', amount: 12_345, quantity: 1 });
      await arrived();
      expect(world.sandbox.faults.pending, 'every mishap happened').to.deep.equal([]);
      const move = await moveOf(world.admin, sale);
      expect(move).to.include({ state: 'posted', amount_residual: 0, amount_total: 146.91 });
      expect(await paymentsOf(world.admin, move)).to.have.length(1);
      const partners = [['name', '=', 'Twice Shy KG']];
      expect(await world.admin.call('res.partner', 'search_count', [partners])).to.equal(1);
      expect(await exceptions(world.sidecar)).to.deep.equal([]);
    });

    it('are taken under the old and the new secret while it is rotated, and under no third one', async () => {
      const [endpoint] = world.sandbox.memory.all('webhook_endpoint');
      const statusOf = async (secret: string) => {
        world.sandbox.rollSecret(endpoint?.id ?? '', secret, false);
        const customer = await world.sandbox.client.customers.create({ name: `Signed by ${secret}` });
        const sent = () => world.sandbox.webhooks.log.findLast(({ object }) => object === customer.id);
        for (let tries = 0; tries < 100 && !sent(); tries += 1)
          await new Promise((resolve) => setTimeout(resolve, 20));
        return sent()?.status;
      };
      expect(await statusOf(WEBHOOK_SECRET)).to.equal(202);
      expect(await statusOf(NEW_SECRET)).to.equal(202);
      expect(await statusOf('whsec_nobody_knows')).to.equal(401);
      world.sandbox.rollSecret(endpoint?.id ?? '', NEW_SECRET, false);
      await arrived();
      expect(world.sandbox.webhooks.log.at(-1)?.status).to.equal(202);
    });
  });
});

interface Move {
  id: number;
  state: string;
  partner_id: [number, string];
  amount_untaxed: number;
  amount_tax: number;
  amount_total: number;
  amount_residual: number;
  payment_state: string;
}

async function moveOf(admin: Person, sale: Sale): Promise<Move> {
  const links = await admin.search<{ res_id: number }>(
    'saas.sync.link',
    [
      ['external_id', '=', sale.invoice.id],
      ['model', '=', 'account.move'],
    ],
    ['res_id'],
  );
  expect(links, `links of ${sale.invoice.id}`).to.have.length(1);
  const [move] = await admin.search<Move>(
    'account.move',
    [['id', '=', links[0]?.res_id]],
    [
      'state',
      'partner_id',
      'amount_untaxed',
      'amount_tax',
      'amount_total',
      'amount_residual',
      'payment_state',
    ],
  );
  if (!move) throw new Error(`Odoo has no move for ${sale.invoice.id}`);
  return move;
}

interface Payment {
  amount: number;
  payment_type: string;
  is_reconciled: boolean;
  reconciled_invoice_ids: number[];
}

const paymentsOf = (admin: Person, move: Move): Promise<Payment[]> =>
  admin.search<Payment>(
    'account.payment',
    [['partner_id', '=', move.partner_id[0]]],
    ['amount', 'payment_type', 'is_reconciled', 'reconciled_invoice_ids'],
  );
