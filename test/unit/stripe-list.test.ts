/** Stripe's listings: all of it, what was created lately, and going on after the last record was deleted. */
import { expect } from 'chai';
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Session } from '../../sidecar/domain/connector.ts';
import { startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';

describe('listings of Stripe', () => {
  let sandbox: StripeSandbox;
  let session: Session;

  before(async () => {
    sandbox = await startStripeSandbox({ seed: 'lists' });
    const connection: Connection = {
      id: 'stripe-eu',
      system: 'stripe',
      company: 'base.main_company',
      environment: 'test',
      time_zone: 'UTC',
      options: { rate_per_second: 100 },
      baseUrl: sandbox.url,
      secrets: { api_key: [sandbox.apiKey] },
    };
    session = stripe.open(connection, { now: () => sandbox.memory.now * 1_000 });
  });
  after(() => sandbox?.stop());

  const listed = async (stream: string, cursor: string | null = null, createdSince?: number) => {
    const names: unknown[] = [];
    const options = createdSince === undefined ? {} : { createdSince };
    for await (const page of session.list(stream, cursor, options))
      names.push(...page.items.map(({ body }) => (body as { name?: string }).name));
    return names;
  };
  const customer = (name: string) => sandbox.client.customers.create({ name });

  it('hold all, or what was created since a moment', async () => {
    await customer('old');
    sandbox.advance(sandbox.memory.now + 3_600);
    const since = sandbox.memory.now * 1_000;
    await customer('new');
    expect(await listed('customers')).to.deep.equal(['new', 'old']);
    expect(await listed('customers', null, since)).to.deep.equal(['new']);
    for (const stream of session.streams)
      expect(await listed(stream, null, since + 1_000_000)).to.deep.equal([]);
  });

  it('go on after the last record, and begin anew if that one is gone', async () => {
    const last = await customer('last');
    expect(await listed('customers', last.id)).to.deep.equal(['new', 'old']);
    await sandbox.client.customers.del(last.id);
    expect(await listed('customers', last.id)).to.deep.equal(['new', 'old']);
    expect(await listed('customers', 'cus_never')).to.deep.equal(['new', 'old']);
  });

  it('say which kinds they hold all of: not those that the vendor leaves out of them', () => {
    expect(session.whole?.['customers']).to.deep.equal(['customer']);
    expect(session.whole).to.not.have.any.keys('prices', 'payments');
    for (const stream of Object.keys(session.whole ?? {})) expect(session.streams).to.include(stream);
  });
});
