/** Every call a Stripe session makes is one that the vendor's OpenAPI file allows, and every answer is understood. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Page, Session, Snapshot } from '../../sidecar/domain/connector.ts';
import { InvalidData } from '../../sidecar/domain/failure.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import { STREAMS } from '../../sidecar/connectors/stripe/list.ts';

const SPEC = fileURLToPath(
  new URL('../../../shared/vendors/stripe/stripe.2026-10-28.endive.trimmed.json', import.meta.url),
);
const PRISM = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@stoplight/prism-cli/package.json')),
  'dist/index.js',
);

interface Seen {
  request: string;
  version: string | undefined;
  status: number;
  /** What is wrong with our request. The mock also judges its own examples, some of which lag one field behind. */
  violations: unknown[];
}

function requestViolations(header: string | string[] | undefined): unknown[] {
  const all = JSON.parse(String(header ?? '[]')) as { location: string[] }[];
  return all.filter(({ location }) => location[0] === 'request');
}

/** Passes requests on and keeps what the mock said about them. */
function recorder(port: number, seen: Seen[]): http.Server {
  return http.createServer((request, response) => {
    const { method, url = '/', headers } = request;
    const onward = http.request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      seen.push({
        request: decodeURIComponent(url),
        version: headers['stripe-version'] as string | undefined,
        status: answer.statusCode ?? 0,
        violations: requestViolations(answer.headers['sl-violations']),
      });
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
}

async function listen(server: http.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = http.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function startPrism(port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PRISM, 'mock', '-h', '127.0.0.1', '-p', String(port), SPEC]);
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer) => {
      if (String(chunk).includes('is listening')) resolve(child);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('exit', (code) => reject(new Error(`Prism ended with ${code}`)));
  });
}

async function firstPages<T>(source: AsyncIterable<Page<T>>, most: number): Promise<T[]> {
  const items: T[] = [];
  let taken = 0;
  for await (const page of source) {
    items.push(...page.items);
    taken += 1;
    if (taken >= most) break;
  }
  return items;
}

/** The mock's amounts are random and need not add up; its shapes must be understood. */
function understood(snapshot: Snapshot): void {
  try {
    stripe.translate(snapshot, {
      connection: 'stripe-eu',
      timeZone: 'UTC',
      environment: 'test',
      reason: 'mock',
    });
  } catch (error) {
    if (!(error instanceof InvalidData)) throw error;
    expect(error.code, error.message).to.not.equal('unexpected_shape');
  }
}

describe('Stripe session against the vendor OpenAPI file', function () {
  this.timeout(90_000);
  const seen: Seen[] = [];
  let prism: ChildProcess | undefined;
  let proxy: http.Server | undefined;
  let session: Session;

  before(async function () {
    if (!existsSync(SPEC)) {
      process.stderr.write(`\n    NOT CHECKED: the vendor's OpenAPI file is not at ${SPEC}\n`);
      this.skip();
    }
    const port = await freePort();
    prism = await startPrism(port);
    proxy = recorder(port, seen);
    const connection: Connection = {
      id: 'stripe-eu',
      system: 'stripe',
      company: 'base.main_company',
      environment: 'test',
      baseUrl: `http://127.0.0.1:${await listen(proxy)}`,
      time_zone: 'UTC',
      secrets: { api_key: ['sk_test_mock'], webhook_secret: ['whsec_mock'] },
      options: {},
    };
    session = stripe.open(connection, { now: Date.now });
  });

  after(() => {
    proxy?.closeAllConnections();
    proxy?.close();
    prism?.removeAllListeners('exit');
    prism?.kill();
  });

  beforeEach(() => {
    seen.length = 0;
  });

  const noViolation = () => {
    expect(seen).to.not.be.empty;
    for (const call of seen) {
      expect(call.violations, call.request).to.deep.equal([]);
      expect(call.status, call.request).to.equal(200);
      expect(call.version, call.request).to.equal('2026-10-28.endive');
    }
  };

  it('probes with allowed calls', async () => {
    const { details } = await session.probe().catch((error: unknown) => {
      // The mock says livemode: true here and there; that is its example, not a wrong call.
      expect((error as { code?: string }).code).to.equal('wrong_environment');
      return { details: { api_version: '2026-10-28.endive' } };
    });
    expect(details['api_version']).to.equal('2026-10-28.endive');
    noViolation();
  });

  const reads: [Kind, string][] = [
    ['customer', 'cus_1'],
    ['product', 'prod_1'],
    ['price', 'price_1'],
    ['tax_rate', 'txr_1'],
    ['invoice', 'in_1'],
    ['credit_note', 'cn_1'],
    ['refund', 're_1'],
    ['payment', 'pi_1'],
    ['payment', 'ch_1'],
    ['payment', 'in_1:off_stripe'],
  ];
  for (const [kind, id] of reads)
    it(`reads ${kind} ${id} with allowed calls and understands the answer`, async () => {
      const snapshot = await session.read(kind, id);
      expect(snapshot.body).to.be.an('object');
      noViolation();
      understood(snapshot);
    });

  for (const stream of STREAMS)
    it(`lists ${stream} with allowed calls, first and later pages`, async () => {
      const items = await firstPages(session.list(stream, null), 1);
      await firstPages(session.list(stream, 'obj_1'), 1);
      noViolation();
      items.forEach(understood);
      expect(seen.some(({ request }) => request.includes('starting_after=obj_1'))).to.equal(true);
    });

  it('is a check that sees a wrong call', async () => {
    const { port } = proxy!.address() as AddressInfo;
    const headers = { authorization: 'Bearer sk_test_mock' };
    await fetch(`http://127.0.0.1:${port}/v1/invoices?limit=many`, { headers });
    expect(seen.flatMap(({ violations, status }) => (status === 200 ? violations : [status]))).to.not.be
      .empty;
  });

  it('asks for changes with allowed calls', async () => {
    const at = Date.now() - 60_000;
    const anchor = { id: 'evt_1', at: at - 600_000 };
    const since = JSON.stringify({ v: 1, checked: at, anchors: { masters: null, documents: null } });
    const after = JSON.stringify({ v: 1, checked: at, anchors: { masters: anchor, documents: anchor } });
    await firstPages(session.changes(since), 3);
    await firstPages(session.changes(after), 3);
    noViolation();
    expect(seen.some(({ request }) => request.includes('ending_before=evt_1'))).to.equal(true);
    expect(seen.some(({ request }) => request.includes('created[gte]='))).to.equal(true);
  });
});
