/** Stripe's HTTP API from our side: what is sent, and what each kind of trouble turns into. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Session } from '../../sidecar/domain/connector.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import { listOf, wireCustomer, wireInvoice, wireLine, wireTaxId, type Wire } from '../support/stripe-wire.ts';

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Cut the connection instead of answering. */
  cut?: boolean;
}
type Answerer = (url: URL, request: http.IncomingMessage) => Reply;

describe('Stripe session', () => {
  let server: http.Server;
  let answer: Answerer;
  let urls: string[];
  let headers: http.IncomingHttpHeaders;

  before(async () => {
    server = http.createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://vendor');
      urls.push(decodeURIComponent(url.pathname + url.search));
      headers = request.headers;
      const { status = 200, headers: extra = {}, body = {}, cut } = answer(url, request);
      if (cut) return void request.socket.destroy();
      response.writeHead(status, { 'content-type': 'application/json', ...extra });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    urls = [];
  });

  function open(over: Partial<Connection> = {}): Session {
    const connection: Connection = {
      id: 'stripe-eu',
      system: 'stripe',
      company: 'base.main_company',
      environment: 'test',
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      time_zone: 'UTC',
      secrets: { api_key: ['rk_test_unit'] },
      options: {},
      ...over,
    };
    return stripe.open(connection, { now: Date.now });
  }

  async function failureOf(reply: Reply | Answerer, act = (s: Session) => s.read('customer', 'cus_1')) {
    answer = typeof reply === 'function' ? reply : () => reply;
    try {
      await act(open());
    } catch (error) {
      expect(error).to.be.instanceOf(Failure);
      return error as Failure;
    }
    throw new Error('did not fail');
  }
  const error = (fields: Wire): Wire => ({ error: fields });

  it('sends the key, the pinned version and, for Connect, the account', async () => {
    answer = () => ({ body: wireCustomer() });
    await open({ options: { account: 'acct_1' } }).read('customer', 'cus_Ada');
    expect(headers).to.include({
      authorization: 'Bearer rk_test_unit',
      'stripe-version': '2026-10-28.endive',
      'stripe-account': 'acct_1',
    });
    expect(urls).to.deep.equal(['/v1/customers/cus_Ada?expand[]=tax_ids']);
  });

  it('stamps a read with the moment before it was sent', async () => {
    answer = () => ({ body: wireCustomer() });
    let clock = 1000;
    const session = stripe.open(
      {
        id: 'stripe-eu',
        system: 'stripe',
        company: 'c',
        environment: 'test',
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        time_zone: 'UTC',
        secrets: { api_key: ['sk_test_unit'] },
        options: {},
      },
      { now: () => (clock += 1) },
    );
    const before = clock;
    const { readAt } = await session.read('customer', 'cus_Ada');
    expect(readAt).to.be.greaterThan(before).and.lessThan(clock);
  });

  it('says that there is no record when Stripe says so', async () => {
    answer = () => ({
      status: 404,
      body: error({ code: 'resource_missing', message: "No such customer: 'cus_1'" }),
    });
    expect((await open().read('customer', 'cus_1')).body).to.equal(null);
  });

  it('keeps what is left of a deleted customer', async () => {
    const stub = { id: 'cus_1', object: 'customer', deleted: true };
    answer = ({ pathname }) => ({ body: pathname === '/v1/invoices' ? listOf('/v1/invoices', []) : stub });
    expect((await open().read('customer', 'cus_1')).body).to.deep.equal(stub);
  });

  it('learns from the newest invoice who a deleted customer was', async () => {
    const stub = { id: 'cus_1', object: 'customer', deleted: true };
    answer = ({ pathname }) => ({
      body: pathname === '/v1/invoices' ? listOf('/v1/invoices', [wireInvoice()]) : stub,
    });
    expect((await open().read('customer', 'cus_1')).body).to.have.nested.property('last_invoice.id', 'in_1');
    expect(urls).to.include('/v1/invoices?customer=cus_1&limit=1');
  });

  it('puts all pages of an invoice’s lines and payments into the snapshot', async () => {
    const whole = wireInvoice();
    answer = ({ pathname, searchParams }) => {
      const after = searchParams.get('starting_after');
      if (pathname === '/v1/invoices/in_1')
        return {
          body: {
            ...whole,
            lines: listOf('/l', [wireLine({ id: 'il_1' })], true),
            payments: listOf('/p', [{ id: 'inpay_1' }], true),
          },
        };
      if (pathname === '/v1/invoice_payments') return { body: listOf('/p', [{ id: 'inpay_2' }]) };
      return {
        body:
          after === 'il_1'
            ? listOf('/l', [wireLine({ id: 'il_2' })], true)
            : listOf('/l', [wireLine({ id: 'il_3' })]),
      };
    };
    const { body } = await open().read('invoice', 'in_1');
    const { lines, payments } = body as Record<string, { data: { id: string }[]; has_more: boolean }>;
    expect(lines!.data.map(({ id }) => id)).to.deep.equal(['il_1', 'il_2', 'il_3']);
    expect(lines!.has_more).to.equal(false);
    expect(payments!.data.map(({ id }) => id)).to.deep.equal(['inpay_1', 'inpay_2']);
    expect(urls).to.include('/v1/invoice_payments?invoice=in_1&starting_after=inpay_1&limit=100');
  });

  it('puts all tax ids of a customer into the snapshot', async () => {
    answer = ({ pathname }) =>
      pathname.endsWith('/tax_ids')
        ? { body: listOf('/t', [wireTaxId({ id: 'txi_2' })]) }
        : { body: wireCustomer({ tax_ids: listOf('/t', [wireTaxId()], true) }) };
    const { body } = await open().read('customer', 'cus_Ada');
    expect((body as { tax_ids: { data: unknown[] } }).tax_ids.data).to.have.length(2);
  });

  it('looks up when a refund failed', async () => {
    answer = ({ pathname }) =>
      pathname === '/v1/balance_transactions/txn_9'
        ? { body: { id: 'txn_9', created: 7 } }
        : { body: { id: 're_1', status: 'failed', failure_balance_transaction: 'txn_9' } };
    const { body } = await open().read('refund', 're_1');
    expect(body).to.have.deep.property('failure_balance_transaction', { id: 'txn_9', created: 7 });
  });

  it('asks for what an invoice got past Stripe, which is not told otherwise', async () => {
    answer = () => ({ body: wireInvoice() });
    await open().read('invoice', 'in_1');
    expect(urls[0]).to.include('expand[]=payments').and.include('expand[]=amount_paid_off_stripe');
  });

  it('reads a payment together with what it paid', async () => {
    answer = ({ pathname }) =>
      pathname === '/v1/invoice_payments'
        ? { body: listOf('/p', [{ id: 'inpay_1' }]) }
        : { body: { id: 'pi_1' } };
    const { body } = await open().read('payment', 'pi_1');
    expect(body).to.deep.equal({ payment_intent: { id: 'pi_1' }, invoice_payments: [{ id: 'inpay_1' }] });
    expect(urls).to.include(
      '/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]=pi_1&limit=100',
    );
  });

  const troubles: [string, Reply, string, string][] = [
    [
      'a wrong key',
      { status: 401, body: error({ message: 'Invalid API Key provided: sk_test_secret99' }) },
      'connection',
      'credentials_refused',
    ],
    [
      'another mode',
      {
        status: 404,
        body: error({
          code: 'resource_missing',
          message: 'No such customer; a similar object exists in live mode, but a test mode key was used.',
        }),
      },
      'connection',
      'wrong_environment',
    ],
    [
      'an unknown address',
      { status: 404, body: error({ message: 'Unrecognized request URL' }) },
      'connection',
      'wrong_address',
    ],
    ['a flood', { status: 429, body: error({ code: 'rate_limit' }) }, 'rate_limited', 'rate_limited'],
    ['a lock', { status: 429, body: error({ code: 'lock_timeout' }) }, 'transient', 'locked'],
    ['an outage', { status: 502, body: 'Bad gateway' }, 'transient', 'vendor_unwell'],
    [
      'a refusal',
      { status: 400, body: error({ message: 'Invalid string' }) },
      'invalid_data',
      'request_refused',
    ],
    [
      'a refusal that may be repeated',
      { status: 409, headers: { 'stripe-should-retry': 'true' } },
      'transient',
      'vendor_unwell',
    ],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'connection', 'redirected'],
    ['a page of a proxy', { body: '<html>' }, 'transient', 'not_json'],
    ['a closed line', { cut: true }, 'transient', 'unreachable'],
  ];
  for (const [name, reply, cause, code] of troubles)
    it(`calls ${name} ${code} (${cause})`, async () => {
      const failure = await failureOf(reply);
      expect([failure.class, failure.code]).to.deep.equal([cause, code]);
      expect(failure.message).to.not.include('secret99');
    });

  it('names the permission that a restricted key lacks', async () => {
    const message =
      "The provided key 'rk_test_*****unit' does not have the required permissions for this endpoint. Having the 'rak_customer_read' permission would allow this request to continue.";
    const failure = await failureOf({ status: 403, body: error({ message }) });
    expect(failure.code).to.equal('permission_missing');
    expect(failure.hint).to.include('rak_customer_read');
    expect(failure.message).to.not.include('rk_test');
  });

  it('passes on how long to wait', async () => {
    const failure = await failureOf({ status: 429, headers: { 'retry-after': '7' } });
    expect(failure.retryAfterMs).to.equal(7000);
  });

  it('is patient where Stripe forbids an immediate retry', async () => {
    const failure = await failureOf({ status: 500, headers: { 'stripe-should-retry': 'false' } });
    expect(failure.class).to.equal('transient');
    expect(failure.retryAfterMs).to.equal(15 * 60_000);
  });

  it('tries once more at once when the line breaks before an answer', async () => {
    let calls = 0;
    answer = () => (++calls === 1 ? { cut: true } : { body: wireCustomer() });
    expect((await open().read('customer', 'cus_Ada')).body).to.include({ id: 'cus_Ada' });
    expect(calls).to.equal(2);
  });

  it('asks nobody again within the call when Stripe is unwell', async () => {
    await failureOf({ status: 503 });
    expect(urls).to.have.length(1);
  });

  it('stops at once when we are stopping', async () => {
    const controller = new AbortController();
    answer = () => {
      controller.abort();
      return { body: wireCustomer() };
    };
    const connection = {
      id: 'x',
      system: 'stripe',
      company: 'c',
      environment: 'test' as const,
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      time_zone: 'UTC',
      secrets: { api_key: ['sk_test_unit'] },
      options: {},
    };
    const session = stripe.open(connection, { now: Date.now, signal: controller.signal });
    const failure = await session.read('customer', 'c').then(
      () => undefined,
      (thrown: unknown) => thrown as Failure,
    );
    expect(failure).to.include({ class: 'transient', code: 'stopping' });
  });

  it('needs a key, and says where to get one', () => {
    expect(() => open({ secrets: {} }))
      .to.throw(Failure, 'has no api_key')
      .with.property('code', 'no_api_key');
  });

  it('probes every resource it needs and says who we are', async () => {
    answer = ({ pathname }) => ({
      body: listOf(pathname, [{ id: 'x_1', livemode: false, account_name: 'Example Engines' }]),
    });
    const { account, details } = await open().probe();
    expect(account).to.equal('Example Engines');
    expect(details).to.include({ api_version: '2026-10-28.endive', environment: 'test', key: 'restricted' });
    expect(urls).to.include('/v1/refunds?limit=1').and.include('/v1/events?limit=1');
  });

  it('finds a key of the wrong mode before and after asking', async () => {
    const codeOf = (session: Session) =>
      session.probe().then(
        () => 'none',
        (e: unknown) => (e as Failure).code,
      );
    answer = ({ pathname }) => ({ body: listOf(pathname, [{ id: 'x_1', livemode: true }]) });
    expect(await codeOf(open({ secrets: { api_key: ['sk_live_unit'] } }))).to.equal('wrong_environment');
    expect(urls).to.deep.equal([]);
    expect(await codeOf(open({ secrets: { api_key: ['unmarked'] } }))).to.equal('wrong_environment');
  });
});
