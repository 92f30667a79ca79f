/** A HubSpot session when things go wrong: tokens, limits, schemas that change, people who left, records without much in them. */
import { expect } from 'chai';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Customer, Deal } from '../../sidecar/domain/entity/index.ts';
import { hubspot } from '../../sidecar/connectors/hubspot/index.ts';
import type { Sandbox } from '../sandbox/hubspot/sandbox.ts';
import { context } from '../support/hubspot-wire.ts';
import { failureOf, hubspotWorld, START, type World } from '../support/hubspot-world.ts';

const byOAuth = ({ access }: Sandbox): Partial<Connection> => ({
  secrets: {
    client_id: [access.app.clientId],
    client_secret: [access.app.clientSecret],
    refresh_token: [access.app.refreshToken],
  },
});

async function entityOf<T>(world: World, kind: 'customer' | 'contact' | 'deal', id: string): Promise<T> {
  const { events } = hubspot.translate(await world.session.read(kind, id), context);
  return events[0]!.entity as T;
}

describe('HubSpot session', () => {
  describe('with OAuth', () => {
    let world: World;
    let id: string;
    beforeEach(() => {
      world = hubspotWorld({}, byOAuth);
      id = world.sandbox.create('companies', { name: 'Ada' });
    });

    it('fetches one token for all who wait, and another before it ends', async () => {
      const { session, sandbox, clock } = world;
      await Promise.all([session.read('customer', id), session.read('contact', '1'), session.probe()]);
      expect(sandbox.access.handedOut).to.equal(1);
      clock.now += 1_741_000;
      await session.read('customer', id);
      expect(sandbox.access.handedOut).to.equal(2);
      expect(sandbox.calls.filter(({ status }) => status === 401)).to.deep.equal([]);
    });

    it('is broken once the authorization is revoked, and says how to go on', async () => {
      const { session, sandbox } = world;
      await session.read('customer', id);
      sandbox.access.revoke();
      const failure = await failureOf(session.read('customer', id));
      expect(failure).to.include({ class: 'connection', code: 'authorization_revoked' });
      expect(failure.hint).to.include('refresh_token');
    });

    it('says that the app is not known by its secret', async () => {
      const wrong = hubspotWorld({}, (sandbox) => ({
        secrets: { ...byOAuth(sandbox).secrets, client_secret: ['other'] },
      }));
      expect(await failureOf(wrong.session.probe())).to.include({
        class: 'connection',
        code: 'client_refused',
      });
    });
  });

  describe('with the token of a private app', () => {
    let world: World;
    beforeEach(() => (world = hubspotWorld()));
    const read = () => world.session.read('customer', '1');

    it('refuses another portal and the wrong environment', async () => {
      const other = hubspotWorld({}, () => ({ options: { portal: 7 } }));
      expect(await failureOf(other.session.probe())).to.have.property('code', 'other_account');
      const live = hubspotWorld({ accountType: 'STANDARD' });
      expect(await failureOf(live.session.probe())).to.have.property('code', 'wrong_environment');
    });

    it('is broken by a token that was taken away, and names the scope that is missing', async () => {
      world.sandbox.fault({ kind: 'forbidden' });
      const forbidden = await failureOf(read());
      expect(forbidden).to.include({ class: 'connection', code: 'permission_missing' });
      expect(forbidden.hint).to.include('crm.objects.deals.read');
      world.sandbox.access.revoke();
      expect(await failureOf(read())).to.include({ class: 'connection', code: 'credentials_refused' });
    });

    it('waits as long as each limit lasts', async () => {
      await read();
      const waits = async (kind: 'rate_limit' | 'daily_limit' | 'moving' | 'bad_gateway', ms?: number) => {
        world.sandbox.fault({ kind, ...(ms === undefined ? {} : { ms }) });
        const { class: sort, retryAfterMs } = await failureOf(read());
        return [sort, retryAfterMs];
      };
      expect(await waits('rate_limit')).to.deep.equal(['rate_limited', 10_000]);
      expect(await waits('rate_limit', 3_000)).to.deep.equal(['rate_limited', 3_000]);
      expect(await waits('daily_limit')).to.deep.equal(['rate_limited', 900_000]);
      expect(await waits('moving', 86_400_000)).to.deep.equal(['transient', 86_400_000]);
      expect(await waits('bad_gateway')).to.deep.equal(['transient', 10_000]);
    });

    it('knows what is left of the app’s calls from the vendor’s answers', async () => {
      await read();
      expect(world.session.budget!()).to.include({ of: 190, perMs: 10_000 });
    });

    it('never goes beyond the vendor’s limits by itself', async () => {
      const { sandbox, session } = hubspotWorld({ limits: { tenSecondly: 190, search: 5 } });
      const ids = sandbox.seedMany('contacts', 3_000, (n) => ({ lastname: `Person ${n}` }));
      let cursor = '';
      for await (const page of session.changes(null)) cursor = page.cursor;
      const listing = (async () => {
        let count = 0;
        for await (const page of session.list('contacts', null)) count += page.items.length;
        return count;
      })();
      for await (const page of session.changes(cursor)) expect(page.cursor).to.be.a('string');
      expect(await listing).to.equal(ids.length);
      expect(sandbox.calls.filter(({ status }) => status === 429)).to.deep.equal([]);
    });

    it('goes on when a property was removed from the schema', async () => {
      const id = world.sandbox.create('companies', { name: 'Ada', vat_number: 'DE1' });
      expect(await entityOf<Customer>(world, 'customer', id)).to.have.property('vat', 'DE1');
      world.sandbox.portal.removeProperty('companies', 'vat_number');
      expect(await entityOf<Customer>(world, 'customer', id)).to.not.have.property('vat');
    });

    it('finds the winners of merged records without asking for each', async () => {
      const { sandbox, session } = world;
      const ids = sandbox.seedMany('companies', 40, (n) => ({ name: `Company ${n}` }));
      const pairs = ids
        .slice(0, 20)
        .map((id, n) => [id, sandbox.merge('companies', id, ids[20 + n]!)] as const);
      const read = await Promise.all(pairs.map(([id]) => session.read('customer', id)));
      const winners = read.map(({ body }) => (body as { object: { id: string } }).object.id);
      expect(winners).to.deep.equal(pairs.map(([, winner]) => winner));
      expect(world.calls('/companies/2')).to.equal(0);
    });

    it('takes the oldest of a ring of parents for its top, whoever is asked for first', async () => {
      const { sandbox } = world;
      const [a, b, c, below] = ['A', 'B', 'C', 'D'].map((name) => sandbox.create('companies', { name }));
      for (const [child, parent] of [
        [a, b],
        [b, c],
        [c, a],
        [below, b],
      ] as const)
        sandbox.setParent(child!, parent!);
      const parentOf = async (id: string) => (await entityOf<Customer>(world, 'customer', id)).parent;
      const parents = [];
      for (const id of [below, c, b, a]) parents.push(await parentOf(id!));
      expect(parents).to.deep.equal([b, a, c, null]);
    });

    it('keeps naming owners who left, and has none for those nobody knows', async () => {
      const owner = world.sandbox.addOwner('left@example.com');
      owner.archived = true;
      const [left, unknown] = [owner.id, '79999'].map((hubspot_owner_id) =>
        world.sandbox.create('companies', { name: 'Ada', hubspot_owner_id }),
      );
      expect(await entityOf<Customer>(world, 'customer', left!)).to.have.property(
        'owner',
        'left@example.com',
      );
      expect(await entityOf<Customer>(world, 'customer', unknown!)).to.have.property('owner', null);
    });

    it('knows a stage that was added since it last asked', async () => {
      const first = world.sandbox.create('deals', { dealname: 'One', dealstage: 'contractsent' });
      expect((await entityOf<Deal>(world, 'deal', first)).stage).to.equal('Contract Sent');
      const stage = { id: '4711', label: 'Signed', closed: true, probability: '1.0' };
      world.sandbox.portal.pipelines[0]!.stages.push(stage);
      world.clock.now += 60_000;
      const second = world.sandbox.create('deals', { dealname: 'Two', dealstage: '4711' });
      expect(await entityOf<Deal>(world, 'deal', second)).to.include({ stage: 'Signed', status: 'won' });
    });

    it('takes the account’s currency where a deal names none, and the connection’s before it', async () => {
      const deal = { dealname: 'Engines', amount: '250000', dealstage: 'contractsent' };
      const id = world.sandbox.create('deals', deal);
      expect(await entityOf<Deal>(world, 'deal', id)).to.include({ currency: 'EUR', amount: 25_000_000 });
      const yen = hubspotWorld({}, () => ({ options: { currency: 'JPY' } }));
      const other = yen.sandbox.create('deals', deal);
      expect(await entityOf<Deal>(yen, 'deal', other)).to.include({ currency: 'JPY', amount: 250_000 });
    });

    it('lists only what was made since, resumable, and names no listing it does not have', async () => {
      world.sandbox.seedMany('products', 3, (n) => ({ name: `Old ${n}` }));
      world.clock.now += 10_000;
      const fresh = world.sandbox.seedMany('products', 450, (n) => ({ name: `New ${n}` }));
      const pages = world.session.list('products', null, { createdSince: START + 5_000 });
      const first = (await pages[Symbol.asyncIterator]().next()).value as {
        items: unknown[];
        cursor: string;
      };
      const found: string[] = [];
      const rest = world.reopen().list('products', first.cursor, { createdSince: START + 5_000 });
      for await (const page of rest) found.push(...page.items.map(({ externalId }) => externalId));
      expect(found).to.deep.equal(fresh.slice(first.items.length));
      const unknown = world.session.list('tickets', null)[Symbol.asyncIterator]().next();
      expect(await failureOf(unknown)).to.have.property('code', 'unknown_stream');
    });

    it('answers null for what there never was, without asking for addresses of its own', async () => {
      expect((await world.session.read('customer', '404')).body).to.equal(null);
      expect((await world.session.read('customer', 'search')).body).to.equal(null);
      expect(world.calls('/companies/search')).to.equal(0);
    });
  });
});
