/** Logging in at Salesforce: three ways, one login for all who wait, and words that say what is missing. */
import { expect } from 'chai';
import { ConnectionBroken, Failure } from '../../sidecar/domain/failure.ts';
import { connectionTo, keyPair, lineTo, wired, type Wired } from '../support/salesforce-wire.ts';

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw new Error(`did not fail as expected: ${String(error)}`);
}

describe('Salesforce login', () => {
  let open: Wired | undefined;
  const start = async (...how: Parameters<typeof wired>): Promise<Wired> => (open = await wired(...how));
  afterEach(() => open?.org.stop());

  it('works by private key, by refresh token and by client credentials', async () => {
    const { privateKey, publicKey } = keyPair();
    const { org } = await start({ publicKey, refreshToken: 'fresh', rotates: true });
    const ways = [
      connectionTo(org, { username: org.username }, { private_key: [privateKey] }),
      connectionTo(org, {}, { refresh_token: ['fresh'], client_secret: [org.clientSecret] }),
      connectionTo(org),
    ];
    for (const connection of ways)
      expect((await lineTo(org, connection).probe()).account).to.equal(org.org.id);
    expect(org.oauth.logins).to.deep.equal(['private_key', 'refresh_token', 'client_credentials']);
  });

  it('uses the refresh token that it was given in exchange for the last one', async () => {
    const { org } = await start({ refreshToken: 'first', rotates: true });
    const session = lineTo(
      org,
      connectionTo(org, {}, { refresh_token: ['first'], client_secret: [org.clientSecret] }),
    );
    await session.probe();
    org.oauth.revoke();
    await session.probe();
    expect(org.oauth.logins).to.have.length(2);
  });

  it('happens once for many reads, and once more when the token is revoked in mid-run', async () => {
    const { org, session } = await start();
    const ids = Array.from({ length: 5 }, (_, index) => org.people.create('Account', { Name: `A${index}` }));
    await Promise.all(ids.map((id) => session.read('customer', id)));
    expect(org.oauth.logins).to.have.length(1);
    org.oauth.revoke();
    const kinds = ['customer', 'contact', 'deal'] as const;
    await Promise.all(kinds.map((kind) => session.read(kind, ids[0]!)));
    expect(org.oauth.logins).to.have.length(2);
  });

  it('is renewed when the session has run out', async () => {
    const { org, session } = await start({ sessionMs: 15 * 60_000 });
    await session.probe();
    org.advance(16 * 60_000);
    await session.probe();
    expect(org.oauth.logins).to.have.length(2);
  });

  it('that is refused breaks the connection and says what to do', async () => {
    const { org, session } = await start();
    org.oauth.refuse = { error: 'invalid_grant', description: "user hasn't approved this consumer" };
    const failure = await failureOf(session.probe());
    expect(failure).to.be.instanceOf(ConnectionBroken);
    expect(failure.code).to.equal('login_refused');
    expect(failure.hint).to.contain('approve the app');
    org.oauth.refuse = undefined;
    expect((await session.probe()).account).to.equal(org.org.id);
  });

  it('says which credential is missing', async () => {
    const { org } = await start();
    const missing = async (options: Record<string, unknown>, secrets: Record<string, string[]>) =>
      (await failureOf(lineTo(org, connectionTo(org, options, secrets)).probe())).code;
    expect(await missing({}, {})).to.equal('no_client_secret');
    expect(await missing({ login: 'refresh_token' }, {})).to.equal('no_refresh_token');
    expect(await missing({ login: 'private_key' }, {})).to.equal('no_username');
    expect(await missing({ login: 'private_key', username: 'u@x' }, {})).to.equal('no_private_key');
    const bad = { private_key: ['not a key'] };
    expect(await missing({ username: 'u@x' }, bad)).to.equal('bad_private_key');
  });

  it('hands the token to no foreign host', async () => {
    const { org, session } = await start();
    org.api.options.url = () => 'https://salesforce.com.evil.example';
    expect((await failureOf(session.probe())).code).to.equal('foreign_instance');
    org.api.options.url = () => 'http://acme.my.salesforce.com';
    expect((await failureOf(session.probe())).code).to.equal('foreign_instance');
  });

  it('notices credentials of another org, and an org of the other environment', async () => {
    const { org } = await start();
    const other = lineTo(org, connectionTo(org, { organization: '00D000000000001' }));
    expect((await failureOf(other.probe())).code).to.equal('other_account');
    const live = lineTo(org, { ...connectionTo(org), environment: 'live' });
    expect((await failureOf(live.probe())).code).to.equal('wrong_environment');
  });

  it('tells which object our user may not read', async () => {
    const { org, session } = await start();
    org.org.objects.get('Opportunity')!.hidden = true;
    const failure = await failureOf(session.probe());
    expect(failure.code).to.equal('object_missing_there');
    expect(failure.message).to.contain('Opportunity');
  });
});
