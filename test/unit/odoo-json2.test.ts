/** JSON-2: what is sent, and which failure each trouble becomes. */
import { expect } from 'chai';
import type { Failure } from '../../sidecar/domain/failure.ts';
import { openTransport } from '../../sidecar/odoo/transport.ts';
import * as odd from '../support/odd-server.ts';

const KEY = 'k3y-nobody-may-see';
const TRACE = 'Traceback (most recent call last):\n  File "secret.py", line 1\n';

describe('odoo: JSON-2 transport', () => {
  let server: odd.OddServer;
  beforeEach(async () => (server = await odd.openOddServer()));
  afterEach(() => server.close());

  const call = (method: string, timeoutMs = 2000, signal?: AbortSignal) =>
    openTransport({ url: `${server.url}/`, database: 'prod', apiKey: KEY }).call(
      method,
      { a: null },
      { timeoutMs, ...(signal ? { signal } : {}) },
    );
  const failureOf = async (method = 'apply', timeoutMs?: number): Promise<Failure> =>
    caught(call(method, timeoutMs));

  it('posts one named argument with the key, the database and JSON, and gives back the bare answer', async () => {
    server.play = odd.json(200, { results: [null, 'Größe', 2 ** 40] });
    expect(await call('apply')).to.deep.equal({ results: [null, 'Größe', 2 ** 40] });
    const [seen] = server.seen;
    expect(seen).to.include({
      method: 'POST',
      path: '/json/2/saas.sync.api/apply',
      body: '{"request":{"a":null}}',
    });
    expect(seen?.headers).to.include({ authorization: `bearer ${KEY}`, 'x-odoo-database': 'prod' });
    expect(seen?.headers['content-type']).to.match(/^application\/json/);
  });

  const odoo = (name: string, message: string) => ({
    name,
    message,
    arguments: [message],
    context: {},
    debug: `${TRACE}${name}: ${message}`,
  });
  const cases: [what: string, play: odd.Play, failureClass: string, code: string][] = [
    ['a refused key', odd.json(401, odoo('Unauthorized', 'Invalid apikey')), 'connection', 'odoo_key'],
    [
      'a database that is being restarted',
      odd.json(500, odoo('psycopg2.errors.AdminShutdown', 'terminating connection')),
      'transient',
      'odoo_busy',
    ],
    [
      'a database whose locks cross too often',
      odd.json(500, odoo('psycopg2.errors.SerializationFailure', 'could not serialize access')),
      'transient',
      'odoo_busy',
    ],
    [
      'missing rights',
      odd.json(403, odoo('AccessError', 'Only the service user')),
      'connection',
      'odoo_rights',
    ],
    ['a page instead of the database', odd.page(404), 'connection', 'odoo_database'],
    [
      'a missing model',
      odd.json(404, odoo('NotFound', "the model 'x' does not exist")),
      'connection',
      'odoo_addon',
    ],
    [
      'a missing method',
      odd.json(404, odoo('NotFound', "The method 'saas.sync.api.x' does not exist")),
      'connection',
      'odoo_addon_outdated',
    ],
    [
      'a record that is gone',
      odd.json(404, odoo('MissingError', 'Record gone')),
      'invalid_data',
      'odoo_refused',
    ],
    ['a lock', odd.json(409, odoo('LockError', 'locked')), 'transient', 'odoo_busy'],
    ['a bad gateway', odd.page(502), 'transient', 'odoo_busy'],
    ['a restart', odd.page(503), 'transient', 'odoo_busy'],
    ['a gateway that gave up', odd.page(504), 'transient', 'odoo_busy'],
    ['a page of error 500', odd.page(500), 'transient', 'odoo_busy'],
    [
      'too many calls',
      odd.answer(429, 'text/plain', '', { 'Retry-After': '3' }),
      'rate_limited',
      'odoo_rate_limited',
    ],
    ['a user error', odd.json(422, odoo('ValidationError', 'No, not so')), 'invalid_data', 'odoo_refused'],
    ['a proxy that finds it too large', odd.page(413), 'invalid_data', 'odoo_too_large'],
    [
      'an error of the server',
      odd.json(500, odoo('builtins.ValueError', 'Invalid field x')),
      'bug',
      'odoo_error',
    ],
    [
      'a redirect',
      odd.answer(301, 'text/html', '', { Location: 'https://else.example/x' }),
      'connection',
      'odoo_address',
    ],
    ['a page with status 200', odd.page(200), 'connection', 'odoo_address'],
    ['a reset after the request was read', odd.reset, 'unknown_outcome', 'odoo_answer_lost'],
    [
      'half a body',
      odd.half('application/json', '{"results":[1,2,3]}'),
      'unknown_outcome',
      'odoo_answer_lost',
    ],
    [
      'JSON that ends early',
      odd.answer(200, 'application/json', '{"results":['),
      'unknown_outcome',
      'odoo_answer_lost',
    ],
  ];
  for (const [what, play, failureClass, code] of cases)
    it(`calls ${what} ${failureClass} / ${code}, with a hint, without key or traceback`, async () => {
      server.play = play;
      const failure = await failureOf();
      expect(failure).to.include({ class: failureClass, code });
      expect(failure.hint, 'hint').to.be.a('string').and.not.equal('');
      expectClean(failure, KEY);
    });

  it('calls an answer that never comes an unknown outcome for apply, and passing for everything else', async () => {
    server.play = odd.hang;
    expect(await failureOf('apply', 80)).to.include({ class: 'unknown_outcome', code: 'odoo_answer_lost' });
    expect(await failureOf('links', 80)).to.include({ class: 'transient', code: 'odoo_answer_lost' });
  });

  it('calls a reset of anything but apply passing', async () => {
    server.play = odd.reset;
    expect(await failureOf('report')).to.include({ class: 'transient', code: 'odoo_answer_lost' });
  });

  it('calls a server that is not there passing, even for apply: nothing was sent', async () => {
    await server.close();
    const failure = await failureOf();
    expect(failure).to.include({ class: 'transient', code: 'odoo_down' });
    expectClean(failure, KEY);
  });

  it('ends at once when its caller stops', async () => {
    server.play = odd.hang;
    const stop = new AbortController();
    const failure = caught(call('outbox', 60_000, stop.signal));
    setTimeout(() => stop.abort(), 20);
    expect(await failure).to.include({ class: 'transient', code: 'odoo_call_ended' });
  });

  it('waits as long as the proxy asks for', async () => {
    server.play = odd.answer(503, 'text/html', '', { 'Retry-After': '7' });
    expect(await failureOf()).to.include({ retryAfterMs: 7000 });
  });

  it('refuses an answer beyond its bound', async () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    server.play = (response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      for (let sent = 0; sent < 66; sent += 1) response.write(megabyte);
      response.end();
    };
    expect(await failureOf('links', 10_000)).to.include({ code: 'odoo_too_large' });
  });

  it('shows an address without the user and password that may stand in it', async () => {
    await server.close();
    const url = server.url.replace('http://', 'http://ada:pa55@');
    const failure = await caught(openTransport({ url, database: 'prod', apiKey: KEY }).call('hello', {}));
    expectClean(failure, 'pa55');
  });
});

async function caught(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('nothing was thrown');
}

/** Everything a log could show of a failure. */
function expectClean(failure: Failure, secret: string): void {
  const shown = JSON.stringify([
    failure.message,
    failure.hint,
    failure.args,
    String(failure.cause),
    failure.cause,
  ]);
  expect(shown).not.to.include(secret);
  expect(shown).not.to.include('Traceback');
  expect(shown).not.to.include('secret.py');
}
