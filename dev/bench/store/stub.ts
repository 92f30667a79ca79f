/** An Odoo that agrees to everything at once, and a Stripe where nothing happens, for figures of the sidecar alone. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApplyResult, Change } from '../../../sidecar/domain/change.ts';

export interface Stub {
  url: string;
  /** Changes that were agreed to. */
  applied(): number;
  stop(): Promise<void>;
}

const HELLO = {
  odoo: '19.0',
  database: 'stub',
  uuid: 'stub',
  time: '2026-11-22T08:00:00Z',
  user: 'stub',
  companies: [],
  addons: {},
  problems: [],
};

export async function startStub(): Promise<Stub> {
  let applied = 0;
  const agree = (changes: Change[]): ApplyResult[] =>
    changes.map((change) => ({
      key: change.key,
      status: 'created',
      model: change.model,
      res_id: (applied += 1),
      version: change.version,
      digest: change.digest,
      ...(change.op === 'upsert' ? { base: change.values } : {}),
    }));
  const reply = (path: string, body: string): unknown => {
    if (path.startsWith('/v1/')) return { object: 'list', url: path, has_more: false, data: [] };
    const method = path.split('/').at(-1);
    if (method === 'apply') {
      const { request } = JSON.parse(body) as { request: { changes: Change[] } };
      return { results: agree(request.changes) };
    }
    if (method === 'hello') return HELLO;
    if (method === 'links') return { links: [], next: null };
    return method === 'outbox' ? { rows: [] } : {};
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0]!;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(reply(path, Buffer.concat(chunks).toString('utf8'))));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    applied: () => applied,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
