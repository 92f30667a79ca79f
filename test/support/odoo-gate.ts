/** Stands between the sidecar and the real Odoo on loopback, to take Odoo away or lose its answers when a test says so. */
import {
  createServer,
  request as send,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OdooGate {
  url: string;
  /** Requests that Odoo answered, by method of `saas.sync.api`. */
  answered: string[];
  /** The next answers to a method are lost after Odoo has done its work: the connection is cut. */
  loseAnswers(method: string, times?: number): void;
  /** Resolves when a request for a method was handed to Odoo, or when its answer is back and not passed on yet. */
  caught(method: string, moment: 'asked' | 'answered'): Promise<void>;
  /** Headers that replace the sidecar's own, for all requests; none again with `{}`. */
  replace(headers: Record<string, string>): void;
  /** As if Odoo's machine were off: connections are refused. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

interface Catch {
  method: string;
  moment: 'asked' | 'answered';
  resolve: () => void;
}

/** Open and passing everything on. */
export async function openOdooGate(target: string): Promise<OdooGate> {
  const lost = new Map<string, number>();
  const catches = new Set<Catch>();
  const answered: string[] = [];
  let replaced: Record<string, string> = {};
  let port = 0;
  let server: Server | undefined;

  /** Tells whether somebody waits for this moment; a request caught here goes no further. */
  const isCaught = (method: string, moment: Catch['moment']): boolean => {
    const found = [...catches].find((each) => each.method === method && each.moment === moment);
    if (!found) return false;
    catches.delete(found);
    found.resolve();
    return true;
  };
  const isLost = (method: string): boolean => {
    const left = lost.get(method) ?? 0;
    lost.set(method, Math.max(0, left - 1));
    return left > 0;
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const method = incoming.url?.split('/').at(-1) ?? '';
    const body = await bodyOf(incoming);
    const { hostname, port: targetPort } = new URL(target);
    const headers = { ...incoming.headers, ...replaced };
    const options = { hostname, port: targetPort, path: incoming.url, method: incoming.method, headers };
    const asked = send(options, (answer) => void pass(method, answer, outgoing));
    asked.on('error', () => outgoing.destroy());
    asked.end(body);
    isCaught(method, 'asked');
  };
  const pass = async (method: string, answer: IncomingMessage, outgoing: ServerResponse) => {
    const body = await bodyOf(answer);
    answered.push(method);
    const held = isCaught(method, 'answered');
    if (isLost(method)) return void outgoing.destroy();
    if (held) return; // whoever caught it ends the sidecar now
    const { 'transfer-encoding': _coding, connection: _connection, ...headers } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': body.length }).end(body);
  };

  const up = async () => {
    server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  const down = async () => {
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    server = undefined;
  };
  await up();
  return {
    url: `http://127.0.0.1:${port}`,
    answered,
    loseAnswers: (method, times = 1) => void lost.set(method, times),
    caught: (method, moment) => new Promise((resolve) => catches.add({ method, moment, resolve })),
    replace: (headers) => void (replaced = headers),
    down,
    up,
    close: down,
  };
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
