/** XML-RPC: what is sent, and which failure each trouble becomes. */
import { expect } from 'chai';
import type { Failure } from '../../sidecar/domain/failure.ts';
import { openTransport } from '../../sidecar/odoo/transport.ts';
import * as odd from '../support/odd-server.ts';

const KEY = 'k3y-nobody-may-see';

const wrap = (inner: string): string => `<?xml version="1.0"?><methodResponse>${inner}</methodResponse>`;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const value = (text: string): string =>
  wrap(`<params><param><value><string>${escaped(text)}</string></value></param></params>`);
const UID = wrap('<params><param><value><int>7</int></value></param></params>');
const NO_UID = wrap('<params><param><value><boolean>0</boolean></value></param></params>');
const fault = (code: number, text: string): string =>
  wrap(
    `<fault><value><struct><member><name>faultCode</name><value><int>${code}</int></value></member>` +
      `<member><name>faultString</name><value><string>${escaped(text)}</string></value></member></struct></value></fault>`,
  );
const xml = (body: string): odd.Play => odd.answer(200, 'text/xml', body);
const trace = (last: string): string =>
  `Traceback (most recent call last):\n  File "secret.py", line 1, in call\n    raise x\n${last}\n`;

describe('odoo: XML-RPC transport', () => {
  let server: odd.OddServer;
  beforeEach(async () => (server = await odd.openOddServer()));
  afterEach(() => server.close());

  /** Signing in works; `play` answers the call itself. */
  const signedIn = (play: odd.Play): void => {
    server.play = (response, seen) => (seen.path.endsWith('/common') ? xml(UID) : play)(response, seen);
  };
  const open = (url = server.url) =>
    openTransport({ url, database: 'prod', apiKey: KEY, login: 'sync' }, 'xmlrpc');
  const failureOf = (method = 'apply', timeoutMs = 2000): Promise<Failure> =>
    caught(open().call(method, { a: null }, { timeoutMs }));

  it('signs in once, sends ASCII JSON text, and gives back the parsed answer', async () => {
    signedIn(xml(value('{"results":[null,"Gr\\u00f6\\u00dfe",1099511627776]}')));
    const transport = open(`${server.url}/behind/a/path/`);
    const request = { name: 'Größe 🚀\u0001', none: null, version: 2 ** 40 };
    expect(await transport.call('apply', request)).to.deep.equal({ results: [null, 'Größe', 2 ** 40] });
    await transport.call('apply', request);
    expect(server.seen.map(({ path }) => path)).to.deep.equal([
      '/behind/a/path/xmlrpc/2/common',
      '/behind/a/path/xmlrpc/2/object',
      '/behind/a/path/xmlrpc/2/object',
    ]);
    const sent = server.seen[1]?.body ?? '';
    expect(sent).to.match(/^[\x20-\x7e\s]*$/);
    const text = /<string>(\{.*\})<\/string>/.exec(sent)?.[1]?.replaceAll('&quot;', '"') ?? '';
    expect(JSON.parse(text)).to.deep.equal(request);
  });

  const cases: [what: string, play: odd.Play, failureClass: string, code: string][] = [
    ['a refused key', xml(fault(3, 'Access Denied')), 'connection', 'odoo_key'],
    ['missing rights', xml(fault(4, 'Only the service user may call this.')), 'connection', 'odoo_rights'],
    ['a missing model', xml(fault(2, "Object saas.sync.api doesn't exist")), 'connection', 'odoo_addon'],
    [
      'a missing method',
      xml(fault(1, trace("AttributeError: The method 'saas.sync.api.x' does not exist"))),
      'connection',
      'odoo_addon_outdated',
    ],
    ['a user error', xml(fault(2, 'No, not so')), 'invalid_data', 'odoo_refused'],
    [
      'a missing database',
      xml(fault(1, trace('psycopg2.OperationalError: FATAL: database "prod" does not exist'))),
      'connection',
      'odoo_database',
    ],
    [
      'a deadlock',
      xml(fault(1, trace('psycopg2.errors.DeadlockDetected: deadlock'))),
      'transient',
      'odoo_busy',
    ],
    ['an error of the server', xml(fault(1, trace('ValueError: Invalid field x'))), 'bug', 'odoo_error'],
    ['no XML-RPC there', odd.page(404), 'connection', 'odoo_address'],
    ['a page with status 200', odd.page(200), 'connection', 'odoo_address'],
    ['a bad gateway', odd.page(502), 'transient', 'odoo_busy'],
    ['a restart', odd.page(503), 'transient', 'odoo_busy'],
    [
      'a redirect',
      odd.answer(302, 'text/html', '', { Location: 'https://x.example' }),
      'connection',
      'odoo_address',
    ],
    ['a reset after the request was read', odd.reset, 'unknown_outcome', 'odoo_answer_lost'],
    ['half a body', odd.half('text/xml', value('{"results":[]}')), 'unknown_outcome', 'odoo_answer_lost'],
    ['text that is not JSON', xml(value('{"results":[')), 'unknown_outcome', 'odoo_answer_lost'],
  ];
  for (const [what, play, failureClass, code] of cases)
    it(`calls ${what} ${failureClass} / ${code}, with a hint, without key or traceback`, async () => {
      signedIn(play);
      const failure = await failureOf();
      expect(failure).to.include({ class: failureClass, code });
      expect(failure.hint, 'hint').to.be.a('string').and.not.equal('');
      expectClean(failure);
    });

  it('calls a sign-in that Odoo refuses a wrong key', async () => {
    server.play = xml(NO_UID);
    const failure = await failureOf();
    expect(failure).to.include({ class: 'connection', code: 'odoo_key' });
    expectClean(failure);
  });

  it('calls trouble while signing in passing, even before an apply: nothing was sent', async () => {
    server.play = odd.reset;
    expect(await failureOf('apply')).to.include({ class: 'transient', code: 'odoo_answer_lost' });
    await server.close();
    expect(await failureOf('apply')).to.include({ class: 'transient', code: 'odoo_down' });
  });

  it('calls an answer that never comes an unknown outcome for apply, and passing for everything else', async () => {
    signedIn(odd.hang);
    expect(await failureOf('apply', 80)).to.include({ class: 'unknown_outcome', code: 'odoo_answer_lost' });
    expect(await failureOf('links', 80)).to.include({ class: 'transient', code: 'odoo_answer_lost' });
  });

  it('signs in anew after its user was refused', async () => {
    const transport = open();
    signedIn(xml(fault(3, 'Access Denied')));
    await caught(transport.call('hello', {}));
    signedIn(xml(value('{}')));
    await transport.call('hello', {});
    expect(server.seen.filter(({ path }) => path.endsWith('/common'))).to.have.length(2);
  });

  it('asks for a login before anything is sent', () => {
    expect(() => openTransport({ url: server.url, database: 'prod', apiKey: KEY }, 'xmlrpc'))
      .to.throw()
      .with.property('code', 'odoo_login');
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

function expectClean(failure: Failure): void {
  const shown = JSON.stringify([
    failure.message,
    failure.hint,
    failure.args,
    String(failure.cause),
    failure.cause,
  ]);
  expect(shown).not.to.include(KEY);
  expect(shown).not.to.include('Traceback');
  expect(shown).not.to.include('secret.py');
}
